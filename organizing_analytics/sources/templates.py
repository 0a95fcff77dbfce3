"""Our own templates: one file a table, named after it; its header are the table's columns."""

from __future__ import annotations

from pathlib import PurePath

from organizing_analytics.errors import FileError, unknown
from organizing_analytics.model import BY_NAME, TABLES, Table
from organizing_analytics.sources.feeds import Cell, Feed, Reading, Rule, column_cell, sql_cell
from organizing_analytics.wording import plain_name

SOURCE = "templates"
#: Columns that a file of rejected rows carries beside the row itself (see loading/rejects.py).
REJECT_COLUMNS = ("reject_row", "reject_column", "reject_value", "reject_reason")


#: A row whose key begins like this shows how to fill in the template; it is not a record.
EXAMPLE = "EXAMPLE-"


def is_template(header: tuple[str, ...], table_name: str) -> bool:
    """Tell whether a file is named after a table and has the columns that it requires."""
    table = _named(table_name)
    names = {plain_name(name) for name in header}
    return table is not None and {plain_name(name) for name in table.required} <= names


def read_template(header: tuple[str, ...], *, file: str, table_name: str) -> Reading:
    """Return what a template's rows feed.

    The table is the one that the file is named after (`signups.csv`, `signups.week47.csv`);
    for another name, the one table that the header fits.

    Raises
    ------
    FileError
        No table fits, or a required column is missing.
    """
    table = _named(table_name) or _fitting(header, file=file)
    columns = {plain_name(name): name for name in header}
    cells = {
        column.name: column_cell(columns[plain_name(column.name)])
        for column in table.columns
        if plain_name(column.name) in columns
    }
    missing = [name for name in table.required if name not in cells]
    if missing:
        raise FileError(
            f"{file}: the required column{'s' * (len(missing) > 1)} {', '.join(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} missing. A file of {table.name} needs "
            f"{', '.join(table.required)}; it has {', '.join(header)}.",
            column=missing[0],
        )
    used = {cell.columns[0] for cell in cells.values()}
    left_out = tuple(name for name in header if name not in used and name not in REJECT_COLUMNS)
    what = "" if _named(table_name) else f"a template of {table.name}"
    feed = Feed(table.name, cells)
    rules = (_no_example(cells[table.key[0]]),)
    return Reading(SOURCE, (feed,), (table.name,), rules, left_out, what=what)


def _no_example(key: Cell) -> Rule:
    column = key.columns[0]
    condition = f"CASE WHEN {{{column}}} LIKE '{EXAMPLE}%' THEN 'x' END"
    reason = "the template's example"
    return Rule(sql_cell(condition), ("x",), negated=True, reason=reason, of_nobody=True)


def _named(table_name: str) -> Table | None:
    stem = PurePath(table_name).name.split(".")[0].strip().casefold()
    return BY_NAME.get(stem)


def _fitting(header: tuple[str, ...], *, file: str) -> Table:
    names = {plain_name(name) for name in header}
    fits = [table for table in TABLES if {plain_name(name) for name in table.required} <= names]
    # Several may fit: the table that knows most of the header is the one that is meant.
    fits.sort(key=lambda table: -len(names & {plain_name(name) for name in table.column_names}))
    if fits:
        return fits[0]
    stem = PurePath(file).name.split(".")[0]
    raise FileError(
        f"{file}: no known header. {unknown('table', stem, list(BY_NAME), most=len(BY_NAME))} "
        f"Name the file after its table, or give a mapping file with --source. "
        f"Its columns are: {', '.join(header)}."
    )
