"""Files are replaced whole, and where that is refused a sentence says which, why and what to do."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import killed_runs
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OrganizingError, WriteError
from organizing_analytics.private_files import replace_file, write_durably
from organizing_analytics.reports.files import write_whole
from organizing_analytics.reports.running import NotebookError
from organizing_analytics.weekly import reporting
from organizing_analytics.weekly.delivery.folder import copy_pages

if TYPE_CHECKING:
    from collections.abc import Callable

WEEK = "2026-W10"
WAYS = {
    "refused": OSError(errno.EPERM, "Operation not permitted"),
    "open elsewhere": PermissionError(errno.EACCES, "Permission denied"),
    "read-only": OSError(errno.EROFS, "Read-only file system"),
    "not supported": OSError(errno.ENOTSUP, "Operation not supported"),
}


@pytest.fixture
def refuse_replacing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the file system replace no file, or only none of a name."""
    replace = Path.replace

    def _refuse(error: OSError = WAYS["refused"], name: str | None = None) -> None:
        def refused(self: Path, target: Any) -> Path:
            if Path(target).exists() and name in (None, Path(target).name):
                raise type(error)(error.errno, error.strerror, str(target))
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", refused)

    return _refuse


def write_with_draft(path: Path) -> None:
    draft = path.with_name("draft")
    draft.write_text("new")
    try:
        replace_file(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def deliver(path: Path) -> None:
    base = path.parent / "pages"
    base.mkdir()
    (base / path.name).write_text("new")
    copy_pages([base / path.name], base=base, to=path.parent)


WRITERS: dict[str, Callable[[Path], object]] = {
    "a durable file": lambda path: write_durably(path, "new"),
    "a report": lambda path: write_whole(path, "new"),
    "a delivered page": deliver,
    "a snapshot": write_with_draft,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_cannot_be_replaced_stays_and_is_named(
    writer: str, way: str, tmp_path: Path, refuse_replacing: Callable[..., None]
) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    refuse_replacing(WAYS[way], path.name)
    with pytest.raises(WriteError) as caught:
        WRITERS[writer](path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: this file cannot be replaced ({WAYS[way].strerror}).")
    assert "local disk" in sentence
    assert isinstance(caught.value, OrganizingError)
    assert (caught.value.file, caught.value.errno) == (path, WAYS[way].errno)
    assert path.read_text() == "old"
    assert {file.name for file in tmp_path.iterdir()} <= {"page.html", "pages"}


@pytest.mark.parametrize("writer", ["a durable file", "a report", "a delivered page"])
def test_a_file_for_which_there_is_no_room_is_named(
    writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "page.html"
    path.write_text("old")
    monkeypatch.setattr(os, "open", full)
    with pytest.raises(WriteError, match="cannot be written") as caught:
        WRITERS[writer](path)
    monkeypatch.undo()
    assert "make room" in str(caught.value)
    assert path.read_text() == "old"


@pytest.fixture
def campaign(
    small: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """Return a store, and folders in which every command has written once."""
    oa.load_files(small, store=store, timezone="UTC")

    def stopped(*_: object, **__: object) -> None:
        raise NotebookError("It stopped.")

    monkeypatch.setattr("organizing_analytics.reports.batch.run_notebook", stopped)
    monkeypatch.setattr(reporting, "write_reports", killed_runs.fake_reports)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "delivery.toml").write_text('[folder]\npath = "drive"\n')
    return {
        name: tmp_path / name
        for name in ("out", "inbox", "delivery.toml", "drive", "book", "arms.csv")
    }


def words_of(command: str, at: dict[str, Path], store: Path, small: Path) -> list[object]:
    more = ["--store", store]
    weekly = ["--inbox", at["inbox"], "--out", at["out"], "--week", WEEK, "--settle", 0]
    return {
        "load": ["load", small, *more],
        "settings": ["settings", "lapse_days=50", *more],
        "join": ["people", "join", "p1", "p2", *more],
        "undo": ["undo", *more],
        "forget": ["forget", "p1", *more],
        "report": ["report", "--week", WEEK, "--out", at["out"], *more],
        "weekly": ["weekly", *weekly, "--delivery", at["delivery.toml"], *more],
        "lab": ["lab", at["book"], "--copy-only"],
        "experiment": ["experiment", "start", "texts", "--people", small / "people.csv", "--arms",
                       "a,b", "--out", at["arms.csv"], *more],
    }[command]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("load", "store.json"),
        ("settings", "store.json"),
        ("join", "store.json"),
        ("undo", "store.json"),
        ("forget", "store.json"),
        ("report", "index.html"),
        ("weekly", "weekly.json"),
        ("lab", ".notebooks.json"),
        ("experiment", "arms.csv"),
    ],
)
def test_every_command_says_which_file_it_cannot_replace(  # noqa: PLR0917  # fixtures
    command: str,
    file: str,
    campaign: dict[str, Path],
    store: Path,
    small: Path,
    run: Callable[..., str],
    refuse_replacing: Callable[..., None],
) -> None:
    words = words_of(command, campaign, store, small)
    (small / "people.csv").write_text("person_id,given_name,team_id\np1,Anna,t1\np2,Bo,t1\n")
    if command == "undo":
        run("load", small, "--store", store)  # something to take back
    campaign["arms.csv"].write_text("old")
    if command in {"report", "weekly", "lab"}:
        run(*words, code=1 if command == "report" else 0)
    before = {path: path.read_bytes() for path in store.parent.rglob(file)}
    assert before
    refuse_replacing(name=file)
    message = run(*words, code=1)
    assert "cannot be replaced (Operation not permitted)" in message
    assert file in message
    assert "should not have happened" not in message
    assert {path: path.read_bytes() for path in before} == before
    with oa.open_store(store) as data:
        assert data.connection.sql("SELECT count(*) FROM people").fetchall() == [(2,)]


def test_a_delivery_folder_that_replaces_no_file_is_said(
    campaign: dict[str, Path],
    store: Path,
    small: Path,
    run: Callable[..., str],
    refuse_replacing: Callable[..., None],
) -> None:
    words = words_of("weekly", campaign, store, small)
    run(*words)
    page = campaign["drive"] / WEEK / "t1.html"
    page.write_text("old")
    refuse_replacing(name=page.name)
    run(*words, "--json", code=1)
    summary = json.loads((campaign["out"] / "weekly.json").read_text())
    [delivery] = summary["deliveries"]
    assert delivery["status"] == "failed"
    assert delivery["said"].startswith(f"{page}: this file cannot be replaced")
    assert page.read_text() == "old"


def test_what_the_system_refuses_is_said_without_a_traceback(
    store: Path, small: Path, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error", "/drive/x")

    oa.load_files(small, store=store, timezone="UTC")
    monkeypatch.setattr("organizing_analytics.store.history.store_history", gone)
    message = run("history", "--store", store, code=1)
    assert "disk or network drive reports a fault" in message
    assert "/drive/x" in message
    assert "should not have happened" not in message
