"""The shifts of the week, one verdict each; later ones counted, and folded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.reports.coming import TROUBLED, URGENT_DAYS, WEEK_DAYS, coming_of
from organizing_analytics.reports.parts import Part, fold, plain, sentence, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.sections.shift_line import (
    scale_of,
    shift_facts,
    shift_line,
    shift_name,
)
from organizing_analytics.reports.words import listed, some_of
from organizing_analytics.wording import plural, uncapitalized

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import Row, TeamWeek

#: Names in the line of a shift; the first panel has all of them for today and tomorrow.
MAX_ASKED = 5
LEGEND = (
    '<p class="legend quiet" aria-hidden="true"><span class="bar"><i class="likely"></i>'
    '<i class="dot"></i></span> likely, 8 times in 10 <span class="bar"><i class="need"></i></span>'
    ' needed <span class="bar"><i class="room"></i></span> room</p>'
)


@section
def upcoming(team: TeamWeek) -> Part:
    """Return the shifts of the next seven days with a verdict each, and the later ones folded."""
    plan = coming_of(team).plan
    if plan.empty:
        return sentence(
            "No shift of this team is planned in the two weeks after this report.", kind="quiet"
        )
    week = coming_of(team).within(team.today, WEEK_DAYS)
    later = coming_of(team).after(team.today + timedelta(days=WEEK_DAYS - 1))
    scale = scale_of([*week, *later])
    facts = {"verdicts": {"in_short": _in_short(week), "shifts": _verdicts(team, week)}}
    return together(
        sentence(_in_short(week), kind="quiet"),
        _lines(team, week, scale) if week else None,
        Part(LEGEND) if week else None,
        fold(_later_words(team, later), _lines(team, later, scale)) if later else None,
        Part("", facts=facts),  # the weekly mail shows them, too
    )


def _verdicts(team: TeamWeek, rows: list[Row]) -> list[dict[str, str]]:
    """Return a verdict for each shift: `when verdict fact ask_first`."""
    return [
        {
            "when": team.dates.day_and_time(row["starts_local"]),
            "verdict": str(row["verdict_words"]),
            "fact": plain(shift_facts(row, team.name, _place(team, row))),
            "ask_first": plain(_ask_first(team, row)),
        }
        for row in rows
    ]


def _place(team: TeamWeek, row: Row) -> str:
    return coming_of(team).places.get(row["shift_id"], "")


def _lines(team: TeamWeek, rows: list[Row], scale: int) -> Part:
    lines = [
        shift_line(
            row,
            team=team.name,
            place=_place(team, row),
            scale=scale,
            dates=team.dates,
            ask_first=_ask_first(team, row),
        )
        for row in rows
    ]
    shown = together(*lines)
    return Part(f'<ul class="shifts">{shown.html}</ul>', shown.text, numbers=shown.numbers)


def _ask_first(team: TeamWeek, row: Row) -> str:
    in_panel = row["starts_on"] < pd.Timestamp(team.today + timedelta(days=URGENT_DAYS))
    if in_panel and not team.is_stale:  # the first panel names them, with their numbers
        return ""
    names = [person["name"] for person in coming_of(team).whom.get(row["shift_id"], [])]
    if not names:
        return ""
    who = listed(names) if len(names) <= MAX_ASKED else some_of(names, most=MAX_ASKED)
    return f"Ask first: {who}."


def _in_short(week: list[Row]) -> str:
    if not week:
        return "No shift in the next seven days."
    short = sum(row["verdict"] in TROUBLED[:2] for row in week)
    full = sum(row["verdict"] == TROUBLED[2] for row in week)
    of = f"of {plural(len(week), 'shift')}"
    words = (
        f"{short:,} {of} {'is' if short == 1 else 'are'} short" if short else f"None {of} is short"
    )
    room = f"; {plural(full, 'room is', 'rooms are')} too small" if full else ""
    return f"{words}{room}."


def _later_words(team: TeamWeek, later: list[Row]) -> str:
    short = [row for row in later if row["verdict"] in TROUBLED]
    counts = plural(len(later), "later shift")
    if not short:
        return f"{counts}, none short"
    worst = max(short, key=_shortage)
    return (
        f"{counts}, {len(short):,} to look at. Worst: {shift_name(worst, team.name)},"
        f" {team.dates.day(worst['starts_local'])}, {uncapitalized(str(worst['verdict_words']))}"
    )


def _shortage(row: Row) -> float:
    """Return how short a shift is: of its need, how large a part is still to sign up."""
    need = row["need"]
    more = row["more"]
    return (
        0.0 if not _is_known(need) or not _is_known(more) or not need else float(more) / float(need)
    )


def _is_known(value: object) -> bool:
    return isinstance(value, int | float) and value == value  # noqa: PLR0124  # not a number
