"""What makes a function a section: no page of empty sections for a team without anything."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from organizing_analytics.reports.parts import Part
    from organizing_analytics.reports.team_week import TeamWeek


def section(write: Callable[[TeamWeek], Part | None]) -> Callable[[TeamWeek], Part | None]:
    """Let a section be silent (None) for a team that has no event, ask or 1:1 at all.

    The numbers that it shows carry its name.
    """

    @wraps(write)
    def written(team: TeamWeek) -> Part | None:
        part = write(team) if team.has_anything else None
        return None if part is None else part.within(write.__name__)

    return written
