"""The made-up campaign: loads clean, feels real, and its true rates are what measures estimate."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

import organizing_analytics as oa
from organizing_analytics.errors import FileError, OptionError
from organizing_analytics.estimates import wilson
from organizing_analytics.lead_times import LABELS
from organizing_analytics.model import BY_NAME, LADDER, NO_TYPES, TABLES
from organizing_analytics.sample import Truth, make_sample, write_sample
from organizing_analytics.sample.clock import SampleClock, day_number

LAST_DAY = date(2026, 11, 22)
ZONE = "America/Chicago"
NIGHT = datetime(2026, 11, 23, tzinfo=ZoneInfo(ZONE))
HUNDRED = dict.fromkeys(NO_TYPES, 1.0)
NEVER = dict.fromkeys(HUNDRED, 0.0)


@cache
def campaign(people: int = 600, last_day: date = LAST_DAY, weeks: int = 30, seed: int = 1):
    return make_sample(seed=seed, people=people, weeks=weeks, last_day=last_day)


@pytest.fixture(scope="module")
def default():
    return make_sample(last_day=LAST_DAY)


def live_shifts(tables):
    """Shift id → its row, its event and its moments, without what was called off."""
    events = {event["event_id"]: event for event in tables["events"]}
    shifts = {}
    for shift in tables["shifts"]:
        event = events[shift["event_id"]]
        if shift["deleted_at"] is None and event["deleted_at"] is None:
            zone = ZoneInfo(event["timezone"])
            starts, ends = (
                datetime.fromisoformat(shift[name]).replace(tzinfo=zone)
                for name in ("starts_at", "ends_at")
            )
            shifts[shift["shift_id"]] = {"event": event, "starts": starts, "ends": ends}
    return shifts


# Files


def read(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_seed_and_last_day_give_the_same_bytes(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_sample(tmp_path / name, seed=seed, people=60, weeks=6, last_day=LAST_DAY)
    assert read(tmp_path / "a") == read(tmp_path / "b")
    assert read(tmp_path / "a")["signups.csv"] != read(tmp_path / "c")["signups.csv"]


def test_one_file_a_table_with_the_columns_of_the_model(tmp_path):
    made = write_sample(tmp_path, people=60, weeks=6, last_day=LAST_DAY)
    assert {p.name for p in tmp_path.iterdir()} == {
        *(f"{table.name}.csv" for table in TABLES), "README.txt", "truth.json",
    }  # fmt: skip
    for table in TABLES:
        with (tmp_path / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert tuple(rows[0]) == table.column_names
        assert len(rows) - 1 == made.rows[table.name]
    assert str(LAST_DAY) in (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert "60 people" in str(made)
    assert json.loads(json.dumps(made.as_dict()))["rows"] == made.rows


def test_it_loads_without_a_reject_or_a_warning(tmp_path):
    made = write_sample(tmp_path / "sample", people=300, weeks=8, last_day=LAST_DAY)
    loaded = oa.load_files([tmp_path / "sample"], store=tmp_path / "store", timezone=ZONE)
    assert (loaded.rejects, loaded.warnings) == ([], [])
    assert {file.table: file.new for file in loaded.files} == made.rows


# Rows


@pytest.mark.parametrize("people", [1, 3, 30, 60])
@pytest.mark.parametrize("weeks", [1, 2, 5])
def test_small_campaigns_are_whole(people, weeks):
    for last_day in (LAST_DAY, date(2026, 11, 18), date(2026, 3, 9)):
        tables = campaign(people, last_day, weeks)
        assert len(tables["people"]) == people
        assert tables["shifts"]
        check_rows(tables)


def test_default_size_rows_are_whole(default):
    check_rows(default)


def check_rows(tables):
    """Every row has its key, what is required, allowed values and references that exist."""
    assert set(tables) == set(BY_NAME)
    keys = {
        table.name: Counter(tuple(row[name] for name in table.key) for row in tables[table.name])
        for table in TABLES
    }
    for table in TABLES:
        assert all(n == 1 for n in keys[table.name].values()), table.name
        for row in tables[table.name]:
            assert set(row) <= set(table.column_names)
            assert all(row[name] not in (None, "") for name in table.required)
            for column in table.columns:
                value = row.get(column.name)
                if value in (None, ""):
                    continue
                assert not column.allowed or value in column.allowed
                assert column.refers_to is None or (value,) in keys[column.refers_to]


@pytest.mark.parametrize("last_day", [LAST_DAY, date(2026, 11, 18), date(2026, 3, 20)])
def test_nothing_is_known_of_what_comes_after_the_last_day(last_day):
    tables = campaign(300, last_day)
    night = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), ZoneInfo(ZONE))
    later = {"starts_at", "ends_at", "again_on", "next_step_on"}
    for table in TABLES:
        for column in table.columns:
            values = [row[column.name] for row in tables[table.name] if row.get(column.name)]
            if column.kind == "moment" and column.name not in later:
                assert all(datetime.fromisoformat(value) < night for value in values)
            if column.kind == "day" and column.name not in later:
                assert all(date.fromisoformat(value) <= last_day for value in values)
    shifts = live_shifts(tables)
    upcoming = [s for s in tables["signups"] if s["shift_id"] in shifts]
    upcoming = [s for s in upcoming if shifts[s["shift_id"]]["ends"] > night]
    assert upcoming
    assert {signup["attended"] for signup in upcoming} == {None}


def test_times_of_shifts_exist_and_a_vigil_goes_through_the_change_of_clocks():
    for last_day, night in (
        (LAST_DAY, "2026-10-31T23:00"),
        (date(2026, 3, 20), "2026-03-07T23:00"),
    ):
        shifts = live_shifts(campaign(300, last_day, weeks=8))
        for shift in shifts.values():
            for local in (shift["starts"], shift["ends"]):
                # A missing clock time does not survive the way to UTC; an ambiguous one has two.
                assert local.astimezone(UTC).astimezone(local.tzinfo) == local
                assert local.utcoffset() == local.replace(fold=1).utcoffset()
        vigils = [s for s in shifts.values() if s["event"]["event_type"] == "vigil"]
        assert {s["starts"].replace(tzinfo=None).isoformat("T", "minutes") for s in vigils} == {
            night
        }
        assert {s["event"]["timezone"] for s in vigils} == {ZONE, "America/New_York"}
        hours = {
            (s["ends"].astimezone(UTC) - s["starts"].astimezone(UTC)).seconds / 3600 for s in vigils
        }
        assert hours == {6.0 if last_day == LAST_DAY else 4.0}


@pytest.mark.parametrize("last_day", [LAST_DAY, date(2026, 11, 18)])
def test_a_quiet_team_an_empty_one_and_the_rest_at_work(last_day):
    tables = campaign(1500, last_day)
    days_in = last_day.isoweekday() % 7
    sunday = last_day - timedelta(days=days_in)
    week = {sunday - timedelta(days=n) for n in range(7)}
    teams = defaultdict(set)
    for shift in live_shifts(tables).values():
        teams[shift["event"]["team_id"]].add(shift["starts"].date())
    assert {team for team, days in teams.items() if not days & week} == {"T06"}
    assert max(day for day in teams["T06"] if day <= last_day) < min(week)
    assert {team["team_id"] for team in tables["teams"]} - set(teams) == {"T09"}
    assert "T09" not in {person["team_id"] for person in tables["people"]}
    assert {team["parent_team_id"] for team in tables["teams"]} == {None, "T02"}


def test_attendance_is_forgotten_by_whole_shifts_and_by_some_teams_more(default):
    shifts = live_shifts(default)
    seen, recorded = defaultdict(set), defaultdict(list)
    for signup in default["signups"]:
        shift = shifts.get(signup["shift_id"])
        if shift and shift["ends"] < NIGHT and signup["status"] != "cancelled":
            seen[signup["shift_id"]].add(signup["attended"] is not None)
    assert all(len(kinds) == 1 for kinds in seen.values())
    for shift_id, kinds in seen.items():
        recorded[shifts[shift_id]["event"]["team_id"]].extend(kinds)
    shares = {team: np.mean(kinds) for team, kinds in recorded.items()}
    assert shares["T01"] == 1.0
    assert shares["T04"] < shares["T07"] < shares["T05"] < 1.0


def test_default_volumes(default):
    sizes = {name: len(rows) for name, rows in default.items()}
    assert sizes["people"] == 3000
    assert 10_000 <= sizes["signups"] <= 14_000
    assert 5_500 <= sizes["asks"] <= 7_500
    assert 1_300 <= sizes["meetings"] <= 1_800
    members = Counter(person["team_id"] for person in default["people"])
    assert members["T01"] > 5 * members["T03"] > 10 * members["T08"] > 0
    roles = Counter(person["role"] for person in default["people"])
    assert 45 <= roles["team_leader"] + roles["organizer"] <= 80
    assert 10 <= sum(person["do_not_contact"] for person in default["people"]) <= 60
    assert {ask["outcome"] for ask in default["asks"]} == set(
        BY_NAME["asks"].column("outcome").allowed
    )
    assert {m["status"] for m in default["meetings"]} == set(
        BY_NAME["meetings"].column("status").allowed
    )


def test_ladder_goes_up_and_ends_at_the_persons_role(default):
    steps = defaultdict(list)
    for change in default["role_changes"]:
        steps[change["person_id"]].append((change["on"], LADDER.index(change["role"])))
    roles = {person["person_id"]: LADDER.index(person["role"]) for person in default["people"]}
    for person, changes in steps.items():
        assert changes == sorted(changes)
        rungs = [rung for _, rung in changes]
        assert rungs == sorted(set(rungs))
        assert rungs[-1] == roles[person]


def test_nobody_is_asked_after_they_asked_to_be_left_alone(default):
    left_alone = {p["person_id"] for p in default["people"] if p["do_not_contact"]}
    last = {ask["person_id"]: ask["outcome"] for ask in default["asks"]}  # in order of time
    assert {last[person] for person in left_alone} == {"not_ever"}


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot be written"):
        write_sample(tmp_path / "file", people=3, weeks=1, last_day=LAST_DAY)


@pytest.mark.parametrize("wrong", [{"people": 0}, {"weeks": 0}, {"seed": -1}])
def test_sizes_that_are_too_small_are_refused(wrong):
    with pytest.raises(OptionError, match="or more"):
        make_sample(**{"people": 3, "weeks": 1, "last_day": LAST_DAY, **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"returns_followed_up": 1.2},
        {"converted": {"not_now": 0.4}},
        {"departure_reasons": dict.fromkeys(Truth().departure_reasons, 0.5)},
    ],
)
def test_true_rates_that_are_none_are_refused(wrong):
    with pytest.raises(OptionError):
        Truth(**wrong)


# The truth, where chance is taken out: shares of 0 and 1 must be met by every single row


def loaded(tmp_path, truth=None):
    write_sample(tmp_path / "in", people=500, weeks=20, last_day=LAST_DAY, truth=truth)
    oa.load_files([tmp_path / "in"], store=tmp_path / "store", timezone=ZONE)
    return oa.open_store(tmp_path / "store")


def test_first_timers_are_who_has_no_recorded_visit_yet(tmp_path):
    # Log odds of -30 and +30: first-timers surely come, all others surely do not.
    with loaded(tmp_path, Truth(came=-30.0, came_first_timer=60.0)) as store:
        answer = oa.show_up(store, by=["first_timer"], as_of=LAST_DAY)
    assert answer["first_timer"].tolist() == [False, True]
    assert answer["rate"].tolist() == [0.0, 1.0]
    assert (answer["unrecorded"] > 0).all()


def test_returns_drawn_as_sure_are_all_kept(tmp_path):
    truth = Truth(returns_followed_up=1.0, returns_not_followed_up=0.0)
    with loaded(tmp_path, truth) as store:
        answer = oa.retention_return(store, by=["reached"], as_of=LAST_DAY)
        tried = oa.retention_return(store, by=["followed_up"], as_of=LAST_DAY)
    assert answer["reached"].tolist() == [False, True]
    assert answer["rate"].tolist() == [0.0, 1.0]
    assert (answer["matured"] > 50).all()
    # Whoever was reached was called; some who were called did not answer, and did not return.
    assert tried["rate"][0] == 0.0
    assert 0.0 < tried["rate"][1] < 1.0
    assert tried["returned"].tolist() == answer["returned"].tolist()


def test_noes_drawn_as_converted_are_all_kept(tmp_path):
    truth = Truth(converted={**HUNDRED, "no": 0.0}, reasked_in_vain=NEVER)
    with loaded(tmp_path, truth) as store:
        answer = oa.asks_after_no(store, as_of=LAST_DAY).set_index("no_type")
    assert answer["rate"].to_dict() == {**HUNDRED, "no": 0.0}
    assert answer["reasked"].eq(answer["converted"]).all()


# The truth, as measures estimate it over many campaigns. They lie side by side in one store,
# each under a team of its own, so that every measure is asked once.

SEEDS = range(40)
MEASURES = {
    "show-up": oa.show_up,
    "retention return": oa.retention_return,
    "asks after-no": oa.asks_after_no,
    "meetings": oa.meetings,
}
#: Truths whose interval the measure gives itself.
WITH_INTERVAL = ("show_up", "return_30", "converted_after_no")


@pytest.fixture(scope="module")
def side_by_side(tmp_path_factory):
    """All campaigns in one store, and what truth.json says."""
    folder = tmp_path_factory.mktemp("campaigns")
    with ExitStack() as files:
        writers = {table.name: opened(folder, table, files) for table in TABLES}
        for seed in SEEDS:
            for name, rows in make_sample(seed=seed, people=400, last_day=LAST_DAY).items():
                writers[name].writerows(of_seed(row, seed) for row in rows)
            writers["teams"].writerow({"team_id": f"{seed}/all", "name": "all"})
    store = folder / "store"
    result = oa.load_files([folder], store=store, timezone=ZONE)
    assert result.rejects == []
    write_sample(folder / "one", people=3, weeks=1, last_day=LAST_DAY)
    stated = json.loads((folder / "one" / "truth.json").read_text(encoding="utf-8"))
    with oa.open_store(store) as data:
        yield data, {truth["name"]: truth for truth in stated["truths"]}


def opened(folder, table, files):
    path = folder / f"{table.name}.csv"
    file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
    writer = csv.DictWriter(file, table.column_names)
    writer.writeheader()
    return writer


def of_seed(row, seed):
    """Keep the ids of one campaign apart from the others'; put its teams under one of its own."""
    marked = {
        name: f"{seed}/{value}" if name.endswith("_id") and value else value
        for name, value in row.items()
        if name not in ("email", "phone")
    }
    if "parent_team_id" in row and row["parent_team_id"] is None:
        marked["parent_team_id"] = f"{seed}/all"
    return marked


