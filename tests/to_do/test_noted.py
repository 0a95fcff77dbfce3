"""What was noted of a person stands by those who ask or meet them next."""

from __future__ import annotations

from test_to_do import asked, came, campaign, met, of_ann


def test_notes_of_asks_and_1to1s_stand_by_the_next_ask_the_newest_first() -> None:
    asks = [
        asked("maybe", "2026-11-18 18:00", notes="Doors are not for her; phones maybe. "),
        asked("yes", "2026-10-01 18:00", notes="Works nights."),
        asked("yes", "2026-10-02 18:00", notes="  "),
    ]
    meetings = [met("recruitment", "2026-11-02 18:00", notes="Has a van.")]
    row = of_ann(campaign(asks=asks, meetings=meetings))["try_again"]
    assert row["notes"] == (
        "Doors are not for her; phones maybe. (Wed 18 Nov); Has a van. (Mon 2 Nov)"
    )
    # What was noted later than the list stands, or more than a year ago, is not there.
    rows = of_ann(campaign(asks=asks, meetings=meetings), "2026-11-30")
    assert "Wed 18 Nov" in rows["try_again"]["notes"]
    later = [*asks, asked("maybe", "2026-11-24 18:00", notes="Moved away.")]
    assert "Moved" not in of_ann(campaign(asks=later))["try_again"]["notes"]


def test_nothing_noted_and_tasks_that_ask_for_nothing() -> None:
    assert of_ann(campaign(asks=[asked("maybe", "2026-11-18 18:00")]))["try_again"]["notes"] == ""
    noted = [asked("not_ever", "2026-11-18 18:00", notes="Take me off the list.")]
    rows = of_ann(campaign(asks=noted, signups=[came()]))
    assert {row["notes"] for row in rows.values()} == {""}
