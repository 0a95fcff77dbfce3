"""Weekly reports: what they say, that nothing breaks out of them, and that one failure is one."""

from __future__ import annotations

import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_store import MadeStore, make_store
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import organizing_analytics as oa
import organizing_analytics.measures as m
from organizing_analytics.errors import OptionError, StoreError
from organizing_analytics.reports import batch, running, sections, write_reports
from organizing_analytics.reports.files import file_names, write_whole
from organizing_analytics.reports.kernels import forks, provisioner
from organizing_analytics.reports.numbers import as_csv, shared, table_of
from organizing_analytics.reports.pages import everyone_page_of, facts_of, page_of
from organizing_analytics.reports.parts import (
    FACTS,
    Part,
    beside,
    fold,
    meanings,
    sentence,
    table,
    together,
)
from organizing_analytics.reports.running import NotebookError, run_notebook
from organizing_analytics.reports.weeks import last_full_week, monday_of, report_day
from organizing_analytics.teams import chosen_teams, team_names

if TYPE_CHECKING:
    from collections.abc import Callable

# Long past, so that no clock that a test runs by is before it.
WEEK = "2024-W47"  # Monday 18 to Sunday 24 November 2024
HOSTILE = "<script>alert('x')</script>"
EVIL_TITLE = "<img src=x onerror=alert(1)> \"q\" 'q' & [x](javascript:1)"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def signup(n: int, shift: str, attended: bool | None, **more: Any) -> dict[str, Any]:
    row = {"signup_id": f"{shift}-{n}", "shift_id": shift, "person_id": f"p{n}"}
    row |= {"signed_up_at": "2024-09-03 12:00", "status": "registered", "attended": attended}
    return row | more


def campaign() -> dict[str, list[dict[str, Any]]]:
    """Return a campaign of four teams, small enough to count by eye; everything is in UTC.

    N (North): this week 3 came, 2 did not, 1 unrecorded, 1 cancelled; before 8 came, 2 did not.
    H (hostile name): one sign-up ahead. E: nothing. A team X that only an event names.
    """
    came = [True, True, True, False, False, None]
    before = [True] * 8 + [False] * 2
    return {
        "teams": [
            {"team_id": "N", "name": "North"},
            {"team_id": "../../H", "name": HOSTILE},
            {"team_id": "E", "name": "Empty"},
        ],
        "people": [{"person_id": f"p{n}", "given_name": f"Name{n}"} for n in range(20)],
        "events": [
            {"event_id": "e", "event_type": "canvass", "title": "Doors", "team_id": "N"},
            {"event_id": "h", "event_type": "canvass", "title": EVIL_TITLE, "team_id": "../../H"},
            {"event_id": "x", "event_type": "canvass", "team_id": "X"},
        ],
        "shifts": [
            {"shift_id": "now", "event_id": "e", "starts_at": "2024-11-20 18:00", "need": 4},
            {"shift_id": "old", "event_id": "e", "starts_at": "2024-10-22 18:00"},
            {"shift_id": "next", "event_id": "e", "starts_at": "2024-11-30 10:00", "need": 4},
            {"shift_id": "evil", "event_id": "h", "starts_at": "2024-11-30 10:00", "need": 1},
            {"shift_id": "evil2", "event_id": "h", "starts_at": "2024-11-19 10:00"},
            {"shift_id": "far", "event_id": "e", "starts_at": "2024-12-26 10:00"},
        ],
        "signups": [
            *(signup(n, "now", a) for n, a in enumerate(came)),
            signup(6, "now", None, status="cancelled", cancelled_at="2024-11-19 10:00"),
            *(signup(n, "old", a) for n, a in enumerate(before)),
            signup(0, "next", None),
            signup(0, "evil", None),
            signup(1, "evil2", None),
        ],
        "asks": [
            ask(1, "2024-11-19 10:00", "yes"),
            ask(2, "2024-11-19 11:00", "not_now"),
            ask(3, "2024-11-19 12:00", "no_answer"),
            ask(4, "2024-10-03 10:00", "not_that"),
        ],
        "meetings": [
            meeting(1, "2024-11-20 10:00", "held", commitment=True),
            meeting(2, "2024-11-20 12:00", "scheduled"),
            meeting(3, "2024-10-22 12:00", "no_show"),
        ],
        "goals": [
            {"team_id": "N", "week": WEEK, "measure": "attended", "target": 5},
            {"team_id": "N", "week": WEEK, "measure": "One-to-ones", "target": 1},
            {"team_id": "N", "week": WEEK, "measure": "asks", "target": 2},
            {"team_id": "N", "week": WEEK, "measure": "<b>doors</b>", "target": 1000},
            {"team_id": "N", "week": "2024-W46", "measure": "asks", "target": 77},
        ],
        "departures": [{"person_id": "p4", "at": "2024-11-01 10:00"}],
    }


