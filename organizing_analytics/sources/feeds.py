"""The words in which a source says what the rows of a file mean.

A `Reading` of a file is one or several feeds. A `Feed` says which table each row feeds, and
for each of the table's columns from which `Cell` it comes. `Rule`s leave rows out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, unknown
from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    from organizing_analytics.sources.layout import Split, Unpivot

#: The `time_format` of moments that are seconds (or milliseconds) since 1970, UTC.
EPOCH = "epoch"


@dataclass(frozen=True)
class Cell:
    """How one value is made from a row.

    Attributes
    ----------
    parts : tuple of (str, bool)
        Pieces in order; True marks the name of a column of the file, False plain text. The
        value is empty when any column in it is empty: an id made from half a key would make
        one person of many.
    values : tuple of (str, str)
        The file's word → the model's word; a word that is not listed stays as it is.
    time_format : str or None
        How a moment or day is written (strptime codes, or `EPOCH`); None for the usual forms.
    timezone : str or None
        By whose clock a moment without offset is read; None for the table's own rule.
    is_sql : bool
        Whether the plain text in `parts` is a DuckDB expression around the columns, which are
        text there, trimmed, NULL when empty. Only for the sources that travel with the package.
    only_new : bool
        Whether the value is a stopgap: written with a new row, never over what is known.
    hint : str
        What to do when the value is not allowed; said with the reason of the reject.
    forms : tuple of str
        All formats that a mapping gives for the time: their order of day and month binds the
        column.
    is_range_end : bool
        Whether the value is the end of a range of times ("6-9pm"); a single time is none.
    is_folded : bool
        Whether words are matched without case and the signs around them, and `*` in a word of
        `values` stands for any further words.
    otherwise : str or None
        What a word that is not in `values` becomes.
    refused : tuple of str
        Words that reject the row.
    is_closed : bool
        Whether a word that is not in `values` rejects the row.
    unit : str
        Of a number that stands in text: `number`, `minutes` or `hours`; empty for a plain number.
    """

    parts: tuple[tuple[str, bool], ...]
    values: tuple[tuple[str, str], ...] = ()
    time_format: str | None = None
    timezone: str | None = None
    is_sql: bool = False
    only_new: bool = False
    hint: str = ""
    forms: tuple[str, ...] = ()
    is_range_end: bool = False
    is_folded: bool = False
    otherwise: str | None = None
    refused: tuple[str, ...] = ()
    is_closed: bool = False
    unit: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the file that the value is made from."""
        return tuple(part for part, is_column in self.parts if is_column)

    @property
    def is_constant(self) -> bool:
        """Tell whether the value is the same in every row."""
        return not self.columns


def column_cell(name: str) -> Cell:
    """Return the cell that is simply a column of the file."""
    return Cell(parts=((name, True),))


_PLACE = re.compile(r"\{([^{}]+)\}")


def template_cell(text: str) -> Cell:
    """Return the cell of a text template.

    Examples
    --------
    >>> template_cell("{year}-{id}").parts
    (('year', True), ('-', False), ('id', True))
    """
    parts: list[tuple[str, bool]] = []
    for number, piece in enumerate(_PLACE.split(text)):
        if piece:
            parts.append((piece, number % 2 == 1))
    return Cell(parts=tuple(parts))


def sql_cell(text: str) -> Cell:
    """Return the cell of a DuckDB expression with the file's columns in braces."""
    return replace(template_cell(text), is_sql=True)


@dataclass(frozen=True)
class Rule:
    """A row is kept when the cell is one of `values` (or none of them, when negated).

    An empty cell is the empty text. `reason` says why a row that does not meet it is left out.
    `of_nobody` says that such rows tell of no real person, so their bytes may lie in a store.
    """

    cell: Cell
    values: tuple[str, ...]
    negated: bool = False
    reason: str = ""
    of_nobody: bool = False


@dataclass(frozen=True)
class Feed:
    """One table that each row of a file feeds.

    Attributes
    ----------
    table : str
        A table of the model.
    cells : dict
        Column of the model → the cell it comes from.
    rules : tuple of Rule
        All must hold for a row to feed this table.
    is_partial : bool
        Whether rows only change what is known: a row whose key the store does not have is
        skipped, and required columns may be missing.
    only_with : str
        Columns (`a|b`) one of which the file must have for the table to be fed; empty for none.
    skips_orphans : bool
        Whether a row that refers to nothing is skipped, not rejected: the history of what was
        left out itself.
    """

    table: str
    cells: dict[str, Cell]
    rules: tuple[Rule, ...] = ()
    is_partial: bool = False
    skips_orphans: bool = False
    only_with: str = ""


@dataclass(frozen=True)
class Join:
    """Columns that another table adds to each row, found by a key.

    Attributes
    ----------
    own : str
        The DuckDB expression of the file's key, its columns in braces.
    partner : str
        The `what` of the other file, which must be in the same load; or a table of the store,
        `store:signups`.
    key : str
        The partner's column that holds the key.
    columns : dict
        Name of the added column → a DuckDB aggregate over the partner's rows of one key, with
        the partner's columns in braces.
    """

    own: str
    partner: str
    key: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Reading:
    """What a source makes of one file.

    Attributes
    ----------
    source : str
        The name that the loaded rows keep.
    feeds : tuple of Feed
        What each row feeds.
    mains : tuple of str
        The tables by which rows are counted; a row feeds one of them at most.
    rules : tuple of Rule
        Rows that do not meet them are skipped.
    left_out : tuple of str
        Columns of the file that nobody reads; they are named to the user.
    what : str
        What the file was taken for, where that is not plain from its name.
    last_wins : bool
        Whether rows that differ in a table that they feed on the side (a person's name, from
        one sign-up to the next) are settled by the last one, instead of rejected.
    join : Join, optional
        Columns that another file of the same load, or the store, adds to each row.
    is_check_in : bool
        Whether the rows are people at a door, to be found among the sign-ups of a shift.
    is_sheet : bool
        Whether people keep the table by hand, so that totals and headings may stand in it.
    reshape : Split or Unpivot, optional
        How one row becomes several.
    skip_rows : tuple of int
        Rows that are no records, numbered as in the file.
    year : int, optional
        The year of dates that have none.
    repeats : str
        `last` where of rows with one key the last one counts, and the others are skipped; empty
        where rows that differ contradict each other.
    mapping : str
        The user's mapping file, where one reads the file.
    note : str
        What the user should know of how such a file is read.
    """

    source: str
    feeds: tuple[Feed, ...]
    mains: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    left_out: tuple[str, ...] = field(default=())
    what: str = ""
    last_wins: bool = False
    join: Join | None = None
    is_check_in: bool = False
    is_sheet: bool = False
    reshape: Split | Unpivot | None = None
    skip_rows: tuple[int, ...] = ()
    year: int | None = None
    repeats: str = ""
    mapping: str = ""
    note: str = ""


def find_column(name: str, header: tuple[str, ...], *, file: str) -> str:
    """Return the header's column that `name` means, matched by its `plain_name`.

    Raises
    ------
    FileError
        The file has no such column; the nearest are named.
    """
    if name in header:
        return name
    alike = [column for column in header if plain_name(column) == plain_name(name)]
    if not alike:
        raise FileError(f"{file}: {unknown('column', name, header)}", column=name)
    return alike[0]
