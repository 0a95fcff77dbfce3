"""The core does without what the extras bring, and says what to install."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import organizing_analytics as oa
from organizing_analytics.extras import EXTRAS, MissingExtraError, require

ROOT = Path(__file__).parent.parent
#: The package that brings a module of another name.
PACKAGES = {"vl_convert": "vl-convert-python"}


@pytest.fixture
def without(monkeypatch, tmp_path):
    """Take packages away, as if they were not installed, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def take(*modules):
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)

    return take


def test_the_extras_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras, core = project["optional-dependencies"], project["dependencies"]
    for extra, modules in EXTRAS.items():
        listed = {re.split(r"[\[<>=]", line)[0] for line in extras[extra]}
        assert listed - {"organizing-analytics"} == {PACKAGES.get(m, m) for m in modules}
        assert not listed & {re.split(r"[\[<>=]", line)[0] for line in core}
    assert extras["all"] == ["organizing-analytics[reports,lab,spark]"]


@pytest.mark.parametrize(
    ("command", "module", "extra"),
    [
        (("report",), "altair", "reports"),
        (("weekly", "--inbox", "in"), "papermill", "reports"),
        (("lab",), "jupyterlab", "lab"),
        (("planner",), "voila", "lab"),
    ],
)
def test_a_command_without_its_extra_says_what_to_install(command, module, extra, without, run):
    without(module)
    said = run(*command, code=1)
    assert f"needs {module}" in said
    assert f"'organizing-analytics[{extra}]'" in said
    assert list(Path.cwd().iterdir()) == []  # nothing was begun


def test_the_python_door_says_what_to_install(without, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("organizing_analytics.widgets")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(vars(oa), "widgets", raising=False)  # another test may have imported it
    without("ipywidgets")
    with pytest.raises(MissingExtraError, match=r"organizing-analytics\[lab\]"):
        _ = oa.widgets
    with pytest.raises(MissingExtraError, match="ipywidgets"):
        require("lab")


#: Forget that the extras are installed, then ask what the core promises.
CORE = """
import sys
from datetime import date
for module in {modules!r}:
    sys.modules[module] = None
import organizing_analytics as oa
oa.write_sample("files", people=200, weeks=8, last_day=date(2026, 11, 22))
oa.load_files("files", store="store", timezone="America/Chicago")
with oa.open_store("store") as store:
    assert len(oa.show_up(store, by="team", as_of="2026-11-22"))
    assert len(oa.todo(store, as_of="2026-11-22"))
    assert len(oa.plan_upcoming(store, as_of="2026-11-15"))
assert oa.plan(need=4).schedule == 8
"""


def test_the_core_needs_no_extra(tmp_path):
    modules = [module for modules in EXTRAS.values() for module in modules]
    code = CORE.format(modules=modules)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