def ask(n: int, at: str, outcome: str) -> dict[str, Any]:
    row = {"ask_id": f"a{n}", "asked_at": at, "person_id": f"p{n}", "team_id": "N"}
    return {**row, "ask_for": "canvass", "outcome": outcome}


def meeting(n: int, at: str, status: str, **more: Any) -> dict[str, Any]:
    row = {"meeting_id": f"m{n}", "person_id": f"p{n}", "team_id": "N", "kind": "maintenance"}
    return {**row, "scheduled_at": at, "status": status, **more}


@pytest.fixture(scope="module")
def store() -> MadeStore:
    return make_store(campaign())


@pytest.fixture(scope="module")
def north(store: MadeStore) -> sections.TeamWeek:
    return sections.team_week(store, "N", WEEK)


ALL = (
    sections.title,
    sections.today,
    sections.in_short,
    sections.upcoming,
    sections.to_do,
    sections.came,
    sections.goals,
    sections.show_up,
    sections.asks,
    sections.after_no,
    sections.newcomers,
    sections.one_to_ones,
    sections.follow_up,
    sections.unrecorded,
    sections.cohorts,
    sections.definitions,
    sections.everyone,
)


def said(part: Part | None) -> str:
    """Return what a reader reads: tags gone, one space between words."""
    assert part is not None
    text = re.sub(r"<svg.*?</svg>", " ", part.html)
    text = re.sub(r"</?(bdi|b)\b[^>]*>", "", text)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&nbsp;", " ").split())


# What the sections say


def test_the_week_in_short(north: sections.TeamWeek) -> None:
    # On the lists at the start: 3 came, 2 did not; 1 is unrecorded.
    assert said(sections.in_short(north)) == (
        "Mon 18 Nov to Sun 24 Nov 2024"
        " Of those on the lists, 60 % (3 of 5) came, 1 sign-up is unrecorded;"
        " 3 asks, 2 answered, 1 said yes; 1 one-to-one was held."
    )


def test_what_the_unrecorded_could_change(north: sections.TeamWeek) -> None:
    # 3 of 6 if the unrecorded one stayed away, 4 of 6 if not.
    text = said(sections.unrecorded(north))
    assert "1 sign-up of this week is unrecorded." in text
    assert "50 % (3 of 6) if none of them came and 67 % (4 of 6) if all did; 60 % of those" in text
    assert "Wed 20 Nov, Doors 1 of 7" in text
    assert "1 one-to-one is still marked as scheduled" in text


def test_the_next_two_weeks(north: sections.TeamWeek) -> None:
    text = said(sections.upcoming(north))
    assert re.search(
        r"Sat 30 Nov 10:00 ▲ Sign up \d+ more Doors\. 4 needed, 1 signed up, \d likely \(\d to \d\)",
        text,
    )
    assert "26 Dec" not in text


def test_the_eight_weeks_before_and_the_last_90_days(north: sections.TeamWeek) -> None:
    # Monday 18 November less 56 days, to Sunday the 17th; 24 November less 89 days.
    assert north.before == (date(2024, 9, 23), date(2024, 11, 17))
    assert north.window_from == date(2024, 8, 27)


def test_show_up_against_the_own_past_and_all_teams(north: sections.TeamWeek) -> None:
    text = said(sections.show_up(north))
    # 3 of 5 against 8 of 10: the intervals overlap.
    assert text.startswith("60 % came, not clearly different from the 80 % of the eight weeks")
    # Of all who signed up: 3 of 6, the one who cancelled with them.
    # The intervals are those of `oa show-up`, for so few people and one shift each.
    window = {"since": north.monday, "as_of": north.as_of}
    [week] = m.show_up(north.store, team="N", **window).to_dict("records")
    assert (round(week["low"], 2), round(week["high"], 2)) == (0.13, 0.94)
    assert "This team, this week 60 % (3 of 5) 13 to 94 % 50 % (3 of 6)" in text
    assert "This team, eight weeks before 80 % (8 of 10) 43 to 96 % 80 % (8 of 10)" in text
    assert "dashed: all teams in these weeks, 73 %" in text  # 11 of 15


