"""Raw text → typed value, as SQL expressions; NULL where the text is not allowed.

Everything is read as text and cast by a checked rule, so that a value that is not understood
rejects its row and never becomes another value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from organizing_analytics.safe_csv import SIGNS
from organizing_analytics.sources.feeds import EPOCH, Cell
from organizing_analytics.sql import literal, one_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from organizing_analytics.model import Column, Kind
    from organizing_analytics.sources import Rule

_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
#: A cell that would run as a formula in a spreadsheet is written with an apostrophe before it
#: (see safe_csv.py), and so is what follows a semicolon or line break inside it. Reading takes
#: these apostrophes away again.
_INNER = rf"([;\t\r\n])'([ \v\f\x{{a0}}\x{{200b}}\x{{2060}}\x{{feff}}\x{{3000}}'\"]*[{SIGNS}])"
_GUARDED = literal(rf"(?s)^'([{SIGNS}\t\r']|.*{_INNER})")

_UNGUARDED = literal(r"\1\2")

#: Nearly no cell needs either, and two comparisons tell so; a look at the rest is a third of the
#: time of trimming them.
_CLEAN_ENDS = "'(' AND '~'"
_TO_CLEAN = literal(r"^[\s\x{a0}']|[\s\x{a0}]$")

_CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
_OFFSET = r"([zZ]|[+-]\d{2}(:?\d{2})?)"
_ISO_LOCAL = literal(rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}([T ]{_CLOCK})?")
_ISO_OFFSET = literal(rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{_CLOCK} ?{_OFFSET}")
#: How tools write nearly all moments: told without a regular expression, in a fifth of the time.
_ISO_UTC = literal("____-__-__T__:__:__Z")
_ISO_DAY = literal(r"\d{4}-\d{1,2}-\d{1,2}([T ]00:00(:00(\.0+)?)?)?")
_ISO_WEEK = literal(r"\d{4}-[Ww]\d{2}")
#: DuckDB parses the words infinity and epoch by any format, as the year 1900.
_HAS_DIGIT = literal("[0-9]")
_WHOLE = literal(r"\d{1,9}(\.0+)?")
_SECONDS = literal(r"-?\d{1,14}")
#: A Unix time from this on is in milliseconds: in seconds it would be after the year 5138.
_MILLISECONDS_FROM = 100_000_000_000
#: Years outside of this are slips of the pen (0026, 20226), which a cast alone lets through.
_YEARS = "BETWEEN 1900 AND 2200"


def clean(raw: str) -> str:
    """Return the text of a raw cell: trimmed, unguarded, NULL when empty."""
    return (
        f"CASE WHEN {raw} BETWEEN {_CLEAN_ENDS} AND {raw}[-1] BETWEEN {_CLEAN_ENDS} THEN {raw} "
        f"WHEN NOT regexp_matches({raw}, {_TO_CLEAN}) THEN nullif({raw}, '') "
        f"WHEN regexp_matches({raw}, {_GUARDED}) "
        f"THEN regexp_replace(substr({raw}, 2), {literal(_INNER)}, {_UNGUARDED}, 'g') "
        f"ELSE nullif(trim({raw}, {_BLANKS}), '') END"
    )


def joined(cell: Cell, place: dict[str, str]) -> str:
    """Return the text of a cell of a feed; `place` tells each file column's SQL name."""
    if cell.is_sql:
        return "".join(place[part] if is_column else part for part, is_column in cell.parts)
    pieces = [place[part] if is_column else literal(part) for part, is_column in cell.parts]
    # `||` is NULL as soon as one piece is: half a key is no key.
    return " || ".join(pieces) or "NULL"


def mapped(text: str, cell: Cell) -> str:
    """Return `text` with the source's words turned into the model's."""
    if cell.is_folded:
        return _folded_map(text, cell)
    if not cell.values:
        return text
    whens = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in cell.values)
    return f"nullif(CASE {text} {whens} ELSE {text} END, '')"


