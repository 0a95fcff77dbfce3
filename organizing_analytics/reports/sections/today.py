"""The first panel: what is short today and tomorrow, whom to ask, and what to say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from organizing_analytics.charts.theme import rate_words
from organizing_analytics.reports.coming import TROUBLED, URGENT_DAYS, coming_of, day_words
from organizing_analytics.reports.numbers import Where, counted
from organizing_analytics.reports.parts import Part, fold, plain, safe, sentence, together
from organizing_analytics.reports.person_line import PersonLine, people_list, taps_of
from organizing_analytics.reports.sections.opening import unloaded_words
from organizing_analytics.reports.sections.shift_line import shift_name, standing_of
from organizing_analytics.reports.sections.to_do import without_team
from organizing_analytics.reports.words import called
from organizing_analytics.wording import plural, uncapitalized

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import Row, TeamWeek

#: So many names stand open; the rest is folded.
MAX_OPEN = 8
#: Said of a person who has no button to call or to write.
UNREACHABLE = {"phone": " · no phone number", "email": " · no e-mail address"}


def today(team: TeamWeek) -> Part:
    """Return what to do first: the shifts of today and tomorrow that are short."""
    if not team.has_anything:
        nothing = "no event, no ask and no one-to-one of it has been loaded"
        return _panel("Nothing recorded yet", _nothing(nothing), is_hot=False)
    if team.is_stale:
        return _stale(team)
    shifts = coming_of(team).within(team.today, URGENT_DAYS)
    urgent = [row for row in shifts if row["verdict"] in TROUBLED]
    if not urgent:
        return _calm(team, shifts)
    first, *others = urgent
    headline = _headline(team, first)
    body = together(
        _shift(team, first),
        *(fold(_fold_name(team, row), _shift(team, row)) for row in others),
    )
    shifts_facts = [_shift_facts(team, row) for row in urgent]
    return _panel(headline, body, is_hot=True, shifts=shifts_facts)


def _nothing(what: str) -> Part:
    return sentence(f"There is nothing to report on this team yet: {what}.")


def _panel(
    headline: str, body: Part, *, is_hot: bool, shifts: list[dict[str, Any]] | None = None
) -> Part:
    """Return the panel; as facts, too, the sentences or the short shifts that it shows."""
    kind = "panel hot-panel" if is_hot else "panel"
    html = f'<div class="{kind}"><h2>{safe(headline)}</h2>{body.html}</div>'
    text = plain(headline)
    facts = {
        "headline": text,
        "first": f"{text}\n{body.text}",
        "is_urgent": is_hot,
        "panel": {"sentences": [] if shifts else body.text.splitlines(), "shifts": shifts or []},
    }
    return Part(html, f"{text}\n{body.text}", facts, body.numbers).within("today")


def _stale(team: TeamWeek) -> Part:
    age = team.freshness.age_days
    old = f" They are {plural(age, 'day')} old." if age else ""
    words = unloaded_words(team) if team.is_unloaded else f"{team.freshness.words}."
    missing = f"{words}{'' if 'old' in words else old}"
    body = sentence(
        f"{missing} Some people below may have been called, or have signed up, since."
        " Load new data, then make this page again."
    )
    return _panel("Load new data before you call", body, is_hot=True)


def _calm(team: TeamWeek, shifts: list[Row]) -> Part:
    coming = coming_of(team).plan
    todays = [row for row in shifts if row["starts_on"] == pd.Timestamp(team.today)]
    if coming.empty:
        words = "No shift of this team is planned in the next two weeks. Plan one, then ask people."
        return _panel("No shift ahead", sentence(words), is_hot=False)
    headline = "Today is covered" if todays else "No shift today"
    lines = [
        f"{day_words(row['starts_local'], team.today, team.dates)},"
        f" {team.dates.time(row['starts_local'])},"
        f" {shift_name(row, team.name)}: {uncapitalized(row['verdict_words'])}."
        for row in shifts
    ]
    later = coming_of(team).after(team.today + timedelta(days=URGENT_DAYS - 1))
    short = [row for row in later if row["verdict"] in TROUBLED]
    if short:
        row = short[0]
        lines.append(
            f"The next that needs you is {shift_name(row, team.name)} on"
            f" {team.dates.day_and_time(row['starts_local'])}:"
            f" {uncapitalized(row['verdict_words'])}."
        )
    elif later:
        lines.append(f"None of the {plural(len(later), 'later shift')} ahead is short.")
    return _panel(headline, together(*(sentence(words) for words in lines)), is_hot=False)


def _headline(team: TeamWeek, row: Row) -> str:
    day = day_words(row["starts_local"], team.today, team.dates)
    if not pd.isna(row["more"]) and row["more"] > 0:
        return f"{day} is {plural(int(row['more']), 'sign-up')} short"
    return f"{day}: {uncapitalized(row['verdict_words'])}"


def _fold_name(team: TeamWeek, row: Row) -> str:
    """Return a headline with the shift that it is about: two of one day may both be short."""
    which = f"{shift_name(row, team.name)}, {team.dates.time(row['starts_local'])}"
    return f"{_headline(team, row)}: {which}"


def _shift(team: TeamWeek, row: Row) -> Part:
    return together(
        sentence(_which(team, row), kind="which"),
        _how_many(team, row),
        _words(team, row),
        _people(team, row),
    )


def _shift_facts(team: TeamWeek, row: Row) -> dict[str, Any]:
    """Return what the panel says of a shift: `headline which stands say people`."""
    return {
        "headline": plain(_headline(team, row)),
        "which": plain(_which(team, row)),
        "stands": _how_many(team, row).text,
        "say": plain(_to_say(team, row)),
        "people": [line.facts for line in _lines(team, row)],
    }


def _which(team: TeamWeek, row: Row) -> str:
    start, place = row["starts_local"], coming_of(team).places.get(row["shift_id"], "")
    where = f", {called(place)}" if place else ""
    return f"{shift_name(row, team.name)}, {team.dates.day_and_time(start)}{where}"


def _how_many(team: TeamWeek, row: Row) -> Part:
    """Return how the shift stands, and how many people to ask for so many yeses."""
    more: int = 0 if pd.isna(row["more"]) else int(row["more"])
    calls: int | None = coming_of(team).calls_for(more) if more else None
    # The headline says how many are to sign up, where that is all there is to it.
    verdict = "" if row["verdict"] == "schedule" else f"{row['verdict_words']}. "
    stands = f"{verdict}{standing_of(row)}."
    if calls is None:
        return sentence(stands)
    where: Where = {"period": "as_of", "by": "shift", "group": row["shift_id"]}
    to_ask = counted("to_ask", calls, **where)
    share = rate_words(coming_of(team).yes / coming_of(team).asks)
    return sentence(f"{stands} About {share} of asks become a yes, so ask {to_ask}.", to_ask)


def _words(team: TeamWeek, row: Row) -> Part | None:
    words = _to_say(team, row)
    if not words:
        return None
    return Part(f"<blockquote>“{safe(called_words(words))}”</blockquote>", f'Say: "{words}"')


def _to_say(team: TeamWeek, row: Row) -> str:
    """Return the ask for a shift that needs more people; empty where there is none."""
    if pd.isna(row["more"]) or not row["more"]:
        return ""
    tasks = team.tasks
    own = tasks[(tasks["action"] == "recruit") & (tasks["shift_id"] == row["shift_id"])]
    return without_team(own["words"].iloc[0] or "", team.name) if len(own) else ""


def called_words(words: str) -> str:
    """Return words to say on one line."""
    return " ".join(words.split())


def _lines(team: TeamWeek, row: Row) -> list[PersonLine]:
    """Return whom to ask for a shift."""
    way = team.store.settings.todo_contact
    return [
        PersonLine(person["name"], _fact(team, person), taps=taps_of(person, way))
        for person in coming_of(team).whom.get(row["shift_id"], [])
    ]


def _people(team: TeamWeek, row: Row) -> Part | None:
    lines = _lines(team, row)
    if not lines:
        return None
    more = lines[MAX_OPEN:]
    return together(
        people_list(lines[:MAX_OPEN]),
        fold(f"{plural(len(more), 'more person', 'more people')} to ask", people_list(more))
        if more
        else None,
    )


def _fact(team: TeamWeek, person: Row) -> str:
    visits = plural(int(person["visits"]), "visit")
    way = team.store.settings.todo_contact
    unreachable = "" if taps_of(person, way) else UNREACHABLE.get(way, "")
    return f"{visits}, last {team.dates.day(person['last'])}{unreachable}"