def test_goals_of_the_week_and_what_was_reached(north: sections.TeamWeek) -> None:
    text = unescape(said(sections.goals(north)))
    assert "People who came 3 5 2 short" in text
    assert "Asks 3 2 reached, 1 more" in text
    assert "One-to-ones held 1 1 reached" in text
    assert "<b>doors</b> not counted 1,000" in text  # a goal that no measure knows
    assert "77" not in text  # another week's


def test_whom_to_ask_first(north: sections.TeamWeek) -> None:
    # p0, p1, p2 came on 20 November and 22 October, p3 to p7 in October only. p0 is on the list
    # already, p2 said not now, which is no reason; p4 has left.
    text = said(sections.upcoming(north))
    assert "Ask first: Name1, Name2, Name3, Name5 and Name6." in text


def test_who_must_not_be_asked_is_not_put_forward() -> None:
    rows = campaign()
    rows["people"][1]["do_not_contact"] = True
    rows["asks"].append(ask(2, "2024-11-20 10:00", "not_ever") | {"ask_id": "never"})
    text = said(sections.upcoming(sections.team_week(make_store(rows), "N", WEEK)))
    assert "Ask first: Name3, Name5, Name6 and Name7." in text


def test_another_teams_people_are_not_named() -> None:
    rows = campaign()
    came = {"signup_id": "far", "shift_id": "theirs", "person_id": "p12", "status": "registered"}
    rows["shifts"].append({"shift_id": "theirs", "event_id": "x", "starts_at": "2024-11-20 10:00"})
    rows["signups"].append(came | {"attended": True})
    team = sections.team_week(make_store(rows), "N", WEEK)
    assert "Name12" not in said(sections.upcoming(team)) + said(sections.newcomers(team))
    rows["people"][12]["team_id"] = "N"  # a member who came to another team's shift
    member = sections.team_week(make_store(rows), "N", WEEK)
    assert "Name12" in said(sections.upcoming(member))


def test_new_people_are_named_and_those_who_stay_away_counted() -> None:
    rows = campaign()
    rows["shifts"] += [
        {"shift_id": f"w{n}", "event_id": "e", "starts_at": f"2024-10-{n:02} 10:00"}
        for n in (1, 4, 7)
    ]
    rows["signups"] += [signup(8, f"w{n}", True) for n in (1, 4, 7)]
    rows["signups"].append(signup(11, "now", True))
    text = said(sections.newcomers(sections.team_week(make_store(rows), "N", WEEK)))
    assert text.startswith("1 person came for the first time this week: Name11.")
    # p8 came on 1, 4 and 7 October, and not since; p8 was on the list of the 22nd, and not there.
    assert "1 person who came often has stayed away for more than twice" in text
    assert text.endswith("usual time: Name8.")


def test_who_is_overdue_for_a_one_to_one() -> None:
    rows = campaign()
    for n in (1, 3, 5, 6):
        rows["people"][n] |= {"team_id": "N", "role": "team_member"}
    rows["people"][6]["do_not_contact"] = True
    team = sections.team_week(make_store(rows), "N", WEEK)
    text = said(sections.one_to_ones(team))
    # p1 had one on 20 November; p3's of October was a no-show; p5 and p6 never had one.
    assert "1 of 4 had one in the last 14 days." in text
    assert text.endswith("3 people are overdue: Name3 (never), Name5 (never) and 1 more.")


def test_follow_up_counts_what_is_two_days_old() -> None:
    rows = campaign()
    rows["contacts"] = [
        {"contact_id": "c", "person_id": "p0", "at": "2024-11-21 10:00", "reason": "thank_you"}
    ]
    text = said(sections.follow_up(sections.team_week(make_store(rows), "N", WEEK)))
    assert "After a shift 1 of 3 0 % (0 of 8)" in text
    assert "After a yes 0 of 1" in text
    assert "within 48 hours" in text


def test_a_table_without_numbers_has_none_and_one_with_them_gives_them_out() -> None:
    number = shared("came", 12, 19, period="this_week")
    part = fold("x", beside(table(["", "n"], [["a", number]]), sentence("y"))).within("show_up")
    [row] = part._repr_mimebundle_()[FACTS]["numbers"]
    assert (row["section"], row["count"], row["of"], row["shown"]) == (
        "show_up",
        12,
        19,
        "63 % (12 of 19)",
    )
    assert "numbers" not in sentence("y")._repr_mimebundle_().get(FACTS, {})