def _folded_map(text: str, cell: Cell) -> str:
    """Return the map of a mapping file's words: exact ones first, then by their letters."""
    exact = [f"WHEN {text} = {literal(word)} THEN {literal(value)}" for word, value in cell.values]
    loose = [f"WHEN {_is_word(text, word)} THEN {literal(value)}" for word, value in cell.values]
    blank = next((value for word, value in cell.values if not word), None)
    empty = "NULL" if blank is None else literal(blank)
    other = text if cell.otherwise is None else literal(cell.otherwise)
    whens = " ".join([f"WHEN {text} IS NULL THEN {empty}", *exact, *loose])
    return f"nullif(CASE {whens} ELSE {other} END, '')"


def _is_word(text: str, word: str) -> str:
    """Return the condition that a text is a word of a mapping, without case and outer signs."""
    folded = (
        f"lower(regexp_replace(regexp_replace({text}, '^[^\\p{{L}}\\p{{N}}]+"
        f"|[^\\p{{L}}\\p{{N}}]+$', '', 'g'), '\\s+', ' ', 'g'))"
    )
    plain = fold_word(word)
    if not plain.strip("*"):
        return "false"  # a word of signs only is matched exactly
    expression = ".*".join(re.escape(piece.strip()) for piece in plain.split("*"))
    # "no*" begins with the word no: neither "not sure" nor "nobody" does.
    start = r"(?:.*[^\p{L}\p{N}])?" if plain.startswith("*") else ""
    end = r"(?:[^\p{L}\p{N}].*)?" if plain.endswith("*") else ""
    expression = start + expression.removeprefix(".*").removesuffix(".*") + end
    if "*" not in plain:
        return f"{folded} = {literal(plain)}"
    return f"regexp_full_match({folded}, {literal('(?s)' + expression)})"


def fold_word(word: str) -> str:
    """Return a word as it is matched: in small letters, without signs around it; `*` stays.

    Examples
    --------
    >>> fold_word("Yes!! "), fold_word("Not now*")
    ('yes', 'not now*')
    """
    return " ".join(re.sub(r"^[^\w*]+|[^\w*]+$", "", word).split()).lower()


def is_refused(text: str, cell: Cell) -> str:
    """Return the condition that a mapping rejects the text; empty where it rejects none."""
    conditions = [f"({text} = {literal(w)} OR {_is_word(text, w)})" for w in cell.refused]
    if cell.is_closed:
        listed = [f"{text} = {literal(w)} OR {_is_word(text, w)}" for w, _ in cell.values if w]
        conditions.append(f"NOT ({' OR '.join(listed) or 'false'})")
    return f"({text} IS NOT NULL AND ({' OR '.join(conditions)}))" if conditions else ""


def holds(rule: Rule, place: dict[str, str]) -> str:
    """Return the condition of a rule; an empty cell is the empty text."""
    held = f"coalesce({joined(rule.cell, place)}, '')"
    return f"{'NOT ' * rule.negated}({one_of(held, rule.values)})"


def typed(text: str, column: Column, cell: Cell) -> str:
    """Return the typed value of a text, NULL where it is not allowed.

    A moment without offset comes out as its clock digits; see `is_naive` and clocks.py.
    """
    if column.allowed:
        word = f"replace(replace(lower({text}), ' ', '_'), '-', '_')"
        is_written, is_meant = one_of(text, column.allowed), one_of(word, column.allowed)
        value = f"CASE WHEN {is_written} THEN {text} WHEN {is_meant} THEN {word} END"
        return f"({value})::INTEGER" if column.kind == "whole" else value
    if cell.time_format == EPOCH and column.kind == "moment":
        return _epoch(text)
    if cell.time_format and column.kind in ("moment", "day"):
        return _formatted(text, column.kind, cell.time_format)
    return _CASTS[column.kind](text)


def local_date(moment: str, zone: str) -> str:
    """Return SQL for the local date of a UTC moment; `zone` is SQL, too."""
    return f"timezone({zone}, {as_instant(moment)})::DATE"


def as_instant(moment: str) -> str:
    """Return SQL for a UTC moment as one that knows of time zones."""
    # By arithmetic: `timezone('UTC', …)` asks the calendar, which takes as long again.
    return f"make_timestamptz(epoch_us({moment}))"


