"""Show-up, counted by hand."""

from __future__ import annotations

import random

import ibis
import pytest
from make_store import cells, make_store

from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import real
from organizing_analytics.measures import GROUPS, select, show_up, show_up_counts

COUNTS = ["scheduled", "attended", "no_show", "cancelled", "unrecorded", "walk_in", "left_out"]

# One shift of 18:00 to 20:00 on Wednesday 4 March in Chicago: 5 March, 00:00 to 02:00 UTC.
START = "2026-03-05 00:00"
SHIFTS = [{"shift_id": "s", "event_id": "e", "starts_at": START, "ends_at": "2026-03-05 02:00"}]
EVENTS = [
    {
        "event_id": "e",
        "event_type": "canvass",
        "team_id": "north",
        "timezone": "America/Chicago",
    }
]


def signup(who, *, shift="s", status="registered", **more):
    key = f"{who}-{shift}"
    return {"signup_id": key, "shift_id": shift, "person_id": who, "status": status, **more}


def made(signups, *, events=EVENTS, shifts=SHIFTS, zone="America/Chicago", **more):
    return make_store({"events": events, "shifts": shifts, "signups": signups, **more}, zone=zone)


def counts(frame):
    """Return {group values: counts}; one group column gives its value, none gives ()."""
    groups = [name for name in frame.columns if name in GROUPS["show-up"]]
    keys = cells(frame, *groups) if groups else [()] * len(frame)
    return {
        key[0] if len(key) == 1 else key: {
            name: n for name, n in zip(COUNTS, row, strict=True) if n
        }
        for key, row in zip(keys, cells(frame, *COUNTS), strict=True)
    }


ONE_OF_EACH_REASON = [
    # attended: was there; was there although the status says cancelled
    signup("ann", signed_up_at="2026-03-01 18:00", attended=True),
    signup("ben", status="cancelled", cancelled_at="2026-03-04 12:00", attended=True),
    # no_show: was not there; cancelled at the very start; cancelled after it
    signup("cat", attended=False),
    signup("dan", status="cancelled", cancelled_at=START),
    signup("eve", status="cancelled", cancelled_at="2026-03-05 09:00", attended=False),
    # cancelled: before the start; at an unknown time; before, and somebody noted the absence
    signup("fay", status="cancelled", cancelled_at="2026-03-04 23:59"),
    signup("gus", status="cancelled"),
    signup("hal", status="cancelled", cancelled_at="2026-03-01 00:00", attended=False),
    # unrecorded: nobody wrote it down, whatever the status promised
    signup("ida", attended=None),
    signup("jon", status="confirmed", confirmed_at="2026-03-03 00:00"),
    # walk_in: flagged; signed up at the very start
    signup("kim", is_walk_in=True, attended=True),
    signup("leo", signed_up_at=START, attended=True),
    # left_out: flagged and not there; signed up after the start, nothing known; or cancelled
    signup("mia", is_walk_in=True, attended=False),
    signup("ned", signed_up_at="2026-03-05 00:30"),
    signup("oda", signed_up_at="2026-03-05 00:30", status="cancelled"),
]


def test_every_sign_up_falls_in_one_class():
    frame = show_up(made(ONE_OF_EACH_REASON), as_of="2026-03-31")
    row = frame.iloc[0]
    assert len(frame) == 1
    assert {name: row[name] for name in COUNTS} == {
        "scheduled": 10,  # 2 attended + 3 no_show + 3 cancelled + 2 unrecorded
        "attended": 2,
        "no_show": 3,
        "cancelled": 3,
        "unrecorded": 2,
        "walk_in": 2,
        "left_out": 3,
    }
    assert row["rate"] == pytest.approx(2 / 5)  # attended 2 + no_show 3
    assert row["rate_if_none"] == pytest.approx(2 / 7)  # and none of the 2 unrecorded came
    assert row["rate_if_all"] == pytest.approx(4 / 7)  # and both came
    assert row["flake_rate"] == pytest.approx(6 / 8)  # (3 + 3) / (2 + 3 + 3)
    assert row["recorded_share"] == pytest.approx(5 / 7)
    # Five people of one shift: the design effect by person is 5/4 * (5 * .24) / (5 * .24) = 5/4, so
    # 1.6 of 4, and t with 4 degrees is 2.776: (1.6 + 3.854) / (4 + 7.709) -+ .4029.
    assert (row["low"], row["high"]) == pytest.approx((0.06292, 0.86876), abs=1e-5)
    assert row["deff"] == pytest.approx(5 / 4)


