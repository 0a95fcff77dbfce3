"""What kernels of weekly reports are prepared with: handed to `kernels_ready` by its name.

The warm process imports this module, calls `warm_up` before it forks anything, `gather` in a fork
when there is a rehearsal, and `keep` with what that fork gathered. It knows no more of reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from organizing_analytics.reports.kernels.warming import import_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODULES = (
    "organizing_analytics.charts",
    "organizing_analytics.planning.backtesting",
    "organizing_analytics.planning.headcount",
    "organizing_analytics.planning.together",
    "organizing_analytics.planning.upcoming",
    "organizing_analytics.reports.sections",
    "organizing_analytics.reports.shared",
)


def warm_up() -> None:
    """Import what the report's cells import, and draw up one chart."""
    import_all(MODULES)
    _try_altair()


def gather(template: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all teams' notebooks will ask; see `shared.gather`."""
    from organizing_analytics.reports import shared  # noqa: PLC0415  # heavy: after the warming

    return shared.gather(template, parameters)


def keep(answers: Mapping[str, Any]) -> None:
    """Take what a fork gathered into this process, for the forks to come."""
    from organizing_analytics.reports import shared  # noqa: PLC0415  # heavy: after the warming

    shared.ANSWERS.by_key.update(answers)


def _try_altair() -> None:
    import pandas as pd  # noqa: PLC0415

    from organizing_analytics import charts  # noqa: PLC0415

    rows = [["2024-W01", 7, 3, 0.7, 0.4, 0.9], ["2024-W02", 5, 5, 0.5, 0.2, 0.8]]
    frame = pd.DataFrame(rows, columns=["week", "attended", "no_show", "rate", "low", "high"])
    chart = charts.show_up_by_week(frame, reference=0.5, reference_name="all")
    if not isinstance(chart, charts.Note):
        chart.to_dict(validate=False)