def is_naive(text: str, cell: Cell) -> str:
    """Return the condition that a moment's text has no offset."""
    if cell.time_format == EPOCH:
        return f"NOT regexp_full_match({text}, {_SECONDS}) AND ({is_naive(text, Cell(()))})"
    if cell.time_format:
        return "false" if "%z" in cell.time_format else "true"
    # A CASE, since OR computes both sides of it for every row.
    offset = f"regexp_full_match({text}, {_ISO_OFFSET})"
    return f"CASE WHEN {_is_plain_utc(text)} THEN false ELSE NOT {offset} END"


def _is_plain_utc(text: str) -> str:
    # The cast that follows is lenient with blanks and with a point that ends the seconds.
    return f"({text} LIKE {_ISO_UTC} AND NOT contains({text}, ' ') AND NOT contains({text}, '.'))"


def _formatted(text: str, kind: Kind, time_format: str) -> str:
    parsed = (
        f"CASE WHEN regexp_matches({text}, {_HAS_DIGIT}) "
        f"THEN try_strptime({text}, {literal(time_format)}) END"
    )
    if "%z" in time_format:
        parsed = f"timezone('UTC', ({parsed})::TIMESTAMPTZ)"
    return _in_years(f"({parsed})::{'DATE' if kind == 'day' else 'TIMESTAMP'}")


def _epoch(text: str) -> str:
    # Who has turned the seconds into a date by a script writes that date: both are read.
    seconds = f"try_cast({text} AS BIGINT)"
    return (
        f"CASE WHEN regexp_full_match({text}, {_SECONDS}) THEN "
        + _in_years(
            f"make_timestamp(CASE WHEN {seconds} > {_MILLISECONDS_FROM} THEN {seconds} * 1000 "
            f"ELSE {seconds} * 1000000 END)"
        )
        + f" ELSE {_moment(text)} END"
    )


def _in_years(moment: str) -> str:
    return f"CASE WHEN year({moment}) {_YEARS} THEN {moment} END"


def _text(text: str) -> str:
    return text


def _flag(text: str) -> str:
    return (
        f"CASE lower({text}) WHEN 'true' THEN true WHEN 'yes' THEN true WHEN '1' THEN true "
        "WHEN 'y' THEN true WHEN 'false' THEN false WHEN 'no' THEN false WHEN '0' THEN false "
        "WHEN 'n' THEN false END"
    )


def _whole(text: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, {_WHOLE}) THEN {text}::DOUBLE::INTEGER END"


def _number(text: str) -> str:
    return f"CASE WHEN isfinite(try_cast({text} AS DOUBLE)) THEN try_cast({text} AS DOUBLE) END"


def _moment(text: str) -> str:
    return _in_years(
        f"(CASE WHEN {_is_plain_utc(text)} THEN try_cast({text} AS TIMESTAMP) "
        f"ELSE {_any_moment(text)} END)"
    )


def _any_moment(text: str) -> str:
    zoned = f"replace(upper({text}), ' Z', 'Z')"
    return (
        f"(CASE WHEN regexp_full_match({text}, {_ISO_LOCAL}) THEN try_cast({text} AS TIMESTAMP) "
        f"WHEN regexp_full_match({text}, {_ISO_OFFSET}) THEN timezone('UTC', try_cast("
        f"regexp_replace({zoned}, ' ([+-])', '\\1') AS TIMESTAMPTZ)) END)"
    )


def _day(text: str) -> str:
    return _in_years(
        f"(CASE WHEN regexp_full_match({text}, {_ISO_DAY}) "
        f"THEN try_cast({text} AS TIMESTAMP) END)::DATE"
    )


def _week(text: str) -> str:
    monday = f"try_strptime(upper({text}) || '-1', '%G-W%V-%u')"
    # A year without a 53rd week turns W53 into the next year's first: it must come back the same.
    return (
        f"CASE WHEN regexp_full_match({text}, {_ISO_WEEK}) "
        f"AND strftime({monday}, '%G-W%V') = upper({text}) THEN upper({text}) END"
    )


def _zone(text: str) -> str:
    return f"getvariable('time_zones')[lower({text})]"


_CASTS: dict[Kind, Callable[[str], str]] = {
    "text": _text,
    "flag": _flag,
    "whole": _whole,
    "number": _number,
    "moment": _moment,
    "day": _day,
    "week": _week,
    "zone": _zone,
}
