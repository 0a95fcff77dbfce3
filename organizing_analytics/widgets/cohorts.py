"""Who stays: cohorts as a heat map, by month or week, bounded or rolling, of one team or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as w

from organizing_analytics import charts
from organizing_analytics.measures import retention_cohorts
from organizing_analytics.measures.teams import team_names
from organizing_analytics.widgets.parts import STYLE, Wrong, control, drawn, opened

if TYPE_CHECKING:
    import os
    from datetime import date

    from organizing_analytics.store import Data

KINDS = [("came in that period", "bounded"), ("came in it or later", "rolling")]


def cohorts(
    store: Data | str | os.PathLike[str] | None = None, *, as_of: str | date | None = None
) -> w.VBox:
    """Return an explorer of cohorts; parameters as for `planner`."""
    wrong, shown = Wrong(), w.HTML()
    data: Data | None = None
    names: dict[str, str] = {}
    with wrong.caught():
        data = opened(store)
        names = team_names(data)
    teams = [("all teams", ""), *((name, team) for team, name in names.items())]
    team = control(w.Dropdown, "Team", options=teams)
    period = control(w.Dropdown, "Period", options=["month", "week"])
    kind = control(w.Dropdown, "Counted as", options=KINDS, value="rolling")

    def draw(_: object = None) -> None:
        shown.value = ""
        if data is None:
            return
        with wrong.caught():
            frame = retention_cohorts(
                data, period=period.value, kind=kind.value, team=team.value or None, as_of=as_of
            )
            shown.value = drawn(charts.cohorts(frame, kind=kind.value))

    for one in (team, period, kind):
        one.observe(draw, "value")
    draw()
    box = w.VBox([w.HTML(STYLE), w.HBox([w.VBox([team, period, kind]), shown]), wrong])
    box.controls = {"team": team, "period": period, "kind": kind}
    box.shown, box.wrong = shown, wrong
    return box
