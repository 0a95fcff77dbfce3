"""Who comes without being on the list yet: read by hand, fitted against brute force."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
import pytest
from make_store import make_store
from scipy.special import gammaln
from scipy.stats import nbinom

from organizing_analytics.expressions import recorded
from organizing_analytics.measures.clock import end_of, ends_of, local_dates
from organizing_analytics.planning.crowding import ALWAYS, NEVER, ShiftDays
from organizing_analytics.planning.forecast import Late
from organizing_analytics.planning.late import kind_of, read_past_lists
from organizing_analytics.planning.pickup import (
    DEMANDS,
    NEED_EXPONENT,
    POOLINGS,
    SIZES,
    JoinKind,
    PastShifts,
    fit_pickup,
)
from organizing_analytics.planning.planner import Planner
from organizing_analytics.planning.upcoming import plan_upcoming

# --- the campaign's clock, a column at a time -------------------------------------------------


@pytest.mark.parametrize(
    "zone", ["America/Chicago", "Asia/Tokyo", "Australia/Lord_Howe", "America/Santiago"]
)
def test_dates_and_their_ends_by_the_clock(zone):
    """Every 97 minutes of 400 days, against Python's own time zones."""
    store = make_store({})
    until = date(2026, 11, 22)
    first = datetime(2025, 1, 1)
    moments = [first + timedelta(minutes=97 * n) for n in range(5940)]
    table = recorded(lambda: ibis.memtable(pd.DataFrame({"at": moments})))
    got = store.execute(table.select("at", on=local_dates(table["at"], zone, until)))
    want = [m.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for m in got["at"]]
    assert pd.to_datetime(got["on"]).dt.date.tolist() == want
    days = sorted(set(want))
    table = recorded(lambda: ibis.memtable(pd.DataFrame({"day": days})))
    got = store.execute(table.select("day", end=ends_of(table["day"], zone, until)))
    ends = [end_of(pd.Timestamp(day).date(), zone) for day in got["day"]]
    assert [pd.Timestamp(m).to_pydatetime() for m in got["end"]] == ends


# --- lists of the past --------------------------------------------------------------------------


def signup(name, shift, at, **more):
    return {
        "signup_id": name, "shift_id": shift, "person_id": f"p-{name}", "signed_up_at": at,
        "status": "registered", **more,
    }  # fmt: skip


def store_of(signups, shifts=None, zone="America/Chicago"):
    shifts = shifts or [{"shift_id": "s", "event_id": "e", "starts_at": "2026-11-20 23:00"}]
    return make_store(
        {
            "people": [{"person_id": row["person_id"]} for row in signups],
            "teams": [{"team_id": "t"}],
            "events": [
                {"event_id": event, "event_type": "canvass", "team_id": "t"}
                for event in {shift["event_id"] for shift in shifts}
            ],
            "shifts": shifts,
            "signups": signups,
        },
        zone=zone,
    )


CAME = {"attended": True}


def test_lists_are_read_at_the_end_of_a_local_date():
    # The shift starts at 17:00 on the 20th in Chicago; the 19th ends there at 6:00 UTC.
    store = store_of(
        [
            signup("evening before", "s", "2026-11-20 05:59", **CAME),
            signup("on the day", "s", "2026-11-20 06:00", **CAME),
            signup("two days", "s", "2026-11-18 12:00", attended=False),
            signup("door", "s", "2026-11-18 12:00", is_walk_in=True, **CAME),
            signup("too late", "s", "2026-11-20 23:00", **CAME),
            signup("gone", "s", "2026-11-10", status="cancelled", cancelled_at="2026-11-19 05:59"),
            signup("goes", "s", "2026-11-10", status="cancelled", cancelled_at="2026-11-20 07:00"),
            signup("gone, when", "s", "2026-11-10", status="cancelled", **CAME),
            signup("no time", "s", None, **CAME),
        ]
    )
    past = read_past_lists(store, date(2026, 11, 22))
    # Six came. On the list one day before: evening before, two days, goes, no time.
    one = past.at(1, as_of=date(2026, 11, 22))
    assert (one.listed.tolist(), one.late.tolist()) == ([4], [6 - 2])
    # Two days before: two days, goes, no time; "gone" left at 23:59 on the 18th.
    two = past.at(2, as_of=date(2026, 11, 22))
    assert (two.listed.tolist(), two.late.tolist()) == ([3], [6 - 1])
    # Three days before: "gone" was still on it, "two days" not yet.
    three = past.at(3, as_of=date(2026, 11, 22))
    assert (three.listed.tolist(), three.late.tolist()) == ([3], [6 - 1])
    assert one.age_days.tolist() == [2]
    assert past.at(1, as_of=date(2026, 11, 19)).kinds == []


