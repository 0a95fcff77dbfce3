"""What a client sees: mypy knows every signature, and an editor completes the public names."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import jedi
import pytest

import organizing_analytics as oa
from organizing_analytics.catalog import MEASURES

ROOT = Path(__file__).parent.parent
CLIENT = """\
import organizing_analytics as oa

store = oa.open_store("data/store")
frame = oa.show_up(store, by=["team"], since="2026-09-01", same_day=False, shrink=True)
rate: float = frame["rate"].iloc[0]
schedule: int = oa.plan(4, sure=0.9).schedule
answer = oa.answer(oa.show_up, store, by="team")
kind: str = answer.kinds["rate"].value
oa.retention_cohorts(store, period="week")
oa.show_up(1, bye="team")  # wrong
oa.show_up(store, "team")  # wrong
oa.show_up(store, by=3)  # wrong
oa.retention_cohorts(store, by="team")  # wrong: it has no group columns
oa.asks_do_not_ask(store, since="2026-09-01")  # wrong: it has no window
oa.plan(need="four")  # wrong
oa.shew_up(store)  # wrong
text: str = oa.plan(4).schedule  # wrong
"""


@pytest.mark.slow
def test_mypy_tells_right_calls_from_wrong_ones(tmp_path):
    client = tmp_path / "client.py"
    client.write_text(CLIENT, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    ended = subprocess.run(
        [*command, str(client)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    errors = {int(line) for line in re.findall(r"client\.py:(\d+): error", ended.stdout)}
    lines = CLIENT.splitlines()
    wrong = {place for place, line in enumerate(lines, 1) if "# wrong" in line}
    assert errors == wrong, ended.stdout + ended.stderr


def test_an_editor_completes_the_public_names():
    script = jedi.Script("import organizing_analytics as oa\noa.", project=jedi.Project(ROOT))
    assert set(oa.__all__) <= {completion.name for completion in script.complete()}


@pytest.mark.parametrize("name", [measure.function for measure in MEASURES])
def test_an_editor_shows_the_signature_of_a_measure(name):
    script = jedi.Script(
        f"import organizing_analytics as oa\noa.{name}(", project=jedi.Project(ROOT)
    )
    (signature,) = script.get_signatures()
    shown = [parameter.name for parameter in signature.params if parameter.name != "*"]
    assert shown == list(inspect.signature(getattr(oa, name)).parameters)
    assert "Returns" in signature.docstring()


def test_the_package_says_that_it_is_typed():
    assert (Path(oa.__file__).parent / "py.typed").is_file()
