"""The help of the command line: panels, examples and types in words; mistakes in plain English."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from typer.main import get_command

from organizing_analytics.cli.app import app
from organizing_analytics.cli.examples import EXAMPLES
from organizing_analytics.cli.help import PANELS, in_words, type_in_words

TREE = in_words(get_command(app))


def commands(command=TREE, path=()):
    """Return every command with its words: ("retention", "lapse") → its object."""
    below = getattr(command, "commands", {})
    found = {path: command} if path else {}
    for name, subcommand in below.items():
        found |= commands(subcommand, (*path, name))
    return found


COMMANDS = commands()
IDS = [" ".join(path) for path in COMMANDS]


def test_every_command_is_in_one_panel_in_the_order_of_a_weeks_work(run):
    names = [name for panel in PANELS.values() for name in panel]
    assert sorted(names) == sorted(TREE.commands)
    text = run("--help")
    places = [text.index(f"─ {panel} ─") for panel in PANELS]
    assert places == sorted(places)
    shown = re.findall(r"^│ ([a-z][a-z-]+) ", text, re.MULTILINE)
    assert shown == names


@pytest.mark.parametrize("path", COMMANDS, ids=IDS)
def test_two_or_three_examples_that_the_command_takes(path, run, monkeypatch):
    examples = EXAMPLES[" ".join(path)]
    assert 2 <= len(examples) <= 3
    monkeypatch.setenv("COLUMNS", "200")
    text = run(*path, "--help")
    for example in examples:
        assert " ".join(["oa", *path, example]).strip() in text
        words = [*path, *shlex.split(example)]
        command = TREE
        while getattr(command, "commands", {}) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        # Reads the words as the command would, without running it.
        command.make_context("oa", words)


@pytest.mark.parametrize("path", COMMANDS, ids=IDS)
def test_types_are_words(path, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = run(*path, "--help")
    assert not re.search(r"<(str|int|float|bool|list\[.*\])>", text)
    taking = [p for p in COMMANDS[path].params if not getattr(p, "is_flag", False)]
    assert [p.name for p in taking if type_in_words(p) == "value"] == []


NUMBERS = {
    f"{' '.join(path)} {parameter.opts[0]}": (path, parameter)
    for path, command in COMMANDS.items()
    for parameter in command.params
    if type_in_words(parameter) in {"whole number", "number"}
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_is_none_is_said_plainly(name):
    _, parameter = NUMBERS[name]
    with pytest.raises(typer.BadParameter) as error:
        parameter.process_value(None, "four")
    assert "'four' is not a " in error.value.message
    assert type_in_words(parameter) in error.value.message


def test_mistakes_on_the_command_line(run):
    assert "'four' is not a whole number, like 4." in run("plan", "--need", "four", code=2)
    assert "'jsn' is none of table, csv, json." in run("show-up", "--format", "jsn", code=2)
    assert "0 or more" in run("weekly", "--inbox", "x", "--settle", "-3", code=2)
    assert "Missing option '--inbox'" in run("weekly", code=2)


@pytest.mark.parametrize(
    "words",
    [["plan", "--store", "s", "upcoming"], ["meetings", "--by", "team", "coverage"]],
    ids=" ".join,
)
def test_an_option_before_a_subcommand_is_refused(run, words):
    assert "would be ignored" in run(*words, code=2)