def estimates(store, truth, *, independent=True):
    """One row per campaign and group: successes, n, the true rate and the interval.

    Draws within a group are independent, so the interval of independent rows is the right one;
    with `independent=False`, the interval that the measure gives by default.
    """
    only = truth["only"].get("team")
    frame = MEASURES[truth["measure"]](
        store, by=["team", *(name for name in truth["by"] if name not in ("no_type", "kind"))],
        as_of=LAST_DAY, with_subteams=only is None, independent=independent,
    )  # fmt: skip
    wanted = tuple(f"/{team}" for team in only or ["all"])
    frame = frame[frame["team"].str.endswith(wanted)]
    counts = frame[[*truth["by"]]].astype(str)
    counts["k"] = frame[truth["successes"]].sum(axis=1)
    counts["n"] = frame[truth["of"]].sum(axis=1)
    counts["low"], counts["high"] = wilson(counts["k"].to_numpy(), counts["n"].to_numpy(), 0.95)
    if truth["name"] in WITH_INTERVAL:
        if independent:
            assert np.allclose(frame[["low", "high"]], counts[["low", "high"]], equal_nan=True)
        counts[["low", "high"]] = frame[["low", "high"]]
    true = pd.DataFrame(truth["rows"])
    true[truth["by"]] = true[truth["by"]].astype(str)
    joined = counts.merge(true, on=truth["by"], validate="many_to_one")
    return joined[joined["n"] > 0]


