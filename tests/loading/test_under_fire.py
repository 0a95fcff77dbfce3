"""Loads that are killed, starved of disk, raced by readers, and fed with what is no table.

Whatever happens, a store holds its old snapshot or the new one whole, and the command line ends
with a sentence.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import organizing_analytics as oa
from organizing_analytics.cli import main
from organizing_analytics.settings import Settings

if os.name != "posix":
    pytest.skip("fork and signals are POSIX", allow_module_level=True)

from fork_loads import Forks

if TYPE_CHECKING:
    from pathlib import Path

#: A child that forks off the helper has all the package in it; a bomb may add this much at most.
MOST_MEGABYTES = 1_500


def fuzz(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def standing(store: Path) -> tuple[int, dict[str, int]]:
    """Return the store's snapshot and how many rows each table has."""
    with oa.open_store(store) as data:
        return data.snapshot, dict(data._summary())


def left_over(store: Path) -> list[str]:
    return [p.name for p in store.rglob(".draft*")] + [
        p.name for p in store.glob("snapshot-*") if int(p.stem[-6:]) > standing(store)[0]
    ]


@pytest.fixture(scope="module")
def forks():
    with Forks() as helper:
        yield helper


@pytest.fixture
def pairs(write):
    """Write a folder whose load adds as many people as events, and rejects one row of each."""

    def _pairs(name: str, rows: int = 800) -> Path:
        people = "".join(f"{name}-{i},Ann\n" for i in range(rows))
        events = "".join(f"{name}-{i},canvass\n" for i in range(rows))
        return write(
            name,
            people=f"person_id,given_name\n{people},nobody\n",
            events=f"event_id,event_type\n{events}{name},canvass,too wide\n",
        )

    return _pairs


# --- Killed ------------------------------------------------------------------------------------


def test_loads_killed_at_many_random_moments(forks, store, pairs, record_property):
    """Every load adds 800 people and 800 events; whoever looks finds all of them or none."""
    assert forks.load(pairs("first"), store=store)["code"] == 0
    times = [forks.load(pairs(f"timed{i}"), store=store)["seconds"] for i in range(5)]
    usual = sorted(times)[2]
    dice, when = random.Random(5), Counter()
    for number in range(55):
        snapshot, before = standing(store)
        folder = pairs(f"killed{number}")
        ended = forks.load(folder, store=store, kill_after=dice.uniform(0, 1.25 * usual))
        drafts = any(store.rglob(".draft*"))
        after_snapshot, after = standing(store)
        grown = {name: after[name] - before[name] for name in after}
        if after_snapshot == snapshot:
            assert not any(grown.values())
            when["draft" if drafts else "before"] += ended["code"] is None
        else:
            assert after_snapshot == snapshot + 1
            assert (grown["people"], grown["events"]) == (800, 800)
            when["switched, killed" if ended["code"] is None else "ended"] += 1
    record_property("kills", str(dict(when)))
    print(f"killed at {dict(when)}; a load takes {usual:.2f} s")  # noqa: T201
    assert when["draft"] >= 10, when  # killed mid-way, with half a snapshot on the disk
    assert sum(when.values()) - when["ended"] >= 30, when
    # The next load works without hand work and leaves nothing of the killed ones.
    assert forks.load(pairs("last"), store=store)["code"] == 0
    assert not left_over(store)
    assert len(list(store.glob("snapshot-*.duckdb"))) <= Settings().keep_snapshots


