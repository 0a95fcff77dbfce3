"""The charts of retention, asks, 1:1s and the 50 % rule: what they say, and what they leave out."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

import organizing_analytics as oa
from organizing_analytics import charts
from organizing_analytics.charts.pictures import picture
from organizing_analytics.estimates import add_rate

if TYPE_CHECKING:
    from pathlib import Path


def rated(part: str, n: str, **columns: Any) -> pd.DataFrame:
    return add_rate(pd.DataFrame(columns), successes=part, n=n, bounds=("low", "high"))


def returns(by: str, *rows: tuple[bool, int, int]) -> pd.DataFrame:
    columns = dict(zip((by, "returned", "matured"), zip(*rows, strict=True), strict=True))
    return rated("returned", "matured", **(columns or {by: [], "returned": [], "matured": []}))


def visits(*counts: tuple[int, int]) -> pd.DataFrame:
    return rated(
        "returned",
        "matured",
        visit=list(range(1, len(counts) + 1)),
        returned=[returned for returned, _ in counts],
        matured=[n for _, n in counts],
    )


def curve(*rows: tuple[int, int, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["day", "at_risk", "surviving", "low", "high"])


def tiers(*people: int) -> pd.DataFrame:
    names = ["super_active", "active", "almost_active", "dropped"][: len(people)]
    return pd.DataFrame({"tier": names, "people": list(people)})


def reasons(**people: int) -> pd.DataFrame:
    names = pd.Series([None if r == "missing" else r for r in people], dtype="object")
    return pd.DataFrame({"reason": names, "people": list(people.values())})


def hard(*rows: tuple[bool | None, int, int]) -> pd.DataFrame:
    flags, yes, answered = ([row[k] for row in rows] for k in range(3))
    frame = pd.DataFrame({"yes": yes, "answered": answered}, dtype="int64")
    frame.insert(0, "hard", pd.array(flags, dtype="boolean"))
    bounds = ("low", "high")
    return add_rate(frame, successes="yes", n="answered", rate="yes_rate", bounds=bounds)


def moves(*rows: tuple[str, int, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["no_type", "noes", "right_move"])
    frame = frame.astype({"noes": "int64", "right_move": "Int64"})
    bounds = ("right_move_rate_low", "right_move_rate_high")
    return add_rate(frame, successes="right_move", n="noes", rate="right_move_rate", bounds=bounds)


def covered(by: str, *rows: tuple[str | None, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[by, "covered", "people"])
    return add_rate(
        frame.astype({"covered": "int64", "people": "int64"}),
        successes="covered",
        n="people",
        bounds=("low", "high"),
    )


def meetings(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "week", "held", "committed"])
    frame = frame.astype({"held": "int64", "committed": "int64"})
    bounds = ("commitment_rate_low", "commitment_rate_high")
    return add_rate(frame, successes="committed", n="held", rate="commitment_rate", bounds=bounds)


def shifts(*rows: tuple[int, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["attended", "scheduled", "unrecorded"], dtype="int64")
    return frame.assign(shift=[f"S{k}" for k in range(len(frame))])


FULL: dict[str, charts.Chart] = {
    "came back": charts.came_back(returns("followed_up", (False, 46, 133), (True, 95, 187))),
    "next shift": charts.came_back(returns("reshift", (True, 2, 3)), by="reshift"),
    "by visit": charts.came_back_by_visit(visits((141, 320), (98, 131), (2, 3), (0, 1))),
    "lapse": charts.lapse(
        curve((60, 200, 0.6, 0.5, 0.7), (70, 90, 0.45, 0.35, 0.55), (90, 1, 0, np.nan, np.nan))
    ),
    "lapse on one day": charts.lapse(curve((60, 2, 0.5, np.nan, np.nan))),
    "tiers": charts.tiers(tiers(29, 48, 100, 209)),
    "departures": charts.departures(reasons(other=2, no_why=5, missing=9)),
    "hard asks": charts.hard_asks(hard((False, 133, 523), (True, 240, 407), (None, 1, 3))),
    "right moves": charts.right_moves(moves(("not_now", 125, 66), ("no", 71, None))),
    "coverage": charts.coverage(covered("role", ("team_leader", 0, 5), (None, 4, 5))),
    "coverage by team": charts.coverage(covered("team", ("T1", 2, 3)), by="team"),
    "commitments": charts.commitments_by_week(
        meetings(("recruitment", "2026-W40", 6, 3), ("escalation", "2026-W40", 2, 2))
    ),
    "1:1s": charts.one_to_ones(meetings(("recruitment", "", 94, 51)), what="committed"),
    "half": charts.half_rule(shifts((4, 8, 0), (1, 10, 0), (10, 10, 0), (3, 7, 2))),
}
EMPTY: dict[str, charts.Chart] = {
    "came back": charts.came_back(returns("followed_up", (True, 0, 0))),
    "by visit": charts.came_back_by_visit(visits()),
    "lapse": charts.lapse(curve()),
    "tiers": charts.tiers(tiers()),
    "departures": charts.departures(reasons()),
    "hard asks": charts.hard_asks(hard()),
    "hard asks without an answer": charts.hard_asks(hard((True, 0, 0))),
    "right moves": charts.right_moves(moves()),
    "right moves of plain noes": charts.right_moves(moves(("no", 71, None))),
    "coverage": charts.coverage(covered("role")),
    "commitments": charts.commitments_by_week(meetings()),
    "commitments of none held": charts.commitments_by_week(meetings(("x", "2026-W40", 0, 0))),
    "1:1s": charts.one_to_ones(meetings(), what="committed"),
    "half": charts.half_rule(shifts()),
    "half of nothing written down": charts.half_rule(shifts((0, 4, 4))),
}


def drawn(name: str) -> Any:
    return picture(FULL[name])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FULL)
def test_a_chart_is_drawn_with_a_title_and_words_and_no_empty_number(name: str) -> None:
    FULL[name].to_dict()  # type: ignore[union-attr]  # against Vega-Lite's schema
    shown = drawn(name)
    assert shown.title
    assert shown.description.endswith(".")
    for wrong in ("NaN", "nan", "None", "NA", "null", "undefined", "Infinity"):
        assert not re.search(rf"\b{wrong}\b", shown.svg + shown.title + shown.description)


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_frame_gives_a_sentence(name: str) -> None:
    note = EMPTY[name]
    assert isinstance(note, charts.Note)
    assert str(note).endswith(".")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (
            "came back",
            "Came again: 51 % of those followed up in time, 35 % of those not followed up",
        ),
        ("next shift", "Came again: 2 of 3 of those with the next shift set"),
        ("by visit", "Came again: 44 % after the 1st, 75 % after the 2nd visit"),
        ("lapse", "Half no longer come 70 days after their first visit"),
        ("tiers", "77 of the 386 who ever came are active now"),
        ("departures", "Most often: “nobody said why”, 5 of the 16 who left"),
        ("hard asks", "Yes: 59 % to hard asks, 25 % to other asks"),
        ("right moves", "The right next move followed 66 of 125 noes"),
        ("coverage", "4 of the 10 who need a regular 1:1 had one lately"),
        ("commitments", "5 of the last 8 1:1s ended with a commitment"),
        ("1:1s", "51 of 94 1:1s ended with a commitment"),
        ("half", "Half or more came at 2 of 3 shifts"),
    ],
)
def test_a_title_says_what_was_found(name: str, title: str) -> None:
    assert drawn(name).title == title


def test_other_titles() -> None:
    late = charts.lapse(curve((60, 200, 0.8, 0.7, 0.9), (75, 20, 0.64, 0.5, 0.8)))
    assert picture(late).title == "64 % were still coming after 75 days"  # type: ignore[arg-type]
    tied = charts.departures(reasons(no_why=3, unwelcoming=3))
    assert "“nobody said why” and “unwelcoming”, 3 of the 6" in picture(tied).title  # type: ignore[arg-type]
    silent = charts.departures(reasons(missing=4))
    assert picture(silent).title == "4 left, and nobody noted why"  # type: ignore[arg-type]
    unknown = charts.hard_asks(hard((None, 1, 30)))
    assert picture(unknown).title == "Nobody noted whether the asks were hard"  # type: ignore[arg-type]


def test_rows_stand_in_their_order_whatever_the_frames_is() -> None:
    for rows in (
        ((None, 1, 9), (True, 2, 9), (False, 3, 9)),
        ((True, 2, 9), (False, 3, 9), (None, 1, 9)),
    ):
        said = picture(charts.hard_asks(hard(*rows))).description  # type: ignore[arg-type]
        assert [part.split(" ")[0] for part in said.split(": ")[1].split("; ")] == [
            "hard",
            "other",
            "not",
        ]
    said = drawn("departures").description
    assert said.endswith("nobody said why 5; another reason 2; not noted 9.")


def test_every_rate_has_its_interval_and_its_counts() -> None:
    # 66 of 125 by Wilson: 44.1 % to 61.3 %.
    [row] = datasets(FULL["right moves"])[0]
    assert (round(row["low"], 3), round(row["high"], 3)) == (0.441, 0.613)
    assert row["counts"] == "66 of 125"
    assert ">66 of 125<" in vl_convert.vegalite_to_svg(FULL["right moves"].to_dict())  # type: ignore[union-attr]


def test_half_of_a_list_is_enough_and_less_is_not() -> None:
    # 4 of 8 is half; 49 of 100 is not; the shift with two unknown is left out.
    bars = datasets(charts.half_rule(shifts((4, 8, 0), (49, 100, 0), (9, 9, 0), (3, 7, 2))))[0]
    assert [(bar["start"], bar["shifts"], bar["enough"]) for bar in bars] == [
        (0.4, 1, False),
        (0.5, 1, True),
        (0.9, 1, True),
    ]
    assert drawn("half").subtitle == "left out: 1 not fully written down"


def test_numbers_below_a_lapse_curve_do_not_lie_over_each_other() -> None:
    rows = [(day, 500 - day, 1 - day / 400, 0.5, 0.9) for day in range(60, 160)]
    days = [row["day"] for row in datasets(charts.lapse(curve(*rows)))[-1]]
    assert days[0] == 60
    assert all(b - a >= 0.15 * 159 for a, b in pairwise(days))


def test_many_teams_and_many_days_stay_readable_and_small() -> None:
    teams = covered("team", *((f"T{k}", k % 3, 3 + k % 2) for k in range(5000)))
    shown = picture(charts.coverage(teams, by="team"))  # type: ignore[arg-type]
    assert shown.title.startswith("4,999 of the 17,500")  # (0 + 1 + 2) * 1,666 + 0 + 1
    assert "the 15 largest of 5,000" in shown.subtitle
    long = charts.lapse(
        curve(*((day, 9000 - day, 1 - day / 9000, 0.1, 0.9) for day in range(8000)))
    )
    many = charts.half_rule(shifts(*((k % 30, 30, 0) for k in range(20_000))))
    for chart in (charts.coverage(teams, by="team"), long, many):
        assert len(json.dumps(chart.to_dict())) < 30_000  # type: ignore[union-attr]


def test_frames_are_not_changed() -> None:
    frame = hard((False, 133, 523), (True, 240, 407))
    before = frame.copy()
    charts.hard_asks(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_no_chart_holds_a_person(tmp_path: Path) -> None:
    oa.write_sample(
        tmp_path / "files", seed=3, people=300, weeks=16, last_day=pd.Timestamp("2026-11-22").date()
    )
    oa.load_files(
        sorted((tmp_path / "files").glob("*.csv")),
        store=tmp_path / "store",
        timezone="America/Chicago",
    )
    with oa.open_store(tmp_path / "store") as store:
        people = store.sql("SELECT person_id, family_name, email, phone FROM people")
        drawn_now = [
            charts.half_rule(oa.show_up(store, by="shift")),
            charts.came_back(oa.retention_return(store, by="followed_up")),
            charts.came_back_by_visit(oa.retention_by_visit(store, within_days=30)),
            charts.lapse(oa.retention_lapse(store)),
            charts.tiers(oa.retention_tiers(store)),
            charts.departures(oa.retention_departures(store)),
            charts.hard_asks(oa.asks_outcomes(store, by="hard")),
            charts.right_moves(oa.asks_after_no(store)),
            charts.coverage(oa.meetings_coverage(store, by="role")),
            charts.commitments_by_week(oa.meetings(store, by="week")),
            charts.one_to_ones(oa.meetings(store), what="followed_up"),
        ]
    specs = [chart.to_dict() for chart in drawn_now if not isinstance(chart, charts.Note)]
    assert len(specs) == len(drawn_now)
    told = json.dumps(specs, default=str)
    for column in people:
        known = people[column].dropna()
        assert len(known)
        assert not [value for value in known if f'"{value}"' in told]


def datasets(chart: charts.Chart) -> list[list[dict[str, Any]]]:
    assert not isinstance(chart, charts.Note)
    return list(chart.to_dict()["datasets"].values())
