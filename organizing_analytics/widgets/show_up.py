"""Who comes: show-up by any two group columns in a range of dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as w
import pandas as pd

from organizing_analytics.charts.dots import lying_dots
from organizing_analytics.charts.pictures import OnHover
from organizing_analytics.charts.show_up import LEAD_WORDS
from organizing_analytics.charts.theme import Note
from organizing_analytics.measures.show_up import show_up as measure
from organizing_analytics.teams import team_names
from organizing_analytics.widgets.parts import Explorer, control, drawn

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import date

    from organizing_analytics.charts import Chart
    from organizing_analytics.store import Data

NOTHING = "-"
GROUPS = [
    "team", "event_type", "lead", "confirmed", "first_timer", "weekday", "month", "week",
    "channel", "role", "recruiter",
]  # fmt: skip
FLAGS = {"confirmed": "confirmed", "first_timer": "first time"}
MAX_ROWS = 24
#: The counts behind a dot and its interval.
HOVER = OnHover(
    "datum.label + ': ' + datum.counts + ' came, ' + format(datum.rate, '.0%')"
    " + ' (95 % interval ' + format(datum.low, '.0%') + ' to ' + format(datum.high, '.0%') + ')'",
    ("point", "rule", "text"),
)


class ShowUp(Explorer):
    """The explorer of show-up; made by `show_up`."""

    def __init__(
        self, store: Data | str | os.PathLike[str] | None, *, as_of: str | date | None
    ) -> None:
        self.first = control(w.Dropdown, "By", options=GROUPS, value="lead")
        self.second = control(w.Dropdown, "and by", options=[NOTHING, *GROUPS], value=NOTHING)
        self.since, self.until = control(w.DatePicker, "From"), control(w.DatePicker, "To")
        super().__init__(store, self.first, self.second, self.since, self.until, as_of=as_of)

    def _chart(self, data: Data) -> str:
        by = list(dict.fromkeys([self.first.value, self.second.value]))
        by = [name for name in by if name != NOTHING]
        since, until = self.since.value, self.until.value
        frame = measure(data, by=by, since=since, until=until, as_of=self._as_of)
        teams = team_names(data) if "team" in by else {}
        return drawn(_chart(frame, by, teams), HOVER)


def show_up(
    store: Data | str | os.PathLike[str] | None = None, *, as_of: str | date | None = None
) -> ShowUp:
    """Return an explorer of show-up; parameters as for `planner`."""
    return ShowUp(store, as_of=as_of)


def _chart(frame: pd.DataFrame, by: list[str], teams: Mapping[str, str]) -> Chart:
    if frame.empty:
        return Note("Nobody was signed up in these dates.")
    rows = frame.assign(n=frame["attended"] + frame["no_show"], part=frame["attended"])
    rows = rows[rows["n"] > 0]
    if rows.empty:
        return Note("Nobody's attendance is written down in these dates.")
    rows = rows.assign(label=_unique([_label(row, by, teams) for row in rows.to_dict("records")]))
    shown = rows.loc[rows["n"].nlargest(MAX_ROWS).sort_index().index]
    more = len(rows) - len(shown)
    return lying_dots(
        shown,
        title=f"Who came of those on the list, by {' and '.join(by)}",
        group_title=", ".join(by),
        rate_title="came, of those on the list",
        n_title="Came, of those on the list",
        hint=f"the {MAX_ROWS} largest of {len(rows)}" if more else "",
    )


def _label(row: Mapping[Any, Any], by: list[str], teams: Mapping[str, str]) -> str:
    """Return what a row is called; a team by its name."""
    return ", ".join(_word(name, row[name], teams) for name in by)


def _word(name: str, value: Any, teams: Mapping[str, str]) -> str:
    if pd.isna(value):
        return "not known"
    if name in FLAGS:
        return FLAGS[name] if value else f"not {FLAGS[name]}"
    if name == "lead":
        return LEAD_WORDS.get(value, f"{value} days")
    return teams.get(str(value), str(value)) if name == "team" else str(value)


def _unique(labels: list[str]) -> list[str]:
    """Return labels of which none is twice: two teams may have one name, and stay two rows."""
    seen: dict[str, int] = {}
    for place, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        labels[place] = label + "\u200b" * (seen[label] - 1)  # a space that has no width
    return labels
