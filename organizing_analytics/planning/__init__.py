"""How many people to schedule, and how many of those signed up will come.

Names are imported on first use: `plan` for a bare number needs neither numpy nor pandas, and
must start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.lazy import on_first_use

if TYPE_CHECKING:
    from organizing_analytics.planning.backtesting import Backtest, backtest
    from organizing_analytics.planning.backward import plan_backward
    from organizing_analytics.planning.backward_result import BackwardPlan
    from organizing_analytics.planning.headcount import plan
    from organizing_analytics.planning.result import Plan
    from organizing_analytics.planning.together import Together, plan_together
    from organizing_analytics.planning.upcoming import plan_upcoming

__all__ = [
    "Backtest",
    "BackwardPlan",
    "Plan",
    "Together",
    "backtest",
    "plan",
    "plan_backward",
    "plan_together",
    "plan_upcoming",
]

_HOMES = {
    "Backtest": "backtesting",
    "Together": "together",
    "backtest": "backtesting",
    "plan_together": "together",
    "BackwardPlan": "backward_result",
    "Plan": "result",
    "plan": "headcount",
    "plan_backward": "backward",
    "plan_upcoming": "upcoming",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
