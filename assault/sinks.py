"""Hostile texts as names of teams, people and events, followed to every place where they are shown.

A real campaign is loaded whose names are hostile. What comes out is judged by what would obey it: a
browser runs the pages, a mail parser reads the message, a spreadsheet's rules read the CSV.
"""

from __future__ import annotations

import contextlib
import csv
import email
import email.policy
import io
import json
import random
import re
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import organizing_analytics as oa
from organizing_analytics.cli import main
from organizing_analytics.errors import DeliveryError
from organizing_analytics.safe_csv import csv_text
from organizing_analytics.template_workbook import write_text
from organizing_analytics.templates import WORKBOOK, write_templates
from organizing_analytics.weekly.delivery.message import HEADERS, Enclosed, file_names, make_message
from organizing_analytics.weekly.delivery.settings import Mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = 20261127
#: A script that runs sets this; markup that is obeyed has it as an attribute.
MARK = "oahostile"
_SCRIPT = f"window.{MARK}=1"
MARKUP = [
    f"<script>{_SCRIPT}</script>", f"<img src=x onerror={_SCRIPT}>", f'"><svg onload={_SCRIPT}>',
    f"'><b {MARK}=1>", f"</script><script>{_SCRIPT}</script>", f"]]><script>{_SCRIPT}</script>",
    f"<!--><script>{_SCRIPT}</script>", f"{{{{{_SCRIPT}}}}}", f"${{{_SCRIPT}}}", f"javascript:{_SCRIPT}",
    f"[x](javascript:{_SCRIPT})", f"<a href=javascript:{_SCRIPT}>x</a>", f"</title><script>{_SCRIPT}</script>",
    f"</textarea><iframe srcdoc='<script>parent.{MARK}=1</script>'>", f"`<img src=x onerror={_SCRIPT}>`",
    f"\\u003cscript\\u003e{_SCRIPT}\\u003c/script\\u003e", f"&lt;script&gt;{_SCRIPT}&lt;/script&gt;",
    f"<style>@import 'http://127.0.0.1:9/{MARK}'</style>", f"<math><mtext><img src=x onerror={_SCRIPT}>",
]  # fmt: skip
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", " =1+1", "\n=1+1", "\t=1+1",
            "a;=1+1", "a\t=1+1", "a\n=1+1", "\ufeff=1+1", "\u200b=1+1", '"=1+1', "'=1+1",
            "-4", "+15551234567", "+1 234", "-2+3", "-1,5", "+1-555-123-4567"]  # fmt: skip
CONTROLS = [
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\rb",
    "a\x08b",
    "\x07",
    "\u202eevil",
    "\x1b[2J",
    "\u2066x",
]
HEADERS_IN_NAMES = [
    "=?utf-8?q?A=0D=0AReply-To:_e@x.co=0D=0A=0D=0AHi?=", "A\r\nBcc: e@x.co", "=?utf-8?b?QQ0KQmNjOiBlQHguY28=?=",
    "A\u2028Bcc: e@x.co", "A\x0bBcc: e@x.co", '"; filename="x.exe', "A\x85Bcc: e@x.co", "=?", "x" * 2000, "=?=?a?=?=",
]  # fmt: skip
PATHS = [
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\x",
    ".",
    "..",
    "CON",
    "a/b",
    "a\x00b",
    "-rf",
    "~",
    "x" * 400,
]
TEXTS = [*MARKUP, *FORMULAS, *CONTROLS, *HEADERS_IN_NAMES, *PATHS]


