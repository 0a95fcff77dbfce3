"""The index: every team's main numbers of the week, its report, and what failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import organizing_analytics.measures as m
from organizing_analytics.dates import INTERNATIONAL, DateWords
from organizing_analytics.freshness import freshness
from organizing_analytics.private_files import make_private_folder
from organizing_analytics.reports.attention import Attention, attention_by_team
from organizing_analytics.reports.files import file_names, write_whole
from organizing_analytics.reports.index_cells import HEAD, IndexCell, cells_of
from organizing_analytics.reports.index_snowflake import snowflake_part
from organizing_analytics.reports.pages import render
from organizing_analytics.reports.team_week import only, rows_of
from organizing_analytics.reports.upkeep import Upkeep, upkeep_by_team
from organizing_analytics.reports.weeks import WEEK
from organizing_analytics.reports.words import END_ISOLATE, ISOLATE, whole
from organizing_analytics.teams import NO_TEAM
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from organizing_analytics.reports.result import TeamReport
    from organizing_analytics.reports.team_week import Row
    from organizing_analytics.store import Data

#: A longer name of a team is cut in the index; its own page has it whole.
MAX_CHARACTERS = 60
#: What is said beside a team's name; nothing where its page is there and says it all.
STATUS_WORDS = {"failed": "failed", "empty": "nothing yet"}
#: So many teams are named at the top.
MAX_FIRST = 4


@dataclass(frozen=True)
class Overview:
    """The numbers of all teams in one week.

    Attributes
    ----------
    week : str
        The ISO week.
    monday, as_of : date
        Its first date, and the date at which the reports stand.
    snapshot : int or None
        Of the store.
    names : mapping
        Every team's name by its id, in the order of the page.
    show_up, asks : mapping
        By team id, and under None the whole campaign's: the measures' rows.
    held : mapping
        One-to-ones held, likewise.
    suffix : str
        What the names of the reports' files end with.
    attention : mapping
        What stands out in each team.
    fresh : str
        Up to when the data reach.
    dates : DateWords
        How the campaign writes dates.
    upkeep : mapping
        How each team looks after its people, and under None the whole campaign.
    snowflake : str
        Who leads whom, as HTML; empty where nobody leads.
    hours : int
        A follow-up is in time within so many hours.
    """

    week: str
    monday: date
    as_of: date
    snapshot: int | None
    names: Mapping[str, str]
    show_up: Mapping[str | None, Row]
    asks: Mapping[str | None, Row]
    held: Mapping[str | None, int]
    suffix: str = ""
    attention: Mapping[str, Attention] = field(default_factory=dict)
    fresh: str = ""
    dates: DateWords = INTERNATIONAL
    upkeep: Mapping[str | None, Upkeep] = field(default_factory=dict)
    snowflake: str = ""
    hours: int = 48

    @classmethod
    def of(
        cls,
        store: Data,
        names: Mapping[str, str],
        *,
        week: str,
        monday: date,
        as_of: date,
        suffix: str = "",
    ) -> Overview:
        """Read the numbers of a week from a store."""
        window: dict[str, Any] = {"since": monday, "as_of": as_of}
        read = {}
        for measure in (m.show_up, m.asks_outcomes):
            rows: dict[str | None, Row] = {
                _team(row["team"]): row for row in rows_of(measure(store, by="team", **window))
            }
            total = only(measure(store, **window))
            rows = {team: row for team, row in rows.items() if team in names}
            read[measure.__name__] = rows if total is None else {**rows, None: total}
        return cls(
            week,
            monday,
            as_of,
            store.snapshot,
            names,
            read["show_up"],
            read["asks_outcomes"],
            _held(m.meetings(store, by="team", **window)),
            suffix,
            attention_by_team(store, names, monday=monday, as_of=as_of),
            freshness(store, on=as_of).words,
            store.settings.dates,
            upkeep_by_team(store, week=week, monday=monday, as_of=as_of),
            snowflake_part(store, as_of=as_of, names=not suffix),
            store.settings.follow_up_hours,
        )

    def cells(self, team_id: str | None) -> list[IndexCell]:
        """Return a team's numbers as they are read; of the whole campaign for None."""
        return cells_of(
            self.show_up.get(team_id),
            self.asks.get(team_id),
            held=self.held.get(team_id, 0),
            attention=self._attention(team_id),
            upkeep=self.upkeep.get(team_id, Upkeep()),
        )

    def _attention(self, team_id: str | None) -> Attention:
        """Return what stands out in a team; of the whole campaign, the sums."""
        if team_id is not None:
            return self.attention.get(team_id, Attention(()))
        every = list(self.attention.values())
        return Attention(
            came=tuple(map(sum, zip(*(team.came for team in every), strict=True))),
            shifts=sum(team.shifts for team in every),
            short=sum(team.short for team in every),
            overdue=sum(team.overdue for team in every),
        )

    @property
    def campaign(self) -> str:
        """Return the campaign's week in a sentence, and what changed."""
        every = self._attention(None)
        if not every.came:
            return ""
        now, before = every.came[-1], every.came[-2]
        change = f"{abs(now - before):,} {'more' if now > before else 'fewer'} than"
        compared = "as many as in" if now == before else f"{change} in"
        # The column has those on the lists: said apart, the two numbers do not contradict.
        walked_in = int((self.show_up.get(None) or {}).get("walk_in", 0))
        on_lists = f"{plural(now - walked_in, 'person', 'people')} on the lists came"
        came = f"{on_lists}, and {walked_in:,} walked in" if walked_in else on_lists
        ahead = f"{every.short:,} of the {plural(every.shifts, 'shift')} ahead lack people or room."
        return f"{came}: {compared} the week before. {ahead}"

    @property
    def first(self) -> list[tuple[str, str]]:
        """Return the teams to look at first, and why."""
        marked = [(team, self.attention[team]) for team in self.names if team in self.attention]
        marked = [(team, attention) for team, attention in marked if attention.look]
        marked.sort(key=lambda pair: -pair[1].weight)
        return [(team, attention.look) for team, attention in marked[:MAX_FIRST]]


