"""Notebooks are put into a folder, renewed, and never written over somebody's edits."""

from __future__ import annotations

import json
import os
import socket
from datetime import date
from pathlib import Path

import pytest

from organizing_analytics.errors import OptionError
from organizing_analytics.lab import copying, lab_command, planner_command, serving
from organizing_analytics.lab.serving import HERE, POLICY, free_port
from organizing_analytics.reports import notebook_path


def edited(path: Path) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = ["# My own\n"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_all_notebooks_are_put_there_once(tmp_path: Path) -> None:
    done = copying.copy_notebooks(tmp_path / "mine")
    assert set(done.values()) == {"new"}
    for name in copying.NOTEBOOKS:
        there = (tmp_path / "mine" / f"{name}.ipynb").read_text(encoding="utf-8")
        assert there == notebook_path(name).read_text(encoding="utf-8")
    assert set(copying.copy_notebooks(tmp_path / "mine").values()) == {"unchanged"}


def test_an_edit_stays_and_a_newer_version_lands_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying.copy_notebooks(tmp_path)
    mine, other = tmp_path / "plan_event.ipynb", tmp_path / "explore_show_up.ipynb"
    text = edited(mine)
    assert copying.copy_notebooks(tmp_path)["plan_event.ipynb"] == "unchanged"
    newer = {}

    def shipped(name: str) -> Path:
        path = tmp_path / "newer" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        newer[name] = notebook_path(name).read_text(encoding="utf-8") + " "
        path.write_text(newer[name], encoding="utf-8")
        return path

    monkeypatch.setattr(copying, "notebook_path", shipped)
    done = copying.copy_notebooks(tmp_path)
    assert done["explore_show_up.ipynb"] == "renewed"
    assert other.read_text(encoding="utf-8") == newer["explore_show_up"]
    assert mine.read_text(encoding="utf-8") == text
    beside = tmp_path / done["plan_event.ipynb"].removeprefix("beside: ")
    assert beside.read_text(encoding="utf-8") == newer["plan_event"]
    # Once is enough.
    assert copying.copy_notebooks(tmp_path)["plan_event.ipynb"] == "unchanged"


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="Give another folder"):
        copying.copy_notebooks(tmp_path / "file" / "below")


def test_servers_stay_on_this_machine_and_no_command_line_holds_the_token(tmp_path: Path) -> None:
    lab = " ".join(lab_command(tmp_path, port=1, opens=False))
    planner = " ".join(planner_command(port=1))
    for command in (lab, planner):
        assert "127.0.0.1" in command
        assert "token=" not in command.replace("auto_token=", "")
        assert "port_retries=0" in command
    assert "strip_sources=True" in planner
    assert "http" not in POLICY


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as one:
        one.bind((HERE, 0))
        one.listen()
        taken = one.getsockname()[1]
        assert taken < free_port(taken) <= taken + 50
    with pytest.raises(OptionError, match="no port is free"):
        free_port(70_000)


def test_the_browser_is_led_to_the_token_by_a_page_that_only_its_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, pages = [], []

    def opens(address: str) -> None:
        opened.append(address)
        [page] = tmp_path.glob("*/*.html")
        pages.append((page.as_uri(), page.read_text(encoding="utf-8"), page.parent.stat().st_mode))

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(serving, "OPEN_SECONDS", 0)
    monkeypatch.setattr(serving.webbrowser, "open", opens)
    with socket.socket() as one:
        one.bind((HERE, 0))
        one.listen()
        serving._open_when_ready("http://127.0.0.1:1/?token=abc", one.getsockname()[1])
    assert "abc" not in opened[0]
    [(address, text, mode)] = pages
    assert opened == [address]
    assert "token=abc" in text
    if os.name == "posix":
        assert mode & 0o077 == 0
    assert not list(tmp_path.iterdir())  # the token does not stay on the disk


def test_a_file_that_is_no_text_stays(tmp_path: Path) -> None:
    (tmp_path / "plan_event.ipynb").write_bytes(b"\xff\xfe\x00mine")
    done = copying.copy_notebooks(tmp_path)
    assert done["plan_event.ipynb"].startswith("beside: ")
    assert (tmp_path / "plan_event.ipynb").read_bytes() == b"\xff\xfe\x00mine"


def test_the_command_puts_notebooks_and_a_made_up_campaign(tmp_path: Path, run) -> None:
    said = run("lab", tmp_path / "mine", "--sample", "--copy-only")
    assert "plan_event.ipynb: new" in said
    assert (tmp_path / "mine" / "made-up" / "store" / "store.json").exists()


def test_notebooks_stand_at_the_last_day_of_the_store(tmp_path: Path, run, write) -> None:
    folder = write(
        events="event_id,event_type\ne,canvass\n",
        shifts="shift_id,event_id,starts_at\ns,e,2025-03-14T10:00\n",
        people="person_id\np\n",
        signups="signup_id,shift_id,person_id,status,attended\ng,s,p,registered,yes\n",
    )
    run("load", folder, "--store", tmp_path / "store", "--timezone", "UTC")
    run("lab", tmp_path / "mine", "--copy-only", "--store", tmp_path / "store")
    for name in copying.NOTEBOOKS:
        text = (tmp_path / "mine" / f"{name}.ipynb").read_text(encoding="utf-8")
        json.loads(text)
        assert "2026-11-22" not in text.split('"outputs"')[0]
        if "as_of = " in text:
            assert 'as_of = \\"2025-03-14\\"' in text
    # Another day is no new version: nothing is put beside an edited notebook for it.
    edited = tmp_path / "mine" / "one_to_ones.ipynb"
    edited.write_text(edited.read_text(encoding="utf-8") + " ", encoding="utf-8")
    done = copying.copy_notebooks(tmp_path / "mine", as_of=date(2025, 6, 1))
    assert set(done.values()) == {"unchanged"}


def test_without_a_store_notebooks_are_as_they_are_shipped(tmp_path: Path, run) -> None:
    run("lab", tmp_path / "mine", "--copy-only", "--store", tmp_path / "none")
    text = (tmp_path / "mine" / "one_to_ones.ipynb").read_text(encoding="utf-8")
    assert text == notebook_path("one_to_ones").read_text(encoding="utf-8")
