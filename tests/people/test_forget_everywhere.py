"""After a person is forgotten, no byte of the store tells who it was, and no file brings them back.

The campaigns are drawn by a seed: who is in them, how names and numbers are spelled, and which
sources were loaded. The words of the person who is forgotten are in nobody else's data.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import killed_runs
import pytest
from every_source import Person, load_all, loads

import organizing_analytics as oa
from organizing_analytics.errors import StoreError
from organizing_analytics.model import TABLES
from organizing_analytics.weekly import reporting

GIVEN = ("Quillara", "Zsófia", "Ng\u1ecdc Anh", "Wilhelmíne")
FAMILY = ("Zandvoort", "Quístérgaard", "Vanden-Broekx", "Okonkwozi")
OTHERS = (("Bo", "Roe"), ("Cy", "Moe"), ("Di", "Lee"), ("Ed", "Poe"))


def drawn(seed: int) -> tuple[list[Person], Person, random.Random]:
    """Draw the people of a campaign, and who is to be forgotten."""
    chance = random.Random(seed)
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    plain = re.sub(r"\W", "", family).casefold()
    who = Person(chance.randint(5, 9), given, family, f"{plain}.{seed}@forgotten.example",
                 f"41555501{chance.randint(10, 99)}")  # fmt: skip
    rest = [
        Person(number, *OTHERS[number - 1], f"{OTHERS[number - 1][0]}@example.org".lower(),
               f"303555010{number}")
        for number in range(1, 5)
    ]  # fmt: skip
    return [*rest, who], who, chance


def spellings(who: Person) -> set[str]:
    """Return all that tells the person, in each form that some file or table might have."""
    phone = who.phone
    words = {
        who.email, who.email.upper(), who.family, who.family.casefold(), who.family.upper(), phone,
        f"({phone[:3]}) {phone[3:6]}-{phone[6:]}", f"{phone[:3]}.{phone[3:6]}.{phone[6:]}",
        f"{phone[:3]}-{phone[3:6]}-{phone[6:]}", f"{phone[3:6]}-{phone[6:]}",
        f"{77000 + who.number}", f"{88000 + who.number}", f"{66000 + who.number}",
        f"{990000 + who.number}", f"a1b2c3d4-0000-4000-8000-{who.number:012d}",
    }  # fmt: skip
    # In JSON, letters beyond ASCII are escaped.
    return words | {json.dumps(word)[1:-1] for word in words}


def left_in(store: Path, words: set[str]) -> set[tuple[str, str]]:
    """Return the (file, word) that stand in the store's folder, other than its key."""
    return {
        (path.name, word)
        for path in store.rglob("*")
        if path.is_file() and path.name != "forget.key"
        for held in [path.read_bytes()]
        for word in words
        if word.encode() in held or word.encode("utf-16-le") in held
    }