@pytest.mark.parametrize("is_first", [True, False], ids=["first load", "later load"])
def test_a_load_killed_at_each_of_its_steps_on_the_disk(is_first, forks, store, pairs):
    """Random kills seldom hit the switch; here each sync, rename and removal is hit in turn."""
    if not is_first:
        for number in range(Settings().keep_snapshots):
            assert forks.load(pairs(f"in{number}", 20), store=store)["code"] == 0
    old = standing(store) if not is_first else (0, {"people": 0, "events": 0})
    seen = []
    for step in range(1, 60):
        folder = pairs(f"step{step}", 20)
        ended = forks.load(folder, store=store, die_at=step)
        if ended["code"] == 0:
            break
        assert ended["code"] is None, ended["error"]
        if not (store / "store.json").exists():
            seen.append("old")
            continue
        snapshot, now = standing(store)
        seen.append("old" if snapshot == old[0] else "new")
        assert snapshot in (old[0], old[0] + 1)
        grown = (snapshot - old[0]) * 20
        assert (now["people"], now["events"]) == (
            old[1]["people"] + grown,
            old[1]["events"] + grown,
        )
        old = (snapshot, now)
    assert ended["code"] == 0
    print(f"killed at {len(seen)} steps: {Counter(seen)}")  # noqa: T201
    assert seen.count("old") >= 6, seen
    assert seen.count("new") >= 1, seen
    assert not left_over(store)
    assert standing(store)[0] == old[0] + 1


# --- Raced by readers --------------------------------------------------------------------------

READER = """
import json, pathlib, sys, time
import organizing_analytics as oa
store, stop = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
reads, snapshots, last = 0, set(), (0, 0)
while not stop.exists():
    with oa.open_store(store) as data:
        query = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM events)"
        (pair,) = data.connection.sql(query).fetchall()
        snapshots.add(data.snapshot)
    assert pair[0] == pair[1] == 300 * data.snapshot, (pair, data.snapshot)
    assert pair >= last, (pair, last)
    reads, last = reads + 1, pair
print(json.dumps([reads, len(snapshots)]))
"""


