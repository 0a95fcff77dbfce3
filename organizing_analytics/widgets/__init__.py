"""Widgets for a notebook: a planner with sliders, and explorers of cohorts and show-up.

    import organizing_analytics as oa

    oa.widgets.planner(oa.open_store())

They compute nothing: every move asks the same functions that a notebook or the command line asks.
What goes wrong (a store that is gone, a shift that was deleted) is a line in the widget.

    parts.py     what the widgets share: controls, the drawn chart, the line for what went wrong
    planner.py   how many people to schedule
    plan_text.py its words: the verdict, the shift's names, the text to copy
    cohorts.py   who stays
    show_up.py   who comes
"""

from __future__ import annotations

from organizing_analytics.widgets.cohorts import cohorts
from organizing_analytics.widgets.planner import planner
from organizing_analytics.widgets.show_up import show_up

__all__ = ["cohorts", "planner", "show_up"]
