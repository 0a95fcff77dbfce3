"""The measures: every number of the reports, from the store's tables to a frame of answers.

What each measure means stands in `organizing_analytics.catalog`; how it counts, here.

    groups.py      how the engine computes a group column
    measure.py     makes a measure of a declaration and a function that counts
    selection.py   which rows: window, team, groups; counting them; presenting the answer
    summing_up.py  the answer in one sentence
    explaining.py  what is behind a number: definition, statement, rows (tracing.py catches them)
    comparing.py   a rate with and without something, of all and of like rows
    differences.py its intervals, which allow for people and shifts
    clusters.py    sums over people, shifts, askers and organizers, for intervals
    known_then.py  the store as it was known on a date; clock.py: when a date ends
    rows.py        the rows that measures share: live shifts, sign-ups and their class
    small_cells.py counts of so few answers that they are not shown
    contacts.py    was there a contact soon after

Each other module counts the measures that the catalog says it counts. A measure is an Ibis
expression that returns counts (`show_up_counts` and its like, given a `Selection`), so it runs on
any engine; `organizing_analytics.estimates` turns counts into rates. This module exports both for
every declared measure; its type stub `__init__.pyi` is written by `python tests/test_derived.py`.
"""

from importlib import import_module

from organizing_analytics.catalog import MEASURES
from organizing_analytics.measures.groups import Group
from organizing_analytics.measures.measure import GROUPS, answer, measure
from organizing_analytics.measures.selection import Selection, select

__all__ = ["GROUPS", "Group", "Selection", "answer", "measure", "select"]

for _declared in MEASURES:
    _module = import_module(f"{__name__}.{_declared.module}")
    # The function that asks, and the expression that counts; lists of people have rows instead.
    for _name in (_declared.function, f"{_declared.function}_counts", f"{_declared.function}_rows"):
        if hasattr(_module, _name):
            globals()[_name] = getattr(_module, _name)
            __all__ += [_name]  # noqa: PLE0604  # one of the names of a module
