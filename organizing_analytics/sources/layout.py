"""How a mapping says where the records of a sheet are: its header row, its sheets, its cells.

A sheet may hold several records in one row. `Split` makes one row for each choice in a cell,
`Unpivot` one row for each of several columns. docs/sources/mapping.md explains both with examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from organizing_analytics.errors import FileError, MappingError, unknown
from organizing_analytics.wording import plain_name

#: Kind of a field in a text pattern → the regular expression for its text.
_TIME = (
    r"(?:\d{1,2}(?::\d\d){0,2}\s*(?:[ap]\.?\s?m\b\.?)?|noon|midnight)"
    r"(?:\s*(?:[-\u2013\u2014]|to)\s*(?:\d{1,2}(?::\d\d){0,2}\s*(?:[ap]\.?\s?m\b\.?)?|noon|midnight))?"
)
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\.?"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:{_WEEKDAY},?\s+)?(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}[/.]\d{{1,2}}(?:[/.]\d{{2,4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.?\s+{_MONTH}(?:\s+\d{{4}})?)"
)
FIELD_KINDS = {
    "text": r".+?",
    # What follows is no part of it: "10:00 AM" is not the time 10:00 of something called AM.
    "date": rf"{_DATE}(?![\d/])",
    "time": rf"{_TIME}(?!\s*[ap]\.?\s?m\b)(?![\d:])",
    "weekday": _WEEKDAY,
    "number": r"\d+(?:\.\d+)?",
}
#: What stands between the choices of a cell, unless the mapping says otherwise.
DEFAULT_SEPARATORS = (",", ";", "\n")
_FIELD = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
#: Words that stand for "every column whose name is a date".
DATES = "dates"


@dataclass(frozen=True)
class Pattern:
    """One form of a choice, and the fields that it fills.

    Attributes
    ----------
    text : str
        As the mapping writes it: `"{Day:date} {Start:time} {Event}"`.
    expression : re.Pattern
        What a whole choice has to fit; groups `f0`, `f1`, … are the fields.
    fields : tuple of str
        The fields that the text fills.
    constants : tuple of (str, str)
        Fields that have the same value in every choice of this form.
    """

    text: str
    expression: re.Pattern[str]
    fields: tuple[str, ...]
    constants: tuple[tuple[str, str], ...] = ()

    def fields_of(self, choice: str) -> dict[str, str] | None:
        """Return the fields of a choice, None where it has another form."""
        match = self.expression.fullmatch(" ".join(choice.split()))
        if match is None:
            return None
        texts = {name: match[f"f{i}"].strip() for i, name in enumerate(self.fields)}
        return {**texts, **dict(self.constants)}


@dataclass(frozen=True)
class Split:
    """One row for each choice in a cell.

    Attributes
    ----------
    column : str
        The column of the file.
    separators : tuple of str
        What may stand between two choices.
    patterns : tuple of Pattern
        The forms of a choice, tried in order.
    """

    column: str
    separators: tuple[str, ...]
    patterns: tuple[Pattern, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns that a row gains: the fields of all patterns."""
        fields = [
            field
            for p in self.patterns
            for field in (*p.fields, *(name for name, _ in p.constants))
        ]
        return tuple(dict.fromkeys(fields))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the file that are read."""
        return (self.column,)

    def bind(self, header: tuple[str, ...], *, file: str) -> Split:
        """Return the split with the file's own column.

        Raises
        ------
        FileError
            The file has no such column, or one that is called like a field.
        """
        column = next((name for name in header if _is_named(name, self.column)), None)
        if column is None:
            raise FileError(f"{file}: {unknown('column', self.column, header)}", column=self.column)
        _check_names(self.names, header, file=file)
        return replace(self, column=column)

    def choices(self, text: str) -> list[tuple[str, dict[str, str] | None]]:
        """Return each choice of a cell with its fields, None for what fits no pattern."""
        pieces = self._pieces(text)
        choices: list[tuple[str, dict[str, str] | None]] = []
        start = 0
        while start < len(pieces):
            end, fields = self._longest(pieces, start)
            choices.append((_joined(pieces[start:end]), fields))
            start = end
        return choices

    def _longest(
        self, pieces: list[tuple[str, str]], start: int
    ) -> tuple[int, dict[str, str] | None]:
        """Return where the choice that begins at a piece ends, and its fields.

        A choice may have a separator in it ("Sat, Nov 7, 10am Canvass"): pieces are put together
        until they fit, so that nothing is left out of the cell.
        """
        for end in range(start + 1, len(pieces) + 1):
            if end > start + 1 and self._fields(_joined(pieces[end - 1 : end])) is not None:
                break  # that one is a choice of its own, and no part of what does not fit
            fields = self._fields(_joined(pieces[start:end]))
            if fields is not None:
                return end, fields
        return start + 1, None

    def _fields(self, choice: str) -> dict[str, str] | None:
        for pattern in self.patterns:
            fields = pattern.fields_of(choice)
            if fields is not None:
                return fields
        return None

    def _pieces(self, text: str) -> list[tuple[str, str]]:
        """Return the texts between separators, each with the separator that follows it."""
        between = "|".join(map(re.escape, self.separators))
        parts = re.split(f"({between})", text)
        pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
        return [(piece, separator) for piece, separator in pairs if piece.strip()]


@dataclass(frozen=True)
class Unpivot:
    """One row for each of several columns.

    Attributes
    ----------
    columns : tuple of str
        Names of columns (`*` stands for any text), or `dates`: all whose name is a date.
    name, value : str
        The columns that a row gains: the column's name, and what stands in it.
    keeps_blank : bool
        Whether a cell without text is a row, too.
    """

    columns: tuple[str, ...]
    name: str
    value: str
    keeps_blank: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns that a row gains."""
        return (self.name, self.value)

    def bind(self, header: tuple[str, ...], *, file: str) -> Unpivot:
        """Return the rule with the file's own columns.

        Raises
        ------
        FileError
            None of the file's columns is meant, or one is called like a new column.
        """
        columns = tuple(name for name in header if any(_is_meant(name, c) for c in self.columns))
        if not columns:
            wanted = "whose name is a date" if DATES in self.columns else ", ".join(self.columns)
            raise FileError(
                f"{file}: there is no column {wanted}. Its columns are: {', '.join(header[:40])}.",
                column=None if DATES in self.columns else self.columns[0],
            )
        _check_names(self.names, header, file=file)
        return replace(self, columns=columns)