@cache
def expected_coverage(n, rate):
    """Probability that the Wilson interval of n draws at this rate covers it: exact, by sum."""
    low, high = wilson(np.arange(n + 1), np.full(n + 1, n), 0.95)
    return float(binom.pmf(np.arange(n + 1), n, rate)[(low <= rate) & (rate <= high)].sum())


def excess(seen):
    """How many standard errors coverage, and the counts themselves, are off."""
    covered = (seen["low"] <= seen["rate"]) & (seen["rate"] <= seen["high"])
    due = np.array([expected_coverage(*cell) for cell in zip(seen["n"], seen["rate"], strict=True)])
    spread = seen["n"] * seen["rate"] * (1 - seen["rate"])
    return (
        float((covered - due).sum() / np.sqrt((due * (1 - due)).sum())),
        float((seen["k"] - seen["n"] * seen["rate"]).sum() / np.sqrt(spread.sum())),
    )


TRUTHS = {
    "show_up": 1000,
    "cancelled_before": 500,
    "flake_rate": 800,
    "return_30": 80,
    "converted_after_no": 140,
    "reasked_after_no": 140,
    "right_move_after_no": 110,
    "one_to_one_show_rate": 100,
    "one_to_one_commitment_rate": 100,
    "one_to_one_complete_rate": 100,
    "one_to_one_good_length_rate": 100,
    "one_to_one_next_step_rate": 100,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
def test_intervals_cover_the_truth_as_often_as_they_should(side_by_side, name):
    store, truths = side_by_side
    seen = estimates(store, truths[name])
    assert len(seen) >= TRUTHS[name]
    off_coverage, off_counts = excess(seen)
    # Both are standard normal when the truth is the truth: beyond 3.5 in 1 of 2,149 tries.
    assert abs(off_coverage) < 3.5
    assert abs(off_counts) < 3.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "slip"), [("show_up", 0.02), ("return_30", 0.06), ("converted_after_no", 0.06)]
)
def test_the_check_of_coverage_notices_a_slip(side_by_side, name, slip):
    store, truths = side_by_side
    seen = estimates(store, truths[name])
    assert abs(excess(seen.assign(rate=seen["rate"] + slip))[1]) > 3.5


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_INTERVAL)
def test_default_intervals_cover_the_truth_at_least_as_often(side_by_side, name):
    """They allow for people and shifts that differ. None do here, so they may only be wider.

    The design effect is never below 1, and few clusters take Student's t: both can only add to
    what the interval of independent rows covers.
    """
    store, truths = side_by_side
    seen = estimates(store, truths[name], independent=False)
    assert len(seen) >= TRUTHS[name]
    assert excess(seen)[0] > -3.5
    plain = estimates(store, truths[name])
    assert (seen["high"] - seen["low"] >= plain["high"] - plain["low"] - 1e-9).all()
    # The check can fail: at 0.7 of their width the same intervals cover too rarely.
    share = seen["k"] / seen["n"]
    narrow = seen.assign(
        low=share - 0.7 * (share - seen["low"]), high=share + 0.7 * (seen["high"] - share)
    )
    if name != "converted_after_no":  # so few people ask that t is half as wide again
        assert excess(narrow)[0] < -3.5


