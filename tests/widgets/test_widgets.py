"""The widgets say what the public functions say, and never show a traceback."""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import date
from html import escape
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics import charts
from organizing_analytics.teams import team_names
from organizing_analytics.widgets.planner import NO_SHIFT, OWN_SHARE, PlannerWidget

LAST_DAY = "2026-11-22"
#: The package's function of this name hides its module.
MODULE = import_module("organizing_analytics.widgets.planner")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("widgets")
    oa.write_sample(folder / "files", people=300, weeks=12, last_day=date.fromisoformat(LAST_DAY))
    oa.load_files(folder / "files", store=folder / "store", timezone="America/Chicago")
    return folder / "store"


@pytest.fixture
def copy(sample: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample, tmp_path / "store")
    return tmp_path / "store"


def number(widget: PlannerWidget) -> int:
    found = re.search(r'class="oa-big">([\d,]+)<', widget.number.value)
    assert found, widget.number.value
    return int(found[1].replace(",", ""))


@pytest.fixture(scope="module")
def free() -> PlannerWidget:
    return oa.widgets.planner("no-such-folder")


@settings(max_examples=30, deadline=None)
@given(
    need=st.integers(1, 60),
    sure=st.integers(50, 99),
    room=st.sampled_from((0, 0.1, 0.5, 1)),
    rate=st.integers(5, 100),
)
def test_a_move_says_what_oa_plan_says(
    free: PlannerWidget, need: int, sure: int, room: float, rate: int
) -> None:
    free.source.value, free.room.value = OWN_SHARE, 0
    free.need.value, free.sure.value = need, sure / 100
    free.room.value, free.show_up.value = round(room * free.room.max), rate / 100
    capacity = free.room.value or None
    assert need <= free.room.max <= 4 * max(need, 30)
    if capacity is not None and capacity < need:
        assert 'role="alert"' in free.wrong.value
        assert free.number.value == ""
        return
    made = oa.plan(need, sure=free.sure.value, capacity=capacity, show_rate=free.show_up.value)
    assert number(free) == made.schedule
    assert free.text.value == str(made)
    assert "<svg" in free.chart.value
    assert free.wrong.value == ""


def test_a_shift_says_what_oa_plan_shift_says(sample: Path) -> None:
    with oa.open_store(sample) as store:
        widget = oa.widgets.planner(store, as_of=LAST_DAY)
        chosen = widget.shift.options[3][1]
        widget.shift.value = chosen
        made = oa.plan(shift=chosen, store=store, as_of=LAST_DAY)
        assert (widget.need.value, widget.room.value) == (made.need, made.capacity or 0)
        assert number(widget) == made.more
        assert widget.number.value.index(escape(made.verdict.short).replace(" %", "&nbsp;%")) < (
            widget.number.value.index("oa-big")
        )
        assert str(made) in widget.text.value
        widget.need.value = made.need + 5
        widget.room.value = 0
        again = widget._open.plan(need=made.need + 5, sure=widget.sure.value)
        assert number(widget) == again.more
        widget._plan_backward()
        assert "sign-ups to have" in widget.backward.value
        widget.team.value = widget.team.options[1][1]
        teams = set(
            oa.plan_upcoming(store, team=widget.team.value, days=60, as_of=LAST_DAY)["shift_id"]
        )
        assert {value for _, value in widget.shift.options if value} == teams


@pytest.fixture
def small(write, store) -> Path:
    """A shift at a place, one online, and one of which little is known; nobody signed up."""
    files = write(
        teams="team_id,name\nt1,Riverside\n",
        people="person_id\np1\n",
        events="event_id,title,event_type,team_id,location,is_virtual\n"
        "e1,Riverside: doors,canvass,t1,12 Elm Street,false\n"
        "e2,Calls,phone_bank,t1,,true\n"
        "e3,,data_entry,,,\n",
        shifts="shift_id,event_id,starts_at,need,capacity\n"
        "s1,e1,2026-11-25T18:30,4,6\ns2,e2,2026-11-26T10:00,4,\ns3,e3,2026-11-27T10:00,4,\n",
    )
    oa.load_files(files, store=store, timezone="America/Chicago")
    return store


