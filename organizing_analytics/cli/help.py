"""What the help says, and what a mistake in a command is called: in words, not in types.

`in_words` takes the finished tree of commands and gives each option a word for its type, each
command its panel and examples, and each value that cannot be read a message in plain words.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_args, get_origin

import typer

from organizing_analytics.catalog import MEASURES
from organizing_analytics.cli.examples import EXAMPLES

#: Panels of `oa --help` in the order of a week's work, with their commands in order.
PANELS = {
    "Set up": ("sample", "templates", "settings"),
    "Load": ("load", "map", "sources", "history", "undo"),
    "Ask": (
        *dict.fromkeys(measure.name.split()[0] for measure in MEASURES),
        "compare", "experiment", "lab",
    ),
    "Plan": ("plan", "planner", "backtest"),
    "Act": ("todo", "brief", "rota", "words", "list", "log", "answers", "door", "card", "forms"),
    "Report": ("report", "weekly", "schedule"),
    "Look after people and data": ("people", "twins", "forget", "empty", "backup", "export"),
}  # fmt: skip
#: Where a command stands that nobody has put into a panel.
OTHER = "Other"

#: Parameter → what it takes, where its type says too little.
_BY_NAME = {
    "by": "columns", "within": "columns", "factor": "column", "since": "date", "until": "date",
    "as_of": "date", "on": "date", "last_day": "date", "week": "week", "team": "team",
    "shift": "shift", "store": "folder", "out": "path", "inbox": "folder", "timezone": "time zone",
    "event_type": "type", "source": "name or file", "at": "days and time", "again_on": "date",
    "organizer": "organizer",
}  # fmt: skip
#: Python type → what an option of it takes, and an example.
_BY_TYPE: dict[Any, tuple[str, str]] = {
    int: ("whole number", "4"),
    float: ("number", "0.9"),
    str: ("text", ""),
    Path: ("path", ""),
}


def in_words(command: Any, path: str = "") -> Any:
    """Return a command with its help and its mistakes in plain words; those below it, too.

    Parameters
    ----------
    command : Command
        From `typer.main.get_command`.
    path : str
        Its words after "oa".
    """
    for parameter in command.params:
        _name_type(parameter)
        _explain_mistakes(parameter)
    _name_help_option(command)
    command.help = _flowing(command.help)
    examples = EXAMPLES.get(path, ())
    if examples:
        lines = (f"oa {path} {options}".rstrip() for options in examples)
        # Typer makes one line of a paragraph.
        command.epilog = "\n\n".join(["Examples:", *lines])
    below = getattr(command, "commands", {})
    for name, subcommand in below.items():
        in_words(subcommand, f"{path} {name}".strip())
    if below and not path:
        _put_into_panels(command)
    return command


def _flowing(text: str | None) -> str | None:
    """Return a help text with each paragraph on one line, so that the terminal wraps it."""
    if text is None:
        return None
    paragraphs = cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _put_into_panels(command: Any) -> None:
    places = {name: panel for panel, names in PANELS.items() for name in names}
    in_order = [name for name in places if name in command.commands]
    in_order += [name for name in command.commands if name not in places]
    command.commands = {
        name: command.commands[name] for name in in_order if name in command.commands
    }
    for name, subcommand in command.commands.items():
        subcommand.rich_help_panel = places.get(name, OTHER)


def _name_help_option(command: Any) -> None:
    """Take the type from --help, which the library makes when it is needed."""
    make = command.get_help_option

    def get_help_option(context: typer.Context) -> Any:
        option = make(context)
        if option is not None:
            _name_type(option)
        return option

    command.get_help_option = get_help_option


def _name_type(parameter: Any) -> None:
    if getattr(parameter, "is_flag", False):
        parameter.metavar = ""  # a switch takes nothing
        return
    words = f"<{type_in_words(parameter)}>"
    # The metavar of an argument would replace its name.
    if parameter.param_type_name == "argument":
        parameter.display_type = lambda ctx: words  # noqa: ARG005  # the library's name for it
    elif parameter.metavar is None:
        parameter.metavar = words


def type_in_words(parameter: Any) -> str:
    """Return what a parameter takes: the allowed words, or a word for its type."""
    words = _choices(parameter)
    if words:
        return "|".join(words)
    return _BY_NAME.get(parameter.name) or _BY_TYPE.get(_type(parameter), ("value", ""))[0]


def _explain_mistakes(parameter: Any) -> None:
    convert: Callable[..., Any] = parameter.process_value

    def process_value(context: typer.Context, value: Any) -> Any:
        try:
            return convert(context, value)
        except typer.BadParameter as error:
            if value is None:  # it is missing, which the library says well
                raise
            message = _mistake(parameter, value)
            raise typer.BadParameter(message, ctx=context, param=parameter) from error

    parameter.process_value = process_value


def _mistake(parameter: Any, value: object) -> str:
    words = _choices(parameter)
    if words:
        return f"{value!r} is none of {', '.join(words)}."
    word, example = _BY_TYPE.get(_type(parameter), ("value", ""))
    least = getattr(parameter, "min", None)
    limit = "" if least is None else f" of {least:g} or more"
    return f"{value!r} is not a {word}{limit}{example and f', like {example}'}."


def _type(parameter: Any) -> Any:
    """Return the Python type of a parameter; of a list, that of its items."""
    annotation = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    return get_args(annotation)[0] if get_origin(annotation) is list else annotation


def _choices(parameter: Any) -> list[str]:
    kind = _type(parameter)
    is_choice = isinstance(kind, type) and issubclass(kind, Enum)
    return [str(word.value) for word in kind] if is_choice else []


def refuse_options_before_subcommand(context: typer.Context) -> None:
    """Refuse options that stand before a subcommand and would be ignored.

    Raises
    ------
    UsageError
        One was given: it belongs after the subcommand, which may not take it.
    """
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE":
            below = context.invoked_subcommand
            context.fail(
                f"{parameter.opts[0]} stands before {below} and would be ignored. Give it after: "
                f"{context.command_path} {below} {parameter.opts[0]} …, if {below} takes it."
            )
