"""The verdict of an open shift follows its definition, and every surface shows the same one."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics import charts
from organizing_analytics.planning.forecast import forecast
from organizing_analytics.planning.upcoming import plan_upcoming
from organizing_analytics.planning.verdict import verdict_of
from organizing_analytics.reports.sections import upcoming as upcoming_section
from organizing_analytics.reports.team_week import team_week

SURE, LIMIT = 0.8, 0.05


def by_definition(pmf_after, need, capacity):
    """Return kind and number by trying every number of people, from the definition's text."""

    def at_least(pmf, k):
        return pmf[k:].sum() if k < len(pmf) else 0.0

    if need is None:
        return "unknown_need", None
    now = pmf_after(0)
    if capacity is not None and at_least(now, capacity + 1) > LIMIT:
        return "too_many", 0
    if at_least(now, need) >= SURE:
        return "enough", 0
    best = 0
    for more in range(400):
        pmf = pmf_after(more)
        if capacity is not None and at_least(pmf, capacity + 1) > LIMIT:
            return "schedule_but_short", best
        best = more
        if at_least(pmf, need) >= SURE:
            return "schedule", more
    raise AssertionError("no number of people is enough")


@pytest.mark.parametrize("seed", range(40))
def test_the_verdict_is_that_of_the_definition(seed):
    random = np.random.default_rng(seed)
    chances = random.uniform(0.1, 0.95, random.integers(0, 15))
    new, need = float(random.uniform(0.2, 0.9)), int(random.integers(1, 12))
    capacity = None if seed % 4 == 0 else int(need + random.integers(0, 8))

    def pmf_after(more):
        pmf = np.ones(1)
        for chance in [*chances, *[new] * more]:
            pmf = np.convolve(pmf, [1 - chance, chance])
        return pmf

    verdict = verdict_of(
        forecast(chances, spread=0, new=new),
        need=need, capacity=capacity, sure=SURE, limit=LIMIT, signed_up=len(chances),
    )  # fmt: skip
    assert (str(verdict.kind), verdict.more) == by_definition(pmf_after, need, capacity)


def test_all_five_kinds_are_met_above():
    kinds = set()
    for seed in range(40):
        random = np.random.default_rng(seed)
        chances = random.uniform(0.1, 0.95, random.integers(0, 15))
        new, need = float(random.uniform(0.2, 0.9)), int(random.integers(1, 12))
        capacity = None if seed % 4 == 0 else int(need + random.integers(0, 8))
        options = {"capacity": capacity, "sure": SURE, "limit": LIMIT, "signed_up": len(chances)}
        made = forecast(chances, spread=0, new=new)
        kinds |= {verdict_of(made, need=n, **options).kind for n in (need, None)}
    assert len(kinds) == 5


def words(n, new=0.5, **options):
    return verdict_of(
        forecast([0.5] * n, spread=0, new=new),
        sure=SURE, limit=LIMIT, signed_up=n,
        **{"need": None, "capacity": None, **options},
    )  # fmt: skip


def test_enough_is_never_said_below_the_wanted_chance():
    # 8 people at one half: P(4 or more) = 163/256, below 80 %.
    assert words(8, need=4).kind == "schedule"
    # The rule needs 10 for 80 %: P(4 or more of 10) = 848/1024 = 0.828.
    assert (words(8, need=4).more, words(10, need=4).short) == (2, "Enough: 83 % sure")


def test_a_need_is_not_given_up_silently_for_the_room():
    verdict = words(8, need=10, capacity=10)
    assert verdict.kind == "schedule_but_short"
    assert re.fullmatch(r"Sign up \d+ more; then the room is full and still short", verdict.short)
    assert "Find a larger room, or add a second shift." in verdict.sentence


def test_a_full_room_says_so_and_what_is_missing():
    assert words(40, need=4, capacity=15).short == "Room too small: 20 likely, room for 15"
    both = words(40, need=24, capacity=24)
    assert "is only 13 % all the same" in both.sentence


@pytest.fixture(scope="module", params=[3, 11, 29])
def campaign(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"seed{request.param}")
    oa.write_sample(folder / "files", seed=request.param, people=350, weeks=14)
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


def test_every_surface_shows_the_same_verdict(campaign, capsys):
    from organizing_analytics.cli import main
    from organizing_analytics.planning.open_shift import open_shift
    from organizing_analytics.to_do.listing import todo

    with oa.open_store(campaign) as store:
        team = store.sql("SELECT team_id FROM teams ORDER BY 1")["team_id"][0]
        frame = plan_upcoming(store, team=team).set_index("shift_id")
        assert len(frame)
        tasks = todo(store, team=team)
        recruits = " ".join(tasks.loc[tasks["action"] == "recruit", "reason"])
        for shift_id, row in frame.iterrows():
            if pd.isna(row["need"]):
                continue
            # Command for one shift, and the planner, which asks an open shift.
            made = open_shift(store, shift_id)
            plan = made.plan(need=made.need, capacity=made.capacity)
            assert plan.verdict.short == row["verdict_words"]
            assert (plan.more, str(plan.verdict.kind)) == (row["more"], row["verdict"])
            assert plan.verdict.sentence in row["sentence"]
            assert plan.verdict.sentence in str(plan)
            if row["verdict"].startswith("schedule") and recruits:
                assert row["verdict_words"][1:] in recruits or len(tasks) >= 40
        # The page and its chart, at the end of the week that they are about.
        team_in_week = team_week(store, team)
        shown = team_in_week.ask(plan_upcoming, days=14)
        page = upcoming_section(team_in_week).text
    for row in shown.head(10).to_dict("records"):
        assert row["verdict_words"] in page
        assert f"{row['median']:,} likely ({row['low']:,} to {row['high']:,}" in page
    drawn = json.dumps(charts.upcoming(shown).to_dict()) if len(shown) else ""
    lacking = sum(shown["verdict"].str.startswith("schedule"))
    assert not lacking or f"{lacking} of {len(shown)} shift" in drawn
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["plan", "upcoming", "--team", team, "--store", str(campaign), "--json"])
    printed = json.loads(capsys.readouterr().out)["rows"]
    assert [(r["shift_id"], r["median"], r["verdict_words"]) for r in printed] == [
        (shift, row["median"], row["verdict_words"]) for shift, row in frame.iterrows()
    ]
