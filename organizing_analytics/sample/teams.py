"""The teams of the made-up campaign and their habits.

Habits differ on purpose (who writes attendance down, who confirms, who follows up): they are
what a report shows, not rates that a test may rely on. Only that habits are independent of who
comes, who returns and who says yes makes the truths estimable; see truth.py.
"""

from __future__ import annotations

from dataclasses import dataclass

CAMPAIGN_ZONE = "America/Chicago"
EASTERN_ZONE = "America/New_York"


@dataclass(frozen=True)
class TeamPlan:
    """One team.

    Attributes
    ----------
    team_id, name : str
        Its id and what people call it.
    share : float
        Its part of the campaign's people; 0 for a team that has only been founded.
    needs : tuple of int
        Fewest and most people that one of its shifts needs.
    zone : str
        Time zone of its places.
    records : float
        Share of its shifts whose attendance is written down.
    confirms : float
        Share of its sign-ups (at middling leads) that are confirmed before the start.
    follows_up : float
        Share of first visits followed up within 48 hours.
    parent_id : str or None
        The team above it.
    quiet : bool
        It held no event in its last week.
    """

    team_id: str
    name: str
    share: float
    needs: tuple[int, int]
    zone: str = CAMPAIGN_ZONE
    records: float = 0.9
    confirms: float = 0.5
    follows_up: float = 0.5
    parent_id: str | None = None
    quiet: bool = False


#: The first must be the largest and write everything down: truths that need full records
#: (flake_rate) and the walk-ins of signups.py rest on it.
TEAMS: tuple[TeamPlan, ...] = (
    TeamPlan("T01", "Riverside", 0.36, (8, 25), records=1.0, confirms=0.62, follows_up=0.6),
    TeamPlan("T02", "Northgate", 0.19, (7, 18), records=0.93, confirms=0.55, follows_up=0.7),
    TeamPlan(
        "T03",
        "Northgate Gardens",
        0.07,
        (5, 10),
        records=0.88,
        follows_up=0.75,
        parent_id="T02",
    ),
    TeamPlan("T04", "Northgate Station", 0.05, (4, 9), records=0.6, confirms=0.3, parent_id="T02"),
    TeamPlan("T05", "Harbor Point", 0.13, (6, 15), zone=EASTERN_ZONE, records=0.97, confirms=0.7),
    TeamPlan(
        "T06", "Old Mill", 0.1, (6, 12), zone=EASTERN_ZONE, records=0.82, confirms=0.4, quiet=True
    ),
    TeamPlan(
        "T07",
        "St. Brigid's Parish & Friends",
        0.08,
        (5, 12),
        zone=EASTERN_ZONE,
        records=0.72,
        confirms=0.45,
        follows_up=0.3,
    ),
    TeamPlan("T08", "Little Prairie", 0.02, (4, 8), records=0.9, follows_up=0.55),
    TeamPlan("T09", "Founders' Row", 0.0, (4, 8)),
)
