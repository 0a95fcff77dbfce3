"""A backward plan: its steps, the pace it asks for, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from organizing_analytics.wording import chosen_percent, percent

if TYPE_CHECKING:
    from datetime import date

#: The keys of a step's JSON.
STEP_KEYS = (
    "step",
    "rate",
    "low",
    "high",
    "expected",
    "range_low",
    "range_high",
    "plan",
    "count",
    "of",
    "basis",
)
#: Step → its name, and what its rate is, as a person reads it.
WORDS = {
    "schedule": ("sign-ups to have", "of sign-ups, came"),
    "yeses": ("yeses", "of yeses, signed up"),
    "answered": ("asks answered", "of answers, a yes"),
    "asks": ("asks made", "of asks, answered"),
    "in_one_to_ones": ("  of them in 1:1s", "of asks, in 1:1s"),
    "one_to_ones": ("1:1s to set", "of 1:1s set, held"),
}


@dataclass(frozen=True)
class Step:
    """One step on the way back from the need.

    Attributes
    ----------
    step : str
        schedule, yeses, answered, asks, in_one_to_ones or one_to_ones.
    rate, low, high : float or None
        The share that passes on to the step before: what is believed of the team, and its
        central 80 %. None where nobody knows.
    expected : int or None
        How many it takes: the median.
    range_low, range_high : int or None
        In 8 of 10 cases it takes from so many to so many.
    plan : int or None
        How many to plan for, to be as sure as was asked.
    count, of : int
        The team's own counts behind the rate.
    basis : str
        Where the rate is from, in words.
    is_counted : bool
        False where the rule stands in.
    """

    step: str
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    expected: int | None = None
    range_low: int | None = None
    range_high: int | None = None
    plan: int | None = None
    count: int = 0
    of: int = 0
    basis: str = ""
    is_counted: bool = False

    def with_numbers(self, expected: int, low: int, high: int, plan: int) -> Step:
        """Return the step with how many it takes."""
        return replace(self, expected=expected, range_low=low, range_high=high, plan=plan)

    def as_dict(self) -> dict[str, object]:
        """Return the step's JSON: `STEP_KEYS`."""
        return {key: getattr(self, key) for key in STEP_KEYS}

    @property
    def range_words(self) -> str:
        """Return the range, like "16 to 26" with a dash."""
        return f"{self.range_low:,}\N{EN DASH}{self.range_high:,}"


@dataclass(frozen=True)
class Pace:
    """What the plan means for each organizer and day.

    Attributes
    ----------
    organizers : int
        How many share it.
    source : {"role", "askers", "given", "none"}
        How they were found: by their rung, by having asked, as an option, not at all.
    days : int
        The days after the as-of date and before the date itself.
    asks, one_to_ones : float or None
        Asks and 1:1s to set per organizer and day, to be as sure as was asked; None where there
        is no organizer, no day, or no number.
    """

    organizers: int
    source: str
    days: int
    asks: float | None
    one_to_ones: float | None

    @classmethod
    def of(
        cls, *, organizers: int, source: str, days: int, asks: int | None, one_to_ones: int | None
    ) -> Pace:
        """Return the pace that shares these numbers out."""
        parts = organizers * days
        per = [n / parts if parts and n is not None else None for n in (asks, one_to_ones)]
        return cls(organizers, source, days, *per)

    def as_dict(self) -> dict[str, object]:
        """Return its JSON."""
        return {
            "organizers": self.organizers,
            "source": self.source,
            "days": self.days,
            "asks": self.asks,
            "one_to_ones": self.one_to_ones,
        }

    @property
    def sentence(self) -> str:
        """Return the pace in words."""
        if not self.days:
            return "No day is left before it."
        if self.asks is None:
            return (
                "Nobody of the team is noted as an organizer, and nobody asked: say how many share"
                " the asks (organizers)."
            )
        who = "people who ask" if self.source == "askers" else "organizers"
        crew = _many(
            self.organizers, who, single="person who asks" if who[0] == "p" else "organizer"
        )
        meetings = "" if self.one_to_ones is None else f" and {self.one_to_ones:.2g} 1:1s to set"
        return (
            f"With {crew} and {_many(self.days, 'days', single='day')} that is {self.asks:.2g} asks"
            f"{meetings} each a day."
        )


