"""JSON: a page of an API's answer, a list of records, or one record a line."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError
from organizing_analytics.loading.files import RawFile, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A document is held in memory, several times its size; one record a line can be cut anywhere.
MOST_BYTES = 200_000_000

Record = dict[str, Any]


def read_records(path: Path, *, name: str) -> list[Record]:
    """Return the records of a JSON file.

    Raises
    ------
    FileError
        It is not JSON, is cut off, nested beyond reason, or too large to hold.
    """
    if path.stat().st_size > MOST_BYTES:
        raise FileError(
            f"{name}: JSON of more than {MOST_BYTES // 1_000_000} MB. Split it into several files."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = _records(text)
    except RecursionError as error:
        raise FileError(f"{name}: its JSON is nested too deeply to be an export.") from error
    except (ValueError, OSError) as error:
        raise FileError(
            f"{name}: not readable as JSON ({error}). Is it cut off? Export it again."
        ) from error
    records = [record for record in found if isinstance(record, dict)]
    if not records or len(records) < len(found):
        raise FileError(f"{name}: this JSON is not a list of records.")
    return records


def _records(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith("}"):  # noqa: PLR2004
            raise
        return [json.loads(line) for line in lines]
    return _unpacked(whole)


def _unpacked(whole: Any) -> list[Any]:
    """Return the list inside a page of an API's answer: `data`, `items` or OSDI's `_embedded`."""
    if isinstance(whole, list):
        pages = [_unpacked(page) if _is_page(page) else [page] for page in whole]
        return [record for page in pages for record in page]
    if _is_page(whole):
        inside = whole.get("data", whole.get("items", whole.get("_embedded")))
        if isinstance(inside, dict):
            inside = [
                record for part in inside.values() if isinstance(part, list) for record in part
            ]
        return list(inside) if isinstance(inside, list) else [inside]
    return [whole]


def _is_page(whole: object) -> bool:
    if not isinstance(whole, dict):
        return False
    embedded = whole.get("_embedded")
    return (
        isinstance(whole.get("data"), list)
        or isinstance(whole.get("items"), list)
        or (isinstance(embedded, dict) and any(isinstance(v, list) for v in embedded.values()))
    )


def open_json(path: Path, *, name: str) -> RawFile:
    """Return the records of a JSON file as a table: each key is a column."""
    records = read_records(path, name=name)
    header = tuple(dict.fromkeys(key for record in records for key in record))
    return RawFile(path, name, path.name, header, None, partial(_rows, records, header))


def _rows(records: list[Record], header: tuple[str, ...]) -> Iterator[Row]:
    for row in records:
        yield [_text(row.get(column)) for column in header], None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
