"""No text of other people's reaches the terminal as a control character."""

from __future__ import annotations

import ast
import io
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hostile
import pytest

import organizing_analytics as oa
from organizing_analytics.cli import asking, output
from organizing_analytics.cli.options import Format

if TYPE_CHECKING:
    from collections.abc import Callable

CLI = Path(asking.__file__).parent
ESCAPE = hostile.TERMINAL[0]


@pytest.fixture
def attacked(write: Callable[..., Path], store: Path) -> Path:
    """A store in which every name, id and title is hostile."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    team, names = quoted(f"N{ESCAPE}"), [quoted(text) for text in hostile.TERMINAL]
    # Few enough of them that a file still passes for text.
    ids = [quoted(f"0{ESCAPE}"), *map(str, range(1, len(names)))]
    more = "x" * 900
    people = "".join(
        f"{ids[i]},{name},{name},N,+1555123456{i},{more}\n" for i, name in enumerate(names)
    )
    asks = "".join(
        f"a{i},{ids[i]},canvass,2026-03-0{i + 1}T10:00,yes,N,{more}\n" for i in range(len(names))
    )
    signups = "".join(f"g{i},s,{ids[i]},registered,no\n" for i in range(len(names)))
    folder = write(
        teams=f"team_id,name\nN,{names[1]}\n{team},{names[4]}\nP,{more * 9}\n",
        people=f"person_id,given_name,family_name,team_id,phone,notes\n{people}",
        events=f"event_id,title,event_type,team_id,timezone,location\ne,{names[2]},{names[3]},N,UTC,{more}\n",
        shifts="shift_id,event_id,starts_at,need\ns,e,2026-03-07T10:00,4\n",
        signups=f"signup_id,shift_id,person_id,status,attended\n{signups}",
        asks=f"ask_id,person_id,ask_for,asked_at,outcome,team_id,notes\n{asks}",
    )
    oa.load_files(folder, store=store, timezone="UTC")
    return store


@pytest.mark.parametrize(
    "words",
    [
        ["todo"],
        ["show-up", "--by", "team"],
        ["show-up", "--by", "event_type"],
        ["show-up", "--rows"],
        ["asks", "outcomes", "--by", "team", "--explain"],
        ["people", "merges"],
        ["plan", "upcoming"],
    ],
)
@pytest.mark.parametrize("form", ["table", "json"])
def test_no_command_sends_what_a_terminal_obeys(attacked, run, words, form):
    day = [] if words[0] == "people" else ["--as-of", "2026-03-08"]
    said = run(*words, *day, "--store", attacked, "--format", form)
    assert not hostile.obeyed(said)
    if form == "json":
        json.loads(said)
    elif words[0] == "todo":
        assert "\\x" in said


def test_messages_show_what_is_wrong_without_obeying_it(attacked, run, write, monkeypatch):
    bad = write(
        "bad", people=f'person_id,do_not_contact\n"x{ESCAPE}","maybe{ESCAPE}"\n{"y" * 200},no\n'
    )
    wrong = write("wrong", nonsense=f'"a{ESCAPE}",b\n1,{"2" * 200}\n')
    said = run("load", bad, "--store", attacked)
    assert r"maybeAnn\x1b[31m" in said
    for words in (
        ["load", wrong, "--store", attacked],
        ["load", f"none{ESCAPE}.csv", "--store", attacked],
        ["report", "--week", ESCAPE, "--store", attacked],
        ["show-up", "--team", ESCAPE, "--store", attacked],
        ["todo", "--store", f"none{ESCAPE}"],
    ):
        message = run(*words, code=1)
        assert message
        assert not hostile.obeyed(message + said), words
    for words in ([ESCAPE], ["show-up", "--format", ESCAPE], ["show-up", f"--{ESCAPE}"]):
        assert not hostile.obeyed(run(*words, code=2)), words


def test_a_warning_that_is_logged_is_shown_as_text(run, capsys):
    run("--version")
    logging.getLogger("organizing_analytics.reports").warning("It died. %s", ESCAPE)
    assert capsys.readouterr().err == "It died. Ann\\x1b[31m\n"


def test_csv_is_made_visible_for_a_terminal_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shown in ((Terminal(), r"Ann\x1b[31m"), (io.StringIO(), ESCAPE)):
        monkeypatch.setattr(sys, "stdout", stream)
        output.print_csv(["name"], [[ESCAPE]])
        assert stream.getvalue() == f"name\n{shown}\n"


def test_only_one_module_prints():
    """Whoever prints another way would let control characters through."""
    for path in CLI.glob("*.py"):
        calls = [
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        printed = {"print", "typer.echo", "click.echo", "sys.stdout.write", "sys.stderr.write"}
        used = printed & set(calls)
        allowed = {"output.py": printed, "app.py": {"typer.echo"}}  # app: our own version
        assert used <= allowed.get(path.name, set()), path.name
    assert Format.table.value == "table"