def test_the_history_and_the_list_of_a_moment_agree():
    """What the past teaches is read as a forecast reads it: one truth, two readers."""
    random = np.random.default_rng(4)
    rows = []
    for n in range(300):
        lead = float(random.uniform(0, 12))
        at = pd.Timestamp("2026-11-20 23:00") - pd.Timedelta(days=lead)
        row = signup(f"g{n}", "s", str(at.floor("s")), attended=bool(random.random() < 0.5))
        if random.random() < 0.4:
            gone = at + pd.Timedelta(days=float(random.uniform(0, lead + 0.2)))
            row |= {"status": "cancelled", "cancelled_at": str(gone.floor("s")), "attended": None}
        rows.append(row)
    store = store_of(rows)
    past = read_past_lists(store, date(2026, 11, 22))
    for ahead in (1, 2, 5, 9):
        planner = Planner(store, date(2026, 11, 20) - timedelta(days=ahead))
        now = planner.lists(planner.shifts_ahead())["s"]
        assert past.at(ahead, as_of=date(2026, 11, 22)).listed.tolist() == [len(now)]


def test_only_shifts_that_existed_teach():
    shifts = [
        {"shift_id": "s", "event_id": "e", "starts_at": "2026-11-20 23:00"},
        {"shift_id": "twin", "event_id": "e", "starts_at": "2026-11-20 20:00"},
        {"shift_id": "other", "event_id": "f", "starts_at": "2026-11-20 20:00"},
    ]
    store = store_of(
        [
            signup("early", "s", "2026-11-10 12:00", **CAME),
            signup("late", "twin", "2026-11-19 12:00", **CAME),
            signup("later", "other", "2026-11-19 12:00", **CAME),
        ],
        shifts,
    )
    past = read_past_lists(store, date(2026, 11, 22))
    # Of one event: when somebody signed up for the first shift, the second existed, too.
    assert len(past.at(10, as_of=date(2026, 11, 22)).kinds) == 2
    assert len(past.at(11, as_of=date(2026, 11, 22)).kinds) == 0
    assert len(past.at(1, as_of=date(2026, 11, 22)).kinds) == 3


def test_a_shift_without_attendance_teaches_nothing():
    store = store_of([signup("a", "s", "2026-11-10 12:00")])
    assert read_past_lists(store, date(2026, 11, 22)).at(1, as_of=date(2026, 11, 22)).kinds == []


# --- the fit ------------------------------------------------------------------------------------


def past_shifts(n, seed, *, demand=4.0, size=6.0, late=5.0, listed=4.0, needs=True):
    random = np.random.default_rng(seed)
    kinds = [
        JoinKind(f"t{random.integers(4)}", f"k{random.integers(3)}", int(random.integers(7)))
        for _ in range(n)
    ]
    need = np.where(random.random(n) < 0.1, np.nan, random.integers(3, 20, n)).astype(float)
    if not needs:
        need = np.full(n, np.nan)
    by_team = {f"t{k}": factor for k, factor in enumerate((0.5, 0.8, 1.2, 2.0))}
    usual = np.array([by_team[kind.team] for kind in kinds])
    theta = random.gamma(demand, 1 / demand, n)
    on_list = random.poisson(theta * listed * usual)
    mean = late * usual * theta
    late_ones = random.negative_binomial(size, size / (size + mean))
    ages = np.sort(random.integers(0, 200, n))[::-1].astype(float)
    return PastShifts(kinds, need, ages, on_list.astype(float), late_ones.astype(float))


