"""A plan: how many to schedule, what that really gives, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Literal, TypedDict

from organizing_analytics.wording import chosen_percent, percent, percent_above, percent_below

if TYPE_CHECKING:
    from organizing_analytics.planning.verdict import Verdict

Method = Literal["rule", "known_rate", "counted", "learned", "signed_up"]


class TableRow(TypedDict):
    """What one wanted probability takes, whatever the room."""

    sure: float
    schedule: int | None
    p_enough: float | None
    p_over_capacity: float | None


#: The keys of a plan's JSON; a shift with sign-ups adds `SHIFT_KEYS`, costs `COST_KEYS`.
KEYS = (
    "need",
    "schedule",
    "rule_schedule",
    "sure",
    "p_enough",
    "expected",
    "median",
    "low",
    "high",
    "p_over_capacity",
    "feasible",
    "method",
    "table",
)
SHIFT_KEYS = ("signed_up", "more", "verdict")
COST_KEYS = ("cost_short", "cost_over", "expected_cost")


@dataclass(frozen=True)
class Plan:
    """How many people to schedule, and the odds it gives. Prints well; `as_dict` is its JSON.

    Attributes
    ----------
    need : int
        How many people must come.
    schedule : int
        How many to schedule (with those already signed up).
    rule_schedule : int
        What the rule says: need / 0.5.
    sure : float or None
        The wanted probability that `need` or more come; None when the rule decided.
    p_enough : float
        The probability that `need` or more of `schedule` come.
    expected : float
        The mean of the number who come.
    median, low, high : int
        Its median and its central 80 %: the smallest k with P(at most k come) ≥ .5, .1, .9.
    p_over_capacity : float or None
        The probability that more come than there is room for; None without a capacity.
    feasible : bool
        False when room and `sure` cannot both be had; `schedule` is then the most people that
        keep P(over capacity) within the limit.
    method : {"rule", "known_rate", "counted", "learned", "signed_up"}
        Where the show-up came from: the 50 % rule; a rate taken as known; counts; the store's
        past; the people signed up to a shift.
    table : tuple of dict
        `sure`, `schedule`, `p_enough`, `p_over_capacity` for .5, .8, .9 and .95, whatever the
        room; a row is empty where it would take more people than the planner allows.
    signed_up, more : int or None
        With a shift: how many are on its list, and how many more to schedule.
    verdict : Verdict or None
        With a shift: how it stands now, and what to do; in the JSON its kind.
    cost_short, cost_over, expected_cost : float or None
        With costs: what one too few and one too many cost, and the mean cost of `schedule`.
    capacity, limit_over, basis
        What the words need: the room, the limit on P(over capacity), where the rate is from.
    odds : tuple of float
        P(k come) for k = 0, 1, … when `schedule` are scheduled; sums to 1. Not in the JSON.
    """

    need: int
    schedule: int
    rule_schedule: int
    sure: float | None
    p_enough: float
    expected: float
    median: int
    low: int
    high: int
    p_over_capacity: float | None
    feasible: bool
    method: Method
    table: tuple[TableRow, ...]
    signed_up: int | None = None
    more: int | None = None
    verdict: Verdict | None = None
    capacity: int | None = None
    limit_over: float = 0.05
    basis: str = ""
    cost_short: float | None = None
    cost_over: float | None = None
    expected_cost: float | None = None
    odds: tuple[float, ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, object]:
        """Return the plan's JSON: `KEYS`, `SHIFT_KEYS` for a shift, `COST_KEYS` with costs."""
        keys: tuple[str, ...] = KEYS if self.signed_up is None else KEYS + SHIFT_KEYS
        keys += () if self.expected_cost is None else COST_KEYS
        values: dict[str, object] = {key: getattr(self, key) for key in keys}
        values["table"] = [dict(row) for row in self.table]
        if self.verdict is not None:
            values["verdict"] = str(self.verdict.kind)
        return values

    @property
    def sentence(self) -> str:
        """Return the plan in words."""
        if self.verdict is not None:
            return self._shift_sentence(self.verdict)
        enough = percent(self.p_enough)
        if not self.feasible and self.sure is not None:
            enough = percent_below(self.p_enough, self.sure)
        tail = (
            f" The chance that {self.need} or more come is then {enough}; expect {self.median}"
            f" (in 8 of 10 cases {self.low} to {self.high})."
        )
        return self._head() + tail + self._room() + self._cost()

    def _head(self) -> str:
        if self.expected_cost is not None:
            return self._cost_head()
        if self.sure is None:
            if self.feasible:
                return f"Schedule {self.schedule} to get {self.need}: {self.basis}."
            start = f"The rule would schedule {self.rule_schedule}, too many"
            return f"{start} for a room of {self.capacity}. {self._most()}"
        if self.feasible:
            wanted = f"to be {chosen_percent(self.sure)} sure of {self.need}"
            return f"Schedule {self.schedule} {wanted}: {self.basis}."
        return f"{self._conflict()} ({self.basis}). {self._most()}"

    def _cost_head(self) -> str:
        each = f"one short costs {self.cost_short:g}, one too many {self.cost_over:g}"
        if self.feasible:
            aim = f"Schedule {self.schedule} to get {self.need} at the least cost"
            return f"{aim}, where {each}: {self.basis}."
        start = f"The least cost, where {each}, would take too many for a room of {self.capacity}"
        return f"{start} ({self.basis}). {self._most()}"

    def _cost(self) -> str:
        if self.expected_cost is None:
            return ""
        return f" The people too few or too many then cost {self.expected_cost:.3g} on average."

    def _shift_sentence(self, verdict: Verdict) -> str:
        """Return how the shift stands, what to do, and what that gives."""
        now = " ".join(filter(None, (verdict.standing, verdict.sentence, self.basis)))
        if not self.more:
            return now
        enough = (
            percent(self.p_enough) if self.feasible else percent_below(self.p_enough, verdict.sure)
        )
        return (
            f"{now} With {self.schedule:,} in all, {self.median:,} are likely ({self.low:,} to "
            f"{self.high:,}), and the chance that {self.need:,} or more come is {enough}."
            f"{self._room()}"
        )

    def _conflict(self) -> str:
        sure = chosen_percent(self.sure or 0)
        both = f"A room of {self.capacity} and being {sure} sure of {self.need}"
        return f"{both} cannot both be had"

    def _most(self) -> str:
        return (
            f"Schedule {self.schedule}, the most that keeps the chance of more than {self.capacity}"
            f" within {chosen_percent(self.limit_over)}."
        )

    def _room(self) -> str:
        if self.p_over_capacity is None:
            return ""
        over = percent(self.p_over_capacity)
        if self.p_over_capacity > self.limit_over:
            over = percent_above(self.p_over_capacity, self.limit_over)
        return f" The chance that more than {self.capacity} come is {over}."

    def _cells(self) -> list[list[str]]:
        """Return the table as text, head first; the room's column only when there is a room."""
        head = ["to be sure", "schedule", f"{self.need} or more come"]
        rows = [head if self.capacity is None else [*head, f"more than {self.capacity} come"]]
        for row in self.table:
            odds = [row["p_enough"]]
            odds += [] if self.capacity is None else [row["p_over_capacity"]]
            schedule = "too many" if row["schedule"] is None else str(row["schedule"])
            words = ["" if p is None else percent(p) for p in odds]
            rows.append([chosen_percent(row["sure"]), schedule, *words])
        return rows

    def __str__(self) -> str:
        rows = self._cells()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([self.sentence, "", *lines])

    def _repr_html_(self) -> str:
        head, *rows = self._cells()
        line = "".join(f"<th>{escape(cell)}</th>" for cell in head)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        table = f"<table><thead><tr>{line}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p>{escape(self.sentence)}</p>{table}"