def contents(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of all tables, and which rejected rows are kept."""
    with oa.open_store(store) as data:
        tables = [*(t.name for t in TABLES), "person_merges", "signup_twins", "rejects"]
        return {
            table: data.connection.execute(f"SELECT * FROM main.{table} ORDER BY ALL").fetchall()
            for table in tables
        }


@pytest.mark.parametrize("seed", range(3))
def test_no_byte_is_left_and_no_file_brings_the_person_back(seed, tmp_path, store):
    people, who, chance = drawn(seed)
    # The texts and rejected rows of others name the person, too.
    files = loads(tmp_path / "in", [who, *people[:-1]])
    first, rest = files[0], files[1:]
    files = [first, *chance.sample(rest, chance.randint(6, len(rest)))]
    load_all(files, store)
    words = spellings(who)
    assert left_in(store, words)
    with oa.open_store(store) as data:
        records = data.connection.execute(
            "SELECT person_id FROM main.people WHERE lower(email) = ?", [who.email]
        ).fetchall()
        counts = data.connection.execute("SELECT count(*) FROM signups").fetchall()
    done = oa.forget(chance.choice(records)[0], store=store, empty_texts=True)
    # Records with neither address nor phone are tied to nobody: a human says whose they are.
    for record in done.namesakes:
        oa.forget(record, store=store, empty_texts=True)
    assert done.records >= 1
    assert not left_in(store, words)
    with oa.open_store(store) as data:
        assert data.connection.execute("SELECT count(*) FROM signups").fetchall() == counts
    before = contents(store)
    for load, result in zip(files, load_all(files, store), strict=True):
        for file in result.files:
            assert (file.new, file.updated) == (0, 0), (load, file, result.warnings)
    assert contents(store) == before
    assert not left_in(store, words)


@pytest.fixture
def campaign(tmp_path, store):
    people, who, _ = drawn(7)
    files = loads(tmp_path / "in", [who, *people[:-1]])
    load_all([files[0], files[-1]], store)
    return store, who


@pytest.mark.parametrize(
    "row",
    [
        "{other},Lara,{family},{email},,",  # a nickname
        "{other},{family},{given},{email},,",  # the names swapped
        "{other},{given},,,{phone},",  # a part of the name
        "{other},Somebody,Else,,+1 {phone} ext. 4,",
        "{other},Somebody,Else,x@example.org; {email},,",  # several addresses in one cell
        "{other},Somebody,Else,,212 555 0199 / {phone},",
        "{upper},Somebody,Else,,,",  # the id in another case
    ],
)
def test_who_holds_a_forgotten_identifier_stays_forgotten(campaign, rows, write, row):
    store, who = campaign
    oa.forget(f"p{who.number}", store=store)
    before = rows(store, "SELECT * FROM main.people ORDER BY ALL")
    filled = row.format(
        other="q77", upper=f"P{who.number}", given=who.given, family=who.family,
        email=who.email.title(), phone=who.phone,
    )  # fmt: skip
    header = "person_id,given_name,family_name,email,phone,team_id\n"
    asks = (
        "ask_id,asked_at,person_id,ask_for,outcome\n"
        f"z1,2026-03-05T10:00,{filled.split(',')[0]},canvass,yes\n"
    )
    result = oa.load_files(write("again", people=f"{header}{filled}\n", asks=asks), store=store)
    assert {f.file: f.skipped for f in result.files} == {"people.csv": 1, "asks.csv": 1}
    assert rows(store, "SELECT * FROM main.people ORDER BY ALL") == before


def test_who_shares_an_address_stays_and_is_known_again(campaign, rows, write):
    store, who = campaign
    header = "person_id,given_name,family_name,email,phone\n"
    partners = f"q1,Bo,Partner,{who.email},\nq2,Al,Partner,,{who.phone}\n"
    oa.load_files(write("more", people=header + partners), store=store)
    oa.forget(f"p{who.number}", store=store)
    again = oa.load_files(write("more", people=header + partners), store=store)
    assert [(f.unchanged, f.skipped) for f in again.files] == [(2, 0)]
    # By another tool's id, under the name that stayed; and not under a third name.
    third = f"q3,Bo,Partner,{who.email},\nq4,Cy,Thirdname,{who.email},\n"
    [count] = oa.load_files(write("third", people=header + third), store=store).files
    assert (count.new, count.skipped) == (1, 1)
    for partner in ("q1", "q3"):  # of one list, so nothing merges them
        oa.forget(partner, store=store)
    [count] = oa.load_files(write("third", people=header + third), store=store).files
    assert (count.new, count.skipped) == (0, 2)


def test_the_row_of_somebody_known_is_skipped_and_their_asks_are_not(campaign, rows, write):
    """Somebody else, who is in the store, comes with the address of who was forgotten."""
    store, who = campaign
    oa.forget(f"p{who.number}", store=store)
    people = f"person_id,given_name,email\np2,Cy,{who.email}\n"
    asks = "ask_id,asked_at,person_id,ask_for,outcome\nz1,2026-03-05T10:00,p2,canvass,yes\n"
    result = oa.load_files(write("again", people=people, asks=asks), store=store)
    assert {f.file: (f.new, f.skipped) for f in result.files} == {
        "people.csv": (0, 1), "asks.csv": (1, 0),
    }  # fmt: skip


def test_texts_that_name_the_person_are_listed_and_emptied(campaign, rows, run, write):
    store, who = campaign
    asks = (
        "ask_id,asked_at,person_id,ask_for,outcome,notes\n"
        f"n1,2026-03-05T10:00,p2,canvass,yes,with {who.given.split()[0]} M. {who.family}\n"
        f"n2,2026-03-05T10:00,p2,canvass,yes,ask {who.given.split()[0]} first\n"
        "n3,2026-03-05T10:00,p2,canvass,yes,bring water\n"
    )
    oa.load_files(write("notes", asks=asks), store=store)
    answer = json.loads(run("forget", f"p{who.number}", "--store", store, "--json"))
    texts = {(t["table"], t["id"], t["column"]): t["is_sure"] for t in answer["texts"]}
    assert texts["asks", "n1", "notes"] is True
    assert texts["asks", "n2", "notes"] is False
    assert ("asks", "n3", "notes") not in texts
    assert ("teams", "t1", "name") in texts
    run("empty", "asks", "n2", "notes", "--store", store)
    run("empty", "teams", "t1", "name", "--store", store)
    assert rows(store, "SELECT notes FROM asks WHERE ask_id = 'n2'") == [(None,)]
    assert not left_in(store, {f"ask {who.given.split()[0]} first", "North ("})
    result = oa.load_files(write("notes", asks=asks), store=store)
    assert [(f.unchanged, f.updated) for f in result.files] == [(3, 0)]
    assert "nothing to empty" in run("empty", "asks", "n2", "notes", "--store", store, code=1)
    assert "Did you mean" in run("empty", "asks", "n2", "note", "--store", store, code=1)


def kills(cases: list[dict[str, object]]) -> list[dict[str, int]]:
    """Run commands in forks that kill themselves, and return how each ended."""
    script = Path(__file__).parents[1] / "support" / "killed_runs.py"
    run = subprocess.run(
        [sys.executable, str(script), json.dumps(cases)], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="kills itself in a fork")
def test_a_forgetting_that_is_killed_at_any_step_is_ended(campaign, write, tmp_path):
    store, who = campaign
    bad = f"person_id,given_name,family_name,joined_on\nx1,{who.given},{who.family},whenever\n"
    oa.load_files(write("bad", people=bad), store=store)
    more = write("more", events="event_id,event_type\ne8,canvass\n")
    command = ["forget", f"p{who.number}", "--empty-texts", "--store"]
    copies = [shutil.copytree(store, tmp_path / "whole")]
    [whole] = kills([{"words": [*command, str(copies[0])], "kill_at": None}])
    assert (whole["code"], left_in(copies[0], spellings(who))) == (0, set())
    steps = range(1, whole["traces"], 3)
    copies = [Path(shutil.copytree(store, tmp_path / f"killed-{step}")) for step in steps]
    ends = kills([
        {"words": [*command, str(copy)], "kill_at": step}
        for step, copy in zip(steps, copies, strict=True)
    ])  # fmt: skip
    assert all(end == {"signal": 9} for end in ends)
    begun = 0
    for step, copy in zip(steps, copies, strict=True):
        begun += (copy / "unfinished.json").exists()
        is_begun = (copy / "unfinished.json").exists() or not left_in(copy, spellings(who))
        if step % 2 or not is_begun:
            left = oa.forget(f"p{who.number}", store=copy, empty_texts=True).left
            assert left.startswith("forgotten:")
        else:
            oa.load_files(more, store=copy)
        assert not left_in(copy, spellings(who)), step
        assert not (copy / "unfinished.json").exists()
        with oa.open_store(copy) as data:
            query = "SELECT count(*) FROM main.people WHERE source = 'forgotten'"
            assert data.connection.execute(query).fetchall() == [(1,)]
    assert begun > 1


@pytest.mark.parametrize("where", ["draft", "older", "rejects"])
def test_a_full_disk_leaves_nothing_half_done(campaign, write, monkeypatch, where, rows):
    from organizing_analytics.people import forgetting
    from organizing_analytics.store import writing

    store, who = campaign

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    place = {
        "draft": (writing, "_write_afresh"),
        "older": (forgetting, "rewrite_older"),
        "rejects": (forgetting, "clean_reject_files"),
    }[where]
    monkeypatch.setattr(*place, full)
    with pytest.raises(StoreError, match="ask again"):
        oa.forget(f"p{who.number}", store=store, empty_texts=True)
    with pytest.raises(StoreError):  # still no room
        oa.forget(f"p{who.number}", store=store, empty_texts=True)
    monkeypatch.undo()
    done = oa.forget(f"p{who.number}", store=store, empty_texts=True)
    assert done.records >= 1
    assert not left_in(store, spellings(who))
    assert rows(store, "SELECT count(*) FROM main.people WHERE source = 'forgotten'") == [(1,)]


def test_letters_prints_and_workbooks_that_name_the_person_are_listed(campaign, run, tmp_path):
    from email.message import EmailMessage

    from openpyxl import Workbook

    from organizing_analytics.store.reports import note_reports

    store, who = campaign
    out = tmp_path / "reports"
    (out / "outbox").mkdir(parents=True)
    page = f"<p>{who.name}</p>"
    letter = EmailMessage()
    letter["Subject"] = "Week 47"
    letter.set_content("The report is attached.")
    letter.add_attachment(page.encode(), maintype="text", subtype="html", filename="north.html")
    (out / "outbox" / "001-north.eml").write_bytes(letter.as_bytes())
    other = EmailMessage()
    other.set_content("nobody")
    (out / "outbox" / "002-south.eml").write_bytes(other.as_bytes())
    (out / "north.html").write_text(page, encoding="utf-8")
    (out / "south.html").write_text("<p>nobody</p>", encoding="utf-8")
    for name in ("north.pdf", "south.pdf", "alone.pdf"):
        (out / name).write_bytes(b"%PDF-1.4 packed")
    book = Workbook()
    book.active.append([who.email])
    book.save(out / "list.xlsx")
    note_reports(store, out)
    answer = json.loads(run("forget", f"p{who.number}", "--store", store, "--json"))
    listed = {str(Path(path).relative_to(out)) for path in answer["reports"]}
    assert listed == {"outbox/001-north.eml", "north.html", "north.pdf", "list.xlsx"}
    assert [Path(path).name for path in answer["unread"]] == ["alone.pdf"]


def test_an_older_snapshot_knows_who_is_forgotten(campaign):
    """Who goes back to one that is kept does not bring the person back."""
    store, who = campaign
    oa.forget(f"p{who.number}", store=store)
    for path in store.glob("snapshot-*.duckdb"):
        with duckdb.connect(str(path), read_only=True) as connection:
            assert connection.execute("SELECT count(*) > 0 FROM forgotten").fetchall() == [(True,)]


def listed_copies(run, person: str, store: Path) -> set[tuple[str, str]]:
    answer = json.loads(run("forget", person, "--store", store, "--json"))
    return {(copy["kind"], Path(copy["path"]).name) for copy in answer["copies"]}


def test_copies_that_hold_the_person_are_listed_until_they_do_not(campaign, run, tmp_path):
    store, who = campaign
    person = f"p{who.number}"
    run("backup", tmp_path / "backup", "--store", store)
    run("backup", tmp_path / "gone", "--store", store)
    shutil.rmtree(tmp_path / "gone")
    run("export", tmp_path / "parquet's", "--store", store)
    for name, people in (("their", [person, "p1"]), ("others", ["p1", "p2"])):
        (tmp_path / f"{name}.csv").write_text("person_id\n" + "\n".join(people) + "\n")
        run("experiment", "start", name, "--people", tmp_path / f"{name}.csv", "--arms", "a,b",
            "--out", tmp_path / f"{name}-arms.csv", "--store", store)  # fmt: skip
    backup, export, arms = ("backup", "backup"), ("export", "parquet's"), ("list", "their-arms.csv")
    assert listed_copies(run, person, store) == {backup, export, arms}
    # Asked again, as long as they are there and hold the person.
    assert listed_copies(run, person, store) == {backup, export}
    message = run("forget", person, "--store", store)
    assert f"oa backup {tmp_path / 'backup'}" in message
    run("backup", tmp_path / "backup", "--store", store)
    assert listed_copies(run, person, store) == {export}
    run("export", tmp_path / "parquet's", "--store", store)
    assert listed_copies(run, person, store) == set()
    # The backup is a store itself, and does not name itself.
    assert ("backup", "backup") not in listed_copies(run, "p1", tmp_path / "backup")


def test_a_copy_that_cannot_be_looked_into_is_listed(campaign, run, tmp_path):
    store, who = campaign
    run("backup", tmp_path / "backup", "--store", store)
    for path in (tmp_path / "backup").glob("snapshot-*"):
        path.write_bytes(b"damaged")
    assert listed_copies(run, f"p{who.number}", store) == {("backup", "backup")}


def test_files_of_an_inbox_and_notebooks_that_name_the_person_are_listed(
    campaign, run, tmp_path, monkeypatch
):
    from openpyxl import Workbook

    monkeypatch.setattr(reporting, "write_reports", killed_runs.fake_reports)
    monkeypatch.setattr(reporting, "_write_index", killed_runs.fake_index)
    store, who = campaign
    inbox, book = tmp_path / "inbox", tmp_path / "book"
    inbox.mkdir()
    head = "person_id,given_name,family_name,email\n"
    (inbox / "people.csv").write_text(f"{head}z1,{who.given},{who.family},\n", encoding="utf-8")
    (inbox / "people.other.csv").write_text(f"{head}z2,Bo,Roe,\n", encoding="utf-8")
    (inbox / "people.utf16.csv").write_text(f"{head}z3,Al,Moe,{who.email}\n", encoding="utf-16")
    (inbox / "people.packed.csv.gz").write_bytes(
        gzip.compress(f"{head}z4,Di,Poe,{who.email}\n".encode())
    )
    table = Workbook()
    table.active.title = "people"
    for row in (head.strip().split(","), ["z5", "Ed", "Lee", who.email]):
        table.active.append(row)
    table.save(inbox / "people.book.xlsx")
    words = ["--out", tmp_path / "out", "--settle", 0, "--week", "2026-W10"]
    run("weekly", "--inbox", inbox, "--store", store, *words)
    run("lab", book, "--copy-only", "--store", store)
    (book / "mine.ipynb").write_text(json.dumps({"cells": [{"source": who.name}]}))
    answer = json.loads(run("forget", f"p{who.number}", "--store", store, "--json"))
    names = {Path(path).name.split(".")[1] for path in answer["files"]}
    assert names == {"csv", "utf16", "packed", "book"}, answer["files"]
    assert [Path(path).name for path in answer["reports"]] == ["mine.ipynb"]