def by_brute_force(past):
    """The formulas written down shift by shift: every shift's usual numbers without itself."""
    n = len(past.kinds)
    weight = [0.5 ** (age / 60) for age in past.age_days]
    mean_need = np.mean([need for need in past.needs if need > 0])
    base = [(need if need > 0 else mean_need) ** NEED_EXPONENT for need in past.needs]

    def usual(counts, pooling, new):
        """Of shift `new` among the others, or of each when new is one of them."""
        rate = (sum(weight[i] * counts[i] for i in range(n)) + 0.1) / sum(
            weight[i] * base[i] for i in range(n)
        )
        others = [i for i in range(n) if i != new]
        own = (sum(weight[i] * counts[i] for i in others) + 0.1) / sum(
            weight[i] * base[i] for i in others
        )
        number = own * base[new]
        expected = [weight[i] * rate * base[i] for i in range(n)]
        mean = sum(expected) / sum(weight)
        for level in range(4):
            start = mean * (pooling[1] if level else pooling[0])
            group = [kind.levels[level] for kind in past.kinds]

            def ratio(among, start=start, expected=expected):
                came = sum(weight[i] * counts[i] for i in among) + start
                return came / (sum(expected[i] for i in among) + start)

            number *= ratio([i for i in others if group[i] == group[new]])
            full = {g: ratio([i for i in range(n) if group[i] == g]) for g in set(group)}
            expected = [expected[i] * full[group[i]] for i in range(n)]
        return number

    def best_of(poolings, demands):
        best = None
        for pooling in poolings:
            late = [usual(past.late, pooling, i) for i in range(n)]
            listed = [usual(past.listed, pooling, i) for i in range(n)]
            for demand in demands:
                mean = np.array(late) * (demand + past.listed) / (demand + np.array(listed))
                for size in SIZES:
                    logs = nbinom.logpmf(past.late, size, size / (size + mean))
                    score = np.array(weight) @ (logs + gammaln(past.late + 1))
                    score -= 0.5 * np.log(size / 4) ** 2 + 0.5 * (np.log(demand / 4) / 1.5) ** 2
                    if best is None or score > best[0] + 1e-9:
                        best = (score, pooling, demand, size)
        return best

    first = best_of([(number, number) for number in POOLINGS], DEMANDS)
    by_team = best_of([(number, first[1][1]) for number in POOLINGS], [first[2]])
    again = best_of([by_team[1]], DEMANDS)
    return best_of([(by_team[1][0], number) for number in POOLINGS], [again[2]])


def test_the_fit_is_the_one_of_brute_force():
    past = past_shifts(40, 7)
    found = fit_pickup(past)
    _, pooling, demand, size = by_brute_force(past)
    assert (found.pooling, found.demand, found.size) == (pooling, demand, size)


def test_a_known_truth_is_found():
    """Teams differ by 4, lists tell a little: the fit says what the truth says."""
    found = fit_pickup(past_shifts(3000, 1, needs=False))
    assert 2 <= found.demand <= 8
    # 1 / size is the variance that 6 brings, and what the list does not tell of θ, 1 / (4 + 5).
    assert 3 <= found.size <= 5
    few = found.late(JoinKind("t0", "k0", 3), need=None, listed=2)
    many = found.late(JoinKind("t3", "k0", 3), need=None, listed=8)
    # θ is 1 where the list is as usual: half of 5, and twice 5. Needs say nothing here.
    assert few.mean == pytest.approx(2.5, rel=0.2)
    assert many.mean == pytest.approx(10, rel=0.2)
    # A list twice as long: (4 + 16) / (4 + 8) as many.
    longer = found.late(JoinKind("t3", "k0", 3), need=None, listed=16)
    assert longer.mean / many.mean == pytest.approx(20 / 12, rel=0.2)
    # A team nobody knows is like all of them, whose mean ratio is 1.125.
    nobody = found.late(JoinKind("new", "new", 3), need=None, listed=4)
    assert nobody.mean == pytest.approx(5 * 1.125, rel=0.25)