@dataclass(frozen=True)
class Layout:
    """Where the records of a file are.

    Attributes
    ----------
    header_row : int or None
        The row that names the columns, 1 is the first; None where it is looked for.
    skip_rows : tuple of int
        Rows that are no records, numbered as in the file.
    sheets : tuple of str
        The sheets that are read (`*` stands for any text); empty for all that fit.
    reshape : Split or Unpivot or None
        How one row becomes several.
    """

    header_row: int | None = None
    skip_rows: tuple[int, ...] = ()
    sheets: tuple[str, ...] = ()
    reshape: Split | Unpivot | None = None

    def has_sheet(self, title: str) -> bool:
        """Return whether a sheet of this title is one to read."""
        titles = [sheet.casefold() for sheet in self.sheets]
        return not titles or any(fnmatchcase(title.casefold(), sheet) for sheet in titles)


def layout(written: dict[str, Any]) -> Layout:
    """Return where the records are, from the top of a mapping file.

    Raises
    ------
    MappingError
        A key has a value that is not allowed.
    """
    if "split" in written and "unpivot" in written:
        raise MappingError("give [split] or [unpivot], not both.")
    reshape: Split | Unpivot | None = None
    if "split" in written:
        reshape = _split(written["split"])
    elif "unpivot" in written:
        reshape = _unpivot(written["unpivot"])
    header_row = written.get("header_row")
    if header_row is not None and (not _is_whole(header_row) or header_row < 1):
        raise MappingError("header_row is the number of a row, like 3.")
    skip_rows = written.get("skip_rows", [])
    if not isinstance(skip_rows, list) or not all(_is_whole(row) for row in skip_rows):
        raise MappingError("skip_rows is a list of row numbers, like [4, 5].")
    sheets = _texts(written.get("sheets", []), where="sheets")
    return Layout(header_row, tuple(skip_rows), sheets, reshape)


