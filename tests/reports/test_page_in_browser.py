"""The reports as people meet them: in a browser, on a phone, on paper, and as files of numbers.

One made-up campaign, in which one team's ids, names and titles are as bad as they come. Its
notebooks are run in this process: the kernels have their own tests.
"""

from __future__ import annotations

import ast
import csv
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import nbformat
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_output

import organizing_analytics as oa
from organizing_analytics.errors import ReportError
from organizing_analytics.reports import batch, printing, write_reports
from organizing_analytics.reports.result import ReportRun
from organizing_analytics.reports.running import NotebookError
from organizing_analytics.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Long past, so that no clock that a test runs by is before it.
WEEK, LAST_DAY = "2024-W47", date(2024, 11, 24)
USUAL, HOSTILE, FAILING = "T01", "../../T02", "T03"
TEAM_NAME = "<script>alert(1)</script> & \u202eabc 🎉"
NAMES = (
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\u202eevil\u2066 \u200f\u05de\u05d9",
    "x" * 500,
    "👩🏽‍🚒 Ann\u2028Abel",
    '"><img src=x onerror=alert(1)>',
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of a campaign with a usual team and a hostile one."""
    folder = tmp_path_factory.mktemp("campaign")
    oa.write_sample(folder / "in", seed=1, people=500, weeks=16, last_day=LAST_DAY)
    for path in sorted((folder / "in").glob("*.csv")):
        spoil(path)
    oa.load_files([folder / "in"], store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def spoil(path: Path) -> None:
    """Give the second team a hostile id and name, and its people and events hostile texts."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    texts = {"people": ("given_name", "family_name"), "events": ("title",), "asks": ("notes",)}
    columns = [head.index(name) for name in texts.get(path.stem, ()) if name in head]
    for n, row in enumerate(rows):
        if "T02" in row:
            for column in columns:
                row[column] = NAMES[(n + column) % len(NAMES)]
            if path.stem == "teams" and row[0] == "T02":
                row[head.index("name")] = TEAM_NAME
        row[:] = [HOSTILE if cell == "T02" else cell for cell in row]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def run_here(template: Path, parameters: dict[str, Any]) -> nbformat.NotebookNode:
    """Run a notebook in this process, as a kernel would; one team's stops."""
    if parameters["team_id"] == FAILING:
        raise NotebookError("The shifts <b>broke</b>.")
    notebook = nbformat.read(template, as_version=4)
    space: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "parameters" in cell.metadata.get("tags", []):
            space |= parameters
            continue
        *steps, last = ast.parse(cell.source).body
        if not isinstance(last, ast.Expr):
            exec(cell.source, space)
            continue
        assert not steps
        value = eval(cell.source, space)
        if value is not None:
            shown = value._repr_mimebundle_()
            cell.outputs = [new_output("execute_result", shown, execution_count=1)]
    space["team"].store.close()
    return notebook


@pytest.fixture(scope="module")
def here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "run_notebook", run_here)
        yield


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def run(store: Path, out: Path, here: None) -> ReportRun:
    teams = [USUAL, HOSTILE, FAILING]
    return write_reports(store, week=WEEK, teams=teams, out=out, jobs=1)


@pytest.fixture(scope="module")
def nameless(store: Path, out: Path, run: ReportRun) -> ReportRun:
    return write_reports(store, week=WEEK, teams=[USUAL], out=out, jobs=1, names=False)


def report_of(run: ReportRun, team: str) -> Any:
    return next(report for report in run.reports if report.team_id == team)


def pages_of(run: ReportRun) -> list[Path]:
    everyone = sorted(run.reports[0].html.parent.glob("*-everyone.html"))
    return [run.index, *(report.html for report in run.reports), *everyone]


# In a browser


def test_pages_ask_for_nothing_and_say_nothing_to_the_console(page: Any, run: ReportRun) -> None:
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.route(re.compile("^(?!file:)"), lambda route: route.abort())
    pages = pages_of(run)
    for path in pages:
        page.goto(path.as_uri())
    assert asked == [path.as_uri() for path in pages]
    assert said == []
    assert all(len(path.read_bytes()) <= 400_000 for path in pages)


WIDER = """() => [document.documentElement, ...document.querySelectorAll('.wide, p, li, dd')]
  .filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}: ${box.innerText}`)"""
