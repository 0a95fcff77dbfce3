"""What the planner says of a plan: the shift by its full name, the verdict, the text to copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _
from organizing_analytics.planning.late import text_of
from organizing_analytics.teams import NO_TEAM, NO_TEAM_NAME, team_names
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.wording import spoken

if TYPE_CHECKING:
    from organizing_analytics.planning.backward_result import BackwardPlan
    from organizing_analytics.planning.open_shift import OpenShift
    from organizing_analytics.planning.result import Plan
    from organizing_analytics.store import Data

NO_PLACE = "no place is written down"


@dataclass(frozen=True)
class ShiftNames:
    """A shift as people call it.

    Attributes
    ----------
    team, title, place, start : str
        Whose it is, what it is, where and when; each in words, none empty.
    """

    team: str
    title: str
    place: str
    start: str

    @property
    def whose(self) -> str:
        """Return the title with its team, said once."""
        says_team = self.title.casefold().startswith(self.team.casefold())
        return self.title if says_team else f"{self.team}: {self.title}"

    def __str__(self) -> str:
        return f"Team: {self.team}\nShift: {self.title}\nWhen: {self.start}\nWhere: {self.place}"


def names_of(store: Data, opened: OpenShift) -> ShiftNames:
    """Return the names of a shift's team, event, place and start.

    Parameters
    ----------
    store : Data
        Where the shift is from.
    opened : OpenShift
        The shift.
    """
    row = opened.row
    events = store.recorded_table("events").filter(_.event_id == row["event_id"])
    event = store.execute(events.select("location", "is_virtual")).iloc[0]
    elsewhere = "online" if text_of(event["is_virtual"]) == "True" else NO_PLACE
    team = text_of(row["team"]) or NO_TEAM
    start = row["starts_at"].replace(tzinfo=zone_rules("UTC"))
    start = start.astimezone(zone_rules(text_of(row["timezone"]) or store.settings.timezone))
    dates = store.settings.dates
    return ShiftNames(
        team=team_names(store).get(team, NO_TEAM_NAME),
        title=text_of(row["title"]) or spoken(text_of(row["event_type"]) or "a shift"),
        place=text_of(event["location"]) or elsewhere,
        start=f"{dates.long_day(start.date())}, {dates.time(start)}",
    )


def verdict_words(plan: Plan) -> str:
    """Return what to do, in a few words."""
    if plan.verdict is not None:
        return plan.verdict.short
    if plan.feasible:
        return f"Schedule {plan.schedule:,} to get {plan.need:,}"
    return f"The room is too small: schedule {plan.schedule:,} at most"


def copied_text(
    plan: Plan,
    *,
    shift: ShiftNames | None = None,
    backward: BackwardPlan | None = None,
    freshness: str = "",
) -> str:
    """Return a plan as text that says by itself which shift it is for.

    Parameters
    ----------
    plan : Plan
        The plan.
    shift : ShiftNames, optional
        The shift that it is for; first in the text.
    backward : BackwardPlan, optional
        The way back from the need to the asks.
    freshness : str
        Up to when the data reach; last in the text.
    """
    parts = [shift, plan, backward, freshness]
    return "\n\n".join(str(part) for part in parts if part)
