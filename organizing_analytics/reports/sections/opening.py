"""Whose report it is, of which week, from what; and the week in a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.charts.theme import FEW
from organizing_analytics.reports.parts import Part, plain, safe, sentence, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import only
from organizing_analytics.reports.words import share_of, whole
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek


def title(team: TeamWeek) -> Part:
    """Return the head of the report: the team, the day it is for, how fresh the data are."""
    day, fresh = team.dates.long_day(team.today), team.freshness.words
    without_names = "" if team.names else " · without names, for passing on"
    kind = ' class="hot"' if team.is_stale else ""
    html = (
        f"<h1>{safe(whole(team.name))}</h1>"
        f'<p class="quiet">{safe(day)} · <span{kind}>{safe(fresh)}</span>{safe(without_names)}</p>'
    )
    facts = {
        "team_id": team.team_id,
        "name": team.name,
        "week": team.week,
        "as_of": team.as_of.isoformat(),
        "snapshot": team.store.snapshot,
        "day": day,
        "fresh": fresh,
    }
    return Part(html, plain(f"{whole(team.name)}\n{day} · {fresh}{without_names}"), facts)


@section
def in_short(team: TeamWeek) -> Part:
    """Return which week it is, and the week in one sentence."""
    if team.is_unloaded:
        clauses = [f"{unloaded_words(team)} Load new data before you call anybody"]
    else:
        clauses = [*_came(team), *_asked(team), *_met(team)]
    if not clauses:
        nothing = "Nothing was recorded for this team in this week: no shift, no ask, no one-to-one"
        clauses = [nothing]
    lead = sentence(f"{'; '.join(clauses)}.", kind="lead")
    dates = sentence(team.dates.span(team.monday, team.as_of), kind="quiet")
    return replace(together(dates, lead), facts={"summary": lead.text})


def unloaded_words(team: TeamWeek) -> str:
    """Return that nothing of the week was loaded, and how far the data reach."""
    through = team.freshness.through
    reach = "there are none yet" if through is None else f"they reach to {team.dates.day(through)}"
    return f"No data of this week were loaded: {reach}."


def _came(team: TeamWeek) -> list[str]:
    row = team.show_up
    if row is None:
        return []
    on_list = row["attended"] + row["no_show"]
    if on_list >= FEW:
        clause = f"Of those on the lists, {share_of(row['attended'], on_list)} came"
    elif on_list:
        clause = f"Of {plural(on_list, 'person', 'people')} on the lists, {row['attended']} came"
    else:
        clause = "No attendance is written down"
    more = [f"{row['walk_in']:,} more walked in"] if row["walk_in"] else []
    if row["unrecorded"]:
        more.append(f"{plural(row['unrecorded'], 'sign-up is', 'sign-ups are')} unrecorded")
    return [", ".join([clause, *more])]


def _asked(team: TeamWeek) -> list[str]:
    row = only(team.asks)
    if row is None:
        return []
    answered = f", {row['answered']:,} answered" if row["answered"] < row["asks"] else ""
    yes = f"{row['yes']:,}" if row["yes"] else "nobody"
    return [f"{plural(row['asks'], 'ask')}{answered}, {yes} said yes"]


def _met(team: TeamWeek) -> list[str]:
    held = int(team.meetings["held"].sum())
    return [f"{plural(held, 'one-to-one was', 'one-to-ones were')} held"] if held else []
