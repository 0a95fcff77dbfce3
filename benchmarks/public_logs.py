"""Real logs of people who signed up for something, as stores: instructions are in docs/evaluation.md.

None of them is about volunteers. Each stands in for a part of it: a list that people join and leave,
a day on which they come or not. Nothing of them is kept in the project.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

import organizing_analytics as oa

EXAMPLES = Path(__file__).parent.parent / "examples"
#: A shift starts at the end of its day: whoever signed up on the day signed up before it.
START = "T23:59"


def clinic_store(file: Path, store: Path) -> date:
    """Load the clinic log, by the mapping file in examples/; return its last day."""
    oa.load_files(file, store=store, source=str(EXAMPLES / "clinics.toml"), timezone="UTC")
    return _last_day(store)


def hotel_store(file: Path, store: Path) -> date:
    """Load the hotel bookings (CSV, or the zip it comes in); return their last day.

    A shift is a hotel, a market segment and a day of arrival; a booking is a sign-up. The log has
    no persons. A cancelled booking left the list on the date of its last status.
    """
    rows = pd.read_csv(file)
    months = pd.to_datetime(rows["arrival_date_month"], format="%B").dt.month
    on = pd.to_datetime(
        {
            "year": rows["arrival_date_year"],
            "month": months,
            "day": rows["arrival_date_day_of_month"],
        }
    )
    event = rows["hotel"] + ", " + rows["market_segment"]
    is_cancelled = rows["reservation_status"] == "Canceled"
    signups = pd.DataFrame(
        {
            "signup_id": range(len(rows)),
            "person_id": range(len(rows)),
            "shift_id": event + " " + on.dt.strftime("%Y-%m-%d"),
            "signed_up_at": (on - pd.to_timedelta(rows["lead_time"], unit="D")).dt.strftime(
                "%Y-%m-%dT12:00"
            ),
            "status": is_cancelled.map({True: "cancelled", False: "registered"}),
            "cancelled_at": (rows["reservation_status_date"] + "T18:00").where(is_cancelled),
            "attended": (rows["is_canceled"] == 0)
            .map({True: "true", False: "false"})
            .where(~is_cancelled),
        }
    )
    shifts = pd.DataFrame(
        {"shift_id": signups["shift_id"], "event_id": event, "on": on.dt.strftime("%Y-%m-%d")}
    )
    events = pd.DataFrame(
        {"event_id": event, "event_type": rows["market_segment"], "team_id": rows["hotel"]}
    )
    return _loaded(store, signups, shifts, events)


def courses_store(folder: Path, store: Path) -> date:
    """Load course work of the Open University's data set; return its last day.

    A shift is a piece of course work in a region, with its due day; whoever is registered for the
    course is on its list until they leave the course, and came if they handed it in.
    """
    read = {
        name: pd.read_csv(folder / f"{name}.csv")
        for name in ("assessments", "studentAssessment", "studentInfo", "studentRegistration")
    }
    course = ["code_module", "code_presentation"]
    work = read["assessments"]
    dated = pd.to_numeric(work["date"], errors="coerce")
    work = work.assign(due=dated)[dated.notna() & (work["assessment_type"] != "Exam")]
    people = read["studentRegistration"].merge(
        read["studentInfo"][[*course, "id_student", "region"]], on=[*course, "id_student"]
    )
    rows = work.merge(people, on=course)
    handed_in = read["studentAssessment"][["id_assessment", "id_student"]].drop_duplicates()
    rows = rows.merge(handed_in.assign(came=True), how="left", on=["id_assessment", "id_student"])
    rows = rows[rows["id_assessment"].isin(handed_in["id_assessment"])].reset_index(drop=True)
    # A presentation named 2013B begins in February 2013, one named 2013J in October.
    begins = pd.to_datetime(
        rows["code_presentation"].str[:4]
        + rows["code_presentation"].str[4].map({"B": "-02-01", "J": "-10-01"})
    )
    on, joined, left = (
        begins + pd.to_timedelta(pd.to_numeric(rows[name], errors="coerce"), unit="D")
        for name in ("due", "date_registration", "date_unregistration")
    )
    is_cancelled = left.notna() & (left <= on)
    event = rows["code_module"] + " " + rows["assessment_type"]
    signups = pd.DataFrame(
        {
            "signup_id": range(len(rows)),
            "person_id": rows["id_student"],
            "shift_id": rows["id_assessment"].astype(str) + " " + rows["region"],
            "signed_up_at": joined.dt.strftime("%Y-%m-%dT12:00"),
            "status": is_cancelled.map({True: "cancelled", False: "registered"}),
            "cancelled_at": left.dt.strftime("%Y-%m-%dT18:00").where(is_cancelled),
            "attended": rows["came"]
            .notna()
            .map({True: "true", False: "false"})
            .where(~is_cancelled),
        }
    )
    shifts = pd.DataFrame(
        {
            "shift_id": signups["shift_id"],
            "event_id": rows["region"] + ", " + event,
            "on": on.dt.strftime("%Y-%m-%d"),
        }
    )
    events = pd.DataFrame(
        {"event_id": shifts["event_id"], "event_type": event, "team_id": rows["region"]}
    )
    return _loaded(store, signups, shifts, events)


def sample_store(seed: int, store: Path, *, lifelike: bool = False) -> date:
    """Load a made-up campaign of 40 weeks; return its last day."""
    day = date(2026, 11, 22)
    with tempfile.TemporaryDirectory() as folder:
        oa.write_sample(folder, seed=seed, weeks=40, last_day=day, lifelike=lifelike)
        oa.load_files(folder, store=store, timezone="America/Chicago")
    return day


def _loaded(store: Path, signups: pd.DataFrame, shifts: pd.DataFrame, events: pd.DataFrame) -> date:
    shifts = shifts.drop_duplicates("shift_id").assign(starts_at=lambda s: s["on"] + START)
    events = events.drop_duplicates("event_id")
    tables = {
        "people": signups[["person_id"]].drop_duplicates(),
        "teams": pd.DataFrame({"team_id": events["team_id"].unique()}).assign(
            name=lambda t: t["team_id"]
        ),
        "events": events,
        "shifts": shifts.drop(columns="on"),
        "signups": signups,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, table in tables.items():
            table.to_csv(Path(folder) / f"{name}.csv", index=False)
        oa.load_files(folder, store=store, timezone="UTC")
    return _last_day(store)


def _last_day(store: Path) -> date:
    with oa.open_store(store) as data:
        last = data.sql("SELECT max(starts_on) AS last_on FROM shifts")["last_on"].iloc[0]
    return pd.Timestamp(last).date()
