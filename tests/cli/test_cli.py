"""The command line: what it prints, how it ends, and that it starts fast."""

from __future__ import annotations

import csv
import inspect
import io
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import organizing_analytics as oa
from organizing_analytics.catalog import MEASURES
from organizing_analytics.catalog.shared import shared_options
from organizing_analytics.cli.app import use_single_blas_thread
from organizing_analytics.cli.asking import command_of
from organizing_analytics.cli.output import print_table, table_lines
from organizing_analytics.model import TABLES


@pytest.fixture
def filled(small, store):
    oa.load_files(small, store=store, timezone="America/New_York")
    return store


def test_json_of_a_measure_is_one_object(run, filled):
    answer = json.loads(run("show-up", "--by", "team,confirmed", "--store", filled, "--json"))
    assert list(answer) == ["measure", "as_of", "snapshot", "rows"]
    assert (answer["measure"], answer["snapshot"]) == ("show-up", 1)
    first, second = answer["rows"]
    # g1: registered and came; g2: confirmed, and nobody wrote down whether they came.
    assert (first["team"], first["confirmed"], first["attended"], first["rate"]) == (
        "t1",
        False,
        1,
        1.0,
    )
    assert (second["confirmed"], second["unrecorded"], second["rate"]) == (True, 1, None)


def test_csv_of_a_measure(run, filled):
    (row,) = csv.DictReader(io.StringIO(run("show-up", "--store", filled, "--format", "csv")))
    assert (row["scheduled"], row["attended"], row["unrecorded"], row["rate"]) == (
        "2",
        "1",
        "1",
        "1.0",
    )


def test_a_table_shows_per_cent(run, filled):
    shown = run("show-up", "--by", "team", "--store", filled)
    assert "100.0 %" in shown
    assert "snapshot 1" in shown


def test_nothing_to_count_is_said(run, filled):
    assert "nothing to count" in run("asks", "outcomes", "--store", filled)
    answer = json.loads(run("asks", "outcomes", "--store", filled, "--json"))
    assert answer["rows"] == []


@pytest.mark.parametrize(
    "words",
    [
        ["show-up"],
        ["retention", "return"],
        ["retention", "by-visit"],
        ["retention", "cohorts"],
        ["asks", "outcomes"],
        ["asks", "after-no"],
        ["asks", "kept"],
        ["meetings"],
        ["plan", "upcoming"],
    ],
)
def test_every_measure_answers_in_every_format(run, filled, words):
    for form in ("table", "csv", "json"):
        assert run(*words, "--store", filled, "--format", form)