@pytest.mark.parametrize(
    ("shift", "copied", "shown"),
    [
        (
            "s1",
            (
                "Team: Riverside\nShift: Riverside: doors\n"
                "When: Wednesday, November 25, 2026, 6:30 PM\nWhere: 12 Elm Street"
            ),
            ">Riverside: doors<",
        ),
        (
            "s2",
            "Team: Riverside\nShift: Calls\nWhen: Thursday, November 26, 2026, 10 AM\nWhere: online",
            ">Riverside: Calls<",
        ),
        (
            "s3",
            (
                "Team: No team\nShift: data entry\nWhen: Friday, November 27, 2026, 10 AM\n"
                "Where: no place is written down"
            ),
            ">No team: data entry<",
        ),
    ],
)
def test_the_copied_text_and_the_screen_name_team_shift_time_and_place(
    small: Path, shift: str, copied: str, shown: str
) -> None:
    widget = oa.widgets.planner(small, as_of=LAST_DAY)
    assert "Team:" not in widget.text.value
    widget.shift.value = shift
    assert widget.text.value.startswith(f"{copied}\n\n{widget.plan}")
    assert shown in widget.number.value
    assert copied.rpartition("Where: ")[2] in widget.number.value
    if shift != "s3":
        widget._plan_backward()
        assert widget.text.value.startswith(f"{copied}\n\n{widget.plan}\n\nTo be ")
    widget.shift.value = NO_SHIFT
    assert "Team:" not in widget.text.value


def shown_controls(widget: PlannerWidget) -> set[str]:
    """Return the names of the controls that a person sees."""
    names = ("team", "shift", "no_shift", "need", "sure", "room", "source", "show_up")
    return {name for name in names if getattr(widget, name).layout.display != "none"}


def test_controls_that_do_nothing_are_not_shown(small: Path) -> None:
    always = {"need", "sure", "room"}
    bare = oa.widgets.planner("no-such-folder")
    assert shown_controls(bare) == {*always, "source"}
    widget = oa.widgets.planner(small, as_of=LAST_DAY)
    assert shown_controls(widget) == {*always, "team", "shift", "source"}
    widget.source.value = OWN_SHARE
    assert shown_controls(widget) == {*always, "team", "shift", "source", "show_up"}
    widget.shift.value = "s1"
    assert shown_controls(widget) == {*always, "team", "shift"}
    widget.room.value = 1  # less than the need: there is no plan to copy
    assert widget.plan is None
    assert widget._copying.layout.display == widget.text.layout.display == "none"


def test_a_shift_that_vanishes_is_a_line_and_the_planner_goes_on(copy: Path, write) -> None:
    store = oa.open_store(copy)
    widget = oa.widgets.planner(store, as_of=LAST_DAY)
    gone = widget.shift.options[1][1]
    row = store.connection.execute("SELECT * FROM shifts WHERE shift_id = ?", [gone]).df().iloc[0]
    widget.shift.value = gone
    files = write(
        shifts="shift_id,event_id,starts_at,deleted_at\n"
        f"{gone},{row['event_id']},{row['starts_at']:%Y-%m-%dT%H:%M}Z,2026-11-20T00:00Z\n"
    )
    oa.load_files(files, store=copy)
    widget.again.click()
    assert gone not in [value for _, value in widget.shift.options]
    assert widget.shift.value == NO_SHIFT
    assert number(widget) > 0
    store.close()


def test_a_store_that_is_gone_too_new_or_damaged_is_a_line(copy: Path, tmp_path: Path) -> None:
    widget = oa.widgets.planner(copy, as_of=LAST_DAY)
    assert widget.wrong.value == ""
    (copy / "store.json").write_text('{"format": 99, "snapshot": 1, "settings": {}}')
    widget.again.click()
    assert 'role="alert"' in widget.wrong.value
    assert "format" in widget.wrong.value or "newer" in widget.wrong.value
    widget.sure.value = 0.9  # it still plans
    assert number(widget) > 0
    shutil.rmtree(copy, ignore_errors=True)
    widget.again.click()
    assert 'role="alert"' in widget.wrong.value
    for explore in (oa.widgets.cohorts, oa.widgets.show_up):
        assert 'role="alert"' in explore(tmp_path / "nothing").wrong.value