def hostile_campaign(folder: Path, texts: list[str]) -> Path:
    """Load a campaign in which every name is one of the texts; return its store."""
    folder.mkdir(parents=True, exist_ok=True)
    days = {day: f"2026-11-{day}" for day in (10, 14, 20)}
    days[99] = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()  # one to plan
    files: dict[str, list[dict[str, str]]] = {
        "teams": [{"team_id": f"t{i}", "name": text} for i, text in enumerate(texts)],
        "people": [
            {"person_id": f"p{i}-{j}", "given_name": text, "family_name": texts[-i], "team_id": f"t{i}",
             "email": f"p{i}{j}@example.org", "joined_on": "2026-10-01"}
            for i, text in enumerate(texts) for j in range(2)
        ],
        "events": [
            {"event_id": f"e{i}", "title": text, "event_type": text, "team_id": f"t{i}",
             "timezone": "America/Chicago", "location": text}
            for i, text in enumerate(texts)
        ],
        "shifts": [
            {"shift_id": f"s{i}-{day}", "event_id": f"e{i}", "starts_at": f"{days[day]}T10:00", "need": "2"}
            for i in range(len(texts)) for day in days
        ],
        "signups": [
            {"signup_id": f"g{i}-{j}-{day}", "shift_id": f"s{i}-{day}", "person_id": f"p{i}-{j}",
             "status": "registered", "attended": "yes" if day < 20 else ""}
            for i in range(len(texts)) for j in range(2) for day in days
        ],
        "asks": [
            {"ask_id": f"a{i}", "person_id": f"p{i}-0", "asked_at": "2026-11-11T10:00", "ask_for": "shift",
             "outcome": "not_now", "team_id": f"t{i}", "notes": text}
            for i, text in enumerate(texts)
        ],
    }  # fmt: skip
    paths = []
    for name, rows in files.items():
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(json.dumps(rows))
    oa.load_files(paths, store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def printed(*words: object) -> str:
    """Run a command and return all that it prints."""
    out = io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        contextlib.suppress(SystemExit),
    ):
        main([str(word) for word in words])
    return out.getvalue()


COMMANDS = [["show-up", "--by", "team"], ["todo", "--as-of", "2026-11-18"], ["show-up", "--by", "event_type,team"], ["asks", "outcomes", "--by", "team"],
            ["people", "merges"], ["plan", "upcoming"], ["show-up", "--rows"], ["retention", "return", "--by", "team"]]  # fmt: skip


def terminal(folder: Path) -> dict[str, Any]:
    """Print tables full of hostile names: no control character but the line's end."""
    store = hostile_campaign(folder, TEXTS)
    failures, cells = [], 0
    for words in [*COMMANDS, ["load", folder / "nowhere\x1b[31m"], ["show-up", "--by", "\x1b[31m"]]:
        for line in printed(*words, "--store", store).split("\n"):
            cells += 1
            raw = [
                c
                for c in line
                if unicodedata.category(c) in ("Cc", "Zl", "Zp") or c in "\u202e\u2066"
            ]
            if raw:
                failures.append(f"{words}: {line[:80]!r}")
    return {"tried": cells, "failures": failures}


def csv_cells(_: Path) -> dict[str, Any]:
    """Read CSV as programs with any separator do: no cell begins as a formula."""
    dice, failures, tried = random.Random(SEED), [], 0
    for _ in range(2_000):
        text = csv_text(
            ["a", "b"],
            [[dice.choice(TEXTS) + dice.choice(["", *TEXTS]) for _ in "ab"] for _ in range(3)],
        )
        for separator in ",;\t":
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                for cell in row:
                    tried += 1
                    inner = cell.strip(" \t\r\n\ufeff\u200b\u2060\xa0\u3000\x0b\x0c")
                    is_number = re.fullmatch(r"[+-]?\d+([.,]\d+)?", inner)
                    if inner[:1] in tuple("=+-@＝＋－＠") and not is_number:
                        failures.append(f"{separator!r}: {cell[:60]!r} in {text[:150]!r}")
    return {"tried": tried, "failures": failures}


def mail(folder: Path) -> dict[str, Any]:
    """Write messages and read them again: our headers, the attachment, and nothing else."""
    dice, failures = random.Random(SEED), []
    page = folder / "page.html"
    page.write_text("<p>the page</p>")
    settings = Mail("localhost", "us@example.org")
    tried = 2_000
    for _ in range(tried):
        name = dice.choice(TEXTS) + dice.choice(["", "", *TEXTS])
        enclosed = [Enclosed(dice.choice(TEXTS), name, page, "d", dice.choice(TEXTS), "")]
        try:
            written = make_message("2026-W46", enclosed, mail=settings, address="lead@example.org",
                                   recipient="r", is_correction=False).as_bytes()  # fmt: skip
        except DeliveryError:
            continue  # it is not sent
        read = email.message_from_bytes(written, policy=email.policy.compat32)
        foreign = {key.lower() for part in read.walk() for key in part.keys()} - HEADERS  # noqa: SIM118
        attached = [p for p in read.walk() if p.get_filename()]
        whole = len(attached) == 1 and attached[0].get_payload(decode=True) == page.read_bytes()
        if foreign or not whole or read["To"] != "lead@example.org" or read["Reply-To"]:
            failures.append(f"{name[:80]!r}: {sorted(foreign)}, {len(attached)} attachments")
    return {"tried": tried, "failures": failures}