@dataclass(frozen=True)
class BackwardPlan:
    """What it takes to have enough people on a date. Prints well; `as_dict` is its JSON.

    Attributes
    ----------
    need : int
        How many must come.
    on : date
        The date.
    team : str
        The team's id.
    sure : float
        The wanted probability of enough people.
    as_of : date
        The date at whose end the plan stands.
    snapshot : int or None
        The store's snapshot.
    window_days : int
        Rates are counted on the last so many days.
    signed_up : int
        Sign-ups to the team's shifts of that date already.
    steps : tuple of Step
        schedule, yeses, answered, asks, one_to_ones.
    in_one_to_ones : Step
        How many of the asks to make in 1:1s, at the present share.
    per_organizer_per_day : Pace
        What that means for each organizer and day.
    re_asks_due : dict
        People due another ask (`not_now`) or another offer (`not_that`).
    """

    need: int
    on: date
    team: str
    sure: float
    as_of: date
    snapshot: int | None
    window_days: int
    signed_up: int
    steps: tuple[Step, ...]
    in_one_to_ones: Step
    per_organizer_per_day: Pace
    re_asks_due: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """Return the plan's JSON."""
        return {
            "need": self.need,
            "on": self.on.isoformat(),
            "team": self.team,
            "sure": self.sure,
            "as_of": self.as_of.isoformat(),
            "snapshot": self.snapshot,
            "window_days": self.window_days,
            "signed_up": self.signed_up,
            "steps": [step.as_dict() for step in self.steps],
            "in_one_to_ones": self.in_one_to_ones.as_dict(),
            "per_organizer_per_day": self.per_organizer_per_day.as_dict(),
            "re_asks_due": dict(self.re_asks_due),
            "sentence": self.sentence,
        }

    @property
    def sentence(self) -> str:
        """Return the plan in words."""
        parts = [self._schedule(), self._asks(), self._by_rule()]
        if self.steps[3].plan:
            parts.append(self.per_organizer_per_day.sentence)
        return " ".join(part for part in [*parts, self._re_asks()] if part)

    def _schedule(self) -> str:
        step = self.steps[0]
        return (
            f"To be {chosen_percent(self.sure)} sure of {self.need} on {self.on}, "
            f"schedule {step.plan:,}"
            f" (in 8 of 10 cases it takes {step.range_words})."
        )

    def _asks(self) -> str:
        _schedule, yeses, answered, asks, meetings = self.steps
        here = f"{self.signed_up:,} signed up already" if self.signed_up else "Nobody signed up yet"
        if not asks.plan:
            return f"{here}: that is enough, nobody else need be asked."
        start = f"{here}: the others take" if self.signed_up else f"{here}: they take"
        made_in = ""
        if meetings.plan:
            made_in = f", {self.in_one_to_ones.plan:,} of them in 1:1s, so set {meetings.plan:,}"
        return (
            f"{start} {yeses.plan:,} yeses, from {answered.plan:,} answered of {asks.plan:,} asks"
            f" ({asks.range_words}){made_in}."
        )

    def _by_rule(self) -> str:
        names = [WORDS[step.step][0] for step in self.steps if not step.is_counted]
        if not names:
            return ""
        return f"Nothing is counted for {', '.join(names)}: there the rule says half."

    def _re_asks(self) -> str:
        now, that = self.re_asks_due["not_now"], self.re_asks_due["not_that"]
        if not now and not that:
            return "No no of the last 30 days is due another ask."
        return (
            f"Of the noes of the last 30 days {_many(now, 'are', single='is')} due another ask (not"
            f" now), {that} another offer (not that)."
        )

    def cells(self) -> list[list[str]]:
        """Return the steps as text, head first."""
        rows = [["step", "plan for", "expect", "8 of 10 cases", "rate", "", "from"]]
        for step in (*self.steps[:4], self.in_one_to_ones, self.steps[4]):
            name, meaning = WORDS[step.step]
            numbers = ["-"] * 3
            if step.plan is not None:
                numbers = [f"{step.plan:,}", f"{step.expected:,}", step.range_words]
            rate = "-"
            if step.rate is not None and step.low is not None and step.high is not None:
                between = f"{percent(step.low)}\N{EN DASH}{percent(step.high)}"
                rate = f"{percent(step.rate)} ({between})"
            rows.append([name, *numbers, rate, meaning, step.basis])
        return rows

    def __str__(self) -> str:
        rows = self.cells()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = []
        for row in rows:
            padded = [
                cell.rjust(width) if place in (1, 2, 3) else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join(padded).rstrip())
        return "\n".join([self.sentence, "", *lines])

    def _repr_html_(self) -> str:
        head, *rows = self.cells()
        line = "".join(f"<th>{escape(cell)}</th>" for cell in head)
        # On a phone each row is a card, and its cells name themselves.
        named = [("", *head[1:])] * len(rows)
        body = "".join(
            "<tr>"
            + "".join(
                f'<td data-head="{escape(name)}">{escape(cell)}</td>'
                for name, cell in zip(names, row, strict=True)
            )
            + "</tr>"
            for names, row in zip(named, rows, strict=True)
        )
        table = f"<table><thead><tr>{line}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p>{escape(self.sentence)}</p>{table}"


def _many(n: int, words: str, *, single: str) -> str:
    return f"{n:,} {single if n == 1 else words}"
