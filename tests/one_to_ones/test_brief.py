"""The page before a 1:1: what it says, what each sentence rests on, and what it keeps to itself."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from make_store import make_store

from organizing_analytics.errors import OptionError
from organizing_analytics.model import BY_NAME
from organizing_analytics.one_to_ones.brief import Brief, brief_of, briefs
from organizing_analytics.one_to_ones.page import page_of

DAY = "2026-11-22"
SECTIONS = (
    "why", "last_one_to_one", "what_they_did", "what_they_said", "what_they_care_about",
    "next_rung", "agenda", "hard_ask", "what_happened",
)  # fmt: skip
#: Words of others: none of them is on a page that names nobody.
QUOTED = ("clean rivers", "Drives a van", "weekends", "a ride", "two neighbors", "Doors tire her")
NAMES = ("Ann", "Lee", "Omar", "Diaz", "+15550100")


def visit(day: str, person: str = "ann", **more: Any) -> dict[str, Any]:
    return {
        "signup_id": f"{day}-{person}", "shift_id": f"s-{day}", "person_id": person,
        "status": "registered", "attended": True, **more,
    }  # fmt: skip


def shift(day: str, **more: Any) -> dict[str, Any]:
    return {"shift_id": f"s-{day}", "event_id": "canvass", "starts_at": f"{day} 10:00", **more}


def campaign(**tables: list[dict[str, Any]]) -> dict[str, Any]:
    days = ["2026-11-02", "2026-11-07", "2026-11-14", "2026-11-21"]
    rows: dict[str, Any] = {
        "teams": [{"team_id": "t1", "name": "North", "lead_id": "omar"}],
        "people": [
            {
                "person_id": "ann", "given_name": "Ann", "family_name": "Lee", "team_id": "t1",
                "role": "volunteer", "phone": "+15550100", "values": "clean rivers",
                "skills": "Drives a van", "available": "weekends", "organizer_id": "omar",
            },
            {
                "person_id": "omar", "given_name": "Omar", "family_name": "Diaz",
                "team_id": "t1", "role": "organizer",
            },
            {"person_id": "bea", "team_id": "t1"},
        ],
        "events": [
            {
                "event_id": "canvass", "event_type": "canvass", "title": "Canvass",
                "team_id": "t1", "location": "Union Hall",
            }
        ],
        "shifts": [*map(shift, days), shift("2026-11-28", need=12)],
        "signups": [
            *(visit(day) for day in days[1:]),
            visit("2026-11-02", attended=False, signed_up_at="2026-10-30 10:00"),
            visit("2026-11-14", "bea", recruiter_id="ann", signed_up_at="2026-11-10 10:00"),
        ],
        "meetings": [
            {
                "meeting_id": "m1", "person_id": "ann", "organizer_id": "omar",
                "kind": "recruitment", "scheduled_at": "2026-11-05 18:00", "status": "held",
                "purpose": True, "exchange": False, "next_step_on": "2026-11-12",
                "we_promised": "Find her a ride", "they_promised": "Bring two neighbors.",
                "notes": "Doors tire her",
            }
        ],
        "asks": [
            {
                "ask_id": "a1", "asked_at": "2026-11-05 18:30", "person_id": "ann",
                "ask_for": "canvass", "outcome": "yes", "shift_id": "s-2026-11-07",
            }
        ],
        "contacts": [
            {
                "contact_id": "c1", "person_id": "ann", "at": "2026-11-06 10:00",
                "reason": "follow_up", "meeting_id": "m1",
            }
        ],
    }  # fmt: skip
    return rows | {name: [*rows.get(name, []), *more] for name, more in tables.items()}


def page(person: str = "ann", *, names: bool = True, **tables: Any) -> Brief:
    return brief_of(make_store(campaign(**tables)), person, names=names, as_of=DAY)


def texts(brief: Brief, name: str) -> list[str]:
    (section,) = (section for section in brief.sections if section.name == name)
    return [sentence.text for sentence in section.sentences]


def test_it_says_why_now_and_what_was_promised() -> None:
    ann = page()
    assert tuple(section.name for section in ann.sections) == SECTIONS
    assert (ann.name, ann.kind, ann.organizer) == ("Ann Lee", "escalation", "Omar Diaz")
    assert texts(ann, "why")[0] == "Due, escalation: Volunteer; came on 3 days in the last 30."
    assert texts(ann, "last_one_to_one") == [
        "The last one, recruitment, was on Thu 5 Nov, 17 days ago.",
        "What it lacked, as noted: no support, insight or information was exchanged.",
        'We promised: "Find her a ride". Kept? yes ☐  in part ☐  no ☐',
        "Since then, on our side: 1 contact, the last on Fri 6 Nov (follow up).",
        'They promised: "Bring two neighbors". Kept? yes ☐  in part ☐  no ☐',
        "Since then, on their side: they came on 3 days, and signed up 1 person.",
        # The call of the day after is a follow-up, and no next step.
        "The next step was due on Thu 12 Nov; on record is a contact on Fri 6 Nov.",
    ]


def test_it_says_what_they_did_said_and_care_about() -> None:
    ann = page()
    assert texts(ann, "what_they_did") == [
        (
            "Came on 3 days (3 canvass): the first on Sat 7 Nov, the last to Canvass on Sat 21 Nov, "
            "1 day ago."
        ),
        "Missed 1 shift in a year: Canvass on Mon 2 Nov.",
        "On no list of a coming shift.",
    ]
    assert texts(ann, "what_they_said") == [
        "Asked once in a year: 1 yes, 0 no. The latest first:",
        "Asked on Thu 5 Nov for canvass: yes, and came.",
    ]
    assert texts(ann, "what_they_care_about")[:3] == [
        'Cares about: "clean rivers".', 'Can do: "Drives a van".', 'Usually free: "weekends".',
    ]  # fmt: skip
    assert texts(ann, "next_rung") == [
        "Now a volunteer; next is team member.",
        "Came on 3 days of the last 30: enough for the next rung, which takes 3.",
        "Signed up 1 other person; 1 of them came.",
    ]


@pytest.mark.parametrize(
    ("taken_on", "expected"),
    [
        (None, "was due on Thu 12 Nov, and nothing is on record: begin with it."),
        ("2026-11-09", "was due on Thu 12 Nov, and nothing is on record: begin with it."),
        ("2026-11-10", ", due on Thu 12 Nov, was taken: a contact on Tue 10 Nov."),
        ("2026-11-20", ", due on Thu 12 Nov, was taken: a contact on Fri 20 Nov."),
    ],
)
def test_a_next_step_was_taken_from_two_days_before_it_on(
    taken_on: str | None, expected: str
) -> None:
    tables = campaign()
    tables["contacts"] = [
        {"contact_id": "c2", "person_id": "ann", "at": f"{day} 10:00"} for day in [taken_on] if day
    ]
    tables["asks"] = []
    ann = brief_of(make_store(tables), "ann", as_of=DAY)
    assert texts(ann, "last_one_to_one")[-1].removeprefix("The next step").lstrip() == expected


def test_every_fact_names_rows_that_are_there() -> None:
    store = make_store(campaign())
    for person in ("ann", "omar", "bea"):
        for section in brief_of(store, person, as_of=DAY).sections:
            for sentence in section.sentences:
                for table, row_id in sentence.rows:
                    rows = store.table(table)
                    key = BY_NAME[table].key[0]
                    match = rows.filter(rows[key] == row_id)
                    assert len(store.execute(match)) == 1, (sentence, table, row_id)
                is_fact = section.name not in ("agenda", "what_happened")
                is_the_same_for_all = sentence.text.startswith(("When you make", '"Not ever"'))
                assert bool(sentence.rows) == (is_fact and not is_the_same_for_all), sentence


def test_the_ask_names_the_next_rung_and_a_shift_for_a_no() -> None:
    ask = texts(page(), "hard_ask")
    assert "Will you step up as team member, starting on " in ask[0]
    assert any("Canvass" in text and "Union Hall" in text for text in ask[1:])


def test_an_organizer_is_asked_to_find_people() -> None:
    (words, *_) = texts(page("omar"), "hard_ask")
    assert "people for Canvass on Sat 28 Nov" in words
    assert "Will you find them" in words


def test_whoever_said_not_ever_is_asked_for_nothing() -> None:
    never = {
        "ask_id": "a2", "asked_at": "2026-11-20 18:00", "person_id": "ann", "ask_for": "canvass",
        "outcome": "not_ever",
    }  # fmt: skip
    ann = page(asks=[never])
    expected = 'Said "not ever" on Fri 20 Nov: ask for nothing, and thank them.'
    assert texts(ann, "hard_ask") == [expected]
    assert "Due" not in texts(ann, "why")[0]


def test_what_came_later_is_not_known() -> None:
    later = {"meeting_id": "m2", "person_id": "ann", "kind": "maintenance", "organizer_id": "omar"}
    held = later | {"scheduled_at": "2026-11-23 18:00", "status": "held"}
    assert "17 days ago" in texts(page(meetings=[held]), "last_one_to_one")[0]
    planned = later | {"scheduled_at": "2026-11-24 18:00", "status": "scheduled"}
    ann = page(meetings=[planned])
    assert ann.kind == "maintenance"
    assert texts(ann, "why")[0] == "The maintenance 1:1 is set for Tue 24 Nov at 18:00."


def test_a_page_without_names_names_and_quotes_nobody() -> None:
    ann = page(names=False)
    everything = page_of([ann]) + ann.as_text(rows=True)
    assert [word for word in (*QUOTED, *NAMES) if word in everything] == []
    assert "Before the 1:1 with ann" in everything
    # A place may be somebody's home: it is left for a person to fill in.
    assert "Union Hall" not in everything
    assert "at [place]" in " ".join(texts(ann, "hard_ask"))
    # With names, all of them are there.
    named = page_of([page()])
    assert [
        word
        for word in (*QUOTED, "Ann Lee", "Omar Diaz", "+15550100", "Union Hall")
        if word not in named
    ] == []


def test_who_asked_not_to_be_contacted_has_no_brief() -> None:
    tables = campaign()
    tables["people"][0] |= {"do_not_contact": True}
    store = make_store(tables)
    with pytest.raises(OptionError, match="not to be contacted"):
        brief_of(store, "ann", as_of=DAY)
    assert [brief.person_id for brief in briefs(store, organizer="omar", as_of=DAY)] == []


def test_a_week_holds_who_is_due_and_whose_date_is_set_and_nobody_else() -> None:
    planned = {
        "meeting_id": "m2", "person_id": "bea", "kind": "recruitment", "organizer_id": "omar",
        "scheduled_at": "2026-11-29 18:00", "status": "scheduled",
    }  # fmt: skip
    store = make_store(campaign(meetings=[planned]))
    week = briefs(store, organizer="omar", as_of=DAY)
    assert [brief.person_id for brief in week] == ["bea", "ann"]
    # A day later than the week is not of it.
    assert next(b.person_id for b in briefs(store, organizer="omar", as_of="2026-11-21")) == "ann"
    with pytest.raises(OptionError, match='no person with the id "nobody"'):
        briefs(store, organizer="nobody", as_of=DAY)


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_no_text_of_others_becomes_markup_or_a_control_character() -> None:
    tables = campaign()
    hostile = '<script>x</script><img src=//x>\x1b[31m"&'
    tables["people"][0] |= dict.fromkeys(("given_name", "values", "skills"), hostile)
    tables["events"][0]["title"] = hostile
    tables["meetings"][0] |= {"notes": hostile, "we_promised": hostile}
    html = page_of([brief_of(make_store(tables), "ann", as_of=DAY)])
    assert {"script", "img"} & set(_Tags(html).tags) == set()
    assert html.count("&lt;script&gt;") >= 5
    assert "\x1b" not in html
    assert "default-src 'none'" in html
