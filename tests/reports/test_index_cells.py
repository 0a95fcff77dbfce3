"""The index: zero, not known and does-not-apply read differently; its numbers are the measures'."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

import organizing_analytics as oa
from organizing_analytics.reports.attention import Attention
from organizing_analytics.reports.index_cells import HEAD, cells_of
from organizing_analytics.reports.index_snowflake import snowflake_part
from organizing_analytics.reports.overview import Overview, write_overview
from organizing_analytics.reports.upkeep import Upkeep, upkeep_by_team

if TYPE_CHECKING:
    from pathlib import Path

    from organizing_analytics.reports.index_cells import IndexCell

WEEK, MONDAY, SUNDAY = "2026-W47", date(2026, 11, 16), date(2026, 11, 22)
N_TEAMS = 200
NAME = "The neighbors of the very long street behind the old station, part"


def cells(**changed: object) -> dict[str, IndexCell]:
    values: dict[str, object] = {"came": None, "asks": None, "held": 0} | changed
    values = {"attention": Attention(()), "upkeep": Upkeep()} | values
    return dict(zip(HEAD[1:], cells_of(**values), strict=True))  # type: ignore[arg-type]


def test_a_team_without_anything_says_what_does_not_apply() -> None:
    shown = {name: cell.shown for name, cell in cells().items()}
    assert shown == {
        "Came": "no sign-ups",
        "Show-up": "no sign-ups",
        "Unrecorded": "no sign-ups",
        "Asks": "0",
        "Said yes": "nobody asked",
        "One-to-ones": "0",
        "Shifts short": "none ahead",
        "Overdue": "0",
        "Goals met": "none set",
        "1:1 coverage": "nobody needs one",
        "Follow-up": "none due",
        "Organizers": "none",
    }


def test_zero_and_not_recorded_are_not_the_same() -> None:
    nobody_wrote = {"attended": 0, "no_show": 0, "unrecorded": 7, "cancelled": 0}
    all_missed = {"attended": 0, "no_show": 7, "unrecorded": 0, "cancelled": 0}
    unknown, zero = cells(came=nobody_wrote), cells(came=all_missed)
    assert (unknown["Show-up"].shown, unknown["Show-up"].value) == ("not recorded", "")
    assert (zero["Show-up"].shown, zero["Show-up"].value) == ("0 % (0 of 7)", 0)
    assert (unknown["Unrecorded"].shown, zero["Unrecorded"].shown) == ("7", "0")
    no_answer = cells(asks={"asks": 4, "answered": 0, "yes": 0})
    assert no_answer["Said yes"].shown == "no answer yet"


def test_organizers_say_the_largest_span_who_is_over_and_who_is_alone() -> None:
    many = cells(upkeep=Upkeep(organizers=3, largest=41, over=1, alone=12))["Organizers"]
    assert (many.shown, many.detail) == ("3", "up to 41 each, 1 over the limit, 12 with nobody")
    alone = cells(upkeep=Upkeep(alone=12))["Organizers"]
    assert (alone.shown, alone.value, alone.detail) == ("none", "", "12 with nobody")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    oa.write_sample(folder / "sample", seed=3, people=300, weeks=10, last_day=SUNDAY)
    files = sorted((folder / "sample").glob("*.csv"))
    oa.load_files(files, store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def test_the_numbers_are_those_of_the_commands(store: Path) -> None:
    with oa.open_store(store) as data:
        by_team = upkeep_by_team(data, week=WEEK, monday=MONDAY, as_of=SUNDAY)
        assert len(by_team) > 5
        for team, upkeep in by_team.items():
            only = {} if team is None else {"team": team}
            cover = oa.meetings_coverage(data, as_of=SUNDAY, **only)
            assert upkeep.need_one_to_ones == cover["people"].sum()
            assert upkeep.covered == cover["covered"].sum()
            contacts = oa.follow_up(data, since="2026-09-21", as_of=SUNDAY, **only)
            assert upkeep.follow_up_due == contacts["due"].sum()
            assert upkeep.followed_up == contacts["followed_up"].sum()
            spans = oa.organizer_spans(data, as_of=SUNDAY, **only)
            assert upkeep.organizers == spans["organizer_id"].notna().sum()
            assert upkeep.over == spans["is_over"].sum()
            assert upkeep.alone == spans.loc[spans["organizer_id"].isna(), "people"].sum()
        assert by_team[None].covered > 0
        assert by_team[None].followed_up > 0
        assert by_team[None].organizers > 0


def test_goals_met_are_counted_by_the_weeks_numbers(store: Path) -> None:
    with oa.open_store(store) as data:
        goals = data.sql(f"SELECT team_id, measure, target FROM goals WHERE week = '{WEEK}'")
        came = oa.show_up(data, by="team", since=MONDAY, as_of=SUNDAY).set_index("team")
        by_team = upkeep_by_team(data, week=WEEK, monday=MONDAY, as_of=SUNDAY)
    assert by_team[None].goals == len(goals) > 0
    assert by_team[None].goals_met == sum(
        upkeep.goals_met for team, upkeep in by_team.items() if team is not None
    )
    attended = goals[goals["measure"] == "attended"]
    assert len(attended)
    for goal in attended.to_dict("records"):
        is_met = came["attended"].get(goal["team_id"], 0) >= goal["target"]
        assert by_team[goal["team_id"]].goals_met >= is_met


def test_without_names_the_snowflake_has_neither_names_nor_ids(store: Path) -> None:
    with oa.open_store(store) as data:
        leaders = oa.organizer_snowflake(data, as_of=SUNDAY)
        html = {names: snowflake_part(data, as_of=SUNDAY, names=names) for names in (True, False)}
    assert len(leaders) > 2
    first = leaders["name"].dropna().iloc[0].split()[0]
    assert first in html[True]
    for text in {*leaders["name"].dropna(), *leaders["person_id"]}:
        assert not re.search(rf"\b{re.escape(text)}\b", html[False])
    assert "Leader 1" in html[False]


def test_two_hundred_teams_weigh_less_than_a_megabyte(tmp_path: Path) -> None:
    names = {f"T{n:03}": f"{NAME} {n}" for n in range(N_TEAMS)}
    came = {"attended": 123, "no_show": 45, "unrecorded": 6, "cancelled": 7, "walk_in": 8}
    asked = {"asks": 1234, "answered": 567, "yes": 234}
    worst = f"{NAME}, Sat 28 Nov: sign up 14 more; then the room is full and still short"
    attention = Attention(
        tuple(range(100, 109)), "higher than before", 14, 5, worst, 21, f"{worst}.", 1.0
    )
    upkeep = Upkeep(120, 60, 400, 200, 8, 3, 4, 45, 1, 12)
    overview = Overview(
        WEEK,
        MONDAY,
        SUNDAY,
        1,
        names,
        dict.fromkeys([*names, None], came),
        dict.fromkeys([*names, None], asked),
        dict.fromkeys([*names, None], 9),
        attention=dict.fromkeys(names, attention),
        upkeep=dict.fromkeys([*names, None], upkeep),
    )
    page = write_overview(overview, [], tmp_path)
    assert page.stat().st_size < 1_000_000
    assert page.read_text(encoding="utf-8").count('<tr role="row"><th scope="row"') == N_TEAMS + 1