def test_an_empty_store_has_no_shift_and_no_traceback(write, store) -> None:
    oa.load_files(write(people="person_id\np1\n"), store=store, timezone="UTC")
    widget = oa.widgets.planner(store, as_of=LAST_DAY)
    assert [value for _, value in widget.shift.options] == [NO_SHIFT]
    assert number(widget) == 10
    assert "<svg" not in oa.widgets.cohorts(store, as_of=LAST_DAY).shown.value
    assert "Nobody" in oa.widgets.show_up(store, as_of=LAST_DAY).shown.value


def test_markup_in_a_title_is_text(write, store) -> None:
    files = write(
        teams="team_id,name\nt1,<script>alert(1)</script>\n",
        people="person_id\np1\n",
        events="event_id,title,event_type,team_id\ne1,<img src=x onerror=alert(1)>,canvass,t1\n",
        shifts="shift_id,event_id,starts_at,need\n<b>s</b>,e1,2026-11-25T10:00,4\n",
    )
    oa.load_files(files, store=store, timezone="UTC")
    widget = oa.widgets.planner(store, as_of=LAST_DAY)
    widget.shift.value = "<b>s</b>"
    assert number(widget) > 0
    widget.shift.options = [*widget.shift.options, ("gone", "<b>gone</b>")]
    widget.shift.value = "<b>gone</b>"  # the error names it
    shown = "".join(
        part.value for part in (widget.wrong, widget.sentence, widget.chart, widget.backward)
    )
    assert "<b>gone" not in shown
    assert "<img" not in shown
    assert "&lt;b&gt;gone&lt;/b&gt;" in widget.wrong.value


def test_the_explorers_show_what_the_measures_say(sample: Path) -> None:
    with oa.open_store(sample) as store:
        box = oa.widgets.show_up(store, as_of=LAST_DAY)
        frame = oa.show_up(store, by="lead", as_of=LAST_DAY)
        for row in frame.to_dict("records"):
            n = row["attended"] + row["no_show"]
            assert f"{row['attended']:,} of {n:,} came" in titles(box.shown.value)
        box.second.value = "confirmed"
        assert "lead and confirmed" in box.shown.value
        box.second.value = box.first.value = "team"
        assert "by team<" in box.shown.value
        names = team_names(store)
        for team in oa.show_up(store, by="team", as_of=LAST_DAY)["team"]:
            assert f">{escape(names[team], quote=False)}<" in box.shown.value
        cohorts = oa.widgets.cohorts(store, as_of=LAST_DAY)
        before = cohorts.shown.value
        cohorts.kind.value = "bounded"
        assert cohorts.shown.value not in ("", before)
        assert "month" in cohorts.shown.value
        cohorts.period.value = "week"
        assert "month" not in cohorts.shown.value
        counted = oa.retention_cohorts(store, period="week", kind="bounded", as_of=LAST_DAY)
        last = counted[counted["period"] == 1].dropna(subset=["rate"]).iloc[-1]
        told = f"{last['cohort']}, week 1: {last['retained']} of {last['size']} came again"
        assert told in titles(cohorts.shown.value)


def titles(svg: str) -> str:
    """What marks say when the pointer rests on them."""
    return "\n".join(re.findall(r"<title>([^<]*)</title>", svg))


def test_a_bar_says_its_odds_and_no_mark_says_more(free: PlannerWidget) -> None:
    free.source.value, free.room.value = OWN_SHARE, 0
    free.need.value, free.show_up.value = 4, 0.5
    assert free.plan is not None
    for number_who_come in (4, 5):
        odds = f"{number_who_come} come: {100 * free.plan.odds[number_who_come]:.1f}%"
        assert odds in titles(free.chart.value)
    assert free.chart.value.count("aria-label") == 1  # of the picture as a whole