def test_a_small_team_is_small_where_all_other_groups_are_alike():
    """Kinds and weekdays mean nothing here, which once made all teams look alike, too."""
    random = np.random.default_rng(11)
    shifts_of = {"large": 120, "middle": 80, "small": 16, "tiny": 12}
    usual_of = {"large": 6.0, "middle": 6.0, "small": 2.5, "tiny": 1.5}
    kinds = [
        JoinKind(team, f"k{random.integers(6)}", int(random.integers(7)))
        for team, shifts in shifts_of.items()
        for _ in range(shifts)
    ]
    n = len(kinds)
    mean = np.array([usual_of[kind.team] for kind in kinds])
    late = random.negative_binomial(8, 8 / (8 + mean)).astype(float)
    ages = random.integers(0, 120, n).astype(float)
    past = PastShifts(kinds, np.full(n, np.nan), ages, np.ones(n), late)
    fit = fit_pickup(past)
    assert fit.pooling.team < fit.pooling.rest
    for team in usual_of:
        came = late[[kind.team == team for kind in kinds]].mean()
        expected = np.mean(
            [fit.late(kind, need=None, listed=1).mean for kind in kinds if kind.team == team]
        )
        # It was twice as many as came for the tiny team.
        assert expected == pytest.approx(came, abs=0.75), team


def test_a_large_list_says_nothing_where_it_never_did():
    random = np.random.default_rng(3)
    past = past_shifts(1500, 3, needs=False)
    past = PastShifts(
        past.kinds, past.needs, past.age_days, past.listed, random.permutation(past.late)
    )
    assert fit_pickup(past).demand >= 32


def test_too_few_shifts_do_not_tell():
    assert fit_pickup(past_shifts(9, 1)) is None
    assert fit_pickup(past_shifts(10, 1)) is not None


def test_many_shifts_of_too_few_days_do_not_tell():
    """A day has its own weather, however many shifts it has."""
    past = past_shifts(60, 1)
    assert fit_pickup(replace(past, age_days=past.age_days % 2)) is None
    assert fit_pickup(replace(past, age_days=past.age_days % 3)) is not None


def test_nobody_ever_late_is_next_to_nobody():
    past = past_shifts(50, 1)
    nobody = PastShifts(past.kinds, past.needs, past.age_days, past.listed, np.zeros(50))
    assert fit_pickup(nobody).late(JoinKind("t1", "k1", 1), need=8, listed=4).mean < 0.05


@pytest.mark.parametrize(("mean", "size"), [(0.01, 0.5), (8, 8.7), (300, 0.5), (40, 200), (3, 1e9)])
def test_the_negative_binomial_is_the_one_of_scipy(mean, size):
    pmf = Late(mean, size).pmf()
    size = min(size, 1e6)
    want = nbinom.pmf(np.arange(len(pmf)), size, size / (size + mean))
    assert pmf == pytest.approx(want, abs=2e-9)
    assert pmf.sum() == pytest.approx(1)
    assert want.sum() > 1 - 1e-8


# --- as it is printed ---------------------------------------------------------------------------


def campaign(n_shifts, *, per_shift=6, team="t", seed=2):
    """Shifts a day apart; people sign up 0 to 20 days before and two in three come."""
    random = np.random.default_rng(seed)
    shifts, rows = [], []
    for n in range(n_shifts):
        at = pd.Timestamp("2026-11-22 23:00") - pd.Timedelta(days=n - 14)
        shifts.append({"shift_id": f"s{n}", "event_id": f"e{n}", "starts_at": str(at), "need": 5})
        for k in range(per_shift):
            signed = at - pd.Timedelta(days=float(random.uniform(0, 20)))
            if signed < pd.Timestamp("2026-11-23 06:00"):
                came = bool(random.random() < 0.67) if n > 14 else None
                rows.append(signup(f"{n}-{k}", f"s{n}", str(signed.floor("s")), attended=came))
    return store_of(rows, shifts)