WRONG = {
    "a group column that is none": (["show-up", "--by", "teem"], "Did you mean team"),
    "a date that is none": (["show-up", "--as-of", "2026-02-30"], "as-of"),
    "an empty window": (["show-up", "--since", "2026-03-02", "--until", "2026-03-01"], "window"),
    "days that are none": (["retention", "return", "--within-days", "0"], "within"),
    "a kind that is none": (["retention", "cohorts", "--kind", "rollin"], "rolling"),
    "need 0": (["plan", "--need", "0"], "need"),
    "a negative need": (["plan", "--need", "-4"], "need"),
    "a show rate of 0": (["plan", "--need", "4", "--show-rate", "0"], "show"),
    "a show rate over 1": (["plan", "--need", "4", "--show-rate", "1.2"], "show"),
    "came more than of": (["plan", "--need", "4", "--came", "5", "--of", "4"], "came"),
    "capacity below need": (["plan", "--need", "4", "--capacity", "3"], "capacity"),
    "no such file": (["load", "nowhere.csv"], "no such file"),
    "a source that is none": (["load", __file__, "--source", "mobilise"], "no source"),
    "a week that is none": (["report", "--week", "2026-W60"], "week"),
    "a team that is none": (["report", "--week", "2026-W10", "--team", "t2"], "t1"),
    "a team without a row that is none": (["show-up", "--team", "T1"], "Did you mean t1"),
    "an upcoming team that is none": (["plan", "upcoming", "--team", "T1"], "Did you mean t1"),
    "a setting that is none": (["settings", "timezon=UTC"], "Did you mean timezone"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_clear_error_and_exit_1(run, filled, wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words, said = WRONG[wrong]
    before = sorted(p.name for p in filled.iterdir())
    where = [] if words[:2] == ["plan", "--need"] else ["--store", filled]
    message = run(*words, *where, code=1)
    assert said in message
    assert "Traceback" not in message
    assert len(message.strip().splitlines()) == 1
    # Statements that were compiled for the check may stay: they change no answer.
    assert sorted(p.name for p in filled.iterdir() if p.name != "statements") == before


def test_usage_errors_exit_2(run, filled):
    assert "--need" in run("plan", code=2)
    run("show-up", "--bye", "team", code=2)
    run("nothing", code=2)


def test_a_store_that_is_none(run, tmp_path):
    assert "there is no store" in run("show-up", "--store", tmp_path / "none", code=1)


def test_strict_prints_the_rejects_and_exits_1(write, store, capsys):
    from organizing_analytics.cli import main

    folder = write(people="person_id,given_name\n,Hal\n")
    with pytest.raises(SystemExit) as end:
        main(["load", str(folder), "--store", str(store), "--strict", "--json"])
    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert json.loads(out)["rejects"][0]["row"] == 2
    assert "nothing was loaded" in err


def test_load_json_keys(run, small, store):
    answer = json.loads(run("load", small, "--store", store, "--timezone", "UTC", "--json"))
    assert list(answer) == ["snapshot", "files", "also_new", "rejects", "warnings"]
    assert list(answer["files"][0]) == [
        "file", "table", "source", "rows", "new", "updated", "unchanged", "skipped", "rejected",
    ]  # fmt: skip


def test_plan_keys(run):
    answer = json.loads(run("plan", "--need", "4", "--json"))
    assert list(answer) == [
        "need",
        "schedule",
        "rule_schedule",
        "sure",
        "p_enough",
        "expected",
        "median",
        "low",
        "high",
        "p_over_capacity",
        "feasible",
        "method",
        "table",
    ]
    assert (answer["schedule"], answer["p_enough"]) == (8, 163 / 256)


def test_templates_load_as_they_are(run, tmp_path, store):
    folder = tmp_path / "templates"
    run("templates", folder)
    for table in TABLES:
        assert (folder / f"{table.name}.csv").read_text() == ",".join(table.column_names) + "\n"
        readme = (folder / "README.md").read_text()
        assert all(f"| {column.name} |" in readme for column in table.columns)
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert len(result.files) == len(TABLES)
    assert not result.rejects
    assert "is there already" in run("templates", folder, code=1)


def test_a_new_time_zone_moves_the_campaigns_dates(run, filled, write, rows):
    asks = write(
        "asks",
        asks="ask_id,asked_at,person_id,ask_for,outcome\na1,2026-01-06T02:00Z,p1,canvass,yes\n",
    )
    oa.load_files(asks, store=filled)
    assert rows(filled, "SELECT asked_on::VARCHAR FROM asks") == [("2026-01-05",)]
    shown = json.loads(run("settings", "timezone=Europe/Paris", "--store", filled, "--json"))
    assert shown["timezone"] == "Europe/Paris"
    assert rows(filled, "SELECT asked_on::VARCHAR FROM asks") == [("2026-01-06",)]
    # The shift keeps the date of its own event's clock.
    assert rows(filled, "SELECT starts_on::VARCHAR FROM shifts") == [("2026-03-07",)]


def test_the_command_line_imports_numpy_after_its_threads_are_set():
    code = (
        "import sys, organizing_analytics.cli.app; "
        "sys.exit('numpy' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_matrices_are_multiplied_in_a_single_thread_unless_the_environment_says_so(monkeypatch):
    def threads():
        return os.environ.get("OPENBLAS_NUM_THREADS"), os.environ.get("OMP_NUM_THREADS")

    # Both are set first, so that they are as before after the test.
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    del os.environ["OPENBLAS_NUM_THREADS"]
    monkeypatch.setitem(sys.modules, "numpy", sys.modules.get("numpy", sys))
    use_single_blas_thread(["show-up"])  # this process has NumPy: too late
    assert threads() == (None, "3")
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "numpy")
        use_single_blas_thread(["lab"])
        assert threads() == (None, "3")
        use_single_blas_thread(["show-up"])
        assert threads() == ("1", "3")


def test_the_planner_starts_without_heavy_modules():
    code = (
        "import sys\nfrom organizing_analytics.cli import main\n"
        "try: main(['plan', '--need', '4'])\nexcept SystemExit: pass\n"
        "print([m for m in ('numpy', 'pandas', 'duckdb', 'ibis', 'scipy', 'altair') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_version_and_help(run):
    assert run("--version").strip() == oa.__version__
    assert "show-up" in run("--help")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_option_is_taken_by_python_and_the_command_line(measure):
    """Names and defaults are the same on the command line and in Python."""
    public = inspect.signature(getattr(oa, measure.function)).parameters
    python = {name: p.default for name, p in public.items() if name != "store"}
    shown = dict(inspect.signature(command_of(measure)).parameters)
    for name in ("explain", "rows"):  # what is behind the answer: of the command line alone
        del shown[name]
    line = {name: p.default for name, p in shown.items() if name not in ("store", "form", "json")}
    none = {"by": ""}  # no group columns: the empty text on the line, the empty list in Python
    assert {**line, **(none if "by" in line else {})} == {
        **python,
        **(none if "by" in python else {}),
    }


def test_every_measure_is_a_command():
    """The tree of commands, as Typer builds it, has each measure with its options."""
    from typer.main import get_command

    from organizing_analytics.cli.app import app

    for measure in MEASURES:
        command = get_command(app)
        for word in measure.name.split():
            command = command.commands[word]
        spelled = {flag for p in command.params for flag in (*p.opts, *p.secondary_opts)}
        options = (*measure.options, *shared_options(measure))
        assert {option.flag for option in options} <= spelled, measure.name


def test_the_options_of_python_are_those_that_are_passed_on():
    """What the catalog declares as shared is what `select` takes, with the same defaults."""
    from organizing_analytics.catalog import SHARED
    from organizing_analytics.measures import select

    taken = {n: p.default for n, p in inspect.signature(select).parameters.items()}
    declared = {option.name: option.default for option in SHARED if option.name != "shrink"}
    assert {name: taken[name] for name in declared} == {**declared, "by": ()}
    assert set(taken) - set(declared) == {"data", "measure", "allowed", "always"}


def test_an_unknown_keyword_is_a_type_error(filled):
    with oa.open_store(filled) as data, pytest.raises(TypeError, match="'bye'"):
        oa.show_up(data, bye="team")
    with oa.open_store(filled) as data, pytest.raises(TypeError, match="'by'"):
        oa.retention_cohorts(data, by="team")


def test_no_same_day_leaves_out_sign_ups_of_the_day(run, write, store):
    # Two came: one signed up the day before, one on the day itself.
    folder = write(
        people="person_id\np1\np2\n",
        events="event_id,event_type\ne1,canvass\n",
        shifts="shift_id,event_id,starts_at\ns1,e1,2026-03-07T10:00\n",
        signups=(
            "signup_id,shift_id,person_id,status,attended,signed_up_at\n"
            "g1,s1,p1,registered,yes,2026-03-06T10:00\ng2,s1,p2,registered,yes,2026-03-07T08:00\n"
        ),
    )
    oa.load_files(folder, store=store, timezone="UTC")
    for words, attended in (([], 2), (["--no-same-day"], 1)):
        answer = json.loads(run("show-up", *words, "--store", store, "--json"))
        assert answer["rows"][0]["attended"] == attended


# --- `oa plan` uses what it is given, or refuses it --------------------------------------------


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A made-up campaign with a past, in the default store of an own folder."""
    monkeypatch.chdir(tmp_path)
    oa.write_sample("files", people=150, weeks=12, seed=5)
    oa.load_files("files", timezone="America/Chicago")
    return tmp_path / "data" / "store"


def test_need_alone_is_the_rule_and_a_store_asks_for_what_it_has_learned(run, made_up):
    with oa.open_store(made_up) as data:
        learned = oa.plan(4, store=data)
        of_canvass = oa.plan(4, store=data, event_type="canvass")
        earlier = oa.plan(4, store=data, as_of="2026-11-01")
    assert learned.schedule != 8  # else this tells nothing

    def told(*words):
        return json.loads(run("plan", "--need", "4", *words, "--json"))

    assert (told()["schedule"], told()["method"]) == (8, "rule")
    for words in (["--store", made_up], ["--learned"]):
        assert told(*words) == json.loads(json.dumps(learned.as_dict()))
    assert told("--type", "canvass") == json.loads(json.dumps(of_canvass.as_dict()))
    assert told("--as-of", "2026-11-01") == json.loads(json.dumps(earlier.as_dict()))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--as-of", "notadate"], "notadate"),
        (["--store", "/nowhere"], "there is no store"),
        (["--team", "T1"], "there is no store"),
        (["--show-rate", "0.6", "--store", "/nowhere"], "--show-rate and --store are given"),
        (["--came", "5", "--of", "9", "--team", "T1"], "--came and --team are given"),
        (["--show-rate", "0.6", "--as-of", "2026-11-01"], "--show-rate and --as-of are given"),
        (["--limit-over", "0.1"], "limit_over is given without a capacity"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_used_is_refused(run, words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert message in run("plan", "--need", "4", *words, code=1)


@pytest.mark.parametrize("n_rows", [1, 2, 4])
def test_a_long_text_in_a_table_on_its_side_is_wrapped(
    n_rows: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    sentence = " ".join(f"word{i}" for i in range(60))
    rows = [[f"S{i}", "10", sentence] for i in range(n_rows)]
    print_table(["shift_id", "need", "sentence"], rows, may_turn=True)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(lines)
    assert all(text.count(f"word{i} ") >= n_rows for i in range(59))
    assert [line.split()[0] for line in lines[:3]] == ["shift_id", "need", "sentence"]


def test_short_values_of_a_table_on_its_side_stay_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    head = [f"column_{i}" for i in range(12)]
    print_table(head, [[str(10**i) for i in range(12)]] * 2, may_turn=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[11].split() == ["column_11", "100000000000", "100000000000"]
    assert len({len(line.rstrip()) for line in lines}) == 1  # numbers to the right


def test_a_table_is_drawn_as_rich_draws_it() -> None:
    console = Console(width=200, file=StringIO(), color_system=None)
    head = ["team", "n", "words"]
    cells = [["Riverside", "7", "short"], ["\u6771\u4eac", "1,204", "Zoe\u0301"], ["", "", "[b]"]]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in head:
        table.add_column(name, justify="right" if name == "n" else "left", no_wrap=True)
    for row in cells:
        table.add_row(*map(escape, row))
    console.print(table)
    drawn = [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    assert table_lines(head, cells, to_right=[False, True, False]) == drawn


def test_a_cell_that_spells_an_emoji_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["title", "n"], [["Pizza :pizza: night", "1"]])
    assert ":pizza:" in capsys.readouterr().out


def test_a_short_answer_imports_no_library_that_draws_tables(tmp_path: Path) -> None:
    script = (
        "import sys; from organizing_analytics.cli.output import print_table; "
        "print_table(['a'], [['1']] * 9, may_turn=True); print('rich' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "False"