def test_dates_the_wrong_way_round_are_a_line(sample: Path) -> None:
    box = oa.widgets.show_up(sample, as_of=LAST_DAY)
    box.since.value, box.until.value = date(2026, 11, 1), date(2026, 10, 1)
    assert 'role="alert"' in box.wrong.value or "Nobody" in box.shown.value
    box.until.value = date(2026, 11, 20)
    assert "<svg" in box.shown.value


@pytest.mark.parametrize("explore", [oa.widgets.cohorts, oa.widgets.show_up])
def test_an_explorer_comes_back_when_its_store_does(copy: Path, explore) -> None:
    away = copy.with_name("away")
    copy.rename(away)
    widget = explore(copy, as_of=LAST_DAY)
    assert 'role="alert"' in widget.wrong.value
    away.rename(copy)
    widget.again.click()
    assert widget.wrong.value == ""
    assert "<svg" in widget.shown.value


@pytest.mark.parametrize("explore", [oa.widgets.cohorts, oa.widgets.show_up])
def test_a_store_that_was_closed_is_a_line_and_can_be_read_again(copy: Path, explore) -> None:
    store = oa.open_store(copy)
    widget = explore(store, as_of=LAST_DAY)
    store.close()
    changing = getattr(widget, "kind", None) or widget.first
    changing.index = 0
    assert "Read the store again" in widget.wrong.value
    assert "<svg" not in widget.shown.value
    widget.again.click()
    assert "<svg" in widget.shown.value
    store.close()


def test_the_backward_plan_comes_by_itself_when_the_sliders_rest(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MODULE, "REST_SECONDS", 0.01)
    asked = []
    real = MODULE.plan_backward
    monkeypatch.setattr(MODULE, "plan_backward", lambda *a, **k: asked.append(k) or real(*a, **k))

    async def move() -> PlannerWidget:
        widget = oa.widgets.planner(sample, as_of=LAST_DAY)
        widget.shift.value = widget.shift.options[1][1]
        widget.sure.value = 0.9
        await asyncio.sleep(0.1)
        return widget

    widget = asyncio.run(move())
    assert [one["sure"] for one in asked] == [0.9]
    with oa.open_store(sample) as store:
        made = oa.plan_backward(
            store, as_of=LAST_DAY, **{k: asked[0][k] for k in asked[0] if k != "as_of"}
        )
    assert made._repr_html_() in widget.backward.value
    assert widget.text.value.startswith("Team: ")  # the text says by itself which shift it is for
    assert f"{widget.plan}\n\n{made}\n\nData through " in widget.text.value


def test_an_error_that_nobody_foresaw_is_a_line(
    free: PlannerWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    free.source.value, free.room.value = OWN_SHARE, 0
    with monkeypatch.context() as broken:
        broken.setattr(MODULE, "plan", lambda *a, **k: 1 / 0)
        free.need.value = 7
        assert "ZeroDivisionError" in free.wrong.value
    free.need.value = 8
    assert free.wrong.value == ""


@pytest.mark.parametrize("need", [1, 4, 300])
def test_the_chart_of_turnout_adds_up(need: int) -> None:
    made = oa.plan(need, came=31, of=50, capacity=need + 20)
    assert sum(made.odds) == pytest.approx(1)
    assert sum(made.odds[need:]) == pytest.approx(made.p_enough)
    chart = charts.turnout(made)
    chart.to_dict()  # against the schema
    bars = chart.layer[0].data
    enough = bars.loc[bars["is_enough"], "odds"].sum()
    assert enough == pytest.approx(made.p_enough, abs=0.01)
    assert len(bars) <= 62
    over = bars.loc[bars["is_over"], "odds"].sum()
    assert over == pytest.approx(made.p_over_capacity, abs=0.01)


def test_bars_over_the_room_are_orange_and_say_so() -> None:
    made = oa.plan(10, show_rate=0.5, capacity=14)
    chart = charts.turnout(made)
    bars = chart.layer[0].data
    assert bars.loc[bars["is_over"], "people"].min() == 15
    assert "orange: over the room" in str(chart.to_dict()["title"])
    roomy = charts.turnout(oa.plan(10, show_rate=0.5, capacity=400))
    assert "orange" not in str(roomy.to_dict()["title"])
    assert not roomy.layer[0].data["is_over"].any()
