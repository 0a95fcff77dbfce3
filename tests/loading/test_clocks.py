"""Clock times against Python's own time zones, on the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.loading import clocks
from organizing_analytics.loading.clocks import to_utc
from organizing_analytics.sql import literal

# Half-hour change (Lord Howe), two hours (Troll), no change (Phoenix), south (Santiago).
CHANGES = {
    "America/New_York": (datetime(2026, 3, 8, 2), datetime(2026, 11, 1, 1)),
    "Australia/Lord_Howe": (datetime(2026, 4, 5, 1, 30), datetime(2026, 10, 4, 2)),
    "Antarctica/Troll": (datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)),
    "America/Santiago": (datetime(2026, 4, 4, 23), datetime(2026, 9, 6, 0)),
    "America/Phoenix": (datetime(2026, 3, 8, 2), datetime(2026, 11, 1, 1)),
}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


@settings(deadline=None, max_examples=300)
@given(
    zone=st.sampled_from(sorted(CHANGES)),
    which=st.integers(0, 1),
    minutes=st.integers(-240, 240),
)
def test_of_two_the_earlier_and_over_a_gap_forward(connection, zone, which, minutes):
    local = CHANGES[zone][which] + timedelta(minutes=minutes)
    # fold=0 is the first of two, and keeps the offset from before a gap: it moves forward.
    expected = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)
    sql = f"SELECT {to_utc('local', literal(zone))} FROM (SELECT ?::TIMESTAMP AS local)"
    assert connection.execute(sql, [local]).fetchall() == [(expected,)]


TIMES = {
    "2026-03-04T18:00": "2026-03-04 18:00:00",
    "2026-03-04 18:00:30.5": "2026-03-04 18:00:30.5",
    "2026-03-04T18:00Z": "2026-03-04 18:00:00",
    "2026-03-04T18:00:00z": "2026-03-04 18:00:00",
    "2026-03-04 18:00-05:00": "2026-03-04 23:00:00",
    "2026-03-04 18:00 -0500": "2026-03-04 23:00:00",
    "2026-03-04T18:00+05": "2026-03-04 13:00:00",
    "3/4/2026 6:00 PM": "2026-03-04 18:00:00",
    "03/04/2026 06:00:01 pm": "2026-03-04 18:00:01",
    "3/4/2026 18:00": "2026-03-04 18:00:00",
    "3/4/2026": "2026-03-04 00:00:00",
    "2026-03-04": "2026-03-04 00:00:00",
}


def test_the_ways_to_write_a_time(write, store, rows):
    lines = "".join(f"c{i},p1,{text},phone\n" for i, text in enumerate(TIMES))
    folder = write(people="person_id\np1\n", contacts=f"contact_id,person_id,at,channel\n{lines}")
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert not result.rejects
    found = rows(store, 'SELECT "at"::VARCHAR FROM contacts ORDER BY substr(contact_id, 2)::INT')
    assert [moment for (moment,) in found] == list(TIMES.values())


@pytest.mark.parametrize(
    "text", ["18:00", "2026-13-01", "4.3.2026 18:00", "13/14/2026", "3/4/0026", "tomorrow", "20260304", "2026-03-04 18:00 America/New_York", "epoch", "now", "2026-03-04T18:00+5:30"]
)  # fmt: skip
def test_what_is_no_time(text, write, store):
    folder = write(people="person_id\np1\n", contacts=f"contact_id,person_id,at\nc1,p1,{text}\n")
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert [(r.column, r.value) for r in result.rejects] == [("at", text)]


def test_both_nights_are_warned_about(write, store):
    folder = write(
        people="person_id\np1\n",
        contacts="contact_id,person_id,at\nc1,p1,2026-11-01T01:30\nc2,p1,2026-03-08T02:30\nc3,p1,2026-03-08T12:00\n",
    )
    said = "\n".join(oa.load_files(folder, store=store, timezone="America/New_York").warnings)
    assert "row 2 (2026-11-01 01:30) comes twice" in said
    assert "row 3 (2026-03-08 02:30) does not exist" in said
    assert "row 4" not in said


def test_a_quarter_of_an_hour_tells_all_of_its_moments():
    """No clock was changed inside of a quarter since 2012, so one look at its beginning is enough."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    found = connection.execute(
        f"""
        WITH zones AS (SELECT name AS zone FROM pg_timezone_names() WHERE name LIKE '%/%'),
        naive AS (
            SELECT zone, TIMESTAMP '1973-01-01' + INTERVAL 1 minute * (
                (hash(zone) % 1440 + i * 911)::INTEGER) AS local
            FROM zones, range(800) t(i)
        ),
        changes AS (  -- around each change of the clock that these zones have had
            SELECT zone, d + INTERVAL 1 minute * m AS local
            FROM zones, (SELECT unnest(['1974-01-06', '1981-10-01', '1998-04-05', '2007-11-04',
                '2016-03-27', '2019-04-07', '2026-03-08', '2026-10-04', '2026-10-25']::TIMESTAMP[]) d),
                range(0, 300, 7) t(m)
        ),
        asked AS (SELECT zone, local, {clocks._mark("local")} AS mark
            FROM (FROM naive UNION ALL FROM changes))
        SELECT count(*), count(*) FILTER (
            {clocks.to_utc("local", "zone")}
            IS DISTINCT FROM {clocks.to_utc("mark", "zone")} + (local - mark)) FROM asked
        """
    ).fetchall()[0]
    assert found[0] > 100_000
    assert found[1] == 0