def pattern(text: str, constants: dict[str, Any] | None = None) -> Pattern:
    """Return the form of a choice that a mapping writes as text.

    Raises
    ------
    MappingError
        A field has a kind that there is not, or two fields have one name.

    Examples
    --------
    >>> pattern("{Day:date} {Start:time} {Event}").fields_of("Sat 11/7 10am Canvass")
    {'Day': 'Sat 11/7', 'Start': '10am', 'Event': 'Canvass'}
    """
    fields: list[str] = []
    expression, place = "", 0
    for match in _FIELD.finditer(text):
        name, kind = match[1].strip(), (match[2] or "text").strip()
        if kind not in FIELD_KINDS:
            raise MappingError(f'split: "{text}": {unknown("kind of field", kind, FIELD_KINDS)}')
        if name in fields:
            raise MappingError(f'split: "{text}": the field {name} is there twice.')
        expression += _plain(text[place : match.start()])
        expression += f"(?P<f{len(fields)}>{FIELD_KINDS[kind]})"
        fields.append(name)
        place = match.end()
    expression += _plain(text[place:])
    fixed = tuple((str(name), str(value)) for name, value in (constants or {}).items())
    return Pattern(text, re.compile(expression, re.IGNORECASE), tuple(fields), fixed)


def _plain(text: str) -> str:
    """Return the expression for what stands between fields: `*` is any text, blanks are alike."""
    pieces = (r"\s+" if p.isspace() else ".*?" if p == "*" else re.escape(p) for p in
              re.split(r"(\s+|\*)", text) if p)  # fmt: skip
    return "".join(pieces)


def _split(written: object) -> Split:
    keys = ("column", "between", "patterns")
    settings = _table(written, keys, where="split")
    if "column" not in settings or not settings.get("patterns"):
        raise MappingError('[split] needs column = "…" and patterns = ["{Day:date} {Event}"].')
    listed = (
        settings["patterns"] if isinstance(settings["patterns"], list) else [settings["patterns"]]
    )
    patterns = tuple(_pattern(form) for form in listed)
    separators = _texts(settings.get("between", list(DEFAULT_SEPARATORS)), where="split: between")
    split = Split(str(settings["column"]), separators, patterns)
    if not split.names or not separators:
        raise MappingError("[split]: the patterns name no field, or between is empty.")
    return split


def _pattern(written: object) -> Pattern:
    if isinstance(written, dict) and isinstance(written.get("text"), str):
        return pattern(written["text"], {k: v for k, v in written.items() if k != "text"})
    if isinstance(written, str):
        return pattern(written)
    raise MappingError(
        'split: a pattern is a text like "{Day:date} {Event}", or a table like '
        '{ text = "Morning*", Start = "9am" }.'
    )


def _unpivot(written: object) -> Unpivot:
    settings = _table(written, ("columns", "name", "value", "blank"), where="unpivot")
    columns = _texts(settings.get("columns", DATES), where="unpivot: columns")
    blank = settings.get("blank", "skip")
    if blank not in ("skip", "keep"):
        raise MappingError('unpivot: blank is "skip" or "keep".')
    name, value = str(settings.get("name", "Column")), str(settings.get("value", "Value"))
    if not columns or plain_name(name) == plain_name(value):
        raise MappingError("unpivot: columns is empty, or name and value are called the same.")
    return Unpivot(columns, name, value, keeps_blank=blank == "keep")


def _table(written: object, keys: tuple[str, ...], *, where: str) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise MappingError(f"{where} is a table: [{where}].")
    for key in written:
        if key not in keys:
            raise MappingError(f"{where}: {unknown('key', key, keys)}")
    return written


def _texts(written: object, *, where: str) -> tuple[str, ...]:
    listed = written if isinstance(written, list) else [written]
    if not all(isinstance(text, str) and text for text in listed):
        raise MappingError(f"{where} is a text or a list of texts.")
    return tuple(listed)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _joined(pieces: list[tuple[str, str]]) -> str:
    text = "".join(piece + separator for piece, separator in pieces[:-1])
    return (text + pieces[-1][0]).strip()


def _is_named(name: str, written: str) -> bool:
    return any(
        fnmatchcase(plain_name(name), plain_name(way).replace("[", "[[]").replace("?", "[?]"))
        for way in (written, *written.split("|"))
    )


def _is_meant(name: str, written: str) -> bool:
    if written == DATES and is_date(name):
        return True
    return _is_named(name, written)


def is_date(name: str) -> bool:
    """Return whether a column's name is a date, with a clock time or without."""
    return bool(re.fullmatch(rf"(?:{_DATE})(?:[\sT,]+{_TIME})?", name.strip(), re.IGNORECASE))


def _check_names(names: tuple[str, ...], header: tuple[str, ...], *, file: str) -> None:
    taken = {plain_name(name): name for name in header}
    for name in names:
        if plain_name(name) in taken:
            raise FileError(
                f"{file}: the mapping makes a column {name}, and the file has one of that name. "
                "Give the mapping's another name.",
                column=name,
            )
