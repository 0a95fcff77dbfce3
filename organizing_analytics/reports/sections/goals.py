"""What the team set out to reach in the week, and what it reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.reports.goal_counts import WORDS, counts_reached, plain_name
from organizing_analytics.reports.numbers import Where, counted, measured
from organizing_analytics.reports.parts import Part, table
from organizing_analytics.reports.section import section
from organizing_analytics.reports.team_week import only, rows_of
from organizing_analytics.reports.words import called

if TYPE_CHECKING:
    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import TeamWeek

HEAD = ("", "Reached", "Goal", "In words")


@section
def goals(team: TeamWeek) -> Part | None:
    """Return the goals of the week with what was reached; nothing where none is set."""
    every = team.store.recorded_table("goals")
    mine = every.filter(every.team_id == team.team_id, every.week == team.week)
    frame = team.store.execute(mine.select("measure", "target"))
    if frame.empty:
        return None
    order = list(WORDS)
    names = [plain_name(name) for name in frame["measure"]]
    frame = frame.assign(
        name=names, place=[order.index(name) if name in WORDS else len(order) for name in names]
    ).sort_values(["place", "name"])
    reached = _reached(team)
    return table(HEAD, [_row(row["name"], row["target"], reached) for row in rows_of(frame)])


def _reached(team: TeamWeek) -> dict[str, int]:
    new = team.new_people
    return counts_reached(
        team.show_up,
        only(team.asks),
        new_people=int(new.loc[new["week"] == team.week, "people"].sum()),
        held=int(team.meetings["held"].sum()),
    )


def _row(name: str, target: float, reached: dict[str, int]) -> list[Cell]:
    where: Where = {"by": "measure", "group": name}
    goal = measured("target", target, f"{target:,.10g}", **where)
    if name not in WORDS:
        return [called(name.replace("_", " ")), "not counted", goal, "counted by nobody here"]
    n = reached[name]
    return [WORDS[name], counted("reached", n, shown=f"{n:,}", **where), goal, _in_words(n, target)]


def _in_words(n: int, target: float) -> str:
    if n >= target:
        over = n - target
        return f"reached, {over:,.10g} more" if over else "reached"
    return f"{target - n:,.10g} short"
