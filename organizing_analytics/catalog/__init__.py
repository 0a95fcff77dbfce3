"""The catalog: every measure, declared once.

A declaration is plain data: the question, the definition in plain words, every column with its
kind and meaning, the group columns, the options. What follows from it: the command and its help,
`--explain`, how a table, CSV or JSON formats each value, the Python signature and docstring, the
type stubs, docs/measures.md and the README's table of measures. How a measure counts is in
`organizing_analytics.measures`, in a function under `@measure(DECLARATION, …)`.

    declaration.py  the parts of a declaration: Measure, Column, GroupColumn, Option, Kind
    shared.py       options and columns that many measures have
    show_up.py, retention.py, feedback.py, asks.py, meetings.py, following.py  the measures
    tables.py       the columns of other answers: plans, comparisons, lists
    describing.py   a declaration as text: for `--explain`, docstrings and the docs
    formatting.py   one value as a person reads it

It imports nothing heavy, so that `oa --help` and `oa plan --need 4` start fast.
"""

from __future__ import annotations

from organizing_analytics.catalog.asks import (
    ASKS_AFTER_NO,
    ASKS_DO_NOT_ASK,
    ASKS_KEPT,
    ASKS_OUTCOMES,
)
from organizing_analytics.catalog.declaration import Column, GroupColumn, Kind, Measure, Option
from organizing_analytics.catalog.feedback import FEEDBACK, FEEDBACK_REASONS
from organizing_analytics.catalog.following import (
    CHAIN,
    CONFIRMATION,
    FOLLOW_UP,
    LADDER,
    ORGANIZERS,
)
from organizing_analytics.catalog.meetings import MEETINGS, MEETINGS_COVERAGE, MEETINGS_OVERDUE
from organizing_analytics.catalog.retention import (
    RETENTION_BY_VISIT,
    RETENTION_COHORTS,
    RETENTION_DEPARTURES,
    RETENTION_LAPSE,
    RETENTION_LOSING,
    RETENTION_RESHIFT,
    RETENTION_RETURN,
    RETENTION_TIERS,
)
from organizing_analytics.catalog.shared import SHARED
from organizing_analytics.catalog.show_up import SHOW_UP

#: Every measure, in the order of the help and the docs.
MEASURES = (
    SHOW_UP,
    RETENTION_RETURN,
    RETENTION_BY_VISIT,
    RETENTION_COHORTS,
    RETENTION_LAPSE,
    RETENTION_RESHIFT,
    RETENTION_TIERS,
    RETENTION_LOSING,
    RETENTION_DEPARTURES,
    FEEDBACK,
    FEEDBACK_REASONS,
    ASKS_OUTCOMES,
    ASKS_AFTER_NO,
    ASKS_KEPT,
    ASKS_DO_NOT_ASK,
    MEETINGS,
    MEETINGS_COVERAGE,
    MEETINGS_OVERDUE,
    FOLLOW_UP,
    ORGANIZERS,
    CONFIRMATION,
    CHAIN,
    LADDER,
)
#: Name on the command line → measure.
BY_NAME = {measure.name: measure for measure in MEASURES}

__all__ = [
    "BY_NAME",
    "MEASURES",
    "SHARED",
    "Column",
    "GroupColumn",
    "Kind",
    "Measure",
    "Option",
]
