"""Who stays: cohorts as a heat map, by month or week, bounded or rolling, of one team or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as w

from organizing_analytics import charts
from organizing_analytics.measures import retention_cohorts
from organizing_analytics.measures.teams import team_names
from organizing_analytics.widgets.parts import FIGURE, Place, Wrong, again, boxed, control, drawn

if TYPE_CHECKING:
    import os
    from datetime import date

    from organizing_analytics.store import Data

ALL_TEAMS = ("all teams", "")
KINDS = [("came in that period", "bounded"), ("came in it or later", "rolling")]
#: The counts behind a cell.
TOLD = (
    "datum.cohort + ', {period} ' + datum.period + ': '"
    " + format(datum.retained, ',') + ' of ' + format(datum.size, ',') + ' came again'"
)


class Cohorts(w.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The explorer of cohorts; made by `cohorts`."""

    def __init__(
        self, store: Data | str | os.PathLike[str] | None, *, as_of: str | date | None
    ) -> None:
        self._place, self._as_of = Place(store), as_of
        self.wrong = Wrong()
        self.shown = w.HTML(layout=w.Layout(width=FIGURE))
        self.team = control(w.Dropdown, "Team", options=[ALL_TEAMS])
        self.period = control(w.Dropdown, "Period", options=["month", "week"])
        self.kind = control(w.Dropdown, "Counted as", options=KINDS, value="rolling")
        self.again = again()
        for one in (self.team, self.period, self.kind):
            one.observe(self._draw, "value")
        self.again.on_click(lambda _: self._read())
        controls = w.VBox([self.team, self.period, self.kind, self.again])
        wide = w.Layout(flex_flow="row wrap", grid_gap="2rem")
        super().__init__(boxed(w.HBox([controls, self.shown], layout=wide), self.wrong))
        self.add_class("oa-widget")
        self._read()

    def _read(self) -> None:
        """Read the teams, from the newest snapshot, and draw."""
        with self.wrong.caught():
            names = team_names(self._place.renew())
            chosen = self.team.value
            with self.team.hold_trait_notifications():
                self.team.options = [ALL_TEAMS, *((name, team) for team, name in names.items())]
                self.team.value = chosen if chosen in names else ""
        if not self.wrong.value:
            self._draw()

    def _draw(self, _: object = None) -> None:
        self.shown.value = ""
        period, kind = self.period.value, self.kind.value
        with self.wrong.caught():
            frame = retention_cohorts(
                self._place.data(), period=period, kind=kind, team=self.team.value or None,
                as_of=self._as_of,
            )  # fmt: skip
            self.shown.value = drawn(
                charts.cohorts(frame, kind=kind, period=period),
                told=TOLD.replace("{period}", period),
                marks=("rect", "text"),
            )


def cohorts(
    store: Data | str | os.PathLike[str] | None = None, *, as_of: str | date | None = None
) -> Cohorts:
    """Return an explorer of cohorts; parameters as for `planner`."""
    return Cohorts(store, as_of=as_of)
