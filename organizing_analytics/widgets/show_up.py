"""Who comes: show-up by any two group columns in a range of dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as w

from organizing_analytics.charts.dots import lying_dots
from organizing_analytics.charts.theme import Note
from organizing_analytics.measures import show_up as measure
from organizing_analytics.widgets.parts import STYLE, Wrong, control, drawn, opened

if TYPE_CHECKING:
    import os
    from datetime import date

    import pandas as pd

    from organizing_analytics.charts import Chart
    from organizing_analytics.store import Data

NOTHING = "-"
GROUPS = [
    "team", "event_type", "lead", "confirmed", "first_timer", "weekday", "month", "week",
    "channel", "role", "recruiter",
]  # fmt: skip
MOST_ROWS = 24


def show_up(
    store: Data | str | os.PathLike[str] | None = None, *, as_of: str | date | None = None
) -> w.VBox:
    """Return an explorer of show-up; parameters as for `planner`."""
    wrong, shown = Wrong(), w.HTML()
    data: Data | None = None
    with wrong.caught():
        data = opened(store)
    first = control(w.Dropdown, "By", options=GROUPS, value="lead")
    second = control(w.Dropdown, "and by", options=[NOTHING, *GROUPS], value=NOTHING)
    since = control(w.DatePicker, "From")
    until = control(w.DatePicker, "To")

    def draw(_: object = None) -> None:
        shown.value = ""
        if data is None:
            return
        by = [first.value] + ([second.value] if second.value not in (NOTHING, first.value) else [])
        with wrong.caught():
            frame = measure(data, by=by, since=since.value, until=until.value, as_of=as_of)
            shown.value = drawn(_chart(frame, by))

    for one in (first, second, since, until):
        one.observe(draw, "value")
    draw()
    controls = w.VBox([first, second, since, until])
    box = w.VBox([w.HTML(STYLE), w.HBox([controls, shown]), wrong])
    box.controls = {"first": first, "second": second, "since": since, "until": until}
    box.shown, box.wrong = shown, wrong
    return box


def _chart(frame: pd.DataFrame, by: list[str]) -> Chart:
    if frame.empty:
        return Note("Nobody was signed up in these dates.")
    rows = frame.assign(n=frame["attended"] + frame["no_show"], part=frame["attended"])
    rows = rows[rows["n"] > 0]
    if rows.empty:
        return Note("Nobody's attendance is written down in these dates.")
    labels = rows[by].astype("object").where(rows[by].notna(), "not known").astype(str)
    largest = rows.assign(label=labels.agg(", ".join, axis=1))
    shown = largest.loc[largest["n"].nlargest(MOST_ROWS).sort_index().index]
    more = len(largest) - len(shown)
    return lying_dots(
        shown,
        title=f"Who came of those on the list, by {' and '.join(by)}",
        group_title=", ".join(by),
        rate_title="came, of those on the list",
        n_title="Came, of those on the list",
        hint=f"the {MOST_ROWS} largest of {len(largest)}" if more else "",
    )
