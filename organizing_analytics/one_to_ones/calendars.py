"""The rota as calendar files (iCalendar, RFC 5545), one for each organizer.

A 1:1 that is set is an appointment at its time; any other fills its day as tentative, until both
have found an hour. Loaded again after a newer rota, the same 1:1 moves and is not there twice: its
id is made of the person and the 1:1 before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from icalendar import STATUS, TRANSP, Calendar, Event

from organizing_analytics.one_to_ones.agenda import PURPOSES
from organizing_analytics.terminal import visible

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.dates import DateWords

#: How long a 1:1 takes: the guide says 30 to 60 minutes.
MINUTES = 45
PRODUCT = "-//organizing_analytics//rota//EN"


def calendars(rota: pd.DataFrame, dates: DateWords) -> dict[str, bytes]:
    """Return each organizer's calendar, by the organizer's id.

    Parameters
    ----------
    rota : DataFrame
        From `rota`, with its `attrs`. 1:1s that nobody can hold are in no calendar.
    """
    stamp = datetime.fromisoformat(rota.attrs["as_of"]).replace(tzinfo=UTC)
    led = rota[rota["organizer_id"].notna()]
    return {
        str(organizer): _calendar(rows.to_dict("records"), stamp, dates)
        for organizer, rows in led.groupby("organizer_id", sort=True)
    }


def _calendar(rows: list[dict[Any, Any]], stamp: datetime, dates: DateWords) -> bytes:
    # Of the organizer and the day, so that the file is the same bytes when it is made again.
    identity = _uid("calendar", str(rows[0]["organizer_id"]))
    calendar = Calendar.new(prodid=PRODUCT, name="Maintenance 1:1s", uid=identity)
    for row in rows:
        calendar.add_component(_event(row, stamp, dates))
    return bytes(calendar.to_ical())


def _event(row: dict[Any, Any], stamp: datetime, dates: DateWords) -> Event:
    name = visible(_text(row["name"]) or str(row["person_id"]))
    has_met = row["last_on"] == row["last_on"]  # not a time
    last = (
        f"The last one was on {dates.day(row['last_on'])}." if has_met else "It is the first one."
    )
    when = {
        True: "The hour is agreed on.",
        False: "Agree on an hour: the day is a proposal, so that everybody is met.",
    }[bool(row["is_set"])]
    description = (
        f'Purpose, to say when you make the date: "{PURPOSES["maintenance"]}"\n{last} {when}\n'
        f"Page to read before: oa brief {row['person_id']}"
    )
    starts_at = row["starts_at"]
    if row["is_set"]:
        start = starts_at.to_pydatetime().replace(tzinfo=UTC)
        end = start + timedelta(minutes=MINUTES)
    else:
        start = row["on"].date()
        end = start + timedelta(days=1)
    return Event.new(
        summary=f"Maintenance 1:1 with {name}",
        description=description,
        start=start,
        end=end,
        stamp=stamp,
        status=STATUS.CONFIRMED if row["is_set"] else STATUS.TENTATIVE,
        transparency=TRANSP.OPAQUE if row["is_set"] else TRANSP.TRANSPARENT,
        uid=_uid(str(row["person_id"]), str(row["last_on"])),
    )


def _uid(*parts: str) -> str:
    return f"{sha256(':'.join(parts).encode()).hexdigest()[:32]}@organizing-analytics"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