def test_columns_types_and_where_the_numbers_are_from():
    frame = show_up(made(ONE_OF_EACH_REASON), by=["team", "confirmed"], as_of="2026-03-31")
    second = ("rate_if_none", "rate_if_all", "flake_rate", "recorded_share")
    rates = ["rate", "low", "high"]
    rates += [f"{name}{bound}" for name in second for bound in ("", "_low", "_high")]
    rates.append("deff")
    assert list(frame.columns) == ["team", "confirmed", *COUNTS, *rates]
    assert set(frame[COUNTS].dtypes.astype(str)) == {"int64"}
    assert set(frame[rates].dtypes.astype(str)) == {"float64"}
    assert frame["confirmed"].dtype == "boolean"
    assert frame.attrs == {"measure": "show-up", "as_of": "2026-03-31", "snapshot": 1}


def test_more_confidence_widens_the_interval():
    store = made(ONE_OF_EACH_REASON)
    usual, sure = (show_up(store, as_of="2026-03-31", confidence=c).iloc[0] for c in (0.95, 0.99))
    assert sure["low"] < usual["low"] < usual["high"] < sure["high"]


def test_deleted_events_and_shifts_count_nowhere():
    events = [*EVENTS, {"event_id": "gone", "event_type": "canvass", "deleted_at": START}]
    shifts = [
        *SHIFTS,
        {"shift_id": "t", "event_id": "e", "starts_at": START, "deleted_at": "2026-05-01 00:00"},
        {"shift_id": "u", "event_id": "gone", "starts_at": START},
    ]
    signups = [signup("ann", shift=shift, attended=True) for shift in "stu"]
    frame = show_up(made(signups, events=events, shifts=shifts), by="shift", as_of="2026-03-31")
    assert counts(frame) == {"s": {"scheduled": 1, "attended": 1}}


@pytest.mark.parametrize(
    ("window", "n_rows"),
    [
        ({"as_of": "2026-03-03"}, 0),
        # The local date is the 4th, though in UTC the shift starts on the 5th.
        ({"as_of": "2026-03-04"}, 1),
        ({"as_of": "2026-03-31", "since": "2026-03-04", "until": "2026-03-04"}, 1),
        ({"as_of": "2026-03-31", "since": "2026-03-05"}, 0),
        ({"as_of": "2026-03-31", "until": "2026-03-03"}, 0),
        ({"as_of": "2026-03-03", "until": "2026-03-31"}, 0),
    ],
)
def test_the_window_is_of_the_shifts_local_date(window, n_rows):
    frame = show_up(made(ONE_OF_EACH_REASON), **window)
    assert len(frame) == n_rows
    assert list(frame.columns)[:7] == COUNTS


def test_week_month_and_weekday_are_those_of_the_local_date():
    shifts = [
        {"shift_id": "s", "event_id": "e", "starts_at": START},
        # Monday 30 December 2024 is in the first ISO week of 2025.
        {"shift_id": "t", "event_id": "e", "starts_at": "2024-12-30 18:00"},
        {"shift_id": "u", "event_id": "e", "starts_at": "2024-12-29 18:00"},
    ]
    store = made([signup("ann", shift=shift) for shift in "stu"], shifts=shifts)
    frame = show_up(store, by=["week", "month", "weekday", "shift"], as_of="2026-03-31")
    assert cells(frame, "week", "month", "weekday", "shift") == [
        ("2024-W52", "2024-12", "Sun", "u"),
        ("2025-W01", "2024-12", "Mon", "t"),
        ("2026-W10", "2026-03", "Wed", "s"),
    ]
    assert show_up(store, by="weekday", as_of="2026-03-31")["weekday"].tolist() == [
        "Mon",
        "Wed",
        "Sun",
    ]