#: Words of up to 12 letters that stand on two lines.
TORN = """() => [...document.querySelectorAll('th, td, h1, h2')].flatMap(cell => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), torn = [];
  for (let node; node = walker.nextNode();)
    for (const word of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (word[0].length <= 12 && tops.size > 1) torn.push(word[0]);
    }
  return torn;
})"""


@pytest.mark.parametrize("width", [320, 360, 768, 1366])
def test_no_page_scrolls_sideways_and_no_word_is_torn(
    page: Any, run: ReportRun, nameless: ReportRun, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in [*pages_of(run), *pages_of(nameless)]:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate(WIDER) == [], path.name
        assert page.evaluate(TORN) == [], path.name


OVERLAPS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim());
  const boxes = texts.map(text => text.getBoundingClientRect());
  const found = [];
  for (let i = 0; i < texts.length; i++)
    for (let j = i + 1; j < texts.length; j++) {
      const [a, b] = [boxes[i], boxes[j]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 0.3 * Math.min(a.height, b.height))
        found.push(`${texts[i].textContent} / ${texts[j].textContent}`);
    }
  return found;
})"""


@pytest.mark.parametrize("width", [360, 1366])
def test_no_words_of_a_chart_overlap(page: Any, run: ReportRun, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for team in (USUAL, HOSTILE):
        page.goto(report_of(run, team).html.as_uri())
        assert page.locator("svg").count() >= 4
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(page: Any, run: ReportRun, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in pages_of(run):
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        faults = Axe().run(page).response["violations"]
        assert [(f["id"], f["nodes"][0]["html"][:200]) for f in faults] == [], path.name


def test_dark_is_dark_and_paper_is_white(page: Any, run: ReportRun) -> None:
    page.goto(report_of(run, USUAL).html.as_uri())
    ground = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 23, 27)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_every_chart_has_words_and_its_numbers_stand_in_a_table(page: Any, run: ReportRun) -> None:
    page.goto(report_of(run, USUAL).html.as_uri())
    for svg in page.locator("svg").all():
        assert svg.get_attribute("role") == "img"
        assert len(svg.get_attribute("aria-label")) > 60
        if svg.get_attribute("class") == "spark":  # it carries its numbers itself
            assert svg.locator("text").count() == svg.locator("rect").count() == 9
            continue
        section = svg.locator("xpath=ancestor::section")
        assert section.locator("table").count() >= 1


def test_the_sections_come_in_the_order_of_need(page: Any, run: ReportRun) -> None:
    page.goto(report_of(run, USUAL).html.as_uri())
    wanted = [
        "This week's shifts",
        "My people",
        "How the week went",
        "Goals of the week",
        "Who showed up",
        "What people said when asked",
        "After a no",
        "New people, and who came back",
        "One-to-ones",
        "Follow-up",
        "What is not written down",
        "Who stays, month by month",
        "What the numbers mean",
    ]
    first, *there = page.locator("h2, h3").all_inner_texts()
    assert first == page.locator(".panel h2").inner_text()
    assert there == wanted
    assert not page.locator("dl.meanings").is_visible()  # the definitions are in a fold


def test_the_first_screen_of_a_phone_says_what_is_short_and_whom_to_call(
    page: Any, run: ReportRun, store: Path
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(report_of(run, USUAL).html.as_uri())
    with oa.open_store(store) as data:
        plan = oa.plan_upcoming(data, team=USUAL, days=2, as_of=LAST_DAY)
    short = plan[plan["verdict"].isin(["schedule", "schedule_but_short"])]
    assert (
        page.locator(".panel h2")
        .inner_text()
        .endswith(f"is {short['more'].iloc[0]} sign-ups short")
    )
    names = page.locator(".panel .person:visible")
    seen = [n for n in names.all() if n.bounding_box()["y"] + n.bounding_box()["height"] < 844]
    assert len(seen) >= 3
    for link in page.locator(".taps a:visible").all():
        box = link.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        assert re.match(r"(tel|sms):\+?\d+$", link.get_attribute("href"))


def test_the_verdict_of_every_shift_is_that_of_the_command_line(
    page: Any, run: ReportRun, store: Path
) -> None:
    page.goto(report_of(run, USUAL).html.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    with oa.open_store(store) as data:
        plan = oa.plan_upcoming(data, team=USUAL, days=14, as_of=LAST_DAY)
    lines = [text.replace("\xa0", " ") for text in page.locator(".shift").all_inner_texts()]
    assert len(lines) == len(plan) > 0
    for line, shift in zip(lines, plan.to_dict("records"), strict=True):
        assert shift["verdict_words"] in line
        assert f"{shift['median']} likely ({shift['low']} to {shift['high']}" in line


def test_everybody_stands_on_a_page_and_in_a_table_of_their_own(
    page: Any, run: ReportRun, nameless: ReportRun, store: Path
) -> None:
    report = report_of(run, USUAL)
    page.goto(report.html.as_uri())
    page.get_by_role("link", name=re.compile("^The full list")).click()
    assert page.locator("h1").inner_text() == "Everybody on the list"
    with oa.open_store(store) as data:
        tasks = oa.todo(data, team=USUAL, everything=True, as_of=LAST_DAY)
    people = tasks["person_id"].nunique()
    assert f"{people} people, {len(tasks)} things to do" in page.locator("main").inner_text()
    named = page.locator(".person b").all_inner_texts()
    assert len(named) == people
    rows = pd.read_csv(report.html.with_name(f"{USUAL}-everyone.csv"), dtype="str")
    assert sorted(rows["reason"]) == sorted(tasks["reason"])
    page.get_by_role("link", name=re.compile("^Back to")).click()
    assert page.url == report.html.as_uri()
    assert not list(report_of(nameless, USUAL).html.parent.glob("*everyone*"))


def test_hostile_texts_stand_there_as_text(page: Any, run: ReportRun) -> None:
    report = report_of(run, HOSTILE)
    page.goto(report.html.as_uri())
    assert page.title() == "<script>alert(1)</script> & abc 🎉, Monday, November 25, 2024"
    assert page.locator("h1").inner_text() == "<script>alert(1)</script> & abc 🎉"
    text = page.locator("main").inner_text()
    for name in (
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "=cmd|' /C calc'!A0",
        "👩🏽‍🚒 Ann",
    ):
        assert name in text
    assert "x" * 59 + "…" in text
    assert "x" * 60 not in text
    assert page.locator("script, img").count() == 0
    # Whatever turns text around stays inside what it belongs to.
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert page.locator("bdi").count() > 5
    assert re.fullmatch(r"t02-[0-9a-f]{12}\.html", report.html.name)


# The index


def column(page: Any, place: int) -> list[str]:
    return page.locator(f"tbody tr > :nth-child({place})").all_inner_texts()


def test_the_index_sorts_by_mouse_and_keyboard(page: Any, run: ReportRun) -> None:
    page.goto(run.index.as_uri())
    by_name = column(page, 1)
    came = page.get_by_role("button", name="Came")
    came.click()
    assert page.locator("th[aria-sort=descending]").all_inner_texts() == ["Came"]
    numbers = [int(cell.replace(",", "")) for cell in column(page, 2) if cell[0].isdigit()]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) > 3
    came.press("Enter")
    assert page.locator("th[aria-sort=ascending]").count() == 1
    numbers = [int(cell.replace(",", "")) for cell in column(page, 2) if cell[0].isdigit()]
    assert numbers == sorted(numbers)
    assert "Sorted by Came, least first." in page.locator("#sorted").inner_text()
    page.get_by_role("button", name="Show-up").press("Space")
    known = ["%" in cell for cell in column(page, 3)]
    assert known == sorted(known, reverse=True)  # what is not known is last
    shares = [int(cell.split()[0]) for cell in column(page, 3) if "%" in cell]
    assert shares == sorted(shares, reverse=True)
    page.get_by_role("button", name="Team").click()
    assert column(page, 1) == by_name
    assert page.locator("table tr").last.inner_text().startswith("The whole campaign")


def test_without_script_the_index_is_a_table(browser: Any, run: ReportRun) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(run.index.as_uri())
    assert page.locator("tbody tr").count() == 9
    assert page.locator("button").count() == 0
    assert page.locator("tfoot").inner_text().startswith("The whole campaign")
    context.close()


def test_the_index_says_first_what_failed(page: Any, run: ReportRun) -> None:
    page.goto(run.index.as_uri())
    failed = page.locator(".failures li").all_inner_texts()
    assert len(failed) == 1
    assert failed[0].endswith("failed. The shifts <b>broke</b>.")
    assert page.locator("table, .failures").first.evaluate("e => e.className") == "failures"


def test_a_changed_script_would_not_run(page: Any, run: ReportRun, tmp_path: Path) -> None:
    html = run.index.read_text(encoding="utf-8")
    changed = html.replace('"use strict";', '"use strict"; document.title = "changed";')
    (tmp_path / "index.html").write_text(changed, encoding="utf-8")
    page.goto((tmp_path / "index.html").as_uri())
    assert page.title() != "changed"
    assert page.locator("button").count() == 0


# Numbers


def test_page_notebook_and_files_hold_the_same_numbers(page: Any, run: ReportRun) -> None:
    for team in (USUAL, HOSTILE):
        report = report_of(run, team)
        frame = pd.read_csv(report.csv, dtype={"group": "str", "by": "str"}, keep_default_na=False)
        parquet = pd.read_parquet(report.parquet)
        assert list(frame.columns) == list(parquet.columns)
        assert frame["shown"].tolist() == parquet["shown"].tolist()
        assert [float(n) for n in frame["rate"] if n] == parquet["rate"].dropna().tolist()
        page.goto(report.html.as_uri())
        text = page.locator("body").text_content().replace("\xa0", " ")
        assert [shown for shown in frame["shown"] if shown not in text] == []
        known = parquet.dropna(subset=["rate"])
        assert (known["of"] >= 5).all()
        assert (known["count"] / known["of"] - known["rate"]).abs().max() < 1e-9
        known = known.dropna(subset=["low"])
        assert ((known["low"] <= known["rate"]) & (known["rate"] <= known["high"])).all()
        key = ["section", "number", "whose", "period", "by", "group"]
        assert not parquet.duplicated(key).any()


def test_the_numbers_are_those_of_the_measures(store: Path, run: ReportRun) -> None:
    frame = pd.read_parquet(report_of(run, USUAL).parquet)
    with oa.open_store(store) as data:
        window = {"team": USUAL, "since": "2024-11-18", "as_of": "2024-11-24"}
        came = oa.show_up(data, **window).iloc[0]
        asked = oa.asks_outcomes(data, **window).iloc[0]
        held = oa.meetings(data, **window)["held"].sum()
        before = oa.show_up(
            data,
            team=USUAL,
            since="2024-09-23",
            until="2024-11-17",
            as_of="2024-11-24",
        ).iloc[0]
        lately = {"team": USUAL, "since": "2024-08-27", "as_of": "2024-11-24"}
        nine = {**lately, "since": "2024-09-23"}
        kept = oa.asks_kept(data, **lately).iloc[0]
        returned = oa.retention_return(data, **lately).iloc[0]
        noes = oa.asks_after_no(data, **lately).set_index("no_type")
        leads = oa.show_up(data, by="lead", **nine).set_index("lead")
        weeks = oa.show_up(data, by="week", **nine).set_index("week")
        kinds = oa.meetings(data, **nine).set_index("kind")

    def rows(number: str, period: str = "this_week", by: str = "") -> pd.DataFrame:
        of = {"number": number, "period": period, "by": by, "whose": "team"}
        return frame[(frame[list(of)] == pd.Series(of)).all(axis="columns")]

    week = rows("came").iloc[0]
    assert (week["count"], week["rate"], week["low"]) == (
        came["attended"],
        pytest.approx(came["rate"]),
        pytest.approx(came["low"]),
    )
    then = rows("came", "eight_weeks_before").iloc[0]
    assert then["high"] == pytest.approx(before["high"])
    assert rows("kept", "90_days").iloc[0]["low"] == pytest.approx(kept["low"])
    assert rows("came_back", "90_days").iloc[0]["high"] == pytest.approx(returned["high"])
    for number, period, by, answer, low in (
        ("came", "nine_weeks", "lead", leads, "low"),
        ("came", "nine_weeks", "week", weeks, "low"),
        ("became_a_yes", "90_days", "no_type", noes, "low"),
        ("right_next_move", "90_days", "no_type", noes, "right_move_rate_low"),
        ("committed", "nine_weeks", "kind", kinds, "commitment_rate_low"),
        ("followed_up", "nine_weeks", "kind", kinds, "follow_up_rate_low"),
    ):
        shown = rows(number, period, by).dropna(subset=["low"]).set_index("group")["low"]
        assert len(shown)
        assert shown.astype(float).to_dict() == pytest.approx(
            answer.loc[shown.index, low].to_dict()
        )
    answers = rows("asks", by="outcome").set_index("group")["count"]
    assert {name: asked[name] for name in answers.index} == answers.to_dict()
    assert rows("held", by="kind")["count"].sum() == held


def test_an_old_week_asked_for_later_has_the_same_numbers(
    store: Path, run: ReportRun, here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "today", lambda _self: date(2024, 11, 25))
    then = write_reports(store, teams=[USUAL], out=tmp_path / "then", jobs=1)
    assert then.week == WEEK  # the last full week of that Monday
    was, now = report_of(then, USUAL), report_of(run, USUAL)
    for one, other in ((was.csv, now.csv), (was.parquet, now.parquet), (was.html, now.html)):
        assert one.read_bytes() == other.read_bytes()


# Without names, and on paper


def test_without_names_nobody_is_named(store: Path, run: ReportRun, nameless: ReportRun) -> None:
    named, report = report_of(run, USUAL), report_of(nameless, USUAL)
    with oa.open_store(store) as data:
        people = data.sql(
            "SELECT person_id, concat_ws(' ', given_name, family_name) AS name, email, phone"
            " FROM people"
        )
    html = report.html.read_text(encoding="utf-8")
    kept = report.notebook.read_text(encoding="utf-8")
    told = f"{html}\n{kept}\n{report.csv.read_text(encoding='utf-8')}"
    for column_name in people.columns:
        there = {text for text in people[column_name].dropna() if len(text) > 3 and text in told}
        assert [text for text in there if re.search(rf"\b{re.escape(text)}\b", told)] == []
    openly = named.html.read_text(encoding="utf-8")
    assert sum(name in openly for name in people["name"].dropna()) > 10
    assert "without names, for passing on" in html
    assert "Ask first" not in re.sub("<details>.*?</details>", "", html, flags=re.DOTALL)


def test_without_names_is_a_folder_of_its_own(out: Path, nameless: ReportRun) -> None:
    report = report_of(nameless, USUAL)
    assert report.html == out / "no-names" / WEEK / "T01-no-names.html"
    assert nameless.index == out / "no-names" / "index.html"
    index = nameless.index.read_text(encoding="utf-8")
    assert f'href="{WEEK}/T01-no-names.html"' in index
    assert "without names, for passing on" in index
    assert (out / WEEK / "T01.html").is_file()


@pytest.fixture
def chromium(browser: Any) -> str:
    """The machine's own, else the one that Playwright brought."""
    return printing.find_browser() or browser.browser_type.executable_path


