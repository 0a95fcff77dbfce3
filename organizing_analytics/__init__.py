"""Analytics and planning for community organizers and campaign staff.

    import organizing_analytics as oa

    store = oa.open_store("data/store")
    oa.show_up(store, by=["team"])
    oa.plan(need=4)

Everything public is imported on first use: `oa plan --need 4` needs no pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from organizing_analytics.catalog import MEASURES
from organizing_analytics.extras import missing

__version__ = "0.2.0"

#: Public name → the module that defines it.
_PUBLIC = {
    "OrganizingError": "errors",
    "open_store": "store",
    "Store": "store",
    "backup": "store.backing_up",
    "export": "store.exporting",
    "connect": "engines",
    "load_files": "loading",
    "load_records": "loading",
    "propose_mapping": "proposing",
    "store_history": "store.history",
    "undo": "store.undoing",
    "people_find": "identity.finding",
    "people_merges": "people.deciding",
    "signup_twins": "people.deciding",
    "join_people": "people.deciding",
    "split_person": "people.deciding",
    "assign_people": "people.assigning",
    "organizer_spans": "to_do.spans",
    "organizer_snowflake": "to_do.snowflake",
    "forget": "people.forgetting",
    "empty_text": "people.emptying",
    "write_sample": "sample",
    **{measure.function: f"measures.{measure.module}" for measure in MEASURES},
    "answer": "measures",
    "Answer": "answers",
    "explain": "measures.explaining",
    "compare": "measures.comparing",
    "start_experiment": "experiments",
    "experiment_result": "experiments",
    "list_experiments": "experiments",
    "plan": "planning",
    "plan_backward": "planning",
    "plan_upcoming": "planning",
    "plan_together": "planning",
    "backtest": "planning",
    "todo": "to_do",
    "todo_now": "to_do",
    "Brief": "one_to_ones",
    "brief": "one_to_ones",
    "briefs": "one_to_ones",
    "rota": "one_to_ones",
    "coded_list": "logbook.listing",
    "log_answer": "logbook",
    "log_contact": "logbook",
    "undo_log": "logbook",
    "write_reports": "reports",
    "run_weekly": "weekly",
}

__all__ = sorted(_PUBLIC)  # noqa: PLE0605  # the table above is the one list


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC and name != "widgets":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_PUBLIC.get(name, name)}")
        return module if name == "widgets" else getattr(module, name)
    except ModuleNotFoundError as error:
        raise missing(error) from error


def __dir__() -> list[str]:
    return sorted([*_PUBLIC, "__version__", "widgets"])
