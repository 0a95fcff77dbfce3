"""`oa brief` and `oa rota`: private files that name their rows and are found by `oa forget`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import organizing_analytics as oa
from organizing_analytics.cli.app import app
from organizing_analytics.store.reports import reports_that_mention

if TYPE_CHECKING:
    from collections.abc import Callable

#: So long that a calendar's line of 75 bytes breaks inside of it.
LONG_ID = "person-with-a-long-id-0123456789-0123456789-0123456789-0123456789"
FILES = {
    "people.csv": "person_id,given_name,family_name,role,organizer_id,values\n"
    f"p1,Ann,Lee,team_member,p2,clean rivers\np2,Omar,Diaz,organizer,,\n"
    f"{LONG_ID},Bea,Fox,team_member,p2,\n",
    "meetings.csv": "meeting_id,person_id,organizer_id,kind,scheduled_at,status,they_promised\n"
    "m1,p1,p2,maintenance,2026-11-01 18:00,held,Bring a neighbor\n",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("brief")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    oa.load_files(folder, store=folder / "store", timezone="America/Chicago")
    return folder / "store"


@pytest.fixture
def run(store: Path) -> Callable[..., str]:
    def run(*words: str, fails: bool = False) -> str:
        arguments = [*words, "--store", str(store), "--as-of", "2026-11-22"]
        result = CliRunner().invoke(app, arguments)
        assert (result.exit_code != 0) == fails, result.output
        return result.output if not fails else str(result.exception or result.output)

    return run


def is_private(path: Path) -> bool:
    return os.name != "posix" or not path.stat().st_mode & 0o077


def test_a_brief_is_printed_with_its_rows_and_written_privately(
    run: Callable[..., str], store: Path, tmp_path: Path
) -> None:
    text = run("brief", "Ann Lee")
    assert 'They promised: "Bring a neighbor"' in text
    assert "meetings m1" not in text
    assert "meetings m1" in run("brief", "p1", "--rows")
    answer = json.loads(run("brief", "p1", "--json"))
    assert answer["kind"] == "maintenance"
    rows = [r for s in answer["sections"] for sentence in s["sentences"] for r in sentence["rows"]]
    assert {"table": "meetings", "id": "m1"} in rows
    out = tmp_path / "pages"
    run("brief", "--organizer", "p2", "--week", "--out", str(out))
    page = out / "p2.html"
    assert is_private(out)
    assert is_private(page)
    assert "clean rivers" in page.read_text()
    assert reports_that_mention(store, ["Ann Lee"])[0] == [str(page)]
    assert "clean rivers" not in run("brief", "p1", "--no-names")


def test_calendars_are_private_and_found_though_their_lines_are_broken(
    run: Callable[..., str], store: Path, tmp_path: Path
) -> None:
    assert "3 maintenance 1:1s in 14 days, by 1 organizer" in run("rota")
    out = tmp_path / "calendars"
    run("rota", "--out", str(out), "--no-names")
    calendar = out / "p2.ics"
    assert is_private(calendar)
    assert LONG_ID not in calendar.read_text()  # it is broken over two lines
    assert str(calendar) in reports_that_mention(store, [LONG_ID])[0]
    assert "Ann" not in calendar.read_text()


@pytest.mark.parametrize(
    "words", [(), ("p1", "--organizer", "p2"), ("--organizer", "p2"), ("--week",), ("p1", "--week")]
)
def test_what_is_meant_must_be_clear(words: tuple[str, ...], run: Callable[..., str]) -> None:
    assert "Give a person" in run("brief", *words, fails=True)