def _held(meetings: pd.DataFrame) -> dict[str | None, int]:
    by_team = meetings.groupby("team", dropna=False)["held"].sum()
    return {None: int(meetings["held"].sum()), **{_team(t): int(n) for t, n in by_team.items()}}


def _team(team: object) -> str:
    return team if isinstance(team, str) else NO_TEAM


def write_overview(overview: Overview, reports: Sequence[TeamReport], out: Path) -> Path:
    """Write the index of the week, and the same as the folder's first page; return the latter."""
    folder = out / overview.week
    make_private_folder(folder)  # a store without teams has no report, and so no folder yet
    write_whole(folder / "index.html", _page(overview, reports, out, within=folder))
    return write_whole(out / "index.html", _page(overview, reports, out, within=out))


def _page(overview: Overview, reports: Sequence[TeamReport], out: Path, *, within: Path) -> str:
    report_of = {report.team_id: report for report in reports}
    here = f"{overview.week}/" if within == out else ""
    back = "" if within == out else "../"
    rows = {
        team: _row(
            overview,
            team,
            report_of.get(team),
            here=here,
            page=out / overview.week / f"{stem}{overview.suffix}.html",
        )
        | {"place": place}
        for place, (team, stem) in enumerate(file_names(overview.names).items())
    }
    failed = [report for report in reports if report.status == "failed"]
    return render(
        "overview.html.j2",
        {
            "heading": f"All teams, {overview.dates.long_day(overview.as_of + timedelta(days=1))}",
            "when": overview.dates.span(overview.monday, overview.as_of),
            "fresh": overview.fresh,
            "week": overview.week,
            "campaign": overview.campaign,
            "first": [
                {"name": rows[team]["name"], "href": rows[team]["href"], "look": look}
                for team, look in overview.first
            ],
            "as_of": overview.as_of.isoformat(),
            "snapshot": overview.snapshot,
            "summary": _summary(overview, reports),
            "failures": [
                {"name": overview.names[report.team_id], "error": report.error} for report in failed
            ],
            "names": not overview.suffix,
            "head": HEAD,
            "rows": list(rows.values()),
            "totals": overview.cells(None),
            "hours": plural(overview.hours, "hour"),
            "snowflake": Markup(overview.snowflake),  # noqa: S704  # every text in it is escaped
            "other_weeks": [
                {"week": week, "href": f"{back}{week}/index.html"}
                for week in _weeks_in(out)
                if week != overview.week
            ],
        },
        script="sort.js",
    )


def _row(
    overview: Overview, team_id: str, report: TeamReport | None, *, here: str, page: Path
) -> dict[str, object]:
    is_there = report is not None or page.is_file()
    status = "" if report is None else report.status
    return {
        "name": _short(overview.names[team_id]),
        "href": f"{here}{page.name}" if is_there else None,
        "cells": overview.cells(team_id),
        "status": STATUS_WORDS.get(status, "") if is_there else "no report yet",
        "bad": status == "failed",
        "said": report.error if report is not None and status != "failed" else "",
    }


def _short(name: str) -> str:
    clean = whole(name).strip(ISOLATE + END_ISOLATE)
    return clean if len(clean) <= MAX_CHARACTERS else f"{clean[: MAX_CHARACTERS - 1]}…"


def _summary(overview: Overview, reports: Sequence[TeamReport]) -> str:
    if not overview.names:
        return "The store has no teams, events, asks or 1:1s, so there are no reports. Load some."
    n_failed = sum(report.status == "failed" for report in reports)
    n_made = len(reports) - n_failed
    summary = f"{plural(n_made, 'report was', 'reports were')} made." if n_made else ""
    return f"{summary} {plural(n_failed, 'report')} failed.".strip() if n_failed else summary


def _weeks_in(out: Path) -> list[str]:
    weeks = (path.parent.name for path in out.glob("*/index.html"))
    return sorted(filter(WEEK.fullmatch, weeks), reverse=True)
