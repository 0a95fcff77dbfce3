"""Whose report it is, of which week, from what; and the week in a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from organizing_analytics.charts.theme import FEW
from organizing_analytics.reports.parts import Part, plain, safe, sentence
from organizing_analytics.reports.team_week import only
from organizing_analytics.reports.words import long_day, share_of, whole
from organizing_analytics.wording import plural, short_day

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek


def title(team: TeamWeek) -> Part:
    """Return the head of the report; its facts name team, week, date and snapshot."""
    when = f"Week {team.week}: {short_day(team.monday)} to {long_day(team.as_of)}"
    basis = (
        f"{team.freshness.words} · as of {team.as_of.isoformat()}, snapshot {team.store.snapshot}"
    )
    without_names = "" if team.names else " · without names, for passing on"
    html = (
        f"<h1>{safe(whole(team.name))}</h1>"
        f'<p class="quiet">{safe(when)} · {safe(basis)}{safe(without_names)}</p>'
    )
    facts = {
        "team_id": team.team_id,
        "name": team.name,
        "week": team.week,
        "as_of": team.as_of.isoformat(),
        "snapshot": team.store.snapshot,
        "fresh": team.freshness.words,
    }
    return Part(html, plain(f"{whole(team.name)}\n{when} · {basis}{without_names}"), facts)


def in_short(team: TeamWeek) -> Part:
    """Return the week in one sentence."""
    if not team.has_anything:
        return sentence(
            "There is nothing to report on this team yet: no event, no ask and no one-to-one of it"
            " has been loaded.",
            kind="lead",
        )
    if team.is_unloaded:
        clauses = [f"{unloaded_words(team)} Load new data before you call anybody"]
    else:
        clauses = [*_came(team), *_asked(team), *_met(team)]
    if not clauses:
        nothing = "Nothing was recorded for this team in this week: no shift, no ask, no one-to-one"
        clauses = [nothing]
    lead = sentence(f"{'; '.join(clauses)}.", kind="lead")
    return replace(lead, facts={"summary": lead.text})


def unloaded_words(team: TeamWeek) -> str:
    """Return that nothing of the week was loaded, and how far the data reach."""
    through = team.freshness.through
    reach = "there are none yet" if through is None else f"they reach to {short_day(through)}"
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