def test_the_files_of_numbers_run_nothing_in_a_spreadsheet() -> None:
    facts = {"team_id": "=cmd()", "week": WEEK, "as_of": "2024-11-24"}
    frame = table_of([shared("came", 2, 3, group="@x").as_row()], facts)
    lines = as_csv(frame).splitlines()
    assert lines[0].startswith("team_id,week,as_of,section,number")
    assert lines[1] == f"'=cmd(),{WEEK},2024-11-24,,came,team,this_week,,'@x,2,3,,,,,2 of 3"
    assert as_csv(table_of([], facts)).splitlines() == lines[:1]


def test_asks_of_the_week_are_a_table_where_they_are_few(north: sections.TeamWeek) -> None:
    part = sections.asks(north)
    assert "yes 1 not now 1 no answer 1" in said(part)
    assert part is not None
    assert "<svg" not in part.html


def test_after_a_no_only_what_is_old_enough(north: sections.TeamWeek) -> None:
    text = said(sections.after_no(north))
    assert text.startswith("1 no of the last 90 days is old enough (30 days) to know")
    assert "not that 0 of 1 0 of 1 0 of 1 -" in text
    assert "Counts without a share: too few to tell." in text


def test_newcomers_and_who_came_back(north: sections.TeamWeek) -> None:
    text = said(sections.newcomers(north))
    # p0 to p7 came first on 22 October, 33 days before; p0, p1, p2 came again 29 days later.
    assert text.startswith("Nobody came for the first time this week.")
    assert "This team 38 % (3 of 8)" in text
    assert "not followed up in time 38 % (3 of 8)" in text


def test_cohorts_say_their_kind_and_leave_the_running_month_out(north: sections.TeamWeek) -> None:
    assert said(sections.cohorts(north)).startswith("No retention to draw yet")
    later = sections.team_week(north.store, "N", "2024-W49")  # as of 8 December
    text = said(sections.cohorts(later))
    assert "(bounded: in that very month)" in text
    assert "2024-10 8 3" in text


def test_one_to_ones(north: sections.TeamWeek) -> None:
    text = said(sections.one_to_ones(north))
    assert "maintenance 1 1 1 of 1 0 of 1" in text
    assert "1 more was a no-show in nine weeks." in text


@pytest.mark.parametrize("section", ALL)
@pytest.mark.parametrize("team_id", ["N", "../../H", "X", "E"])
@pytest.mark.parametrize("week", [WEEK, "2024-W30"])
def test_no_section_shows_an_empty_number_or_a_tag_of_the_data(
    store: MadeStore, section: Any, team_id: str, week: str
) -> None:
    part = section(sections.team_week(store, team_id, week))
    if part is None:
        maybe_silent = {sections.goals, sections.came, sections.everyone}
        assert team_id == "E" or section in maybe_silent
        return
    text = said(part) + part.text
    for wrong in ("NaN", "nan ", "None", "<NA>", "NaT", "123.0", ".0 "):
        assert wrong not in text
    assert "<script" not in part.html
    assert "<img" not in part.html
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", part.html)


@pytest.mark.parametrize("section", ALL)
@pytest.mark.parametrize("team_id", ["N", "../../H"])
def test_without_names_no_section_names_anybody(
    store: MadeStore, section: Any, team_id: str
) -> None:
    part = section(sections.team_week(store, team_id, WEEK, names=False))
    if part is not None:
        bundle = part._repr_mimebundle_()
        assert not re.search(r"Name\d|\bp\d", f"{bundle}".replace("shift", ""))


def test_without_names_no_section_tells_a_place() -> None:
    """A place may be somebody's home."""
    tables = campaign()
    tables["events"][0] |= {"location": "12 Elm Street"}
    store = make_store(tables)
    told = {}
    for names in (True, False):
        team = sections.team_week(store, "N", WEEK, names=names)
        parts = [part._repr_mimebundle_() for section in ALL if (part := section(team))]
        told[names] = [f"{bundle}".count("Elm") for bundle in parts]
    assert sum(told[True]) > 1
    assert sum(told[False]) == 0


@pytest.mark.parametrize("section", ALL)
def test_sections_are_the_same_when_asked_again(store: MadeStore, section: Any) -> None:
    one, two = (section(sections.team_week(store, "N", WEEK)).html for _ in range(2))
    assert one == two


def test_a_team_without_anything_is_told_so_once(store: MadeStore) -> None:
    empty = sections.team_week(store, "E", WEEK)
    assert "There is nothing to report on this team yet" in said(sections.today(empty))
    assert [section(empty) for section in ALL[2:]] == [None] * len(ALL[2:])


