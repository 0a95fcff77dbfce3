"""Notebooks are put into a folder, renewed, and never written over somebody's edits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from organizing_analytics.errors import OptionError
from organizing_analytics.lab import copying, lab_command, planner_command
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
    planner = " ".join(planner_command(port=1, opens=False))
    for command in (lab, planner):
        assert "127.0.0.1" in command
        assert "token=" not in command.replace("auto_token=", "")
    assert "strip_sources=True" in planner


def test_the_command_puts_notebooks_and_a_made_up_campaign(tmp_path: Path, run) -> None:
    said = run("lab", tmp_path / "mine", "--sample", "--copy-only")
    assert "plan_event.ipynb: new" in said
    assert (tmp_path / "mine" / "made-up" / "store" / "store.json").exists()
