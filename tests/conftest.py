"""What several tests share: a folder of templates to load, and the real logs when they are there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import organizing_analytics as oa
from organizing_analytics.cli import main

ROOT = Path(__file__).parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"

#: Files whose tests take long: they open browsers, start kernels, kill processes, need Spark, or
#: compare many random campaigns.
SLOW = {
    "test_against_oracle",
    "test_against_oracle_people",
    "test_answers_by_mail",
    "test_assault",
    "test_benchmarks",
    "test_charts_of_notebooks",
    "test_door_in_browser",
    "test_engines",
    "test_forget_everywhere",
    "test_lab",
    "test_learned_file",
    "test_models",
    "test_nbval",
    "test_notebooks",
    "test_page_in_browser",
    "test_paper_in_browser",
    "test_planner_in_browser",
    "test_reports",
    "test_scenarios",
    "test_statements",
    "test_taking_over",
    "test_to_do_of_any_campaign",
    "test_under_fire",
    "test_warm_kernels",
    "test_weekly",
}
SEED = "OA_TEST_SEED"

# No test depends on how fast the machine is.
settings.register_profile("oa", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("oa")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give hypothesis one seed for the whole run, workers included; the summary prints it."""
    os.environ.setdefault(SEED, str(secrets.randbelow(2**32)))
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = os.environ[SEED]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how to draw the same random examples again."""
    seed = terminalreporter.config.getoption("--hypothesis-seed")
    terminalreporter.write_line(f"Random examples by seed {seed}; again with {SEED}={seed}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow files; in CI these get a second try, and the summary names them."""
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)
        if "CI" in os.environ and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.flaky(reruns=1))


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write CSV files: write(signups="signup_id,…\\n…") → the folder that holds them."""

    def _write(folder: str = "in", **tables: str) -> Path:
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        for name, text in tables.items():
            (path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        return path

    return _write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def rows() -> Callable[[Path, str], list[tuple[object, ...]]]:
    """Ask a store's current snapshot by SQL."""

    def _rows(folder: Path, query: str) -> list[tuple[object, ...]]:
        with oa.open_store(folder) as data:
            return data.connection.sql(query).fetchall()

    return _rows


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip("the real logs are not on this machine")
    return REAL_DATA


@pytest.fixture(autouse=True)
def _no_store_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    if "ORGANIZING_STORE" in os.environ:
        monkeypatch.delenv("ORGANIZING_STORE")


#: A campaign small enough to count by eye.
SMALL = {
    "teams": "team_id,name\nt1,North\n",
    "people": "person_id,given_name,team_id\np1,Ann,t1\np2,Bo,t1\n",
    "events": "event_id,title,event_type,team_id,timezone\ne1,Saturday,canvass,t1,America/New_York\n",
    "shifts": "shift_id,event_id,starts_at,need\ns1,e1,2026-03-07T10:00,4\n",
    "signups": (
        "signup_id,shift_id,person_id,status,attended\n"
        "g1,s1,p1,registered,yes\ng2,s1,p2,confirmed,\n"
    ),
}


@pytest.fixture
def small(write: Write) -> Path:
    return write(**SMALL)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command line and return what it printed; it must exit with `code`."""

    def _run(*words: object, code: int = 0) -> str:
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            assert (end.code or 0) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out if code == 0 else err

    return _run


@pytest.fixture
def browser():
    """Headless Chromium. Who has none may skip these tests; a run of all checks (CI) may not.

    One a test: while it is open, Playwright's event loop runs in this thread, and others could not.
    """
    from playwright.sync_api import Error, sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"there is no Chromium: {error.message.splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """A tab of a laptop's size."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()
