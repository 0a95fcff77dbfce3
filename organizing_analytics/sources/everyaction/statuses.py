"""What the statuses of VAN and EveryAction mean, and the cells that they fill.

A status says two things that are kept apart here: where a sign-up stands, and whether the person
came. Every committee can make statuses of its own: a setting adds them to the usual ones.

    not_yet     asked, or left a message: no sign-up so far
    registered, confirmed, cancelled
    declined    a refused ask; a cancellation, when the person had been signed up before
    attended, walk_in, no_show
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.settings import plain_word
from organizing_analytics.sources.shapes import cell, skip_when
from organizing_analytics.sql import literal

if TYPE_CHECKING:
    from organizing_analytics.settings import Settings
    from organizing_analytics.sources.feeds import Cell, Rule

SOURCE = "everyaction"
DEFAULT_MEANINGS = {
    "Invited": "not_yet",
    "Left Msg": "not_yet",
    "Texted": "not_yet",
    "Tentative": "not_yet",
    "Scheduled": "registered",
    "Sched-Web": "registered",
    "Confirmed": "confirmed",
    "Conf Twice": "confirmed",
    "Conf Thrice": "confirmed",
    "Cancelled": "cancelled",
    "Cancel-Web": "cancelled",
    "Excused": "cancelled",
    "Resched": "cancelled",
    "Declined": "declined",
    "Completed": "attended",
    "Walk In": "walk_in",
    "No Show": "no_show",
}

HINT = (
    "this status is not in the map of statuses. Say what it means, then load the row again: "
    "oa settings everyaction_statuses='Status=registered' (or not_yet, confirmed, cancelled, "
    "declined, attended, walk_in, no_show; several with a semicolon)."
)


def status_meanings(settings: Settings) -> dict[str, str]:
    """Return what each status means: the usual ones, changed and added to by the campaign's."""
    own = settings.everyaction_statuses
    changed_words = {plain_word(word) for word in own}
    usual = {
        word: meaning
        for word, meaning in DEFAULT_MEANINGS.items()
        if plain_word(word) not in changed_words
    }
    return usual | own


class Statuses:
    """The expressions that hang on what each status means."""

    def __init__(self, meanings: dict[str, str], *, name: str, was_signed_up: str) -> None:
        self.name = name
        self.meanings = meanings
        self.was_signed_up = f"coalesce({was_signed_up}, '') = 'true'"
        whens = " ".join(
            f"WHEN {literal(plain_word(word))} THEN {literal(meaning)}"
            for word, meaning in meanings.items()
        )
        plain = f"regexp_replace(lower(coalesce({name}, '')), '[ _-]', '', 'g')"
        self.meaning = f"(CASE {plain} {whens} END)"

    def is_any(self, *meanings: str) -> str:
        """Return the condition that the status has one of these meanings."""
        words = ", ".join(f"'{meaning}'" for meaning in meanings)
        return f"coalesce({self.meaning} IN ({words}), false)"

    @property
    def is_refused(self) -> str:
        """Return the condition of an ask that was declined."""
        return f"({self.is_any('declined')} AND NOT {self.was_signed_up})"

    @property
    def status(self) -> str:
        """Return the status on our side; the raw word where nobody said what it means."""
        return (
            f"CASE {self.meaning} WHEN 'confirmed' THEN 'confirmed' WHEN 'cancelled' "
            "THEN 'cancelled' WHEN 'declined' THEN 'cancelled' "
            "WHEN 'registered' THEN 'registered' "
            f"WHEN 'attended' THEN 'registered' WHEN 'walk_in' THEN 'registered' "
            f"WHEN 'no_show' THEN 'registered' ELSE {self.name} END"
        )

    @property
    def attended(self) -> str:
        """Return whether the person came, where the status says it."""
        came, not_came = self.is_any("attended", "walk_in"), self.is_any("no_show")
        return f"CASE WHEN {came} THEN 'true' WHEN {not_came} THEN 'false' END"

    @property
    def is_walk_in(self) -> str:
        """Return whether the person came without signing up before."""
        return f"CASE WHEN {self.is_any('walk_in')} THEN 'true' END"

    def not_yet(self) -> tuple[Rule, ...]:
        """Return the rules that leave out what is no sign-up yet, each with its status."""
        return tuple(
            skip_when(
                f"regexp_replace(lower(coalesce({self.name}, '')), '[ _-]', '', 'g') "
                f"= {literal(plain_word(word))}",
                f"not yet a sign-up ({word})",
            )
            for word, meaning in self.meanings.items()
            if meaning == "not_yet"
        )


def standing(status: Statuses, raw: str) -> dict[str, Cell]:
    """Return the cells of a sign-up that its status fills: where it stands, and who came."""
    return {
        "status": cell(status.status, hint=HINT),
        "status_raw": cell(raw),
        "attended": cell(status.attended),
        "is_walk_in": cell(status.is_walk_in),
    }
