"""What the planner learned is kept: the same answers, private, and never older than its snapshot."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.planning import learned_file, planner
from organizing_analytics.planning.learned_file import CODE, LearnedFile, digest_of_code
from organizing_analytics.planning.planner import Planner
from organizing_analytics.store.snapshots import LEARNED_FILE, point_to, require_store

LAST_DAY = date(2026, 11, 22)
DAY = date(2026, 11, 10)
AHEAD = 3


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    oa.write_sample(folder / "files", people=500, weeks=20, seed=4, last_day=LAST_DAY)
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    lesson(folder / "store")
    return folder / "store"


@pytest.fixture
def folder(sample, tmp_path) -> Path:
    """A store of its own, with a lesson that was learned from it."""
    return Path(shutil.copytree(sample, tmp_path / "store"))


@pytest.fixture
def replays(monkeypatch) -> list[int]:
    """The horizons that were learned by replaying the past."""
    horizons: list[int] = []
    replay = planner.replay

    def counted(*words, ahead, **options):
        horizons.append(ahead)
        return replay(*words, ahead=ahead, **options)

    monkeypatch.setattr(planner, "replay", counted)
    return horizons


def lesson(folder: Path, day: date = DAY) -> dict[str, object]:
    """Return what a new process would know: from the file, or learned."""
    with oa.open_store(folder) as data:
        learned = Planner(data, day).lesson(AHEAD).learned
    return {name: getattr(learned, name) for name in ("rung", "spread", "day", "half_life", "scores")}  # fmt: skip


def read_from_file(folder: Path, day: date = DAY) -> dict[str, object] | None:
    with oa.open_store(folder) as data:
        return LearnedFile(data, day).get(AHEAD)


def test_the_second_time_nothing_is_replayed(folder, replays):
    (folder / LEARNED_FILE).unlink()
    first = lesson(folder)
    assert first["scores"]  # enough outcomes to learn something
    assert replays == [AHEAD]
    assert lesson(folder) == first == read_from_file(folder)
    assert replays == [AHEAD]


# --- Each part of the key ---------------------------------------------------------------------


def other_zone_rules(monkeypatch) -> None:
    offsets = learned_file.offsets
    monkeypatch.setattr(learned_file, "offsets", lambda *of: offsets(*of)[1:])


def other_version_of(package: str, monkeypatch) -> None:
    version = learned_file.version
    monkeypatch.setattr(learned_file, "version", lambda p: "0" if p == package else version(p))


OTHER = {
    "form": lambda patch: patch.setattr(learned_file, "_FORM", 0),
    "package": lambda patch: patch.setattr(oa, "__version__", "0.0.1"),
    "code": lambda patch: patch.setattr(learned_file, "digest_of_code", lambda: "other"),
    "python": lambda patch: patch.setattr(learned_file.platform, "python_version", lambda: "3.0"),
    "columns": lambda patch: patch.setattr(learned_file, "columns_of_tables", lambda _: "other"),
    "zone rules": other_zone_rules,
    "threads": lambda patch: patch.setenv("OPENBLAS_NUM_THREADS", "63"),
    "machine": lambda patch: patch.setattr(learned_file.platform, "machine", lambda: "other"),
    "cores": lambda patch: patch.setattr(learned_file.os, "cpu_count", lambda: 63),
    **{
        package: lambda patch, package=package: other_version_of(package, patch)
        for package in ("duckdb", "ibis-framework", "sqlglot", "numpy", "pandas", "pyarrow")
    },
}


@pytest.mark.parametrize("part", OTHER)
def test_with_another_part_of_the_key_nothing_is_read(folder, part, monkeypatch):
    assert read_from_file(folder) is not None
    with monkeypatch.context() as patched:
        OTHER[part](patched)
        assert read_from_file(folder) is None
    assert read_from_file(folder) is not None


def test_what_another_version_learned_is_replaced(folder, replays, monkeypatch):
    first = lesson(folder)
    monkeypatch.setattr(oa, "__version__", "0.0.1")
    assert lesson(folder) == first
    assert replays == [AHEAD]
    assert json.loads(texts_of(folder)[1])["key"]["package"] == "0.0.1"


def other_setting(folder: Path, **changed: object) -> None:
    current = require_store(folder)
    point_to(folder, replace(current, settings=replace(current.settings, **changed)))


@pytest.mark.parametrize(
    "changed", [{"timezone": "Pacific/Auckland"}, {"todo_days": 9}, {"keep_snapshots": 7}]
)
def test_with_another_setting_it_is_learned_anew(folder, changed, replays):
    other_setting(folder, **changed)
    lesson(folder)
    assert replays == [AHEAD]


def test_another_date_is_learned_beside_the_first(folder, replays):
    lesson(folder, date(2026, 11, 3))
    assert replays == [AHEAD]
    assert read_from_file(folder) is not None
    assert read_from_file(folder, date(2026, 11, 3)) is not None


def test_after_a_load_it_is_learned_anew(folder, write, replays):
    oa.load_files(write(people="person_id\nnew\n"), store=folder)
    lesson(folder)
    assert replays == [AHEAD]


def test_another_snapshot_of_the_same_number_is_learned_anew(folder, replays):
    os.utime(folder / "snapshot-000001.duckdb", ns=(0, 0))  # as put back by a backup
    lesson(folder)
    assert replays == [AHEAD]


def test_the_digest_of_the_code_tells_every_change(tmp_path):
    package = tmp_path / "package"
    for name in ("a.py", "planning/b.py", "measures/c.py", "store/d.py", "cli/e.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("x = 1\n")
    digest_of = digest_of_code.__wrapped__
    first = digest_of(package)
    (package / "cli" / "e.py").write_text("x = 2\n")
    assert digest_of(package) == first  # no lesson is computed there
    digests = {first}
    (package / "planning" / "b.py").write_text("x = 2\n")
    digests.add(digest_of(package))
    (package / "planning" / "b.py").rename(package / "planning" / "f.py")
    digests.add(digest_of(package))
    (package / "store" / "empty.py").touch()
    digests.add(digest_of(package))
    assert len(digests) == 4


def test_the_digest_covers_all_that_learning_imports(folder):
    program = (
        "import sys, organizing_analytics as oa\n"
        "from datetime import date\n"
        "from organizing_analytics.planning.planner import Planner\n"
        f"with oa.open_store({str(folder)!r}) as data: Planner(data, date(2026, 11, 10)).lesson(3)\n"
        "for name, module in sys.modules.items():\n"
        "    if name.startswith('organizing_analytics'): print(module.__file__)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    package = Path(oa.__file__).parent
    imported = {Path(line).relative_to(package) for line in run.stdout.splitlines()}
    assert Path("planning/replay.py") in imported
    covered = {path.relative_to(package) for pattern in CODE for path in package.glob(pattern)}
    assert imported <= covered


# --- Damaged files ----------------------------------------------------------------------------


def texts_of(folder: Path) -> tuple[str, str]:
    """Return the checksum and the text that it is of."""
    checksum, _, text = (folder / LEARNED_FILE).read_text(encoding="utf-8").partition("\n")
    return checksum, text


def test_a_truncated_file_is_ignored(folder):
    path = folder / LEARNED_FILE
    whole = path.read_bytes()
    with oa.open_store(folder) as data:
        file = LearnedFile(data, DAY)
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            assert file.get(AHEAD) is None, length
        path.write_bytes(whole)
        assert file.get(AHEAD) is not None


def test_a_file_with_one_wrong_bit_is_ignored(folder):
    path = folder / LEARNED_FILE
    whole = path.read_bytes()
    with oa.open_store(folder) as data:
        file = LearnedFile(data, DAY)
        for place in range(len(whole)):
            wrong = bytearray(whole)
            wrong[place] ^= 1 << place % 8
            path.write_bytes(bytes(wrong))
            assert file.get(AHEAD) is None, place


def of_format_3(folder: Path) -> bytes:
    learned = {"rung": "rule", "spread": 9.0, "day": 0.9, "half_life": 1.0, "scores": {}}
    return json.dumps({f"v3 1 {DAY} {AHEAD}": learned}, indent=1).encode()


def of_another_store(folder: Path) -> bytes:
    """Return a whole file, about the same date of a store with the same snapshot's number."""
    files, store = folder.parent / "other", folder.parent / "other_store"
    oa.write_sample(files, people=150, weeks=12, seed=5, last_day=LAST_DAY)
    oa.load_files(files, store=store, timezone="America/Chicago")
    lesson(store)
    return (store / LEARNED_FILE).read_bytes()


