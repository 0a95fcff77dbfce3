"""Files that are no tables, or strange ones: refused in a sentence, or every row accounted for."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import time
import zipfile
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

import organizing_analytics as oa
from organizing_analytics.errors import OrganizingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = ["person_id", "given_name", "email", "do_not_contact"]
PEOPLE = [
    ["p1", "José", "j@example.org", "true"],
    ["p2", 'Zoë, "Z"', "", "no"],
    ["p3", "Анна", "a@x.org", ""],
]
BEGINNINGS = [b"", b"person_id,given_name\n", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"PK\x03\x04",
              b'[{"person_id":"p1"', b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"<html>"]  # fmt: skip
CELLS = ["'; drop table people; --", "=1+1", "@SUM(A1)", "\u202eevil", "😀" * 50, "\x00", "a\x00b", "\ufeff",
         "\ufffd", "{year}", "%s%n", "../../etc/passwd", "NaN", "inf", "-1", "1e400", "9" * 400, "\\", "\r", "\n",
         "\t", '"', '""', ",", "NULL", "[/]", "[red]", "p1", "9999-12-31T23:59", "0001-01-01", "2026-02-30",
         "\x1b[31m", "\u2028", "<script>", "yes", "", " "]  # fmt: skip
TABLES = {
    "people": ["person_id", "given_name", "email", "do_not_contact", "team_id", "joined_on"],
    "teams": ["team_id", "name", "parent_team_id"],
    "events": ["event_id", "title", "event_type", "timezone", "team_id"],
    "shifts": ["shift_id", "event_id", "starts_at", "ends_at", "need"],
    "signups": ["signup_id", "shift_id", "person_id", "signed_up_at", "status", "attended"],
}


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _book(rows: list[list[str]], sheet: str) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.title = sheet
    for row in rows:
        book.active.append(["".join(c for c in cell if c.isprintable()) for cell in row])
    book.save(out)
    return out.getvalue()


def _whole() -> dict[str, bytes]:
    plain = _csv([HEADER, *PEOPLE])
    records = [dict(zip(HEADER, person, strict=True)) for person in PEOPLE]
    return {
        "people.csv": plain.encode(),
        "people.tsv": plain.replace(",", "\t").encode("utf-16"),
        "people.csv.gz": gzip.compress(plain.encode(), mtime=0),
        "people.json": json.dumps({"data": records}).encode(),
        "people.jsonl": "\n".join(json.dumps(record) for record in records).encode(),
        "people.xlsx": _book([HEADER, *PEOPLE], "people"),
    }


WHOLE = _whole()


def random_bytes(dice: random.Random) -> tuple[str, bytes]:
    """Return a file of a known kind by name, of random bytes by content."""
    name = dice.choice([*WHOLE, "letter.txt"])
    return name, dice.choice(BEGINNINGS) + dice.randbytes(dice.randrange(300))


def damaged(dice: random.Random) -> tuple[str, bytes]:
    """Return a whole file, cut, overwritten or doubled somewhere."""
    name = dice.choice(list(WHOLE))
    whole, noise = WHOLE[name], dice.randbytes(dice.randrange(1, 20))
    at = dice.randrange(len(whole))
    return name, dice.choice((
        whole[:at], whole[:at] + whole[at + len(noise):], whole[:at] + noise + whole[at + len(noise):],
        whole[:at] + whole[at // 2:], whole[:at] + bytes(len(noise)) + whole[at:],
    ))  # fmt: skip


def damaged_inside(dice: random.Random) -> tuple[str, bytes]:
    """Return a workbook whose zip is whole and one of whose parts is damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE["people.xlsx"])) as old, zipfile.ZipFile(out, "w") as new:
        part = dice.choice(old.infolist()).filename
        for info in old.infolist():
            content = old.read(info)
            if info.filename == part:
                at = dice.randrange(len(content))
                content = (
                    content[:at]
                    + dice.randbytes(dice.randrange(9))
                    + content[at + dice.randrange(9) :]
                )
            new.writestr(info.filename, content)
    return "people.xlsx", out.getvalue()


def hostile_cells(dice: random.Random) -> tuple[str, bytes]:
    """Return a well-formed table of cells that are none of what its columns hold."""
    table = dice.choice(list(TABLES))
    header = TABLES[table]
    rows = [[dice.choice(CELLS) for _ in header] for _ in range(dice.randrange(1, 5))]
    form = dice.choice(("csv", "tsv", "json", "xlsx"))
    if form == "json":
        return f"{table}.json", json.dumps(
            [dict(zip(header, row, strict=True)) for row in rows]
        ).encode()
    if form == "xlsx":
        return f"{table}.xlsx", _book([header, *rows], table)
    return f"{table}.{form}", _csv([header, *rows], "," if form == "csv" else "\t").encode()


def ragged(dice: random.Random) -> tuple[str, bytes]:
    """Return a CSV file with rows of all widths, open quotes and mixed line ends."""
    pieces = ["p1", "Ann", ",", ",", ",", '"', "\n", "\r\n", "\r", ";", "\t", "é", "yes", "\\"]
    text = "".join(dice.choice(pieces) for _ in range(dice.randrange(200)))
    return "people.csv", (_csv([HEADER]) + text).encode(dice.choice(("utf-8", "cp1252", "utf-16")))


KINDS: dict[str, Callable[[random.Random], tuple[str, bytes]]] = {
    "random bytes": random_bytes,
    "damaged files": damaged,
    "damaged parts of workbooks": damaged_inside,
    "hostile cells": hostile_cells,
    "ragged CSV": ragged,
}


def assault(folder: Path, kind: str, *, files: int, seed: int) -> dict[str, Any]:
    """Load random files of a kind and return what came of them.

    Returns
    -------
    dict
        `tried`, `loaded`, `refused`, `per_second` and `failures`: errors that are no sentence of
        ours, rows that are not accounted for, a store that was changed by a file that was refused.
    """
    dice = random.Random(seed)
    store = folder / "store"
    (folder / "people.csv").write_bytes(WHOLE["people.csv"])
    oa.load_files(folder / "people.csv", store=store, timezone="UTC")
    counts, failures = {"loaded": 0, "refused": 0}, []
    started = time.perf_counter()
    for number in range(files):
        name, content = KINDS[kind](dice)
        path = folder / name
        path.write_bytes(content)
        before = (store / "store.json").read_bytes()
        try:
            # Every tenth is stored; the others go the whole road but for that.
            result = oa.load_files(path, store=store, timezone="UTC", dry_run=number % 10 != 0)
        except OrganizingError:
            counts["refused"] += 1
            if (store / "store.json").read_bytes() != before:
                failures.append(f"{number}: refused, and the store changed")
        except Exception as error:
            failures.append(f"{number} {name}: {type(error).__name__}: {error}"[:300])
        else:
            counts["loaded"] += 1
            for f in result.files:
                if f.rows != f.new + f.updated + f.unchanged + f.skipped + f.rejected:
                    failures.append(f"{number} {name}: rows are not accounted for: {f}")  # noqa: PERF401
        path.unlink()
    seconds = time.perf_counter() - started
    return {"tried": files, **counts, "per_second": round(files / seconds, 1), "failures": failures}