def test_a_usual_team_is_two_pages_on_paper(chromium: str, run: ReportRun, tmp_path: Path) -> None:
    pdf = printing.print_page(chromium, report_of(run, USUAL).html, tmp_path / "a.pdf")
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) <= 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_no_browser_to_print_with_is_said_and_stops_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "run_notebook", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setenv("CHROME", str(tmp_path / "nowhere"))
    run = write_reports(store, week=WEEK, teams=[USUAL], out=tmp_path / "out", pdf=True)
    assert run.reports[0].status == "done"
    assert run.reports[0].pdf is None
    assert "No PDF was written" in (run.note or "")
    assert "CHROME" in str(run)


def test_a_browser_that_fails_is_told_with_its_report(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ReportError("The browser <b>broke</b>.")

    monkeypatch.setattr(batch, "run_notebook", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setattr(batch, "find_browser", lambda: "chromium")
    monkeypatch.setattr(batch, "print_page", broken)
    old = tmp_path / "out" / WEEK / "T01.pdf"
    old.parent.mkdir(parents=True)
    old.write_text("of an earlier page")
    [report] = write_reports(
        store, week=WEEK, teams=[USUAL], out=tmp_path / "out", pdf=True
    ).reports
    assert (report.status, report.pdf) == ("done", None)
    assert report.error is not None
    assert "The browser <b>broke</b>." in report.error
    assert not old.exists()


def test_what_is_no_browser_cannot_print(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="could not print"):
        printing.print_page(str(tmp_path / "none"), tmp_path / "a.html", tmp_path / "a.pdf")
