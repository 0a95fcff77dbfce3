"""The tree of commands, and how errors end: one message, exit 1, no traceback."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from organizing_analytics.cli import (
    asking,
    campaign,
    comparing,
    history,
    lab,
    logbook,
    mapping,
    one_to_ones,
    people,
    planning,
    reporting,
    to_do,
    weekly,
)
from organizing_analytics.cli.help import in_words
from organizing_analytics.cli.output import say
from organizing_analytics.errors import OrganizingError
from organizing_analytics.extras import missing
from organizing_analytics.refusals import refusal
from organizing_analytics.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


class _VisibleGroup(TyperGroup):
    """Commands whose messages about wrong words show the control characters of these words."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        with _visible_errors():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        with _visible_errors():
            return super().invoke(ctx)


@contextmanager
def _visible_errors() -> Iterator[None]:
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        if hasattr(error, "format_message"):  # Click's, or that of the copy that Typer has of it
            error.message = visible(str(error.message), lines=True)  # type: ignore[attr-defined]
        raise


class _SpokenWarnings(logging.Handler):
    """Says what the package logs as a warning, as every other message is said."""

    def emit(self, record: logging.LogRecord) -> None:
        say(self.format(record), error=True)


app = typer.Typer(
    name="oa",
    cls=_VisibleGroup,
    help="Measures, planning and weekly reports for community organizers and campaign staff.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _top(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version and end."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    if version:
        from organizing_analytics import __version__

        typer.echo(__version__)
        raise typer.Exit
    del debug  # read by `main`, before anything can fail


campaign.add_to(app)
mapping.add_to(app)
asking.add_to(app)
planning.add_to(app)
logbook.add_to(app)
one_to_ones.add_to(app)
to_do.add_to(app)
reporting.add_to(app)
people.add_to(app)
history.add_to(app)
comparing.add_to(app)
lab.add_to(app)
weekly.add_to(app)


def use_single_blas_thread(words: list[str]) -> None:
    """Let NumPy multiply matrices in a single thread, unless the environment says otherwise.

    The planner's matrices are small: two threads spend more time waiting for each other than
    multiplying. On a busy machine a forecast took three times the CPU seconds. OpenBLAS reads the
    variables when NumPy is imported, so a process that has NumPy already is left as it is. So is
    `oa lab`: the notebooks there are the person's own, and may multiply large matrices.
    """
    if "numpy" in sys.modules or words[:1] == ["lab"]:
        return
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    Exits with 0 when all went well, 1 with a message when it did not, 2 when the command was
    not understood.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    use_single_blas_thread(words)
    debug = "--debug" in words
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names are Unicode, whatever the console's code page
            stream.reconfigure(encoding="utf-8", errors="replace")
    logger = logging.getLogger("organizing_analytics")
    if not any(isinstance(handler, _SpokenWarnings) for handler in logger.handlers):
        logger.addHandler(_SpokenWarnings(logging.WARNING))
    try:
        command = in_words(get_command(app))
        command([word for word in words if word != "--debug"], prog_name="oa")
    except OrganizingError as error:
        _end(str(error), error, debug=debug)
    except ModuleNotFoundError as error:
        _end(str(missing(error)), error, debug=debug)
    except BrokenPipeError:  # `oa … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        _end("Stopped. Nothing half-done is left behind.", None, debug=False)
    except OSError as error:  # of a full disk or a folder that may not be written to
        message = f"The system refused something. {refusal(error)}"
        _end(f"{message}\nRun it again with --debug for the details.", error, debug=debug)
    except Exception as error:  # noqa: BLE001  # the last net: a person reads this, not a traceback
        message = f"This should not have happened: {type(error).__name__}: {error}"
        _end(f"{message}\nRun it again with --debug for the details.", error, debug=debug)


def _end(message: str, error: Exception | None, *, debug: bool) -> None:
    if debug and error is not None:
        raise error
    say(message, error=True)
    sys.exit(1)
