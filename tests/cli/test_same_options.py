"""What Python takes, the command line takes, and the other way round."""

from __future__ import annotations

import inspect

import pytest
from typer.main import get_command

import organizing_analytics as oa
from organizing_analytics import _PUBLIC
from organizing_analytics.catalog import MEASURES
from organizing_analytics.cli.app import app

#: Command → the Python function that it calls; measures are added below.
FUNCTIONS = {
    "backtest": "backtest",
    "brief": "brief",
    "backup": "backup",
    "compare": "compare",
    "empty": "empty_text",
    "experiment list": "list_experiments",
    "experiment result": "experiment_result",
    "experiment start": "start_experiment",
    "export": "export",
    "forget": "forget",
    "history": "store_history",
    "list": "coded_list",
    "load": "load_files",
    "people assign": "assign_people",
    "people find": "people_find",
    "people join": "join_people",
    "people merges": "people_merges",
    "people spans": "organizer_spans",
    "people split": "split_person",
    "plan": "plan",
    "plan backward": "plan_backward",
    "plan together": "plan_together",
    "plan upcoming": "plan_upcoming",
    "report": "write_reports",
    "rota": "rota",
    "sample": "write_sample",
    "todo": "todo",
    "twins": "signup_twins",
    "undo": "undo",
    "weekly": "run_weekly",
} | {measure.name: measure.function for measure in MEASURES}

#: Functions without a command of the same options, and why.
ONLY_PYTHON = {
    "open_store": "what --store does",
    "connect": "an engine is a Python object",
    "load_records": "rows are Python objects",
    "propose_mapping": "takes a frame; oa map takes a file and asks",
    "answer": "a measure's command prints the whole answer",
    "explain": "--explain and --rows of each measure",
    "log_answer": "oa log CODE WORD",
    "log_contact": "oa log KIND PERSON WORD",
    "undo_log": "oa log --undo",
    "todo_now": "oa todo --now",
    "organizer_snowflake": "charts.snowflake draws it",
    "briefs": "oa brief --organizer ID --week",
}
#: Commands about this machine, or about a dialog with a person.
ONLY_COMMANDS = {
    "templates", "sources", "settings", "map", "lab", "planner", "schedule",
    "log",  # three functions, told apart by its words
    "answers",  # reads a mailbox, with the password of this machine
    "words",  # the campaign's own words, in a file
    "door", "card", "forms", "forms card", "forms xlsform", "forms google",  # write files for other programs
    "retention", "asks", "people", "experiment",  # families of commands
}  # fmt: skip

#: Another name on the command line, where a word that is usual there is shorter or plainer.
OTHER_NAMES = {
    "wait_seconds": "wait",
    "settle_seconds": "settle",
    "teams": "team",  # given several times
    "shifts": "shift",  # given several times
    "names": "no_names",
    "target": "folder",
    "store_folder": "store",
}
#: What a command has beside its function's options: how it prints, and whether it asks first.
OF_THE_COMMAND = {"store", "form", "json", "yes", "explain", "rows", "context"}
#: Python objects that cannot be typed, and a chart beside the table.
EXCEPTIONS = {
    "sample": {"truth"},
    "load": {"mapping_folders"},  # only the weekly inbox has mappings in one more folder
    "experiment start": {"out"},  # in Python, the result has the draw as a frame
    "report": {"progress"},
    "brief": {"organizer", "week", "out"},  # in Python, briefs, and one_to_ones.page
    "rota": {"out"},  # in Python, one_to_ones.calendars
    "todo": {"now"},  # in Python, todo_now
    "backtest": {"chart"},
    "list": {"xlsx", "paper"},  # the same lines as a file
    "plan": {"learned"},  # in Python: `store=` alone asks for the learned rate
}


def commands(group=None, before: str = "") -> dict:
    """Return every command of the tree by its words."""
    found = {}
    for name, command in (group or get_command(app)).commands.items():
        found[before + name] = command
        if hasattr(command, "commands"):
            found |= commands(command, f"{before}{name} ")
    return found


COMMANDS = commands()


@pytest.mark.parametrize("command", sorted(FUNCTIONS))
def test_options_are_the_same(command):
    function = getattr(oa, FUNCTIONS[command])
    python = {OTHER_NAMES.get(name, name) for name in inspect.signature(function).parameters}
    typed = {option.name for option in COMMANDS[command].params}
    odd = EXCEPTIONS.get(command, set())
    assert python - OF_THE_COMMAND - odd == typed - OF_THE_COMMAND - odd


def test_every_function_and_every_command_has_its_other_side_or_a_reason():
    public = {name for name in _PUBLIC if inspect.isfunction(getattr(oa, name))}
    assert public - set(FUNCTIONS.values()) == set(ONLY_PYTHON)
    assert set(COMMANDS) - set(FUNCTIONS) == ONLY_COMMANDS


def test_no_exception_is_left_from_former_times():
    for command, odd in EXCEPTIONS.items():
        parameters = set(inspect.signature(getattr(oa, FUNCTIONS[command])).parameters)
        typed = {option.name for option in COMMANDS[command].params}
        assert odd <= parameters ^ typed, command


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_list_without_intervals_takes_no_confidence(measure):
    typed = {option.name for option in COMMANDS[measure.name].params}
    has_bounds = any(column.name.endswith(("low", "high")) for column in measure.columns)
    assert ("confidence" in typed) == has_bounds
