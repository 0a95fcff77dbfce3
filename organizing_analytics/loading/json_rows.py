"""JSON: a page of an API's answer, a list of records, or one record a line."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError
from organizing_analytics.loading.files import MAX_COLUMNS, RawFile, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A document is held in memory, several times its size; one record a line can be cut anywhere.
MAX_BYTES = 200_000_000

#: How far records inside records become columns; what lies deeper stays text.
DEEPEST = 4

Record = dict[str, Any]


def read_records(path: Path, *, name: str) -> list[Record]:
    """Return the records of a JSON file.

    Raises
    ------
    FileError
        It is not JSON, is cut off, nested beyond reason, or too large to hold.
    """
    if path.stat().st_size > MAX_BYTES:
        raise FileError(
            f"{name}: JSON of more than {MAX_BYTES // 1_000_000} MB. Split it into several files."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        entries = _records(text)
    except RecursionError as error:
        raise FileError(f"{name}: its JSON is nested too deeply to be an export.") from error
    except (ValueError, OSError) as error:
        raise FileError(
            f"{name}: not readable as JSON ({error}). Is it cut off? Export it again."
        ) from error
    records = [record for record in entries if isinstance(record, dict)]
    if not records or len(records) < len(entries):
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
    """Return the records of a JSON file as a table: each key is a column.

    A record inside a record gives columns like `person.email`; of a list of records the one
    marked `primary`, else the first, does.
    """
    return _table(path, name, read_records(path, name=name))


def by_item(raw: RawFile, list_key: str) -> RawFile:
    """Return the same JSON file with a row for each item of the list at `list_key`.

    A record whose list is empty or missing stays one row.
    """
    records = []
    for record in read_records(raw.path, name=raw.name):
        items = record.get(list_key)
        items = [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []
        records += [{**record, list_key: item} for item in items] or [record]
    return _table(raw.path, raw.name, records)


def _table(path: Path, name: str, records: list[Record]) -> RawFile:
    rows = [_flat(record) for record in records]
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    if len(header) > MAX_COLUMNS:
        raise FileError(
            f"{name}: {len(header):,} different keys; an export has at most {MAX_COLUMNS:,}. "
            "Is it a list of records?"
        )
    return RawFile(path, name, path.name, header, None, partial(_rows, rows, header), is_json=True)


def _rows(rows: list[dict[str, str | None]], header: tuple[str, ...]) -> Iterator[Row]:
    for row in rows:
        yield [row.get(column) for column in header], None


def _flat(record: Record, *, prefix: str = "", depth: int = 0) -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in record.items():
        inner = _picked(value)
        if isinstance(inner, dict) and inner and depth < DEEPEST:
            flat |= _flat(inner, prefix=f"{prefix}{key}.", depth=depth + 1)
        elif isinstance(value, (dict, list)) and not value:
            flat[prefix + key] = None
        else:
            flat[prefix + key] = _text(value)
    return flat


def _picked(value: object) -> object:
    """Return the one record of a list that stands for it: the primary one, else the first."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return value
    primary = [item for item in value if item.get("primary") is True]
    return (primary or value or [None])[0]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
