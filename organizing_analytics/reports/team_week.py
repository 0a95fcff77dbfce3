"""One team in one week: what every section of a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import organizing_analytics.measures as m
from organizing_analytics.measures.teams import chosen_teams, is_active, team_names
from organizing_analytics.reports.weeks import last_full_week, monday_of, report_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from organizing_analytics.store import Data

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
    """

    store: Data
    team_id: str
    name: str
    week: str
    monday: date
    as_of: date

    @property
    def before(self) -> tuple[date, date]:
        """Return first and last date of the eight weeks before."""
        return self.monday - timedelta(weeks=WEEKS_BEFORE), self.monday - timedelta(days=1)

    @property
    def window_from(self) -> date:
        """Return the first of the last 90 days."""
        return self.as_of - timedelta(days=WINDOW_DAYS - 1)

    def ask(
        self, measure: Callable[..., pd.DataFrame], *, everyone: bool = False, **options: Any
    ) -> pd.DataFrame:
        """Return a measure's frame of the team, or of everyone, at the report's date."""
        team = None if everyone else self.team_id
        return measure(self.store, team=team, as_of=self.as_of, **options)

    def this_week(self, measure: Callable[..., pd.DataFrame], **options: Any) -> pd.DataFrame:
        """Return a measure's frame of the week."""
        return self.ask(measure, since=self.monday, **options)

    @cached_property
    def has_anything(self) -> bool:
        """Return whether the team has any event, ask or 1:1 at all."""
        return is_active(self.store, self.team_id)

    @cached_property
    def show_up(self) -> Row | None:
        """Return the week's show-up; None when nobody was signed up."""
        return only(self.this_week(m.show_up))

    @cached_property
    def asks(self) -> pd.DataFrame:
        """Return the week's asks by outcome, one row, or none without asks."""
        return self.this_week(m.asks_outcomes)

    @cached_property
    def meetings(self) -> pd.DataFrame:
        """Return the week's 1:1s by kind."""
        return self.this_week(m.meetings)


def team_week(store: Data, team_id: str | None = None, week: str | None = None) -> TeamWeek:
    """Return one team in one week.

    Parameters
    ----------
    store : Data
        An open store.
    team_id : str, optional
        The team's id; by default the first team by name.
    week : str, optional
        An ISO week like 2026-W47; by default the last full one by the campaign's clock.

    Raises
    ------
    OptionError
        There is no such team, no such week, or the week has not begun.
    """
    names = team_names(store)
    [chosen] = chosen_teams(names, [team_id if team_id is not None else next(iter(names), "")])
    yesterday = store.as_of()
    name = week or last_full_week(yesterday)
    monday = monday_of(name)
    return TeamWeek(store, chosen, names[chosen], name, monday, report_day(monday, yesterday))


def only(frame: pd.DataFrame) -> Row | None:
    """Return the one row of an answer without groups; None when nothing was counted."""
    return None if frame.empty else rows_of(frame)[0]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of an answer, each count still a whole number."""
    return cast("list[Row]", frame.to_dict("records"))
