"""Weeks by team: walk-ins count, the busiest team is on top, a week without a shift is zero."""

from __future__ import annotations

import pandas as pd

from organizing_analytics import charts
from organizing_analytics.charts.pictures import picture
from organizing_analytics.charts.theme import Note


def weeks(*rows: tuple[str | None, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["team", "week", "attended", "walk_in"])


def test_lanes_say_the_last_and_the_largest_week() -> None:
    frame = weeks(("a", "2026-W46", 3, 1), ("b", "2026-W46", 30, 0), ("b", "2026-W47", 20, 2))
    drawn = picture(charts.weeks_by_team(frame, names={"b": "Riverside"}))
    # Of "a" nobody came in the last week; its four include a walk-in.
    assert drawn.description == "Riverside: 22, most 30. a: 0, most 4"
    assert drawn.title == "People who came: 2 teams, 2 weeks up to 2026-W47"
    assert drawn.svg.index("Riverside") < drawn.svg.index("a: 0, most 4")


def test_no_team_is_a_lane_and_nobody_is_a_note() -> None:
    drawn = picture(charts.weeks_by_team(weeks((None, "2026-W47", 2, 0))))
    assert drawn.description == "no team: 2, most 2"
    assert isinstance(charts.weeks_by_team(weeks(("a", "2026-W47", 0, 0))), Note)
    assert isinstance(charts.weeks_by_team(weeks()), Note)