def test_eight_processes_read_while_ten_loads_run(store, pairs, tmp_path, record_property):
    stop = tmp_path / "stop"
    oa.load_files(pairs("in0", 300), store=store, timezone="UTC")
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(store), str(stop)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(8)
    ]  # fmt: skip
    try:
        for number in range(1, 11):
            oa.load_files(pairs(f"in{number}", 300), store=store)
    finally:
        stop.touch()
    ended = [reader.communicate(timeout=300) for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 8, ended
    reads, snapshots = zip(*(json.loads(out) for out, _ in ended), strict=True)
    record_property("reads", sum(reads))
    print(f"{sum(reads)} reads of {snapshots} snapshots")  # noqa: T201
    assert sum(reads) >= 80
    assert max(snapshots) >= 3
    assert standing(store)[0] == 11


# --- A disk that fills up ----------------------------------------------------------------------


def test_a_disk_that_fills_up_at_any_size(forks, store, write, small):
    oa.load_files(small, store=store, timezone="UTC")
    dice = random.Random(3)
    lines = "".join(f"p{i},{dice.randbytes(60).hex()}\n" for i in range(25_000))
    folder = write("many", people=f"person_id,given_name\n{lines},nobody\n")
    size = (store / "snapshot-000001.duckdb").stat().st_size
    before = standing(store)
    for limit in (0, 30, 2_000, 60_000, size - 1, size + 1, size + 300_000, size + 900_000):
        ended = forks.load(folder, store=store, largest_file=limit)
        assert ended["code"] == 1, (limit, ended)
        assert "Nothing was changed" in ended["error"], (limit, ended)
        assert "Traceback" not in ended["error"]
        assert standing(store) == before
        assert not left_over(store)
    assert forks.load(folder, store=store)["code"] == 0
    assert standing(store)[1]["people"] == 25_000


def test_a_disk_that_fills_up_at_the_first_load(forks, store, small):
    for limit in (0, 30, 2_000, 60_000):
        ended = forks.load(small, store=store, largest_file=limit)
        assert (ended["code"], "Nothing was changed" in ended["error"]) == (1, True), ended
        assert not (store / "store.json").exists()
    assert forks.load(small, store=store)["code"] == 0
    assert not left_over(store)


# --- What is no table, or a strange one --------------------------------------------------------

PEOPLE = [
    {"person_id": "p1", "given_name": "José", "email": "j@example.org", "do_not_contact": True},
    {"person_id": "p2", "given_name": 'Zoë, "Z"', "email": None, "do_not_contact": False},
    {"person_id": "p3", "given_name": "Анна", "email": "a@example.org", "do_not_contact": None},
]
HEADER = list(PEOPLE[0])
MOMENTS = "9999-12-31T23:59,0001-01-01T00:00,2026-02-30T10:00,1e999,294247-01-10 04:00:54+00,24:00"
HOSTILE = [
    "'; drop table people; --", '"; drop table people; --', "=1+1", '=HYPERLINK("http://x")',
    "@SUM(A1)", "\u202eevil", "\u05d3\u05e0\u05d4", "مريم", "😀" * 50, "\x00", "a\x00b", "\ufeff",
    "\ufffd", "{year}", "%s%n", "../../etc/passwd", "NaN", "inf", "-1", "1e400", "9" * 400, "\\",
    "\r", "\n", "\t", '"', '""', ",", "NULL", "None", "[/]", "[red]", "p1", *MOMENTS.split(","),
]  # fmt: skip


def csv_of(rows: list[list[Any]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def book_of(rows: list[list[Any]], sheet: str = "people") -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def changed_book(path: Path, part: str, change: Any) -> None:
    """Write a workbook with one part changed; `change` is given its bytes and where to write."""
    with (
        zipfile.ZipFile(io.BytesIO(book_of([HEADER, ["p1", "Ann"]]))) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for info in old.infolist():
            with new.open(info.filename, "w") as out:
                content = old.read(info)
                change(content, out) if info.filename == part else out.write(content)


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = csv_of([HEADER, *(list(person.values()) for person in PEOPLE)])
DOCUMENTS = {
    "people.csv": PLAIN.encode(),
    "people.tsv": PLAIN.replace(",", "\t").encode("utf-16"),
    "people.csv.gz": gzip.compress(PLAIN.encode(), mtime=0),
    "people.json": json.dumps({"data": PEOPLE, "next": None}).encode(),
    "people.jsonl": "\n".join(json.dumps(person) for person in PEOPLE).encode(),
    "people.xlsx": book_of([HEADER, *(list(person.values()) for person in PEOPLE)]),
}


class Fuzzed:
    """A small store, and a check of what any load must keep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.tried = Counter()
        (folder / "people.csv").write_bytes(DOCUMENTS["people.csv"])
        oa.load_files(folder / "people.csv", store=self.store, timezone="America/New_York")

    def load(self, name: str, content: bytes | None = None) -> dict[str, Any] | None:
        """Load one file; return what the command line said, or None when it refused."""
        path = self.folder / name
        if content is not None:
            path.write_bytes(content)
        before = standing(self.store)
        out, err, code = io.StringIO(), io.StringIO(), 0
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main(["load", str(path), "--store", str(self.store), "--json"])
        except SystemExit as end:
            code = int(end.code or 0)
        said = err.getvalue()
        assert code in (0, 1), said
        assert "should not have happened" not in said, said
        assert "Traceback" not in said, said
        after = standing(self.store)
        self.tried["refused" if code else "loaded"] += 1
        if code:
            assert name in said
            assert after[1] == before[1]
        if not out.getvalue():
            assert code
            assert after == before
            return None
        # A file that loads, and a table of which every row was rejected, say where each row went.
        result = json.loads(out.getvalue())
        grown = Counter(before[1])
        for file in result["files"]:
            kinds = ("new", "updated", "unchanged", "skipped", "rejected")
            assert file["rows"] == sum(file[kind] for kind in kinds), file
            grown[file["table"]] += file["new"]
        assert after[1] == {**before[1], **grown}
        assert not left_over(self.store)
        return result


@pytest.fixture
def fuzzed(tmp_path):
    return Fuzzed(tmp_path)


BEGINNINGS = [
    b"", b"person_id,given_name\n", b"person_id,given_name\np1,", b"\xff\xfe", b"\xfe\xff",
    b"\xef\xbb\xbf", b"PK\x03\x04", b'[{"person_id":"p1"', b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0",
]  # fmt: skip


@fuzz(30)
@example(name="people.csv", beginning=b"\xff\xfe", rest=b"")
@example(name="people.csv", beginning=b"\xff\xfe", rest=b"\n\x00")
@given(
    name=st.sampled_from([*DOCUMENTS, "letter.txt"]),
    beginning=st.sampled_from(BEGINNINGS),
    rest=st.binary(max_size=300),
)
def test_random_bytes(name, beginning, rest, fuzzed):
    fuzzed.load(name, beginning + rest)


@fuzz(45)
@given(
    name=st.sampled_from(list(DOCUMENTS)),
    place=st.floats(0, 1, exclude_max=True),
    how=st.sampled_from(["cut off", "cut out", "overwritten", "twice", "zeroes"]),
    noise=st.binary(min_size=1, max_size=20),
)
def test_a_document_that_was_damaged(name, place, how, noise, fuzzed):
    whole = DOCUMENTS[name]
    at = int(place * len(whole))
    damaged = {
        "cut off": whole[:at],
        "cut out": whole[:at] + whole[at + len(noise) :],
        "overwritten": whole[:at] + noise + whole[at + len(noise) :],
        "twice": whole[:at] + whole[at // 2 :],
        "zeroes": whole[:at] + b"\x00" * len(noise) + whole[at:],
    }
    fuzzed.load(name, damaged[how])


@pytest.mark.parametrize("name", ["people.json", "people.jsonl"])
def test_json_cut_off_anywhere(name, fuzzed):
    whole = DOCUMENTS[name]
    for at in range(1, len(whole), 17):
        said = fuzzed.load(name, whole[:at])
        # Lines that are whole are no part of a document: they load, what is cut off does not.
        assert said is None or name == "people.jsonl"
    assert fuzzed.tried["refused"] > 12


@fuzz(15)
@given(order=st.permutations(range(len(HEADER))), delimiter=st.sampled_from(",;\t"))
def test_columns_in_any_order_are_the_same_file(order, delimiter, fuzzed):
    rows = [HEADER, *(list(person.values()) for person in PEOPLE)]
    text = csv_of([[row[i] for i in order] for row in rows], delimiter)
    said = fuzzed.load("people.csv", text.encode())
    assert (said["files"][0]["unchanged"], said["rejects"]) == (3, [])


TABLES = {
    "people": ["person_id", "given_name", "email", "do_not_contact", "team_id", "birth_year"],
    "teams": ["team_id", "name", "parent_team_id"],
    "events": ["event_id", "title", "event_type", "timezone", "team_id"],
    "shifts": ["shift_id", "event_id", "starts_at", "ends_at", "need"],
    "signups": ["signup_id", "shift_id", "person_id", "signed_up_at", "status", "attended"],
}
CELLS = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from(["p1", "e1", "t1", "s1", "2026-03-07T10:00", "America/New_York", "yes", ""]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


@fuzz(35)
@given(
    table=st.sampled_from(list(TABLES)),
    form=st.sampled_from(["csv", "json", "xlsx"]),
    cells=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=4),
)
def test_hostile_cells(table, form, cells, fuzzed):
    header = TABLES[table]
    rows = [row[: len(header)] for row in cells]
    if form == "csv":
        content = csv_of([header, *rows]).encode()
    elif form == "json":
        content = json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()
    else:
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as ILLEGAL

        content = book_of([header, *([ILLEGAL.sub("", c) for c in row] for row in rows)], table)
    fuzzed.load(f"{table}.{form}", content)


def test_each_hostile_text_loads_as_text(fuzzed):
    rows = [[f"h{i}", text] for i, text in enumerate(HOSTILE)]
    said = fuzzed.load("people.csv", csv_of([["person_id", "given_name"], *rows]).encode())
    file = said["files"][0]
    assert (file["new"], file["rejected"]) == (len(HOSTILE), 0)


# Each: the file's name, what is in it, and whether it loads (None: either will do).
STRANGE = {
    "a field of 10 MB": ("people.csv", lambda: b"person_id,given_name\nq1," + b"x" * 10**7, True),
    "a line of 20 MB": ("people.csv", lambda: b"person_id,email\nq1," + b"x" * 2 * 10**7, False),
    "a JSON text of 20 MB": (
        "people.json", lambda: json.dumps([{"person_id": "q1", "email": "x" * 2 * 10**7}]).encode(),
        False,
    ),
    "zero bytes": ("people.csv", lambda: b"person_id,given_name\nq1," + b"\x00" * 9, None),
    "100,000 lists": ("people.json", lambda: b"[" * 100_000, False),
    "100,000 lists, closed": ("people.json", lambda: b"[" * 100_000 + b"]" * 100_000, False),
    "100,000 records": ("people.json", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, False),
    "900 lists in a cell": (
        "people.json", lambda: b'[{"person_id":"q1","x":' + b"[" * 900 + b"]" * 900 + b"}]", True,
    ),
    "900 records in a cell": (
        "people.json", lambda: b'[{"person_id":"q1","x":' + b'{"a":' * 900 + b"1" + b"}" * 902, False,
    ),
    "50,000 keys": (
        "people.json",
        lambda: json.dumps([{"person_id": "q1", **{f"k{i}": 1 for i in range(50_000)}}]).encode(),
        False,
    ),
    "half a letter in a key": ("people.json", lambda: rb'[{"person_id":"q1","\ud800":1}]', True),
    "20,000 columns": (
        "people.csv", lambda: ",".join(["person_id", *(f"k{i}" for i in range(20_000))]).encode(), False,
    ),
    "3,000 columns": (
        "people.csv", lambda: ",".join(["person_id", *(f"k{i}" for i in range(3_000))]).encode(), False,
    ),
    "a header": ("people.csv", lambda: b"person_id,given_name\n", True),
    "a header without end": ("people.csv", lambda: b"person_id,given_name", True),
    "no header": ("people.csv", lambda: b"\n\n\n", False),
    "half of UTF-16": ("people.csv", lambda: PLAIN.encode("utf-16")[:-3], True),
    "100 MB of zeros, packed": ("people.csv.gz", lambda: gzip.compress(b"\x00" * 10**8, 1), False),
    "a line of 300 MB, packed": (
        "people.csv.gz", lambda: gzip.compress(PLAIN.encode() + b"x" * 3 * 10**8, 1), False,
    ),
    "60,000 open quotes": (
        "people.csv", lambda: b"person_id,given_name\n" + b'a","c\n' * 60_000, False,
    ),
    "an open quote before 40 MB": (
        "people.csv.gz",
        lambda: gzip.compress(b'person_id,given_name\nq1,"' + (b"x" * 10**6 + b"\n") * 40, 1), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STRANGE)
def test_a_strange_file_takes_bounded_memory(what, forks, fuzzed):
    name, content, loads = STRANGE[what]
    (fuzzed.folder / name).write_bytes(content())
    checked_in_a_child(forks, fuzzed, name, loads)


def checked_in_a_child(forks: Forks, fuzzed: Fuzzed, name: str, loads: bool | None) -> None:
    before = standing(fuzzed.store)
    ended = forks.load(fuzzed.folder / name, store=fuzzed.store)
    assert ended["megabytes"] < MOST_MEGABYTES
    assert ended["seconds"] < 30
    assert ended["code"] in ((0, 1) if loads is None else (0 if loads else 1,)), ended
    assert "should not have happened" not in ended["error"]
    assert "Traceback" not in ended["error"]
    if ended["code"]:
        assert name in ended["error"]
        snapshot, rows = standing(fuzzed.store)
        assert rows == before[1]
        # A table of which every row was rejected is a load, too: it is in the history.
        assert snapshot == before[0] or "Every row was rejected" in ended["error"]
    assert not left_over(fuzzed.store)


@pytest.mark.parametrize("cut", [1, 3])
def test_half_of_utf_16_loses_its_own_row_only(cut, fuzzed):
    """Read in another encoding its letters would be other letters."""
    said = fuzzed.load("people.csv", PLAIN.encode("utf-16")[:-cut])
    assert said["files"][0]["unchanged"] == 2
    assert "cut off" in said["rejects"][0]["reason"]
    with oa.open_store(fuzzed.store) as data:
        assert data.connection.sql("SELECT given_name FROM people ORDER BY person_id").fetchall()[
            2
        ] == ("Анна",)


def endless(size: int, begin: bytes, end: bytes) -> Any:
    """Return what puts a text of `size` before the end of a part."""

    def _change(content: bytes, out: Any) -> None:
        last = content.rindex(b"</")
        out.write(content[:last])
        out.write(begin)
        for _ in range(size // 10**6):
            out.write(b"x" * 10**6)
        out.write(end + content[last:])

    return _change


def in_sheet(xml: bytes) -> Any:
    """Return what puts rows at the end of a sheet."""
    return lambda content, out: out.write(content.replace(b"</sheetData>", xml + b"</sheetData>"))


LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
)
BOOKS = {
    "a cell of 400 MB": (
        SHEET, endless(4 * 10**8, b"<row r='3'><c r='A3' t='inlineStr'><is><t>", b"</t></is></c></row>"),
    ),
    "styles of 400 MB": ("xl/styles.xml", endless(4 * 10**8, b"<!--", b"-->")),
    "a billion laughs": (
        SHEET,
        lambda content, out: out.write(
            LAUGHS + content.replace(b"<sheetData>", b"<sheetData><row><c t='str'><v>&j;</v></c></row>")
        ),
    ),
    "a sheet that is cut off": (SHEET, lambda content, out: out.write(content[:-30])),
    "a column beyond all": (SHEET, in_sheet(b"<row r='3'><c r='ABCDE3'><v>1</v></c></row>")),
    "no number": (SHEET, in_sheet(b"<row r='3'><c r='A3'><v>one</v></c></row>")),
    "no such text": (SHEET, in_sheet(b"<row r='3'><c r='A3' t='s'><v>999</v></c></row>")),
    "no date": (SHEET, in_sheet(b"<row r='3'><c r='A3' t='d'><v>Monday</v></c></row>")),
    "no workbook inside": ("xl/workbook.xml", lambda content, out: out.write(b"<a/>")),
}  # fmt: skip


@pytest.mark.parametrize("what", BOOKS)
def test_a_workbook_that_is_a_bomb_or_broken(what, forks, fuzzed):
    part, change = BOOKS[what]
    changed_book(fuzzed.folder / "people.xlsx", part, change)
    checked_in_a_child(forks, fuzzed, "people.xlsx", loads=False)


def test_a_bomb_that_lies_about_its_size(forks, fuzzed):
    """The bound goes by what the zip says of itself; nothing more than that is unpacked."""
    path = fuzzed.folder / "people.xlsx"
    begin, end = b"<row r='3'><c r='A3' t='inlineStr'><is><t>", b"</t></is></c></row>"
    changed_book(path, SHEET, endless(4 * 10**8, begin, end))
    packed = bytearray(path.read_bytes())
    at = packed.rindex(SHEET.encode()) - 46  # in the directory at the end of the file
    assert packed[at : at + 4] == b"PK\x01\x02"
    packed[at + 24 : at + 28] = struct.pack("<I", 1_000)
    path.write_bytes(packed)
    checked_in_a_child(forks, fuzzed, "people.xlsx", loads=False)


def test_a_row_number_beyond_all_does_not_hang(forks, fuzzed):
    row = b"<row r='999999999999'><c r='A999999999999'><v>1</v></c></row>"
    changed_book(fuzzed.folder / "people.xlsx", SHEET, in_sheet(row))
    checked_in_a_child(forks, fuzzed, "people.xlsx", loads=None)


def test_a_sheet_that_says_it_is_smaller_loses_no_row(fuzzed):
    """Some exporters write the size A1; every row must still be read."""
    rows = b"<row r='3'><c r='A3' t='str'><v>q3</v></c></row>"

    def smaller(content: bytes, out: Any) -> None:
        said = content.replace(b'<dimension ref="A1:D2"', b'<dimension ref="A1"')
        assert said != content
        in_sheet(rows)(said, out)

    changed_book(fuzzed.folder / "people.xlsx", SHEET, smaller)
    said = fuzzed.load("people.xlsx")
    assert (said["files"][0]["rows"], said["files"][0]["new"]) == (2, 1)
