"""Every error that this package raises on purpose.

Each message is a sentence for the person at the keyboard: what is wrong, what is there,
what is allowed and what to do. The command line prints it as it is and exits with 1.
"""

from __future__ import annotations

from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class OrganizingError(Exception):
    """Base of all errors that are about the user's input or files, not about a bug."""


class StoreError(OrganizingError):
    """The store folder is missing, not a store, too new, or held by someone else."""


class FileError(OrganizingError):
    """A file cannot be loaded at all: missing, empty, not a table, or lacking a column.

    The message is for people. What a program decides, it decides by these facts; each is None where
    the error is not about one.

    Attributes
    ----------
    file : Path or None
        The file at fault, as it was given.
    row : int or None
        The row at fault, as a spreadsheet counts.
    column, value : str or None
        The column at fault, and what stands there.
    """

    def __init__(
        self,
        message: str,
        *,
        file: Path | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(message)
        self.file, self.row, self.column, self.value = file, row, column, value

    def with_more(self, more: str) -> FileError:
        """Return the same error, its facts included, with more said at the end of its message."""
        return FileError(
            f"{self}{more}", file=self.file, row=self.row, column=self.column, value=self.value
        )


class WriteError(OrganizingError, OSError):
    """A file cannot be written, or the old one cannot be replaced.

    It is the system's error, too: `errno`, `strerror` and `filename` are those of what was refused.

    Parameters
    ----------
    message : str
        The sentence for the person at the keyboard.
    cause : OSError
        What the system raised.
    file : Path
        The file that was to be written.
    """

    def __init__(self, message: str, *, cause: OSError, file: Path) -> None:
        OSError.__init__(self, cause.errno, cause.strerror, str(file))
        self.message, self.file = message, file

    def __str__(self) -> str:
        """Return the sentence."""
        return self.message


@contextmanager
def about(file: Path) -> Iterator[None]:
    """Let file errors of a block name the file that it works on, where they name none."""
    try:
        yield
    except FileError as error:
        error.file = error.file or file
        raise


class MappingError(OrganizingError):
    """A mapping file asks for something that the file or the model does not have."""


class SourceError(OrganizingError):
    """A source, most likely of another package, is declared in a way that cannot be used."""


class RejectedRowsError(OrganizingError):
    """Rows were rejected and the load was asked to be strict; `result` names them."""

    def __init__(self, message: str, *, result: object) -> None:
        super().__init__(message)
        self.result = result


class OptionError(OrganizingError):
    """An option's value is not allowed: a week that is none, an unknown group column."""


class EngineError(OrganizingError):
    """An engine is not installed, cannot be started, or lacks a table."""


class ReportError(OrganizingError):
    """One or more reports could not be made."""


class DeliveryError(OrganizingError):
    """Reports cannot be delivered: wrong delivery settings, or a server or folder that refuses."""


class RunningError(OrganizingError):
    """The weekly run is going on already, in another process."""


#: How to find the id of a shift, for messages about one that the store does not have.
WHERE_SHIFTS_ARE = (
    "`oa plan upcoming` lists those ahead; for one that is over, add the day before it: "
    "`--as-of 2026-11-20 --days 1`."
)


def nearest(word: str, allowed: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the allowed words that look most like `word`, best first.

    Examples
    --------
    >>> nearest("even_type", ["team", "event_type", "event"])
    ['event_type', 'event']
    """
    return get_close_matches(word, list(allowed), n=most, cutoff=0.5)


def unknown(what: str, word: str, allowed: Iterable[str], *, most: int = 12) -> str:
    """Return a sentence that names an unknown word, its nearest neighbours and what exists.

    Examples
    --------
    >>> unknown("group column", "teem", ["team", "week"])
    'There is no group column "teem". Did you mean team or week? There are: team, week.'
    """
    names = list(allowed)
    close = nearest(word, names)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    shown = ", ".join(names[:most]) + (
        f" and {len(names) - most} more" if len(names) > most else ""
    )
    there = f" There are: {shown}." if names else " There is none."
    return f'There is no {what} "{word}".{hint}{there}'