@pytest.mark.slow
def test_reasons_for_leaving_have_their_true_shares(side_by_side):
    store, truths = side_by_side
    counts = store.sql("SELECT reason, count(*) AS k FROM departures GROUP BY reason")
    n = int(counts["k"].sum())
    seen = counts.merge(pd.DataFrame(truths["departure_reasons"]["rows"]), on="reason")
    assert len(seen) == 9
    off = (seen["k"] - n * seen["rate"]) / np.sqrt(n * seen["rate"] * (1 - seen["rate"]))
    assert off.abs().max() < 3.5


def test_every_truth_is_checked(tmp_path):
    write_sample(tmp_path, people=3, weeks=1, last_day=LAST_DAY)
    stated = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert {truth["name"] for truth in stated["truths"]} == {*TRUTHS, "departure_reasons"}
    assert (stated["seed"], stated["last_day"], stated["timezone"]) == (1, "2026-11-22", ZONE)
    cells = next(truth["rows"] for truth in stated["truths"] if truth["name"] == "show_up")
    assert len(cells) == 2 * 2 * len(LABELS)
    assert cells[0] == {
        "confirmed": False,
        "first_timer": False,
        "lead": "0",
        "rate": Truth().comes(confirmed=False, first_timer=False, lead="0"),
    }


def test_a_clock_agrees_with_the_time_zone_database():
    clock = SampleClock("America/New_York")
    for day in (date(2026, 3, 8), date(2026, 7, 1), date(2026, 11, 1)):
        moment = clock.moment(day_number(day), 18 * 60 + 5)
        local = datetime(day.year, day.month, day.day, 18, 5, tzinfo=ZoneInfo("America/New_York"))
        assert moment == local.timestamp() / 60
        assert clock.local(moment) == (day_number(day), 18 * 60 + 5)
        assert clock.text(moment) == local.isoformat(timespec="minutes")
