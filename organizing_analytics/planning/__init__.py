"""How many people to schedule, and how many of those signed up will come.

    rule.py             the 50 % rule
    headcount.py        how many to schedule for a need, from a rate or a learned chance
    odds.py             the odds that enough people come, in plain Python
    options.py          what the options may be
    result.py           a plan in words, as a table and as JSON

    history.py          past lists as they stood then, and who came
    models.py           each person's chance: from the rule to a regression
    late.py, pickup.py  who joins after the list was read
    crowding.py         how much shifts of the same days compete for people
    forecast.py         chances → how many come
    replay.py           the past forecast again: which model was best
    planner.py          all of that for one store and date
    learned_file.py     what was learned, kept for the next time
    verdict.py          enough, short, too many: the same words everywhere
    upcoming.py         the shifts ahead
    open_shift.py       one shift ahead, read once and planned for any need
    learned_plan.py     people still to be scheduled, by the store's past
    sure_table.py       how many people each wanted probability takes
    yes_chances.py      how likely somebody says yes to an ask
    worth.py            what one more ask is worth for a shift
    together.py         several shifts at once

    team_rates.py       a team's rates from ask to attendance
    backward.py         from a need back to sign-ups, yeses, asks and 1:1s
    backward_result.py  that plan in words

    backtesting.py      how the planner would have done
    totals.py           the same for whole forecasts
    special.py          special functions without scipy
    scoring.py          coverage, bias, CRPS, Brier score

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
