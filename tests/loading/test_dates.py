"""Dates and times as people write them; every value was worked out by hand with a calendar."""

from __future__ import annotations

from datetime import date

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.loading.dates import Context, decide, read
from organizing_analytics.loading.dates.column import rules_of

#: A sheet whose other dates lie in autumn 2026.
AUTUMN = Context(other_dates=(date(2026, 10, 28), date(2026, 11, 9)))


def moment(text, *, part="start", context=AUTUMN, beside=()):
    rules = rules_of([text, *beside], context)
    return rules.moment(read(text), part=part)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("11/7/26 6pm", "2026-11-07 18:00:00", None),  # not the year 26
        ("11/7/2026 6:00 P.M.", "2026-11-07 18:00:00", None),
        ("11/7/2026 6 p", "2026-11-07 18:00:00", None),
        ("Sat, Nov 7, 2026 6:30pm", "2026-11-07 18:30:00", None),
        ("Saturday November 7th at 6.30 pm", "2026-11-07 18:30:00", None),
        ("7-Nov-26 noon", "2026-11-07 12:00:00", None),
        ("7th of November 2026", "2026-11-07 00:00:00", None),
        ("11/7 10am", "2026-11-07 10:00:00", None),
        ("46333 10am", "2026-11-07 10:00:00", None),  # a spreadsheet's number of that day
        ("46333 0.75", "2026-11-07 18:00:00", None),  # and of a clock time
        ("46333.75", "2026-11-07 18:00:00", None),
        ("2026-11-07 00:00:00 10 AM", "2026-11-07 10:00:00", None),  # a date cell beside a text
        ("2026-11-07 00:00:00 13:00:00", "2026-11-07 13:00:00", None),
        ("2026-11-07 1899-12-31 09:00:00", "2026-11-07 09:00:00", None),  # a clock kept as a date
        ("11/7/2026 18h30", "2026-11-07 18:30:00", None),  # French
        ("11/7/2026 9 h 05 - 11h00", "2026-11-07 09:05:00", "2026-11-07 11:00:00"),
        ("11/7/2026 18 Uhr", "2026-11-07 18:00:00", None),  # German
        ("11/7/2026 18.30 Uhr", "2026-11-07 18:30:00", None),
        ("11/7/2026 18:30 Uhr", "2026-11-07 18:30:00", None),
        ("11/7/2026 1800 hrs", "2026-11-07 18:00:00", None),
        ("11/7/2026 6:00\u202fPM", "2026-11-07 18:00:00", None),  # a narrow space
        ("\u200b11/7/2026\xa06:00 PM", "2026-11-07 18:00:00", None),
        ("11/7/2026 10:00 PM - 2:00 AM", "2026-11-07 22:00:00", "2026-11-08 02:00:00"),
        ("11/7/2026 6-9pm", "2026-11-07 18:00:00", "2026-11-07 21:00:00"),
        ("11/7/2026 10-1pm", "2026-11-07 10:00:00", "2026-11-07 13:00:00"),
        ("11/7/2026 9 - 11:30 am", "2026-11-07 09:00:00", "2026-11-07 11:30:00"),
        ("11/7/2026 6pm-9", "2026-11-07 18:00:00", "2026-11-07 21:00:00"),
        ("Nov 7, 9 am until noon", "2026-11-07 09:00:00", "2026-11-07 12:00:00"),
        ("11/7/2026 18:00\u201321:00", "2026-11-07 18:00:00", "2026-11-07 21:00:00"),
        ("11/7/2026 9:00-11:30", "2026-11-07 09:00:00", "2026-11-07 11:30:00"),
        ("11/7/2026 22:00-2:00", "2026-11-07 22:00:00", "2026-11-08 02:00:00"),
        ("11/7/2026 01:00-04:00", "2026-11-07 01:00:00", "2026-11-07 04:00:00"),
        ("11/7/2026 10 PM to 11/9/2026 2 AM", "2026-11-07 22:00:00", "2026-11-09 02:00:00"),
        ("11/7/2026 9:00 AM ET", "2026-11-07 09:00:00-05:00", None),
        ("7/5/2026 9:00 AM ET", "2026-07-05 09:00:00-04:00", None),
        ("7/5/2026 9:00 AM UTC", "2026-07-05 09:00:00+00:00", None),
    ],
)  # fmt: skip
def test_what_people_write(text, start, end):
    assert moment(text) == (start, "")
    assert moment(text, part="end") == (end, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tbd", "not understood"),
        ("mid Dec", "not understood"),
        ("11/7/2026 6", "6:00 PM or 18:00"),  # morning or evening?
        ("11/7/2026 6-9", "6:00 PM or 18:00"),
        ("11/7/2026 9:00-5:00", "morning or the afternoon"),
        ("11/7/2026 09:00 - 05:00", "morning or the afternoon"),
        ("11/7/2026 12:30-2:00", "morning or the afternoon"),
        ("11/7/2026 1:00-4:00", "morning or the afternoon"),
        ("11/7/2026 25:00", "no such time of day"),
        ("11/7/2026 6:75 PM", "no such time of day"),
        ("2/30/2026", "no such day"),
        ("2/7/0026", "no such day"),
        ("Sat 11/8/2026", "is a Sunday, not a Saturday"),
        ("10:00 PM", "no date in it"),
        ("6/1 10am", "no year"),  # 2026 is before, 2027 far behind the sheet's other dates
        ("Call night", "not understood"),
    ],
)
def test_what_is_not_understood_has_a_reason_and_no_value(text, why):
    value, problem = moment(text)
    assert value is None
    assert why in problem


