"""One team in one week: what every section of a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import organizing_analytics.measures as m
from organizing_analytics.freshness import freshness
from organizing_analytics.logbook.lines import with_codes
from organizing_analytics.logbook.links import takes_answers
from organizing_analytics.reports.files import EVERYONE, file_names
from organizing_analytics.reports.shared import of_team, once
from organizing_analytics.reports.visits import visits_lately
from organizing_analytics.reports.weeks import last_full_week, monday_of, report_day
from organizing_analytics.teams import active_teams, chosen_teams, rows_of_team, team_names
from organizing_analytics.to_do.availability import availability_at
from organizing_analytics.to_do.listing import todo_of_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from organizing_analytics.dates import DateWords
    from organizing_analytics.freshness import Freshness
    from organizing_analytics.store import Data
    from organizing_analytics.to_do.availability import Availability

Answer = TypeVar("Answer")
#: One row of an answer.
Row = dict[str, Any]

#: The team's own past that a week is held against.
WEEKS_BEFORE = 8
#: What takes a while to be known (did they come back, what became of a no) looks back this far.
WINDOW_DAYS = 90


@dataclass(frozen=True)
class TeamWeek:
    """One team in one week, as a store knew it at the end of the week's Sunday.

    Attributes
    ----------
    store : Data
        An open store.
    team_id, name : str
        The team.
    week : str
        The ISO week.
    monday, as_of : date
        Its first date, and the date at which the report stands.
    names : bool
        Whether people may be named. If not, no section shows a name, an id, a phone number or
        an address of a person.
    """

    store: Data
    team_id: str
    name: str
    week: str
    monday: date
    as_of: date
    names: bool = True

    @property
    def before(self) -> tuple[date, date]:
        """Return first and last date of the eight weeks before."""
        return self.monday - timedelta(weeks=WEEKS_BEFORE), self.monday - timedelta(days=1)

    @property
    def today(self) -> date:
        """Return the date that the page is for: the first that the report does not count."""
        return self.as_of + timedelta(days=1)

    @property
    def everyone_page(self) -> str:
        """Return the file of the page with the whole list of whom to call."""
        return f"{file_names(once(self.store, team_names))[self.team_id]}{EVERYONE}.html"

    @property
    def window_from(self) -> date:
        """Return the first of the last 90 days."""
        return self.as_of - timedelta(days=WINDOW_DAYS - 1)

    def ask(
        self, measure: Callable[..., pd.DataFrame], *, everyone: bool = False, **options: Any
    ) -> pd.DataFrame:
        """Return a measure's frame of the team, or of everyone, at the report's date."""
        if everyone:
            return once(self.store, measure, as_of=self.as_of, **options).copy()
        return of_team(self.store, measure, team=self.team_id, as_of=self.as_of, **options)

    def this_week(self, measure: Callable[..., pd.DataFrame], **options: Any) -> pd.DataFrame:
        """Return a measure's frame of the week."""
        return self.ask(measure, since=self.monday, **options)

    @cached_property
    def has_anything(self) -> bool:
        """Return whether the team has any event, ask or 1:1 at all."""
        return self.team_id in once(self.store, active_teams)

    @cached_property
    def show_up_by_week(self) -> pd.DataFrame:
        """Return show-up of the week and the eight before, by week."""
        return self.ask(m.show_up, by="week", since=self.before[0])

    @cached_property
    def show_up(self) -> Row | None:
        """Return the week's show-up; None when nobody was signed up."""
        return only(_of_week(self.show_up_by_week, self.week))

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """Return the team's to-do list, whole; see `organizing_analytics.to_do.listing`."""
        everyone = once(self.store, todo_of_all, as_of=self.as_of, has_places=self.names)
        return rows_of_team(everyone, self.team_id).reset_index(drop=True)

    def with_codes(self, tasks: pd.DataFrame) -> pd.DataFrame:
        """Return to-do rows with the column `code`, issued now; see `logbook.links.task_links`.

        No row has a code where nobody is named, or where the campaign has not said where answers
        go (settings `log_to` and `log_url`).
        """
        folder = getattr(self.store, "folder", None)
        settings = self.store.settings
        if folder is None or not (self.names and takes_answers(settings)):
            return tasks.assign(code=None)
        return with_codes(folder, tasks, settings.today())

    @cached_property
    def _remembered(self) -> dict[str, Any]:
        return {}

    def remember(self, compute: Callable[[TeamWeek], Answer]) -> Answer:
        """Return what a function says of this team and week; it is asked once."""
        if compute.__name__ not in self._remembered:
            self._remembered[compute.__name__] = compute(self)
        answer: Answer = self._remembered[compute.__name__]
        return answer

    @property
    def is_stale(self) -> bool:
        """Return whether the data are too old to call people by."""
        return self.is_unloaded or self.freshness.is_stale

    @property
    def dates(self) -> DateWords:
        """Return how the campaign writes dates."""
        return self.store.settings.dates

    @property
    def freshness(self) -> Freshness:
        """Return up to when the campaign's data reach, at the report's date."""
        return once(self.store, freshness, on=self.as_of)

    @property
    def is_unloaded(self) -> bool:
        """Return whether nothing of the week or of later was loaded, of any team."""
        today = max(self.as_of, self.store.settings.today())
        through = once(self.store, freshness, on=today).through
        return through is None or through < self.monday

    @property
    def availability(self) -> Availability:
        """Return who may be asked for which shift, at the report's date; read once a run."""
        return once(self.store, availability_at, as_of=self.as_of)

    @cached_property
    def asks(self) -> pd.DataFrame:
        """Return the week's asks by outcome, one row, or none without asks."""
        return self.this_week(m.asks_outcomes)

    @cached_property
    def new_people(self) -> pd.DataFrame:
        """Return first visits of the last 90 days by week."""
        return self.ask(m.retention_return, by="week", since=self.window_from)

    @cached_property
    def meetings(self) -> pd.DataFrame:
        """Return the week's 1:1s by kind."""
        return self.this_week(m.meetings)

    @cached_property
    def meetings_of_nine_weeks(self) -> pd.DataFrame:
        """Return the 1:1s of the week and the eight before, by kind."""
        return self.ask(m.meetings, since=self.before[0])

    @cached_property
    def not_to_ask(self) -> pd.DataFrame:
        """Return who must not be asked, and why: `person_id since why`."""
        return self.ask(m.asks_do_not_ask, everyone=True)

    @cached_property
    def visits_lately(self) -> pd.DataFrame:
        """Return who of the team's people came when in the last 60 days."""
        return visits_lately(self.store, team_id=self.team_id, as_of=self.as_of)


def team_week(
    store: Data, team_id: str | None = None, week: str | None = None, *, names: bool = True
) -> TeamWeek:
    """Return one team in one week.

    Parameters
    ----------
    store : Data
        An open store.
    team_id : str, optional
        The team's id; by default the first team by name.
    week : str, optional
        An ISO week like 2026-W47; by default the last full one by the campaign's clock.
    names : bool
        Whether people may be named.

    Raises
    ------
    OptionError
        There is no such team, no such week, or the week has not begun.
    """
    teams = once(store, team_names)
    [chosen] = chosen_teams(teams, [team_id if team_id is not None else next(iter(teams), "")])
    yesterday = store.as_of()
    name = week or last_full_week(yesterday)
    monday = monday_of(name)
    day = report_day(monday, yesterday)
    return TeamWeek(store, chosen, teams[chosen], name, monday, day, names=names)


def _of_week(frame: pd.DataFrame, week: str) -> pd.DataFrame:
    return frame[frame["week"] == week]


def only(frame: pd.DataFrame) -> Row | None:
    """Return the one row of an answer without groups; None when nothing was counted."""
    return None if frame.empty else rows_of(frame)[0]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of an answer, each count still a whole number."""
    return cast("list[Row]", frame.to_dict("records"))