def test_lead_is_counted_in_days_from_sign_up_to_shift_and_shown_in_order():
    # The shift is on 4 March. 02:00 UTC is 20:00 of the day before in Chicago.
    signed_up = {
        "unknown": [None],
        "31+": ["2026-02-01 18:00", "2025-01-01 18:00"],  # 31 days; more than a year
        "15-30": ["2026-02-02 18:00", "2026-02-17 18:00"],  # 30 days; 15 days
        "8-14": ["2026-02-18 18:00", "2026-02-24 18:00"],  # 14; 8
        "4-7": ["2026-02-25 18:00", "2026-02-28 18:00"],  # 7; 4
        "2-3": ["2026-03-01 18:00", "2026-03-03 02:00"],  # 3; 2, for it is still the 2nd
        "1": ["2026-03-03 18:00", "2026-03-04 02:00"],
        "0": ["2026-03-04 18:00", "2026-03-06 18:00"],  # on the day; after it
    }
    moments = [(lead, at) for lead, times in signed_up.items() for at in times]
    store = made([signup(f"p{i}", signed_up_at=at) for i, (_, at) in enumerate(moments)])
    frame = show_up(store, by="lead", as_of="2026-03-31")
    assert frame["lead"].tolist() == ["0", "1", "2-3", "4-7", "8-14", "15-30", "31+", "unknown"]
    # The sign-up of the 6th came after the start: left out.
    assert frame["scheduled"].tolist() == [1, 2, 2, 2, 2, 2, 2, 1]
    assert frame["left_out"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_confirmed_means_before_the_start():
    signups = [
        signup("ann", confirmed_at="2026-03-04 23:59"),
        signup("ben", status="confirmed"),  # no time: before
        signup("cat", confirmed_at=START),
        signup("dan", status="confirmed", confirmed_at="2026-03-05 01:00"),
        signup("eve"),
    ]
    frame = show_up(made(signups), by="confirmed", as_of="2026-03-31")
    assert counts(frame) == {
        False: {"scheduled": 3, "unrecorded": 3},  # cat, dan, eve
        True: {"scheduled": 2, "unrecorded": 2},  # ann, ben
    }


def test_a_first_timer_has_no_attended_shift_that_started_earlier():
    shifts = [
        {"shift_id": "jan", "event_id": "e", "starts_at": "2026-01-10 18:00"},
        {"shift_id": "old", "event_id": "e", "starts_at": "2026-01-05 18:00", "deleted_at": START},
        {"shift_id": "same", "event_id": "e", "starts_at": START},
        *SHIFTS,
        {"shift_id": "apr", "event_id": "e", "starts_at": "2026-04-10 18:00"},
    ]
    signups = [
        signup("ann", shift="jan", attended=True, is_walk_in=True),
        signup("ann"),  # not new: walked in in January
        signup("ben", shift="jan", attended=False),
        signup("ben"),  # new: did not come in January
        signup("cat", shift="old", attended=True),
        signup("cat"),  # new: the shift in January was deleted
        signup("dan", attended=True),
        signup("dan", shift="same", attended=True),  # both new: neither started earlier
        signup("eve", shift="apr", attended=True),
        signup("eve"),  # new: the attended shift started later
    ]
    frame = show_up(
        made(signups, shifts=shifts), by="first_timer", since="2026-03-01", as_of="2026-03-31"
    )
    assert counts(frame) == {
        False: {"scheduled": 1, "unrecorded": 1},  # ann
        True: {"scheduled": 5, "unrecorded": 3, "attended": 2},  # ben cat eve; dan twice
    }


def test_without_same_day_sign_ups_walk_ins_and_left_out_stay():
    on_the_day = "2026-03-04 18:00"
    signups = [
        signup("ann", signed_up_at=on_the_day, attended=True),
        signup("ben", signed_up_at=on_the_day, attended=False),
        signup("cat", signed_up_at=on_the_day, status="cancelled"),
        signup("dan", signed_up_at=on_the_day),
        signup("eve", signed_up_at=on_the_day, is_walk_in=True, attended=True),
        signup("fay", signed_up_at="2026-03-05 00:30"),
        signup("gus", signed_up_at="2026-03-04 02:00", attended=True),  # 20:00 of the day before
        signup("hal", attended=True),  # nobody knows when
    ]
    store = made(signups)
    assert counts(show_up(store, as_of="2026-03-31", same_day=False)) == {
        (): {"scheduled": 2, "attended": 2, "walk_in": 1, "left_out": 1}
    }
    assert show_up(store, as_of="2026-03-31")["scheduled"].tolist() == [6]


TEAMS = [
    {"team_id": "state"},
    {"team_id": "north", "parent_team_id": "state"},
    {"team_id": "lake", "parent_team_id": "north"},
    {"team_id": "south", "parent_team_id": "state"},
]


def store_of_teams():
    # One sign-up each: lake, north, south, of no team, and of a team that nobody listed.
    teams = {"a": "lake", "b": "north", "c": "south", "d": None, "e": "ghost"}
    events = [{"event_id": e, "event_type": "x", "team_id": team} for e, team in teams.items()]
    shifts = [{"shift_id": e, "event_id": e, "starts_at": START} for e in teams]
    signups = [signup("ann", shift=e) for e in teams]
    return made(signups, events=events, shifts=shifts, teams=TEAMS)


def scheduled_by_team(**options):
    frame = show_up(store_of_teams(), by="team", as_of="2026-03-31", **options)
    return cells(frame, "team", "scheduled")


def test_a_team_is_itself_and_a_missing_team_is_a_group_of_its_own_at_the_end():
    assert scheduled_by_team() == [
        ("ghost", 1),
        ("lake", 1),
        ("north", 1),
        ("south", 1),
        (None, 1),
    ]


def test_with_subteams_a_row_counts_for_its_team_and_each_above():
    assert scheduled_by_team(with_subteams=True) == [
        ("ghost", 1),
        ("lake", 1),
        ("north", 2),  # its own and lake's
        ("south", 1),
        ("state", 3),  # lake's, north's, south's
        (None, 1),
    ]


def test_one_team_with_and_without_the_teams_below_it():
    store = store_of_teams()

    def scheduled(**options):
        return show_up(store, as_of="2026-03-31", **options)["scheduled"].tolist()

    assert scheduled(team="north") == [1]
    assert scheduled(team="north", with_subteams=True) == [2]
    assert scheduled(team="ghost", with_subteams=True) == [1]
    with pytest.raises(OptionError, match='no team with the id "nobody"'):
        scheduled(team="nobody")
    assert scheduled(with_subteams=True) == [5]  # no team is asked about: no row counts twice
    assert scheduled_by_team(team="north", with_subteams=True) == [("lake", 1), ("north", 2)]


def test_the_other_group_columns_name_the_row():
    row = signup("ann", recruiter_id="rob", channel="text", role="Greeter")
    names = ["event_type", "event", "shift", "recruiter", "channel", "role"]
    frame = show_up(made([row, signup("ben")]), by=names, as_of="2026-03-31")
    assert cells(frame, *names) == [
        ("canvass", "e", "s", "rob", "text", "Greeter"),
        ("canvass", "e", "s", None, None, None),
    ]


def test_the_order_of_rows_never_matters():
    shuffled = ONE_OF_EACH_REASON.copy()
    random.Random(7).shuffle(shuffled)
    every = list(GROUPS["show-up"])
    frames = [
        show_up(made(rows), by=every, as_of="2026-03-31") for rows in (ONE_OF_EACH_REASON, shuffled)
    ]
    assert frames[0].equals(frames[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": ["teem"]}, 'no group column "teem". Did you mean team'),
        ({"by": "team, wek"}, 'no group column "wek". Did you mean week'),
        ({"since": "2026-04-02", "as_of": "2026-04-01"}, "The window is empty"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "The window is empty"),
        ({"since": "March", "as_of": "2026-04-01"}, 'since is "March"'),
        ({"as_of": "2026-13-01"}, 'as-of is "2026-13-01"'),
        ({"confidence": 95}, "confidence is 95"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options, message):
    with pytest.raises(OptionError, match=message):
        show_up(made([]), **options)


def test_the_question_can_be_read_as_sql_of_other_engines():
    chosen = select(
        store_of_teams(),
        "show-up",
        allowed=GROUPS["show-up"],
        by=list(GROUPS["show-up"]),
        team="north",
        with_subteams=True,
    )
    for engine in ("duckdb", "pyspark"):
        assert "left_out" in ibis.to_sql(
            real(show_up_counts(chosen, same_day=False)), dialect=engine
        )
