"""The true rates in writing: `truth.json`, in a form that can be joined to a measure's answer.

Each truth names the measure and its group columns, and the columns of counts whose quotient
estimates it: sum of `successes` over sum of `of`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any

from organizing_analytics.lead_times import LABELS
from organizing_analytics.model import MEETING_KINDS, NO_TYPES
from organizing_analytics.sample.clock import day_date
from organizing_analytics.sample.lifelike import lifelike_statement
from organizing_analytics.sample.teams import CAMPAIGN_ZONE, TEAMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from organizing_analytics.sample.setting import Setting
    from organizing_analytics.sample.truth import Truth

Rows = list[dict[str, Any]]
Rate = Callable[[str], float | None]
NOTE = (
    "True rates, not results. A measure estimates each without bias when it stands at last_day "
    "(--as-of) in the campaign's time zone, with the measure's usual windows. Anything that is "
    "not listed is habit or chance."
)


def statement(setting: Setting, *, people: int) -> dict[str, Any]:
    """Return what truth.json says.

    Parameters
    ----------
    setting : Setting
        Seed, true rates and days.
    people : int
        How many people the campaign has.
    """
    truth = setting.truth
    return {
        "note": NOTE,
        "seed": setting.seed,
        "people": people,
        "weeks": setting.weeks,
        "first_day": day_date(setting.first_day).isoformat(),
        "last_day": day_date(setting.last_day).isoformat(),
        "timezone": CAMPAIGN_ZONE,
        **lifelike_statement(setting),
        "truths": [
            *_show_up(truth),
            _returns(truth),
            *_after_no(truth),
            *_meetings(truth),
            _reasons(truth),
        ],
    }


def _truth(
    name: str,
    meaning: str,
    *,
    measure: str,
    by: tuple[str, ...],
    successes: tuple[str, ...],
    of: tuple[str, ...],
    rows: Rows,
    only: Mapping[str, list[str]] | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "meaning": meaning,
        "measure": measure,
        "by": list(by),
        "only": dict(only or {}),
        "successes": list(successes),
        "of": list(of),
        "rows": rows,
    }


def _joined(
    names: Sequence[str], groups: Iterable[tuple[object, ...]], rates: Iterable[float]
) -> Rows:
    return [
        {**dict(zip(names, group, strict=True)), "rate": rate}
        for group, rate in zip(groups, rates, strict=True)
    ]


def _show_up(truth: Truth) -> list[dict[str, Any]]:
    cell = ("confirmed", "first_timer", "lead")
    cells = list(product((False, True), (False, True), LABELS))
    came = [truth.comes(confirmed=c, first_timer=f, lead=lead) for c, f, lead in cells]
    flaked = [truth.flakes(confirmed=c, first_timer=f, lead=lead) for c, f, lead in cells]
    pairs = list(product((False, True), LABELS))
    cancelled = [truth.cancelled(confirmed=c, lead=lead) for c, lead in pairs]
    return [
        _truth(
            "show_up",
            "Who is on the list when the shift starts, and comes. Independent of the team, the "
            "event, the recruiter and all else, given the cell.",
            measure="show-up",
            by=cell,
            successes=("attended",),
            of=("attended", "no_show"),
            rows=_joined(cell, cells, came),
        ),
        _truth(
            "cancelled_before",
            "Who signed up, and cancels before the shift starts.",
            measure="show-up",
            by=("confirmed", "lead"),
            successes=("cancelled",),
            of=("attended", "no_show", "cancelled", "unrecorded"),
            rows=_joined(("confirmed", "lead"), pairs, cancelled),
        ),
        _truth(
            "flake_rate",
            "Who signed up, and does not come. Estimated without bias only where every shift "
            "is recorded: cancellations are known of unrecorded shifts, too, visits are not.",
            measure="show-up",
            by=cell,
            successes=("no_show", "cancelled"),
            of=("attended", "no_show", "cancelled"),
            only={"team": [team.team_id for team in TEAMS if team.share and team.records == 1]},
            rows=_joined(cell, cells, flaked),
        ),
    ]


def _returns(truth: Truth) -> dict[str, Any]:
    return _truth(
        "return_30",
        "Of first visits, another visit within 30 days. Independent of all else, given whether "
        "a follow-up within 48 hours reached the person.",
        measure="retention return",
        by=("reached",),
        successes=("returned",),
        of=("matured",),
        rows=[{"reached": r, "rate": truth.returns(followed_up=r)} for r in (False, True)],
    )


def _after_no(truth: Truth) -> list[dict[str, Any]]:
    rates: dict[str, tuple[str, Rate]] = {
        "converted": ("A yes to another ask within 30 days of a no.", truth.converted.get),
        "reasked": ("Another ask within 30 days of a no.", truth.reasked),
        "right_move": ("The move that the guide says after a no.", truth.right_move),
    }
    return [
        _truth(
            f"{column}_after_no",
            meaning,
            measure="asks after-no",
            by=("no_type",),
            successes=(column,),
            of=("noes",),
            rows=[
                {"no_type": no_type, "rate": rate(no_type)}
                for no_type in NO_TYPES
                if rate(no_type) is not None
            ],
        )
        for column, (meaning, rate) in rates.items()
    ]


def _meetings(truth: Truth) -> list[dict[str, Any]]:
    rates: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], Rate]] = {
        "show_rate": ("Held, of held and no-show.", ("held",), ("held", "no_show"), truth.held.get),
        "commitment_rate": (
            "A commitment, of held.",
            ("committed",),
            ("held",),
            truth.committed.get,
        ),
        "complete_rate": ("All four parts, of held.", ("complete",), ("held",), truth.complete),
        "good_length_rate": (
            "30 to 60 minutes, of those with a length.",
            ("good_length",),
            ("with_length",),
            truth.good_length.get,
        ),
        "next_step_rate": (
            "A next step, of held.",
            ("with_next_step",),
            ("held",),
            truth.next_step.get,
        ),
    }
    return [
        _truth(
            f"one_to_one_{name}",
            meaning,
            measure="meetings",
            by=("kind",),
            successes=successes,
            of=of,
            rows=[{"kind": kind, "rate": rate(kind)} for kind in MEETING_KINDS],
        )
        for name, (meaning, successes, of, rate) in rates.items()
    ]


def _reasons(truth: Truth) -> dict[str, Any]:
    return _truth(
        "departure_reasons",
        "Why people leave: each reason's share of all departures.",
        measure="retention departures",
        by=("reason",),
        successes=("people",),
        of=("people of all reasons",),
        rows=[{"reason": reason, "rate": rate} for reason, rate in truth.departure_reasons.items()],
    )
