"""Dates as a campaign writes them: English by our own rules, held against Babel's."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time

import pytest
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_skeleton

from organizing_analytics.dates import MONTH_FIRST, TWELVE_HOURS, DateWords, country_of
from organizing_analytics.errors import OptionError
from organizing_analytics.settings import Settings, changed, settings_of

AMERICAN = Settings(timezone="America/Chicago").dates
MOMENTS = [
    datetime(2026, month, 28, hour, 5 * (hour % 2))
    for month in range(1, 13)
    for hour in (0, 9, 12, 23)
]


def locale_of(code: str) -> Locale | None:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None


def test_countries_are_as_babel_has_them() -> None:
    countries = sorted(
        {code for code in get_global("zone_territories").values() if len(code) == 2} - {"ZZ"}
    )
    usual = {code: locale_of(f"und_{code}") for code in countries}
    english = {code: locale_of(f"en_{code}") for code in countries}
    twelve = {
        c for c, at in usual.items() if at and {"h", "K"} & set(at.time_formats["short"].pattern)
    }
    month_first = {
        c for c, at in english.items() if at and at.date_formats["medium"].pattern[0] == "M"
    }
    assert twelve == TWELVE_HOURS
    assert month_first == MONTH_FIRST


@pytest.mark.parametrize("moment", MOMENTS)
def test_american_dates_are_as_babel_words_them(moment: datetime) -> None:
    def of_babel(skeleton: str) -> str:
        return format_skeleton(skeleton, moment, locale="en_US").replace("\u202f", " ")

    assert AMERICAN.day(moment) == of_babel("MMMEd")
    assert AMERICAN.day_of_year(moment) == of_babel("yMMMEd")
    # Babel has no short form of a whole hour.
    assert AMERICAN.time(moment) == of_babel("hm").replace(":00", "")


def test_settings_go_before_what_the_zone_says() -> None:
    at = datetime(2026, 11, 28, 17, 0)
    told = {
        zone: Settings(timezone=zone).dates.day_and_time(at)
        for zone in ("America/New_York", "US/Central", "Europe/London", "UTC")
    }
    assert told == {
        "America/New_York": "Sat, Nov 28 at 5 PM",
        "US/Central": "Sat, Nov 28 at 5 PM",
        "Europe/London": "Sat 28 Nov at 17:00",
        "UTC": "Sat 28 Nov at 17:00",
    }
    mixed = changed(Settings(timezone="America/Chicago"), ["clock=24", "date_style=day_first"])
    assert mixed.dates.day_and_time(at) == "Sat 28 Nov at 17:00"
    assert settings_of({"clock": "12", "timezone": "UTC"}).dates.time(time(17, 30)) == "5:30 PM"
    for wrong in ("clock=13", "date_style=american", "date_language=klingon"):
        with pytest.raises(OptionError):
            changed(Settings(), [wrong])


def test_another_language_is_worded_by_babel() -> None:
    spanish = changed(Settings(timezone="America/Chicago"), ["date_language=es"]).dates
    assert spanish.day(date(2026, 11, 28)) == "sáb, 28 nov"
    assert spanish.weekday(date(2026, 11, 28)) in ("sábado", "sáb")
    assert "2026" in spanish.span(date(2026, 11, 16), date(2026, 11, 22))


def test_a_zone_of_no_country_is_international() -> None:
    assert [country_of(zone) for zone in ("Etc/GMT+5", "UTC", "no/zone")] == ["", "", ""]
    assert Settings(timezone="UTC").dates == DateWords()


def test_english_dates_do_not_import_babel() -> None:
    """Every answer says how fresh its data are."""
    code = (
        "import sys; from datetime import date; from organizing_analytics.settings import Settings;"
        "Settings(timezone='America/Chicago').dates.long_day(date(2026, 11, 28));"
        "sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
