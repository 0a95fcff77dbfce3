"""Marks of who came: what they say, and that an unknown one decides about nobody."""

from __future__ import annotations

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import FileError
from organizing_analytics.loading.attendance import mark_columns
from organizing_analytics.loading.marks import Mark, mark_of


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        (Mark.CAME, "✓ ✔ ✔️ ☑ ✅ x X late P TRUE Yes!! here 1 Present|✓ late|x - left early|Checked In"),
        (Mark.CAME, "2026-02-21 10:03|2026-02-21T16:03:11.000Z|10:05 AM|Walk In|yes, brought 2 friends"),
        (Mark.ABSENT, "no n FALSE 0 absent noshow ❌|No Show|NO-SHOW|did not attend|no, sorry"),
        (Mark.CAME, "oui présente venu ja anwesend sí"),
        (Mark.ABSENT, "non absente nein abwesend fehlt krank|pas venu"),
        (Mark.CANCELLED, "cancelled canceled declined|Not Attending"),
        (Mark.BLANK, "- -- ☐ approved registered Attending pending_approval||waitlist"),
        (Mark.OPEN, "N/A ? tbd unknown|not sure"),
        (Mark.UNKNOWN, "maybe 45 2 A da 100% 0% 🤷|maybe later|see notes|yes no|x?|ask Ann"),
        (Mark.UNKNOWN, "no?|no guest|no time|no, with friends|no partner"),
    ],
)  # fmt: skip
def test_what_a_mark_says(said, texts):
    words, *phrases = texts.split("|")
    assert {text: mark_of(text) for text in [*words.split(" "), *phrases]} == dict.fromkeys(
        [*words.split(" "), *phrases], said
    )


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("Checked In At", "attendance"),
        ("checked_in_at", "attendance"),
        ("ATTENDED?", "attendance"),
        ("Join Time", "attendance"),
        ("First Join", "attendance"),
        ("Attendee Status", "attendance"),
        ("Showed up? (tick)", "attendance"),
        ("approval_status", "state"),
        ("RSVP", "state"),
        ("No-show", "absence"),
        ("In Waiting Room", "waiting"),
        ("Attendee", None),
        ("Joined Group on", None),
        ("Attendance Duration", None),
        ("Registration Time", None),
    ],
)
def test_which_columns_are_marks(column, kind):
    found = mark_columns(["Name", column])
    named = [name for name in ("attendance", "absence", "state", "waiting") if getattr(found, name)]
    assert named == ([kind] if kind else [])


@pytest.fixture
def campaign(write, store):
    folder = write(
        people="person_id,given_name,family_name,email\n"
        "p1,Ann,Lee,ann@example.org\np2,Bo,Roe,bo@example.org\np3,Cy,Poe,cy@example.org\n",
        events="event_id,event_type\ne1,canvass\n",
        shifts="shift_id,event_id,starts_at\ns1,e1,2026-02-21 10:00\n",
        signups="signup_id,shift_id,person_id,status\n"
        "g1,s1,p1,registered\ng2,s1,p2,registered\ng3,s1,p3,registered\n",
    )
    oa.load_files(folder, store=store, timezone="America/Chicago")
    return store


@pytest.fixture
def came(campaign, tmp_path, rows):
    def _came(text, name="list.csv", complete=False):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        result = oa.load_files(
            path, store=campaign, source="check_in", shift="s1", complete=complete
        )
        found = rows(campaign, "SELECT p.given_name, s.attended FROM signups s JOIN people p "
                               "USING (person_id) ORDER BY 1")  # fmt: skip
        return result, dict(found)

    return _came


@pytest.mark.parametrize(
    "text",
    [
        "Name,Email,checked_in_at\nAnn Lee,ann@example.org,2026-02-21T16:03:11Z\nBo Roe,bo@example.org,\n",
        "Name,Email,Is Checked In,Checked In At\nAnn Lee,ann@example.org,Yes,2026-02-21 10:03\nBo Roe,bo@example.org,No,\n",
        "Name,Email,Status\nAnn Lee,ann@example.org,Attended\nBo Roe,bo@example.org,No Show\n",
        "Name,Email,Attendance\nAnn Lee,ann@example.org,P\nBo Roe,bo@example.org,A\n",
        "Name,Email,No show\nAnn Lee,ann@example.org,no\nBo Roe,bo@example.org,x\n",
        "Sign-in sheet\n\nName;Email;Here\nAnn Lee;ann@example.org;☑\nBo Roe;bo@example.org;\nTotal;;1\n",
        "Name,Join time,In Waiting Room\nAnn Lee,10:01 AM,No\nBo Roe,10:05 AM,Yes\n",
    ],
    ids=["time", "two marks", "status", "register", "no-shows", "titled", "waiting room"],
)  # fmt: skip
def test_every_kind_of_mark_is_read(came, text):
    _, found = came(text)
    assert found == {"Ann": True, "Bo": None, "Cy": None}