def test_a_week_without_anything_is_said_in_sentences(store: MadeStore) -> None:
    quiet = sections.team_week(store, "N", "2024-W30")
    assert "Nothing was recorded for this team in this week" in said(sections.in_short(quiet))
    assert "Nobody was signed up in this week or the eight before." in said(
        sections.unrecorded(quiet)
    )
    assert "No shift of this team took place" in said(sections.show_up(quiet))
    assert "No ask of this team is noted in this week." in said(sections.asks(quiet))
    assert "No one-to-one of this team" in said(sections.one_to_ones(quiet))


def test_a_running_week_stands_at_yesterday() -> None:
    assert report_day(date(2024, 11, 18), date(2024, 11, 20)) == date(2024, 11, 20)
    assert report_day(date(2024, 11, 18), date(2024, 12, 20)) == date(2024, 11, 24)


def test_the_first_team_and_the_last_full_week_by_default(store: MadeStore) -> None:
    team = sections.team_week(store)
    assert team.team_id == "../../H"  # "<" comes before letters
    assert team.week == last_full_week(store.as_of())


# Weeks and teams


@pytest.mark.parametrize("week", ["2026-W60", "W47", "2027-W53", "2026W47", "2026-W47-1", "", "x"])
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(OptionError, match="written like 2026-W47"):
        monday_of(week)


def test_53_weeks_where_a_year_has_them() -> None:
    assert monday_of("2026-W53") == date(2026, 12, 28)


def test_a_week_that_has_not_begun_is_refused() -> None:
    with pytest.raises(OptionError, match="last full week is 2026-W47"):
        report_day(date(2026, 11, 23), date(2026, 11, 22))


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)))
def test_the_last_full_week_has_ended_and_the_next_has_not(yesterday: date) -> None:
    monday = monday_of(last_full_week(yesterday))
    assert 6 <= (yesterday - monday).days < 13


def test_teams_are_those_listed_and_those_named_by_name(store: MadeStore) -> None:
    assert team_names(store) == {"../../H": HOSTILE, "E": "Empty", "N": "North", "X": "X"}


def test_an_unknown_team_is_refused_with_neighbours_by_name() -> None:
    names = {"T1": "North Side", "T2": "South Side"}
    with pytest.raises(OptionError, match=r'id "north side". Did you mean T1 \(North Side\)'):
        chosen_teams(names, ["T2", "north side"])
    with pytest.raises(OptionError, match="no teams"):
        chosen_teams({}, ["T1"])


# Files


@given(
    st.lists(st.text(max_size=60) | st.from_regex(r"[a-cA-C]{1,2}", fullmatch=True), unique=True)
)
def test_file_names_are_safe_and_unique_whatever_the_ids(ids: list[str]) -> None:
    names = file_names(ids)
    assert list(names) == ids
    assert len({name.casefold() for name in names.values()}) == len(ids)
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", name)
        assert not re.fullmatch(r"(?i)con|prn|aux|nul|(com|lpt)\d|index", name)


