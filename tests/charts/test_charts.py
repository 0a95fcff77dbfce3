"""Charts: every frame that a measure can give becomes a picture, or a sentence that says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

from organizing_analytics import charts
from organizing_analytics.charts.pictures import picture
from organizing_analytics.estimates import add_rate


def rated(successes: str, n: str | tuple[str, ...], **columns: Any) -> pd.DataFrame:
    return add_rate(pd.DataFrame(columns), successes=successes, n=n, bounds=("low", "high"))


def weeks(attended: list[int], no_show: list[int]) -> pd.DataFrame:
    names = [f"2026-W{30 + k}" for k in range(len(attended))]
    n = ("attended", "no_show")
    return rated("attended", n, week=names, attended=attended, no_show=no_show)


def teams(attended: list[int], no_show: list[int]) -> pd.DataFrame:
    names = [f"Team {k}" for k in range(len(attended))]
    n = ("attended", "no_show")
    return rated("attended", n, team=names, attended=attended, no_show=no_show)


def leads(attended: list[int], no_show: list[int]) -> pd.DataFrame:
    names = ["0", "1", "2-3", "4-7", "8-14", "15-30", "31+", "unknown"][: len(attended)]
    n = ("attended", "no_show")
    return rated("attended", n, lead=names, attended=attended, no_show=no_show)


def outcomes(**counts: int) -> pd.DataFrame:
    names = ("yes", "not_now", "not_that", "not_ever", "no", "maybe", "no_answer")
    row = {name: counts.get(name, 0) for name in names}
    asks = sum(row.values())
    return pd.DataFrame([{"asks": asks, "answered": asks - row["no_answer"], **row}])


def noes(counts: dict[str, tuple[int, int]]) -> pd.DataFrame:
    return rated(
        "converted",
        "noes",
        no_type=list(counts),
        converted=[converted for converted, _ in counts.values()],
        noes=[n for _, n in counts.values()],
    )


def cohort_rows(*rows: tuple[str, int, int, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["cohort", "size", "period", "retained"])
    frame = frame.astype({"retained": "Int64", "size": "int64", "period": "int64"})
    return add_rate(frame, successes="retained", n="size", bounds=("low", "high"))


def shifts(*rows: tuple[str | float | None, ...]) -> pd.DataFrame:
    names = ["starts_local", "signed_up", "median", "low", "high", "need", "capacity", "more"]
    frame = pd.DataFrame(rows, columns=names)
    whole = dict.fromkeys(("need", "capacity", "more"), "Int64")
    verdict = frame["more"].map(lambda more: "schedule" if more else "enough")
    return frame.assign(verdict=verdict).astype({"starts_local": "datetime64[us]", **whole})


FULL: dict[str, charts.Chart] = {
    "weeks": charts.show_up_by_week(weeks([12, 3, 0], [7, 1, 0]), reference=0.58),
    "leads": charts.show_up_by_lead(leads([40, 1], [4, 2])),
    "outcomes": charts.asks_outcomes(outcomes(yes=12, not_now=7, no_answer=3)),
    "noes": charts.after_no(noes({"not_now": (12, 40), "not_ever": (0, 3)})),
    "cohorts": charts.cohorts(
        cohort_rows(("2026-04", 40, 0, 40), ("2026-04", 40, 1, 10), ("2026-05", 3, 1, 2)),
        kind="bounded",
    ),
    "upcoming": charts.upcoming(shifts(("2026-11-28 10:00", 14, 9, 6, 12, 12, 30, 7))),
    "funnel": charts.funnel(teams([6, 60, 40, 2], [4, 40, 60, 0])),
}
EMPTY: dict[str, charts.Chart] = {
    "weeks": charts.show_up_by_week(weeks([], [])),
    "weeks nobody recorded": charts.show_up_by_week(weeks([0], [0])),
    "leads": charts.show_up_by_lead(leads([], [])),
    "outcomes": charts.asks_outcomes(outcomes().head(0)),
    "outcomes of no ask": charts.asks_outcomes(outcomes()),
    "noes": charts.after_no(noes({})),
    "cohorts": charts.cohorts(cohort_rows(), kind="rolling"),
    "cohorts not yet known": charts.cohorts(cohort_rows(("2026-11", 9, 0, None)), kind="bounded"),
    "upcoming": charts.upcoming(shifts()),
    "funnel": charts.funnel(teams([], [])),
    "funnel of one team": charts.funnel(teams([3, 0], [2, 0])),
}


def spec(chart: charts.Chart) -> dict[str, Any]:
    assert not isinstance(chart, charts.Note)
    return chart.to_dict()


def words(chart: charts.Chart) -> str:
    """Return the text that a reader sees in the picture."""
    drawn: str = vl_convert.vegalite_to_svg(spec(chart))
    return drawn


@pytest.mark.parametrize("name", FULL)
def test_a_chart_is_drawn_with_a_title_and_words_and_no_empty_number(name: str) -> None:
    drawn = picture(FULL[name])  # type: ignore[arg-type]
    assert drawn.title
    assert drawn.description.endswith(".")
    for wrong in ("NaN", "nan", "None", "<NA>", "null", "undefined"):
        assert wrong not in drawn.svg + drawn.title + drawn.description


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_frame_gives_a_sentence(name: str) -> None:
    note = EMPTY[name]
    assert isinstance(note, charts.Note)
    assert str(note).endswith(".")
    assert note._repr_html_() == f"<p>{note}</p>"


def test_the_title_says_the_last_week_and_the_reference_is_named() -> None:
    # 12 of 19: 63 %; the two later weeks have 4 people and nobody.
    drawn = picture(charts.show_up_by_week(weeks([12], [7]), reference=0.58, reference_name="all"))  # type: ignore[arg-type]
    assert drawn.title == "63 % of those on the lists came in 2026-W30"
    assert drawn.subtitle == "dashed: all, 58 %"


def test_few_people_give_counts_and_a_hollow_dot_and_no_share() -> None:
    chart = charts.show_up_by_week(weeks([12, 3], [7, 1]))
    drawn = picture(chart)  # type: ignore[arg-type]
    assert drawn.title == "3 of 4 on the lists came in 2026-W31, too few to tell"
    assert "hollow" in drawn.subtitle
    assert drawn.svg.count('fill="var(--blue') == 1  # of two dots
    assert "hollow" not in picture(charts.show_up_by_week(weeks([12], [7]))).subtitle  # type: ignore[arg-type]


def test_nine_weeks_are_drawn_each_with_its_interval_and_its_number() -> None:
    attended = list(range(10, 22))
    svg = words(charts.show_up_by_week(weeks(attended, [10] * 12)))
    assert "W32" not in svg
    assert "W33" in svg
    assert "W41" in svg
    assert ">31</tspan>" in svg or ">31<" in svg  # W41: 21 + 10 people
    data = next(iter(spec(charts.show_up_by_week(weeks(attended, [10] * 12)))["datasets"].values()))
    assert len(data) == 9
    assert all(row["low"] < row["rate"] < row["high"] for row in data)


def test_answers_that_nobody_gave_are_left_out() -> None:
    svg = words(charts.asks_outcomes(outcomes(yes=12, no_answer=3)))
    assert "no answer" in svg
    assert "maybe" not in svg
    assert "not ever" not in svg


def test_how_many_who_answered_said_yes() -> None:
    # 12 + 7 answered, 3 did not.
    assert picture(FULL["outcomes"]).title == "12 of the 19 who answered said yes"  # type: ignore[arg-type]


def test_counts_of_one_have_an_axis_of_whole_numbers_each_once() -> None:
    svg = words(charts.asks_outcomes(outcomes(not_now=1)))
    assert svg.count(">1<") == 2  # on the axis, and at the bar


def test_period_0_unknown_cells_and_old_cohorts_are_not_drawn() -> None:
    rows = [(f"2025-{month:02d}", 40, 1, month) for month in range(1, 13)]
    frame = cohort_rows(("2026-01", 50, 0, 50), ("2026-01", 50, 1, None), *rows)
    svg = words(charts.cohorts(frame, kind="bounded"))
    assert "2025-04" not in svg
    assert "2025-05 · 40" in svg
    assert "2026-01" not in svg
    assert "100 %" not in svg
    assert "bounded" in svg


def test_a_cohort_of_few_shows_counts_and_no_colour() -> None:
    svg = words(FULL["cohorts"])
    assert "2 of 3" in svg
    assert "67 %" not in svg
    assert "25 %" in svg


def test_two_shifts_at_one_time_are_two_rows() -> None:
    row = ("2026-11-28 10:00", 14, 9, 6, 12, 12, None, 7)
    chart = charts.upcoming(shifts(row, row))
    assert words(chart).count("Sat 28 Nov at 10:00") == 2
    assert spec(chart)["title"]["text"] == ["2 of 2 shifts ahead need more people"]


def test_a_funnel_names_what_chance_does_not_explain() -> None:
    # 600 of 1,000 of all; chance takes a team of 100 to 50 % or 69 %, and 30 of 100 is far out.
    frame = teams([60] * 9 + [30], [40] * 9 + [70])
    drawn = picture(charts.funnel(frame))  # type: ignore[arg-type]
    assert (
        drawn.title == "By team, 1 of 10 outside the 95 % limits; chance alone puts about 1 there"
    )
    assert drawn.description.startswith(
        "10 groups, 57 % of all. Outside the 95 % limits: Team 9 30 %"
    )
    assert ">Team 9<" in drawn.svg
    assert ">Team 1<" not in drawn.svg
    quiet = picture(charts.funnel(teams([60] * 40, [40] * 40)))  # type: ignore[arg-type]
    assert (
        quiet.title == "By team, 0 of 40 outside the 95 % limits; chance alone puts about 2 there"
    )


def test_a_funnel_counts_rows_for_what_they_are_worth() -> None:
    """At a design effect of 16 a team of 100 is worth 6: there 30 % is within chance of 57 %."""
    frame = teams([60] * 9 + [30], [40] * 9 + [70])
    clustered = charts.funnel(frame.assign(deff=16.0))
    assert "By team, 0 of 10 outside" in picture(clustered).title  # type: ignore[arg-type]
    assert "people counted, divided by the design effect" in words(clustered)
    for one in (frame.assign(deff=1.0), frame):
        assert "By team, 1 of 10 outside" in picture(charts.funnel(one)).title  # type: ignore[arg-type]
    alone = charts.funnel(frame.assign(deff=16.0), effect=None)
    assert "By team, 1 of 10 outside" in picture(alone).title  # type: ignore[arg-type]


def test_charts_draw_the_intervals_of_the_measure() -> None:
    """Whatever interval a frame has, that is what is drawn."""
    noes_row = {"no_type": ["not_now"], "noes": [40], "right_move": [20], "right_move_rate": [0.5]}
    rows = pd.DataFrame(
        {**noes_row, "right_move_rate_low": [0.111], "right_move_rate_high": [0.888]}
    )
    met = pd.DataFrame({"kind": ["maintenance"], "held": [40], "committed": [20]}).assign(
        commitment_rate=0.5, commitment_rate_low=0.111, commitment_rate_high=0.888
    )
    week = weeks([12], [7]).assign(low=0.111, high=0.888)
    for chart in (
        charts.right_moves(rows),
        charts.one_to_ones(met, what="committed"),
        charts.show_up_by_week(week),
    ):
        drawn = str(spec(chart)["datasets"])
        assert "0.111" in drawn
        assert "0.888" in drawn


def test_names_in_a_funnel_do_not_lie_over_each_other() -> None:
    frame = teams([600] * 9 + [300, 301, 302, 900], [400] * 9 + [700, 699, 698, 100])
    svg = words(charts.funnel(frame, label="team"))
    assert [f">Team {k}<" in svg for k in (9, 10, 11, 12)] == [True, False, False, True]
    text = charts.funnel(frame.assign(team=None))
    assert "(none)" in words(text)


def test_marks_that_no_shift_has_are_not_in_the_legend() -> None:
    svg = words(charts.upcoming(shifts(("2026-11-28 10:00", 14, 9, 6, 12, None, None, None))))
    assert "likely" in svg
    assert "room" not in svg
    assert "need more" not in svg


def test_pictures_of_one_page_share_no_id() -> None:
    drawn = [picture(chart).svg for chart in FULL.values()]  # type: ignore[arg-type]
    found = [set(_ids(svg)) for svg in drawn]
    for one in range(len(found)):
        for other in range(one):
            assert not found[one] & found[other]


def _ids(svg: str) -> list[str]:
    return [part.split('"')[0] for part in svg.split(' id="')[1:]]


def test_a_picture_keeps_the_case_of_view_box_and_takes_the_pages_colours() -> None:
    svg = picture(FULL["weeks"]).svg  # type: ignore[arg-type]
    assert svg.startswith('<svg role="img" aria-label="')
    assert 'viewBox="0 0 344 ' in svg
    assert "var(--blue, #0072b2)" in svg
    assert "http" not in svg
    assert 'fill="white"' not in svg


def test_references_inside_a_picture_follow_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    made = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 9 9" width="9"><defs><clipPath id="clip0"/></defs>'
        '<g clip-path="url(#clip0)"><use xlink:href="#clip0"/></g></svg>'
    )
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda _spec: made)
    svg = picture(FULL["weeks"]).svg  # type: ignore[arg-type]
    [mark] = _ids(svg)
    assert mark.endswith("-n0")  # counted anew: the renderer's own numbers grow
    assert f'clip-path="url(#{mark})"' in svg
    assert f'href="#{mark}"' in svg


def test_text_of_the_data_stays_text_in_a_picture() -> None:
    frame = weeks([12], [7]).assign(week="<b>&\"'")
    drawn = picture(charts.show_up_by_week(frame))  # type: ignore[arg-type]
    assert "<b>" not in drawn.svg
    assert "&lt;b&gt;&amp;&quot;&#x27;" in drawn.svg  # in the label for who cannot see it


def test_the_frame_is_not_changed() -> None:
    frame = weeks([12, 3], [7, 1])
    before = frame.copy()
    charts.show_up_by_week(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_still_draws_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import altair as alt

    before = alt.renderers.active
    try:
        charts.still()
        shown = FULL["weeks"]._repr_mimebundle_()  # type: ignore[union-attr]
        bundle = shown[0] if isinstance(shown, tuple) else shown
        assert set(bundle) == {"image/svg+xml"}
    finally:
        alt.renderers.enable(before)


def test_rates_of_nobody_are_no_dots() -> None:
    data = next(iter(spec(charts.show_up_by_week(weeks([5, 0], [5, 0])))["datasets"].values()))
    assert [row["week"] for row in data] == ["2026-W30"]
    assert not np.isnan([row["rate"] for row in data]).any()