WRONG = {
    "nothing": lambda _: b"",
    "no text": lambda _: b"\xff\xfe\x00",
    "older": of_format_3,
    "foreign": of_another_store,
    "half": lambda folder: (folder / LEARNED_FILE).read_bytes()[:-40],
    "only a checksum": lambda _: f"{learned_file._hash('')}\n".encode()[:-1],
    "no lessons": lambda _: f"{learned_file._hash('[]')}\n[]".encode(),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_ignored_and_replaced(folder, kind, replays):
    first = lesson(folder)
    whole = (folder / LEARNED_FILE).read_bytes()
    wrong = WRONG[kind](folder)
    replays.clear()  # of another store
    (folder / LEARNED_FILE).write_bytes(wrong)
    assert lesson(folder) == first
    assert replays == [AHEAD]
    assert (folder / LEARNED_FILE).read_bytes() == whole


def test_a_folder_in_its_place_costs_nothing_but_time(folder):
    first = lesson(folder)
    (folder / LEARNED_FILE).unlink()
    (folder / LEARNED_FILE).mkdir()
    assert lesson(folder) == first


def test_only_the_latest_lessons_are_kept(folder, monkeypatch):
    monkeypatch.setattr(learned_file, "MAX_LESSONS", 2)
    days = [date(2026, 11, day) for day in (2, 3, 4)]
    for day in days:
        lesson(folder, day)
    assert [read_from_file(folder, day) is not None for day in days] == [False, True, True]


# --- Private ----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_it_is_private(folder):
    (folder / LEARNED_FILE).write_text("left by somebody")
    (folder / LEARNED_FILE).chmod(0o644)
    lesson(folder)
    assert stat.S_IMODE((folder / LEARNED_FILE).stat().st_mode) == 0o600
    assert not list(folder.glob(".draft-*"))


def test_forgetting_somebody_removes_it(folder):
    with oa.open_store(folder) as data:
        person = data.sql("FROM people ORDER BY person_id")["person_id"][0]
    assert (folder / LEARNED_FILE).exists()
    oa.forget(person, store=folder)
    assert not (folder / LEARNED_FILE).exists()


def test_whoever_still_reads_the_old_snapshot_keeps_nothing(folder):
    with oa.open_store(folder) as data:
        person = data.sql("FROM people ORDER BY person_id")["person_id"][0]
        oa.forget(person, store=folder)
        assert Planner(data, DAY).lesson(AHEAD).learned.scores
    assert not (folder / LEARNED_FILE).exists()


def test_a_backup_leaves_it_out(folder, tmp_path):
    first = lesson(folder)
    oa.backup(tmp_path / "backup", store=folder)
    assert not (tmp_path / "backup" / LEARNED_FILE).exists()
    assert lesson(tmp_path / "backup") == first


# --- The answers ------------------------------------------------------------------------------


def answers(folder: Path, day: date) -> list[pd.DataFrame]:
    with oa.open_store(folder) as data:
        teams = data.sql("SELECT team_id FROM teams ORDER BY ALL")["team_id"].tolist()
        return [
            oa.plan_upcoming(data, as_of=day),
            *(oa.plan_upcoming(data, as_of=day, team=team) for team in teams[:2]),
            oa.todo(data, as_of=day),
        ]


@pytest.mark.parametrize(("seed", "people", "weeks"), [(11, 60, 6), (12, 200, 10), (13, 500, 20)])
def test_answers_are_the_same_with_and_without(seed, people, weeks, tmp_path, replays):
    folder = tmp_path / "store"
    oa.write_sample(tmp_path / "in", people=people, weeks=weeks, seed=seed, last_day=LAST_DAY)
    oa.load_files(tmp_path / "in", store=folder, timezone="America/Chicago")
    without = answers(folder, DAY)
    assert any(len(frame) for frame in without)
    assert replays
    replays.clear()
    for _ in range(2):
        for frame, other in zip(answers(folder, DAY), without, strict=True):
            pd.testing.assert_frame_equal(frame, other, check_exact=True)
    assert replays == []
    # What a load changes is learned, whatever was kept before it.
    oa.load_files(moved(tmp_path), store=folder)
    after = answers(folder, DAY)
    (folder / LEARNED_FILE).unlink()
    for frame, other in zip(answers(folder, DAY), after, strict=True):
        pd.testing.assert_frame_equal(frame, other, check_exact=True)


def moved(folder: Path) -> Path:
    """Return the campaign's sign-ups again, every second of the attended ones missed."""
    files = sorted((folder / "in").glob("signups*.csv"))
    rows = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
    came = rows.index[rows["attended"] == "true"]
    rows.loc[came[::2], "attended"] = "false"
    (folder / "again").mkdir()
    rows.to_csv(folder / "again" / "signups.csv", index=False)
    return folder / "again"