def test_a_name_that_looks_like_anothers_mark_gets_its_own() -> None:
    marked = file_names(["../x"])["../x"]
    assert file_names(["../x", marked])[marked] != marked


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_whole(tmp_path / "page.html", "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


# Parts and pages

TEXTS = st.text(alphabet="<>&\"'ab%12 of", max_size=12)


class Reader(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@given(TEXTS, TEXTS, TEXTS)
def test_text_stays_text_in_every_part(one: str, two: str, three: str) -> None:
    parts = [
        (sentence(one), ["p"]),
        (
            table([one], [[two]]),
            ["div", "table", "thead", "tr", "th" if one else "td", "tbody", "tr", "th"],
        ),
        (fold(one, sentence(two)), ["details", "summary", "p"]),
        (meanings([(one, three)]), ["dl", "dt", "dd"]),
    ]
    for part, tags in parts:
        seen = read(part.html)
        assert seen.tags == tags
        assert one in seen.text.replace("\xa0", " ")


def test_parts_together_keep_their_facts() -> None:
    one = Part("<p>1</p>", "1", {"week": "w"})
    assert together(one, None, sentence("x"))._repr_mimebundle_() == {
        "text/html": "<p>1</p><p>x</p>",
        "text/plain": "1\nx",
        FACTS: {"week": "w"},
    }


def made_notebook(*cells: Any) -> nbformat.NotebookNode:
    return new_notebook(cells=list(cells))


def showing(html: str, **data: Any) -> Any:
    output = new_output("execute_result", {"text/html": html, "text/plain": "plain", **data})
    return new_code_cell("secret_code()", outputs=[output])


def test_a_page_is_the_same_whatever_pages_its_thread_made_before() -> None:
    def notebook(name: str) -> nbformat.NotebookNode:
        facts = {"name": name, "day": "Monday"}
        folded = new_markdown_cell(f"## More of {name}", metadata={"tags": ["folded"]})
        shown, more = showing(f"<h1>{name}</h1>", **{FACTS: facts}), showing(f"<p>{name}</p>")
        everyone = showing(f"<i>{name}</i>")
        everyone.metadata["tags"] = ["page-everyone"]
        return made_notebook(shown, folded, more, everyone)

    def pages(name: str) -> list[str | None]:
        return [page_of(notebook(name)), everyone_page_of(notebook(name), home=f"{name}.html")]

    with ThreadPoolExecutor(1) as thread:
        in_turn = [thread.submit(pages, name).result() for name in ("North", "South", "North")]
    own = []
    for name in ("North", "South"):
        with ThreadPoolExecutor(1) as thread:
            own.append(thread.submit(pages, name).result())
    assert in_turn == [own[0], own[1], own[0]]
    assert "South" not in "".join(filter(None, own[0]))


def test_a_page_shows_html_and_headings_and_nothing_else() -> None:
    page = page_of(
        made_notebook(
            new_markdown_cell("# For the notebook", metadata={"tags": ["notebook-only"]}),
            showing("<h1>Team</h1>", **{FACTS: {"name": HOSTILE, "day": "Monday"}}),
            new_markdown_cell("## Empty section"),
            new_code_cell("pass"),
            new_markdown_cell("## Full section"),
            new_code_cell(
                "x",
                outputs=[
                    new_output("stream", name="stderr", text="a warning"),
                    new_output("display_data", {"text/plain": "<Figure>", "text/markdown": "*m*"}),
                    new_output("display_data", {"application/javascript": "alert(1)"}),
                ],
            ),
            showing('<svg viewBox="0 0 1 1"></svg>'),
        )
    )
    assert "<h1>Team</h1>" in page
    assert "Full section" in page
    assert 'viewBox="0 0 1 1"' in page
    for hidden in ("For the notebook", "Empty", "a warning", "alert(1)", "secret", "Figure", "*m*"):
        assert hidden not in page
    assert "<title>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;, Monday</title>" in page
    check_page(page)


def check_page(page: str) -> None:
    """Hold a page to what every page must keep: no script, no request, under 400 KB."""
    seen = read(page)
    assert len(page.encode()) <= 400_000
    assert page.startswith("<!DOCTYPE html>")
    scripts = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digests = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    named = "".join(f"; script-src 'sha256-{digest}'" for digest in digests)
    assert ("content", POLICY + named) in seen.attributes
    assert len(scripts) == seen.tags.count("script") <= ("All teams" in page)
    forbidden = {
        "iframe",
        "link",
        "img",
        "object",
        "embed",
        "base",
        "form",
        "foreignobject",
    }
    assert not forbidden & set(seen.tags)
    for name, value in seen.attributes:
        assert not name.startswith("on")
        if name in {"href", "src", "xlink:href"}:
            assert re.fullmatch(r"#?[\w./-]*", value or ""), value
    assert not re.search(r"(?i)https?:|//[a-z]|url\((?!#)|@import", page)
    ids = [value for name, value in seen.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_facts_are_read_from_the_notebook() -> None:
    notebook = made_notebook(showing("x", **{FACTS: {"snapshot": 3}}), new_markdown_cell("y"))
    assert facts_of(notebook) == {"snapshot": 3}


# The batch, without kernels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real store that holds the campaign."""
    place = tmp_path_factory.mktemp("reports")
    for name, rows in campaign().items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
        text = "\n".join(",".join(line) for line in lines) + "\n"
        (place / f"{name}.csv").write_text(text)
    loaded = oa.load_files([place], store=place / "store", timezone="UTC")
    assert not loaded.rejects
    return place / "store"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"'


def stub(template: Path, parameters: dict[str, Any]) -> nbformat.NotebookNode:
    """Stand in for a run: North's notebook stops, the others show their team."""
    if parameters["team_id"] == "N":
        raise NotebookError("It <b>broke</b>.", made_notebook(showing("half")))
    if parameters["team_id"] == "X":
        raise ZeroDivisionError("a bug")
    used = 99 if parameters["team_id"] == "E" else 1
    facts = {"snapshot": used, "name": "n", "week": WEEK}
    return made_notebook(showing("<h1>made</h1>", **{FACTS: facts}))


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "run_notebook", stub)


@pytest.mark.usefixtures("no_kernels")
def test_one_failure_stops_no_other_and_is_told(folder: Path, tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    run = write_reports(
        folder,
        week=WEEK,
        out=tmp_path / "out",
        jobs=2,
        progress=lambda report, done, of: calls.append((report.team_id, done, of)),
    )
    by_team = {report.team_id: report for report in run.reports}
    assert [r.team_id for r in run.reports] == ["../../H", "E", "N", "X"]
    assert {team: r.status for team, r in by_team.items()} == {
        "../../H": "done",
        "E": "empty",
        "N": "failed",
        "X": "failed",
    }
    assert [r.team_id for r in run.failed] == ["N", "X"]
    failed = by_team["N"].html.read_text()
    assert "It &lt;b&gt;broke&lt;/b&gt;." in failed
    assert by_team["X"].error == "ZeroDivisionError: a bug"
    assert by_team["N"].notebook is not None
    assert by_team["N"].notebook.exists()
    assert by_team["X"].notebook is None
    assert "snapshot 99" in (by_team["E"].error or "")  # a load finished meanwhile: said
    assert sorted(calls) == sorted((team, n, 4) for n, (team, _, _) in enumerate(calls, start=1))
    index = run.index.read_text()
    assert "2 reports were made. 2 reports failed." in index
    assert "North failed." in index
    for page in (failed, index):
        check_page(page)


@pytest.mark.usefixtures("no_kernels")
def test_the_index_has_the_weeks_numbers_and_the_campaigns(folder: Path, tmp_path: Path) -> None:
    run = write_reports(folder, week=WEEK, out=tmp_path)
    text = unescape(said(Part(run.index.read_text())))
    assert "North failed 3 60 % (3 of 5) 1 3 1 of 2 1" in text
    assert "Empty nothing yet A load finished" in text
    assert f"{HOSTILE} 0 not recorded 1 0 nobody asked 0" in text
    assert "The whole campaign 3 60 % (3 of 5) 2 3 1 of 2 1" in text
    assert f"as of 2024-11-24, snapshot {run.snapshot}" in text
    # 3 came, of nine weeks; the week before nobody did.
    assert "3 people on the lists came: 3 more than in the week before." in text
    with oa.open_store(folder) as data:
        [shift] = oa.plan_upcoming(data, team="N", as_of="2024-11-24").to_dict("records")
    words = shift["verdict_words"][0].lower() + shift["verdict_words"][1:]
    assert f" North : Doors, Sat 30 Nov: {words}." in text
    assert f"1 of 1 Doors, Sat 30 Nov: {words}" in text


@pytest.mark.usefixtures("no_kernels")
def test_files_lie_in_the_weeks_folder_and_links_lead_to_them(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_reports(folder, week="2024-W46", teams=["../../H"], out=out)
    run = write_reports(folder, week=WEEK, teams=["../../H"], out=out)
    assert {p.name for p in tmp_path.iterdir()} == {"out"}  # the id led nowhere else
    assert {p.name for p in out.iterdir()} == {"index.html", "2024-W46", WEEK}
    [report] = run.reports
    assert report.html.parent == out / WEEK
    for page in (out / "index.html", out / WEEK / "index.html"):
        links = [v for k, v in read(page.read_text()).attributes if k == "href" and v]
        assert len(set(links)) == 2  # the one report that there is, and the other week
        assert all((page.parent / link).is_file() for link in links)
    assert not list(out.rglob("*.draft"))


@pytest.mark.usefixtures("no_kernels")
def test_the_json_has_the_documented_keys(folder: Path, tmp_path: Path) -> None:
    answer = write_reports(folder, week=WEEK, out=tmp_path).as_dict()
    assert list(answer) == ["week", "snapshot", "reports"]
    for report in answer["reports"]:
        told = ["team_id", "html", "notebook", "status", "seconds", "error"]
        assert list(report) == [*told, "csv", "parquet", "pdf"]


@pytest.mark.usefixtures("no_kernels")
@pytest.mark.parametrize(
    "options",
    [
        {"week": "2024-W60"},
        {"week": "W47"},
        {"week": "2027-W53"},
        {"week": "2399-W01"},
        {"week": WEEK, "teams": ["N", "North"]},
        {"week": WEEK, "jobs": 0},
    ],
)
def test_a_wrong_option_writes_nothing(
    folder: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(OptionError):
        write_reports(folder, out=tmp_path / "out", **options)
    assert not list(tmp_path.iterdir())


def test_no_store_and_no_place_to_write_are_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        write_reports(tmp_path / "nowhere", out=tmp_path / "out")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OptionError, match="cannot be written there"):
        write_reports(folder, week=WEEK, out=tmp_path / "file")


def test_a_store_without_teams_gives_an_index_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id\nann\n")
    oa.load_files([tmp_path / "people.csv"], store=tmp_path / "store", timezone="UTC")
    run = write_reports(tmp_path / "store", out=tmp_path / "out")
    assert run.reports == ()
    assert "no teams" in run.index.read_text()
    assert run.week == last_full_week(oa.open_store(tmp_path / "store").as_of())


# With kernels


def test_real_reports(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = write_reports(folder, week=WEEK, teams=["N", "../../H", "E"], out=tmp_path, jobs=2)
    assert [(r.status, r.error) for r in run.reports] == [
        ("done", None),
        ("done", None),
        ("empty", None),
    ]
    for report in run.reports:
        check_page(report.html.read_text())
        assert report.notebook is not None
        notebook = nbformat.read(report.notebook, as_version=4)
        assert facts_of(notebook)["snapshot"] == run.snapshot
        assert not [o for c in notebook.cells for o in c.get("outputs", []) if "name" in o]
    north, hostile, empty = (report.html.read_text() for report in run.reports)
    assert "60&nbsp;% (3&nbsp;of&nbsp;5) came" in north
    assert north.count("<svg") == 3  # two charts, and the bars of the weeks
    assert "&lt;img src=x onerror=alert(1)&gt;" in hostile
    assert "nothing to report on this team yet" in empty
    assert re.findall("<h[23]>(.*?)</h", empty) == ["Nothing recorded yet"]
    assert capfd.readouterr() == ("", "")  # no progress bar, no warning


@pytest.fixture
def stopping(tmp_path: Path) -> Path:
    """Return a notebook whose second section does what the parameter says."""
    parameters = new_code_cell("what = ''", metadata={"tags": ["parameters"]})
    notebook = made_notebook(
        parameters,
        new_markdown_cell("## First"),
        new_code_cell("1"),
        new_markdown_cell("## The second"),
        new_code_cell("exec(what)"),
    )
    notebook.metadata.kernelspec = {
        "name": "no-such-kernel",
        "display_name": "",
        "language": "python",
    }
    path = tmp_path / "stopping.ipynb"
    nbformat.write(notebook, path)
    return path


def test_a_failing_cell_is_named_by_its_section_and_its_notebook_kept(stopping: Path) -> None:
    with pytest.raises(NotebookError) as caught:
        run_notebook(stopping, {"what": "raise ValueError('{braces} & <tags>')"})
    assert str(caught.value) == (
        'The notebook stopped in the section "The second". ValueError: {braces} & <tags>'
    )
    assert caught.value.notebook is not None


def test_a_notebook_has_a_time_limit(stopping: Path) -> None:
    with pytest.raises(NotebookError, match="time limit"):
        run_notebook(stopping, {"what": "while True: pass"}, seconds=0.1)


def test_a_slow_machine_fails_no_report(stopping: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel may take as long to start as its notebook may take."""
    limits = {}

    class StopError(Exception):
        pass

    def execute(
        *_: Any, start_seconds: float, cell_seconds: Callable[..., float], **__: Any
    ) -> None:
        limits.update(start=start_seconds, cell=cell_seconds(None))
        raise StopError

    monkeypatch.setattr(running, "execute", execute)
    with pytest.raises(StopError):
        run_notebook(stopping, {})
    assert limits["start"] == pytest.approx(limits["cell"], abs=60)
    assert limits["cell"] > 20 * 60
    assert min(forks.READY_SECONDS, provisioner.START_SECONDS) >= 600


def test_a_kernel_that_dies_is_said_with_its_last_words(stopping: Path) -> None:
    dying = "import os; os.write(2, b'so long'); os._exit(1)"
    with pytest.raises(NotebookError, match=r"kernel died.*so long"):
        run_notebook(stopping, {"what": dying})


def test_a_kernel_has_no_tcp_and_nothing_of_the_users(stopping: Path) -> None:
    looks = (
        "import os, pathlib; from ipykernel.kernelapp import IPKernelApp;"
        "assert IPKernelApp.instance().transport == 'ipc';"
        "home = pathlib.Path(os.environ['IPYTHONDIR']).parent;"
        "assert pathlib.Path.cwd() == home.resolve() or pathlib.Path.cwd() == home;"
        "assert home.stat().st_mode & 0o077 == 0"
    )
    run_notebook(stopping, {"what": looks})


def test_running_leaves_no_folder_behind(
    stopping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    ran = run_notebook(stopping, {"what": "pass"})
    assert not list(place.iterdir())
    assert str(place) not in nbformat.writes(ran)