def test_the_order_is_the_columns():
    def first_of_two(*texts, setting="month_first"):
        rules = rules_of(texts, Context(setting))
        return [rules.day(read(text))[0] for text in texts], rules.decided_by

    # 25/12 fits only day first: so is 3/4.
    assert first_of_two("3/4/2026", "25/12/2026") == (["2026-04-03", "2026-12-25"], "column")
    assert first_of_two("3/4/2026", "12/25/2026") == (["2026-03-04", "2026-12-25"], "column")
    assert first_of_two("3/4/2026", "5/6/2026") == (["2026-03-04", "2026-05-06"], "setting")
    assert first_of_two("3/4/2026", setting="day_first") == (["2026-04-03"], "setting")
    assert first_of_two("5/5/2026") == (["2026-05-05"], "nothing")
    # One slip among many does not turn the column around, and is no date.
    many = ["3/4/2026", "1/25/2026", "2/25/2026", "3/25/2026", "25/4/2026"]
    assert first_of_two(*many) == (
        ["2026-03-04", "2026-01-25", "2026-02-25", "2026-03-25", None],
        "column",
    )
    # One against one: nothing in the column can be trusted.
    assert first_of_two("3/4/2026", "1/25/2026", "25/1/2026")[0] == [None, None, None]


def test_dots_are_not_read_by_the_usual_setting():
    assert rules_of(["3.4.2026"], Context()).day(read("3.4.2026"))[0] is None
    texts = ["3.4.2026", "25.4.2026"]
    assert rules_of(texts, Context()).day(read(texts[0])) == ("2026-04-03", "")


def test_a_year_is_taken_only_where_one_is_possible():
    def day(text, **context):
        return rules_of([text], Context(**context)).day(read(text))[0]

    assert day("11/7", file_day=date(2026, 11, 27)) == "2026-11-07"
    assert day("1/3", file_day=date(2026, 12, 20)) == "2027-01-03"
    assert day("2/7", file_day=date(2026, 11, 27)) is None  # last winter or next?
    assert day("Sat 2/7", year=2026) == "2026-02-07"
    assert day("2/29", year=2026) is None
    two_years = (date(2025, 11, 20), date(2026, 11, 9))
    assert day("11/7", other_dates=two_years) == "2026-11-07"  # between both, and only once
    assert day("11/15", other_dates=two_years) is None
    assert day("Sun 11/15", other_dates=two_years) == "2026-11-15"


def test_decide_needs_no_texts():
    assert decide([], Context()).decided_by == "nothing"


def test_a_load_decides_for_the_column_and_says_so(write, store, rows):
    folder = write(
        people="person_id,joined_on\np1,3/4/2026\np2,25/4/2026\n",
        contacts="contact_id,person_id,at\nc1,p1,5/6/2026 10:00 AM\nc2,p1,tbd\n",
    )
    result = oa.load_files(folder, store=store, timezone="America/Chicago")
    assert [(r.row, r.column, r.value) for r in result.rejects] == [(3, "at", "tbd")]
    assert "not understood as a date or time" in result.rejects[0].reason
    assert rows(store, "SELECT joined_on::VARCHAR FROM people ORDER BY person_id") == [
        ("2026-04-03",),
        ("2026-04-25",),
    ]
    # The other file decides for itself: by the setting, said aloud.
    assert rows(store, 'SELECT "at"::VARCHAR FROM contacts') == [("2026-05-06 15:00:00",)]
    said = " ".join(result.warnings)
    assert "joined_on is read with the day first, since 25/4 fits nothing else" in said
    assert "contacts.csv: no date tells whether the day or the month comes first (at)" in said


def test_the_setting_and_the_year(write, store, rows, run):
    oa.load_files(write(people="person_id\np0\n"), store=store, timezone="UTC")
    assert "day_first" in run("settings", "date_order=sideways", "--store", store, code=1)
    run("settings", "date_order=day_first", "--store", store)
    folder = write(people="person_id,joined_on\np1,3/4/2026\np2,2/7\n")
    oa.load_files(folder, store=store, year=2024)
    assert rows(store, "SELECT joined_on::VARCHAR FROM people ORDER BY person_id") == [
        (None,), ("2026-04-03",), ("2024-07-02",),
    ]  # fmt: skip
    with pytest.raises(OptionError, match="--year"):
        oa.load_files(folder, store=store, year=24)


def test_a_shift_that_ends_before_it_starts_is_not_stored(write, store, rows):
    folder = write(
        events="event_id,event_type\ne1,canvass\n",
        shifts="shift_id,event_id,starts_at,ends_at\n"
        "s1,e1,2026-11-07 22:00,2026-11-07 02:00\ns2,e1,2026-11-07 22:00,2026-11-08 02:00\n",
    )
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert [(r.row, r.column) for r in result.rejects] == [(2, "ends_at")]
    assert "before it starts" in result.rejects[0].reason
    assert rows(store, "SELECT shift_id FROM shifts") == [("s2",)]


def test_a_postal_code_says_nothing_of_the_year(tmp_path, store, rows):
    text = (
        "Name,Zip,Signed up,Event,Date,Start\n"
        "Ann,78501,2026-04-01,Canvass,Sat Apr 4,6pm\nBo,60601,2026-04-02,Canvass,Sat Apr 4,6pm\n"
    )
    path = tmp_path / "sheet.csv"
    path.write_text(text)
    result = oa.load_files(path, store=store, timezone="UTC")
    assert result.rejects == []
    assert rows(store, "SELECT DISTINCT starts_at::VARCHAR FROM shifts") == [
        ("2026-04-04 18:00:00",)
    ]
