"""Whose report it is, of which week, from what; and the week in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.charts.theme import FEW
from organizing_analytics.reports.parts import Part, safe, sentence
from organizing_analytics.reports.team_week import only
from organizing_analytics.reports.words import long_day, plural, share_of, short_day

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek


def title(team: TeamWeek) -> Part:
    """Return the head of the report; its facts name team, week, date and snapshot."""
    when = f"Week {team.week}: {short_day(team.monday)} to {long_day(team.as_of)}"
    basis = f"as of {team.as_of.isoformat()}, snapshot {team.store.snapshot}"
    html = f"<h1>{safe(team.name)}</h1><p class='quiet'>{safe(when)} · {safe(basis)}</p>"
    facts = {
        "team_id": team.team_id,
        "name": team.name,
        "week": team.week,
        "as_of": team.as_of.isoformat(),
        "snapshot": team.store.snapshot,
    }
    return Part(html, f"{team.name}\n{when} · {basis}", facts)


def in_short(team: TeamWeek) -> Part:
    """Return the week in a sentence or two."""
    if not team.has_anything:
        return sentence(
            "There is nothing to report on this team yet: no event, no ask and no one-to-one of it"
            " has been loaded.",
            kind="lead",
        )
    said = [*_came(team), *_asked(team), *_met(team)]
    if not said:
        said = ["Nothing was recorded for this team in this week: no shift, no ask, no one-to-one."]
    return sentence(" ".join(said), kind="lead")


def _came(team: TeamWeek) -> list[str]:
    row = team.show_up
    if row is None:
        return []
    listed = row["attended"] + row["no_show"]
    if listed >= FEW:
        said = f"Of those on the lists, {share_of(row['attended'], listed)} came"
    elif listed:
        said = f"Of {plural(listed, 'person', 'people')} on the lists, {row['attended']} came"
    else:
        said = "No attendance is written down"
    extra = f"; {row['walk_in']:,} more walked in" if row["walk_in"] else ""
    missing = ""
    if row["unrecorded"]:
        missing = f"; {plural(row['unrecorded'], 'sign-up')} nobody has recorded yet"
    return [f"{said}{extra}{missing}."]


def _asked(team: TeamWeek) -> list[str]:
    row = only(team.asks)
    if row is None:
        return []
    answered = f", {row['answered']:,} answered" if row["answered"] < row["asks"] else ""
    yes = f"{row['yes']:,}" if row["yes"] else "nobody"
    return [f"{plural(row['asks'], 'ask')}{answered}, {yes} said yes."]


def _met(team: TeamWeek) -> list[str]:
    held = int(team.meetings["held"].sum())
    return [f"{plural(held, 'one-to-one was', 'one-to-ones were')} held."] if held else []