def test_far_and_near_shifts_are_expected_to_be_alike():
    """Seven in ten of a list of the last day are not on the list of two weeks before."""
    frame = plan_upcoming(campaign(114), as_of="2026-11-22")
    # Four come. Near shifts differ by their lists, far ones have none yet.
    assert frame["expected"].iloc[:7].mean() == pytest.approx(4, abs=0.5)
    assert frame["expected"].iloc[7:].mean() == pytest.approx(4, abs=0.5)
    near, far = frame["late"].iloc[0], frame["late"].iloc[-1]
    assert near < 0.7
    assert far > 2
    assert frame["sentence"].str.contains("still to sign up").sum() >= 10


def test_a_young_campaign_says_that_it_does_not_know():
    frame = plan_upcoming(campaign(24), as_of="2026-11-22")  # 9 past shifts
    assert frame["late"].isna().all()
    assert frame["sentence"].str.contains("how many more will sign up is not known yet").all()
    assert plan_upcoming(campaign(40), as_of="2026-11-22")["late"].notna().all()


def test_an_empty_cell_is_a_group_of_its_own():
    assert kind_of(None, float("nan"), 3) == JoinKind("", "", 3)


# Crowding: the team's other shifts of those days


def calendar_of(rows):
    """A calendar of (team, day, existed on, need)."""
    teams, days, existed_on, needs = (np.array(column) for column in zip(*rows, strict=True))
    return ShiftDays(teams, days, existed_on, needs.astype(float))


def slow_crowding(rows, ahead):
    """The same by its definition, shift by shift and span by span."""

    def shared(place):
        team, day, _, _ = rows[place]
        spans = [
            sum(
                need
                for other, (its_team, its_day, existed_on, need) in enumerate(rows)
                if other == place
                or (
                    its_team == team and first <= its_day <= first + 2 and existed_on <= day - ahead
                )
            )
            for first in (day - 2, day - 1, day)
        ]
        return statistics.harmonic_mean(spans)

    answer = []
    for place, (team, day, _, _) in enumerate(rows):
        before = [
            shared(other)
            for other, (its_team, its_day, _, _) in enumerate(rows)
            if its_team == team and day - 364 <= its_day <= day
        ]
        answer.append(shared(place) / (sum(before) / len(before)))
    return answer


@pytest.mark.parametrize("ahead", [1, 3, 14])
def test_crowding_is_the_need_nearby_by_what_is_usual(ahead):
    dice = np.random.default_rng(ahead)
    rows = []
    for _ in range(150):
        day = int(dice.integers(0, 600))
        existed_on = [ALWAYS, NEVER, day - int(dice.integers(0, 30))][dice.integers(0, 3)]
        rows.append((int(dice.integers(0, 3)), day, existed_on, int(dice.integers(1, 20))))
    assert np.allclose(calendar_of(rows).crowding(ahead), slow_crowding(rows, ahead))


def test_a_shift_put_up_later_competes_with_nobody_before():
    rows = [(0, 10, ALWAYS, 5), (0, 11, 8, 5)]
    assert calendar_of(rows).crowding(1).tolist() == [1.0, 1.0]  # each shares two spans of three
    # Three days before the first shift, on day 7, the second one did not exist.
    assert calendar_of(rows).crowding(3)[0] == 1.0
    assert calendar_of(rows).crowding(3)[1] > 1.0


def test_the_power_of_crowding_is_learned_where_shifts_share_their_people():
    dice = np.random.default_rng(4)
    past = past_shifts(800, 4)
    crowding = np.exp(dice.normal(0, 0.5, 800))
    shared = replace(
        past,
        crowding=crowding,
        late=dice.poisson(past.late / crowding).astype(float),
        listed=dice.poisson(past.listed / crowding).astype(float),
    )
    fitted = fit_pickup(shared)
    assert fitted.power >= 0.75
    kind = JoinKind("t1", "k1", 3)
    alone = fitted.late(kind, need=8, listed=4, crowding=0.5)
    crowded = fitted.late(kind, need=8, listed=4, crowding=2.0)
    assert alone.mean > 1.5 * crowded.mean
    # Where crowding has nothing to do with it, it takes next to nobody.
    assert fit_pickup(replace(past, crowding=crowding)).power <= 0.25
