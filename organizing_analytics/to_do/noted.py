"""What was noted of a person when they were asked or met: it stands by whoever asks them next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis
from organizing_analytics.to_do.standing import as_day

if TYPE_CHECKING:
    from organizing_analytics.to_do.standing import Standing

#: The latest so many notes of a person are shown, none older than so many days.
MAX_NOTES, NOTE_DAYS = 2, 365


def latest_notes(standing: Standing) -> dict[str, str]:
    """Return what was noted of each person lately, the newest first, each with its date."""
    asks = standing.past.recorded_table("asks").select("person_id", "notes", on="asked_on")
    meetings = standing.past.recorded_table("meetings").select(
        "person_id", "notes", on="scheduled_on"
    )
    notes = asks.union(meetings).filter(
        _.notes.notnull(), _.notes.strip() != "", _.on > standing.ago(NOTE_DAYS)
    )
    newest = ibis.window(group_by="person_id", order_by=[ibis.desc("on"), "notes"])
    ranked = notes.distinct().mutate(place=ibis.row_number().over(newest))
    rows = standing.rows(ranked.filter(ranked.place < MAX_NOTES).order_by("person_id", "place"))
    noted: dict[str, list[str]] = {}
    for row in rows:
        words = f"{row['notes'].strip()} ({standing.dates.day(as_day(row['on']))})"
        noted.setdefault(row["person_id"], []).append(words)
    return {person: "; ".join(words) for person, words in noted.items()}