def file_name(folder: Path) -> dict[str, Any]:
    """Name files after teams: each is one plain name in its folder."""
    failures, tried = [], 0
    for text in TEXTS:
        for other in ("", *TEXTS):
            tried += 1
            [name] = file_names("2026-W46", [Enclosed("t", text + other, folder / "t1.html", "d")])
            if (
                any(c in name for c in '/\\:*?"<>|\x00\r\n')
                or name.startswith(".")
                or len(name) > 120
            ):
                failures.append(repr(name))
    return {"tried": tried, "failures": failures}


#: What a workbook of ours consists of: no macro, link, connection or object.
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/theme/theme1\.xml|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?"
    r"|xl/comments/comment\d+\.xml|xl/drawings/\w*\d+\.vml"
)
#: What runs or fetches in a sheet.
RUNS = re.compile(r"<(f|hyperlink|ddeLink|oleObject|legacyDrawingHF|externalLink)[ >/]")


def workbooks(folder: Path) -> dict[str, Any]:
    """Fill our template workbook with hostile cells: text stays text, and loads as text.

    The template is the only workbook that the product writes. Hostile cells are written into it by
    the function that writes its own, and read by their XML, by openpyxl and by a load.
    """
    from openpyxl import load_workbook

    write_templates(folder, as_workbook=True)
    path, failures, tried = folder / WORKBOOK, _parts_that_run(folder / WORKBOOK, "as shipped"), 0
    texts = [first + second for first in TEXTS for second in ("", *TEXTS)]
    book = load_workbook(path)
    for sheet in book:
        for row, text in enumerate(texts if sheet.title == "people" else TEXTS, 2):
            for column in range(1, sheet.max_column + 1):
                write_text(sheet.cell(row, column), text)
                tried += 1
    book.save(path)
    failures += _parts_that_run(path, "filled")
    for sheet in load_workbook(path):
        for row in sheet.iter_rows(min_row=2):
            failures += [
                f"{sheet.title} {cell.coordinate}: {cell.data_type} {str(cell.value)[:60]!r}"
                for cell in row
                if cell.value is not None and cell.data_type != "s"
            ]
    failures += _not_loaded_as_text(folder)
    return {"tried": tried, "failures": failures}


def _parts_that_run(path: Path, when: str) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        sheets = {name: packed.read(name).decode() for name in names if "worksheets/sheet" in name}
    foreign = [f"{when}: part {name}" for name in names if not PARTS.fullmatch(name)]
    return foreign + [
        f"{when}: {name}: {m[0]}" for name, xml in sheets.items() if (m := RUNS.search(xml))
    ]


def _not_loaded_as_text(folder: Path) -> list[str]:
    """Write texts as names of people, load the workbook, and compare what the store then holds."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "people"
    for column, name in enumerate(("person_id", "given_name"), 1):
        write_text(book.active.cell(1, column), name)
    for row, text in enumerate(TEXTS, 2):
        write_text(book.active.cell(row, 1), f"p{row}")
        write_text(book.active.cell(row, 2), text)
    (folder / "load").mkdir()
    book.save(folder / "load" / "people.xlsx")
    oa.load_files(folder / "load", store=folder / "store", timezone="UTC")
    with oa.open_store(folder / "store") as data:
        names = dict(data.connection.sql("SELECT person_id, given_name FROM people").fetchall())
    return [
        f"p{row} is {str(names.get(f'p{row}'))[:60]!r} and not {text[:60]!r}"
        for row, text in enumerate(TEXTS, 2)
        if _letters(names.get(f"p{row}") or "") != _letters(text)
    ]


def _letters(text: str) -> str:
    """Return what a load keeps of a text whatever its blanks, controls and first apostrophe."""
    return "".join(c for c in text if c.isalnum())


SINKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "terminal": terminal,
    "CSV": csv_cells,
    "mail": mail,
    "file-name": file_name,
    "XLSX": workbooks,
}
