"""What people say of a shift: with a name or without, a rating from 1 to 5."""

from __future__ import annotations

import organizing_analytics as oa

CAMPAIGN = {
    "people": "person_id,given_name\np1,Ann\n",
    "events": "event_id,event_type\ne1,canvass\n",
    "shifts": "shift_id,event_id,starts_at\ns1,e1,2026-03-03T10:00\n",
}


def test_an_anonymous_answer_stays_anonymous(write, store, rows):
    folder = write(
        **CAMPAIGN,
        feedback=(
            "feedback_id,person_id,shift_id,rating,reason,note,at\n"
            "f1,p1,s1,5,,loved it,2026-03-04T10:00\n"
            "f2,,s1,2,Not worth time,,2026-03-04T23:30\n"
            "f3,,s1,6,,,\nf4,,s1,4.5,,,\nf5,,s9,1,,,\nf6,,s1,1,weather,,\n"
        ),
    )
    result = oa.load_files(folder, store=store, timezone="America/Chicago")
    assert [(r.row, r.column, r.value) for r in result.rejects] == [
        (4, "rating", "6"), (5, "rating", "4.5"), (6, "shift_id", "s9"), (7, "reason", "weather"),
    ]  # fmt: skip
    assert rows(
        store, "SELECT person_id, rating, reason, note, said_on::VARCHAR FROM feedback ORDER BY 2"
    ) == [
        (None, 2, "not_worth_time", None, "2026-03-04"),
        ("p1", 5, None, "loved it", "2026-03-04"),
    ]
    assert any('rating is "6"; allowed are 1, 2, 3, 4, 5' in str(r) for r in result.rejects)


def test_forgetting_leaves_the_rating_and_no_word(write, store, rows):
    folder = write(
        **CAMPAIGN,
        feedback="feedback_id,person_id,shift_id,rating,note\nf1,p1,s1,5,loved it\nf2,,s1,1,Ann was rude\n",
    )
    oa.load_files(folder, store=store, timezone="UTC")
    oa.forget("p1", store=store)
    left = rows(store, "SELECT person_id, rating, note FROM feedback ORDER BY rating")
    assert left[1][0] != "p1"
    assert left[1][1:] == (5, None)
    # The same file, loaded again, brings nothing back.
    oa.load_files(folder, store=store)
    assert rows(store, "SELECT count(*) FROM feedback WHERE note = 'loved it'") == [(0,)]
