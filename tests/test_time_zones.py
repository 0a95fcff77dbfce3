"""One set of time zone rules: those by which a load reads, and those by which times are told."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import duckdb
import pandas as pd
import pytest
from conftest import ROOT

import organizing_analytics as oa
from organizing_analytics.measures.clock import end_of
from organizing_analytics.time_zones import zone_rules

FIRST = datetime(2026, 11, 1, 12)
FIVE_YEARS = 5 * 366
#: Names that are no zone of the database, or of which DuckDB does not know.
NOT_COMPARED = {"localtime", "Factory"}
#: DuckDB 2.0.0 does not know yet that Cuba stays on summer time in the winter of 2026 (tz 2026f).
NOT_KNOWN_TO_DUCKDB = {"America/Havana", "Cuba"}


def test_reading_and_telling_agree_for_every_zone_and_the_coming_five_years():
    days = [FIRST + timedelta(days=n) for n in range(0, FIVE_YEARS, 3)]
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    engine.register("days", pd.DataFrame({"noon": pd.to_datetime(days)}))
    known = {row[0] for row in engine.execute("SELECT name FROM pg_timezone_names()").fetchall()}
    zones = sorted((available_timezones() & known) - NOT_COMPARED)
    assert len(zones) > 500
    differ = set()
    for zone in zones:
        rules = zone_rules(zone)
        told = [
            (at.replace(tzinfo=UTC).astimezone(rules).replace(tzinfo=None) - at).total_seconds()
            for at in days
        ]
        read = engine.execute(
            "SELECT epoch(timezone($1, noon AT TIME ZONE 'UTC') - noon) FROM days ORDER BY noon",
            [zone],
        ).fetchall()
        if told != [row[0] for row in read]:
            differ.add(zone)
    assert differ <= NOT_KNOWN_TO_DUCKDB


@pytest.mark.parametrize("zone", ["America/Vancouver", "America/Edmonton"])
def test_a_shift_is_told_at_the_clock_time_at_which_it_was_read(zone, tmp_path, write):
    """British Columbia and Alberta stay on summer time from 2026 on; older files do not know."""
    folder = write(
        events=f"event_id,event_type,timezone\ne,canvass,{zone}\n",
        shifts="shift_id,event_id,starts_at,need\ns,e,2027-01-16T18:30,4\n",
        people="person_id\np\n",
    )
    oa.load_files(folder, store=tmp_path / "store", timezone=zone)
    with oa.open_store(tmp_path / "store") as store:
        utc = store.sql("SELECT starts_at FROM shifts")["starts_at"].iloc[0]
        row = oa.plan_upcoming(store, as_of="2027-01-10").iloc[0]
    assert row["starts_local"] == datetime(2027, 1, 16, 18, 30)
    assert utc - datetime(2027, 1, 16, 18, 30) == timedelta(hours=7 if "Vanc" in zone else 6)


def test_the_package_wins_over_the_files_of_the_machine(tmp_path):
    """A folder of rules that are wrong on purpose moves nothing."""
    wrong = tmp_path / "America"
    wrong.mkdir()
    utc = resources.files("tzdata.zoneinfo").joinpath("UTC")
    (wrong / "Chicago").write_bytes(utc.read_bytes())
    zoneinfo.reset_tzpath([str(tmp_path)])
    zone_rules.cache_clear()
    try:
        winter = datetime(2027, 1, 16, 12, tzinfo=zone_rules("America/Chicago"))
        assert ZoneInfo.no_cache("America/Chicago").utcoffset(winter) == timedelta(0)
        assert winter.utcoffset() == timedelta(hours=-6)
    finally:
        zoneinfo.reset_tzpath()
        zone_rules.cache_clear()


def test_what_is_no_zone_is_refused():
    for name in ("Nowhere/At_All", "../etc/passwd", ""):
        with pytest.raises((ZoneInfoNotFoundError, ValueError)):
            zone_rules(name)


def test_nothing_in_the_package_asks_the_machine_for_its_rules():
    package = ROOT / "organizing_analytics"
    asking = [
        path.name
        for path in package.rglob("*.py")
        if path.name != "time_zones.py" and "ZoneInfo(" in path.read_text(encoding="utf-8")
    ]
    assert asking == []


def test_dates_end_by_the_rules_of_the_package():
    assert end_of(date(2027, 1, 16), "America/Vancouver") == datetime(2027, 1, 17, 7)
