"""The files that a tool writes, each described once: how to tell it, and what its rows feed.

A `Shape` names columns as the tool writes them; `{a|b}` takes the first of the two that the file
has. A column that the file does not have is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from organizing_analytics.model import FED_BY_NAME
from organizing_analytics.sources.feeds import (
    Cell,
    Feed,
    Join,
    Reading,
    Rule,
    column_cell,
    sql_cell,
    template_cell,
)
from organizing_analytics.sources.templates import REJECT_COLUMNS
from organizing_analytics.wording import plain_name


@dataclass(frozen=True)
class Shape:
    """One kind of file that a tool writes.

    Attributes
    ----------
    source : str
        The tool, as `--source` and the loaded rows call it.
    what : str
        What the file holds, for the sentence that says what it was taken for.
    marks : tuple of str
        Columns that together tell the file from all others; `a|b` where the tool has two names.
    feeds, mains, rules, join
        As in `Reading`, in the tool's column names.
    list_key : str or None
        The list inside each JSON record that makes it several rows (the shifts of an event).
    passed_over : tuple of str
        Columns that are known and not read: they are not worth a word to the user.
    is_check_in : bool
        See `Reading`.
    adds : tuple of str
        Columns that loading adds to the file before its rows are read.
    unlike : tuple of str
        Columns that such a file never has.
    """

    source: str
    what: str
    marks: tuple[str, ...]
    feeds: tuple[Feed, ...]
    mains: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    join: Join | None = None
    list_key: str | None = None
    passed_over: tuple[str, ...] = field(default=())
    is_check_in: bool = False
    adds: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()

    @property
    def told_by(self) -> str:
        """Return the columns that tell such a file, for a message."""
        return ", ".join(" or ".join(mark.split("|")[:3]) for mark in self.marks)

    def fits(self, header: tuple[str, ...]) -> bool:
        """Tell whether a file with this header is of this kind."""
        plain = _plain(header)
        has_marks = all(_column_of(mark, plain) for mark in self.marks)
        return has_marks and not any(_column_of(mark, plain) for mark in self.unlike)

    def missing(self, header: tuple[str, ...]) -> list[str]:
        """Return the marks that a header lacks."""
        plain = _plain(header)
        return [mark for mark in self.marks if not _column_of(mark, plain)]

    def read(self, header: tuple[str, ...]) -> Reading:
        """Return what the rows of a file with this header feed."""
        plain = _plain(header)
        added = (*self.adds, *(self.join.columns if self.join else ()))
        plain |= {plain_name(name): name for name in added}
        # A table of which the file lacks what is required comes from another file.
        wanted = [f for f in self.feeds if not f.only_with or _column_of(f.only_with, plain)]
        feeds = tuple(bound for feed in wanted if _is_whole(bound := _bind_feed(feed, plain)))
        fed = {feed.table for feed in feeds}
        rules = tuple(replace(rule, cell=_bind(rule.cell, plain)) for rule in self.rules)
        join = self.join and _bind_join(self.join, plain)
        used = {c for feed in feeds for cell in feed.cells.values() for c in cell.columns}
        used |= {c for r in rules for c in r.cell.columns}
        used |= {c for feed in feeds for r in feed.rules for c in r.cell.columns}
        used |= set(template_cell(join.own).columns) if join else set()
        passed_over = {plain_name(name) for name in self.passed_over}
        left_out = tuple(
            name
            for name in header
            if name not in used
            and name not in REJECT_COLUMNS
            and plain_name(name) not in passed_over
        )
        return Reading(
            self.source,
            feeds,
            tuple(table for table in self.mains if table in fed),
            rules,
            left_out,
            what=self.what,
            last_wins=True,
            join=join,
            is_check_in=self.is_check_in,
            is_sheet=self.is_check_in,
        )


def cell(text: str, **more: object) -> Cell:
    """Return a cell: a DuckDB expression when `text` has braces, else a column of the file."""
    bound = sql_cell(text) if "{" in text else column_cell(text)
    return replace(bound, **more)  # type: ignore[arg-type]


def constant(text: str, *, only_new: bool = False) -> Cell:
    """Return the cell that is the same in every row."""
    return Cell(parts=((text, False),), only_new=only_new)


def skip_when(condition: str, reason: str) -> Rule:
    """Return the rule that leaves out rows for which a DuckDB condition holds."""
    return Rule(
        sql_cell(f"CASE WHEN {condition} THEN 'x' END"), ("x",), negated=True, reason=reason
    )


def only_when(condition: str, reason: str = "") -> Rule:
    """Return the rule that keeps rows for which a DuckDB condition holds."""
    return Rule(sql_cell(f"CASE WHEN {condition} THEN 'x' END"), ("x",), reason=reason)


def key_of(prefix: str, *columns: str) -> str:
    """Return the expression of an id for rows that have none: a digest of what tells them apart.

    Case and spaces at the ends do not count; an empty column is the empty text.
    """
    joined = " || chr(31) || ".join(f"lower(coalesce({column}, ''))" for column in columns)
    return f"'{prefix}:' || md5({joined})"


def keyed_key_of(prefix: str, *columns: str) -> str:
    """Return the expression of such an id where the columns hold personal data: a keyed hash.

    Without the key, a digest of an e-mail address or phone number is easily guessed.
    """
    return keyed(f"{prefix}:", key_of(prefix, *columns))


def keyed(space: str, text: str) -> str:
    """Return the expression of the keyed id of a text; `store/keyed_ids.py` defines `keyed`."""
    return f"keyed('{space}', {text})"


def _plain(header: tuple[str, ...]) -> dict[str, str]:
    return {plain_name(name): name for name in reversed(header)}


def _column_of(names: str, plain: dict[str, str]) -> str | None:
    """Return the header's column for `a|b`, None when it has neither."""
    return next((plain[p] for name in names.split("|") if (p := plain_name(name)) in plain), None)


def _bind(declared: Cell, plain: dict[str, str]) -> Cell:
    parts: list[tuple[str, bool]] = []
    for text, is_column in declared.parts:
        column = _column_of(text, plain) if is_column else None
        parts.append((text, False) if not is_column else (column or "NULL", column is not None))
    return replace(declared, parts=tuple(parts))


def _bind_feed(feed: Feed, plain: dict[str, str]) -> Feed:
    cells = {
        name: bound
        for name, declared in feed.cells.items()
        # A value of which the file has no column at all is not read: it empties nothing. A
        # stopgap says something without one.
        if (bound := _bind(declared, plain)).columns or declared.is_constant or _says_more(declared)
    }
    rules = tuple(replace(rule, cell=_bind(rule.cell, plain)) for rule in feed.rules)
    return replace(feed, cells=cells, rules=rules)


def _says_more(declared: Cell) -> bool:
    return declared.only_new and declared.is_sql


def _is_whole(feed: Feed) -> bool:
    return feed.is_partial or set(FED_BY_NAME[feed.table].required) <= set(feed.cells)


def _bind_join(join: Join, plain: dict[str, str]) -> Join:
    bound = _bind(sql_cell(join.own), plain)
    own = "".join(f"{{{text}}}" if is_column else text for text, is_column in bound.parts)
    return replace(join, own=own)
