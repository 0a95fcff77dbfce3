"""The cells of the index: each number with its words, and what a cell says where there is none.

Zero, not known and does-not-apply read differently: "0", "not recorded", "none due".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from organizing_analytics.charts.theme import FEW
from organizing_analytics.reports.spark import spark_bars
from organizing_analytics.reports.words import share_of
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.attention import Attention
    from organizing_analytics.reports.team_week import Row
    from organizing_analytics.reports.upkeep import Upkeep

HEAD = (
    "Team", "Came", "Show-up", "Unrecorded", "Asks", "Said yes", "One-to-ones", "Shifts short",
    "Overdue", "Goals met", "1:1 coverage", "Follow-up", "Organizers",
)  # fmt: skip


@dataclass(frozen=True)
class IndexCell:
    """What a cell of the index shows, and the number that it is sorted by; none when not known."""

    shown: str
    value: float | str
    detail: str = ""
    picture: Markup | None = None


def cells_of(
    came: Row | None, asks: Row | None, *, held: int, attention: Attention, upkeep: Upkeep
) -> list[IndexCell]:
    """Return a team's cells in the order of `HEAD`, without its name.

    Parameters
    ----------
    came, asks : Row or None
        The week's rows of `show_up` and `asks_outcomes`; None where nothing was counted.
    held : int
        One-to-ones held in the week.
    attention : Attention
        What stands out in the team.
    upkeep : Upkeep
        How the team looks after its people.
    """
    return [
        replace(_came(came), picture=_weeks(attention.came)),
        replace(_show_up(came), detail=attention.direction),
        _no_shift() if came is None else _counted(came["unrecorded"]),
        _counted(0 if asks is None else asks["asks"]),
        _said_yes(asks),
        _counted(held),
        _short(attention),
        _counted(attention.overdue),
        _part(upkeep.goals_met, upkeep.goals, nothing="none set"),
        _share(upkeep.covered, upkeep.need_one_to_ones, nothing="nobody needs one"),
        _share(upkeep.followed_up, upkeep.follow_up_due, nothing="none due"),
        _organizers(upkeep),
    ]


def _counted(n: int) -> IndexCell:
    return IndexCell(f"{n:,}", int(n))


def _no_shift() -> IndexCell:
    return IndexCell("no sign-ups", "")


def _came(came: Row | None) -> IndexCell:
    return _no_shift() if came is None else _counted(came["attended"])


def _show_up(came: Row | None) -> IndexCell:
    if came is None:
        return _no_shift()
    n = int(came["attended"] + came["no_show"])
    nothing = "not recorded" if came["unrecorded"] else "nobody to expect"
    return _share(int(came["attended"]), n, nothing=nothing)


def _said_yes(asks: Row | None) -> IndexCell:
    if asks is None or not asks["asks"]:
        return IndexCell("nobody asked", "")
    return _share(int(asks["yes"]), int(asks["answered"]), nothing="no answer yet")


def _share(part: int, n: int, *, nothing: str) -> IndexCell:
    """Return a share; of too few it is not known, and not to be ranked."""
    if not n:
        return IndexCell(nothing, "")
    return IndexCell(share_of(part, n), part / n if n >= FEW else "")


def _part(part: int, n: int, *, nothing: str) -> IndexCell:
    return IndexCell(f"{part:,} of {n:,}", part / n) if n else IndexCell(nothing, "")


def _short(attention: Attention) -> IndexCell:
    if not attention.shifts:
        return IndexCell("none ahead", "")
    shown = f"{attention.short:,} of {attention.shifts:,}"
    return IndexCell(shown, attention.short, attention.worst)


def _organizers(upkeep: Upkeep) -> IndexCell:
    alone = f"{upkeep.alone:,} with nobody" if upkeep.alone else ""
    if not upkeep.organizers:
        return IndexCell("none", "", alone)
    over = f"{upkeep.over:,} over the limit" if upkeep.over else ""
    details = [f"up to {upkeep.largest:,} each", over, alone]
    return IndexCell(f"{upkeep.organizers:,}", upkeep.largest, ", ".join(filter(None, details)))


def _weeks(came: tuple[int, ...]) -> Markup | None:
    if not any(came):
        return None
    label = f"{plural(len(came), 'week')} of people who came: {', '.join(map(str, came))}."
    return Markup(spark_bars(came, label=label))  # noqa: S704  # drawn by us, from counts