def test_an_unknown_mark_decides_about_nobody(came):
    text = "Name,Email,Came\nAnn Lee,ann@example.org,x\nBo Roe,bo@example.org,see note\n"
    result, found = came(text, complete=True)
    assert found == {"Ann": True, "Bo": None, "Cy": None}  # nobody is absent by such a list
    assert [(r.row, r.column, r.value) for r in result.rejects] == [(3, "Came", "see note")]
    assert "nobody is noted as absent from shift s1" in " ".join(result.warnings)
    _, found = came(text.replace("see note", "no"), name="mended.csv", complete=True)
    assert found == {"Ann": True, "Bo": False, "Cy": False}


def test_who_is_marked_as_unknown_or_cancelled_is_not_absent(came):
    text = "Name,Email,Came\nAnn Lee,ann@example.org,N/A\nBo Roe,bo@example.org,cancelled\n"
    assert came(text, complete=True)[1] == {"Ann": None, "Bo": None, "Cy": False}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Name,Email,Approval\nAnn Lee,ann@example.org,approved\n", "says who may come"),
        ("Name,Email,Sat\nAnn Lee,ann@example.org,✓\nBo Roe,bo@example.org,\n", 'call it "Came"'),
        ("Name,Email,2/21,2/22\nAnn Lee,ann@example.org,x,\n", "each date has a column"),
    ],
)
def test_a_list_whose_marks_are_not_understood_is_refused(came, text, why):
    with pytest.raises(FileError, match=why):
        came(text)


REPORT = (
    "Attendee Report\nTopic,Started\nCall,02/21/2026 10:00 AM\n"
    "Host Details\nAttended,User Name,Email,Join Time\nYes,Hal,hal@example.org,02/21/2026 9:50 AM\n"
    "Yes,Cy Poe,cy@example.org,02/21/2026 9:50 AM\n"
    "Attendee Details\nAttended,User Name,First Name,Last Name,Email,Approval Status,Join Time\n"
    "Yes,Ann L,Ann,Lee,ann@example.org,approved,02/21/2026 10:00 AM\n"
    "No,--,Bo,Roe,bo@example.org,approved,--\n"
)


def test_a_webinar_report(came):
    result, found = came(REPORT, complete=True)
    # Cy runs the meeting and signed up to it; Hal did not sign up and is no walk-in.
    assert found == {"Ann": True, "Bo": False, "Cy": True}
    assert {f.file: (f.rows, f.new, f.skipped) for f in result.files} == {
        "list.csv [Host Details]": (2, 1, 1),
        "list.csv [Attendee Details]": (2, 1, 1),
    }


TEAMS = (
    "1. Summary\nMeeting title\tCall\nStart time\t2/21/26, 9:58:10 AM\n\n"
    "2. Participants\nName\tFirst Join\tEmail\tRole\n"
    "Ann Lee\t2/21/26, 10:00:05 AM\tann@example.org\tOrganizer\n"
    "Bo Roe (Guest)\t2/21/26, 10:05:00 AM\t\tAttendee\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tEmail\tRole\n"
    "Ann Lee\t2/21/26, 10:00:05 AM\tann@example.org\tOrganizer\n"
)


def test_a_teams_report(came, campaign, tmp_path):
    result, found = came(TEAMS)
    assert found == {"Ann": True, "Bo": True, "Cy": None}
    assert [(f.file, f.rows, f.new) for f in result.files] == [("list.csv", 2, 2)]
    path = tmp_path / "utf16.csv"
    path.write_text(TEAMS, encoding="utf-16")
    again = oa.load_files(path, store=campaign, source="check_in", shift="s1")
    assert (again.files[0].unchanged, again.rejects) == (2, [])


@pytest.mark.parametrize(
    "picture", ["\u2753", "\u2754", "\U0001f937\u200d\u2640\ufe0f", "\U0001f914"]
)
def test_a_picture_that_asks_makes_no_yes(picture):
    assert mark_of(picture) in (Mark.OPEN, Mark.UNKNOWN)
    assert mark_of(f"yes {picture}") is Mark.UNKNOWN


@pytest.mark.parametrize("picture", ["\u26d4", "\U0001f6d1", "\U0001f645\U0001f3fd"])
def test_a_picture_that_stops_makes_no_yes(picture):
    assert mark_of(picture) is Mark.ABSENT
    assert mark_of(f"yes {picture}") is Mark.UNKNOWN
