"""Who stays: cohorts as a heat map, by month or week, bounded or rolling, of one team or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as w

from organizing_analytics import charts
from organizing_analytics.charts.pictures import OnHover
from organizing_analytics.measures import retention_cohorts
from organizing_analytics.teams import team_names
from organizing_analytics.widgets.parts import Explorer, control, drawn

if TYPE_CHECKING:
    import os
    from datetime import date

    from organizing_analytics.store import Data

ALL_TEAMS = ("all teams", "")
KINDS = [("came in that period", "bounded"), ("came in it or later", "rolling")]
#: The counts behind a cell.
SAYS = (
    "datum.cohort + ', {period} ' + datum.period + ': '"
    " + format(datum.retained, ',') + ' of ' + format(datum.size, ',') + ' came again'"
)


class Cohorts(Explorer):
    """The explorer of cohorts; made by `cohorts`."""

    def __init__(
        self, store: Data | str | os.PathLike[str] | None, *, as_of: str | date | None
    ) -> None:
        self.team = control(w.Dropdown, "Team", options=[ALL_TEAMS])
        self.period = control(w.Dropdown, "Period", options=["month", "week"])
        self.kind = control(w.Dropdown, "Counted as", options=KINDS, value="rolling")
        super().__init__(store, self.team, self.period, self.kind, as_of=as_of)

    def _renewed(self, data: Data) -> None:
        names, chosen = team_names(data), self.team.value
        with self.team.hold_trait_notifications():
            self.team.options = [ALL_TEAMS, *((name, team) for team, name in names.items())]
            self.team.value = chosen if chosen in names else ""

    def _chart(self, data: Data) -> str:
        period, kind, team = self.period.value, self.kind.value, self.team.value or None
        frame = retention_cohorts(data, period=period, kind=kind, team=team, as_of=self._as_of)
        hover = OnHover(SAYS.replace("{period}", period), ("rect", "text"))
        return drawn(charts.cohorts(frame, kind=kind, period=period), hover)


def cohorts(
    store: Data | str | os.PathLike[str] | None = None, *, as_of: str | date | None = None
) -> Cohorts:
    """Return an explorer of cohorts; parameters as for `planner`."""
    return Cohorts(store, as_of=as_of)
