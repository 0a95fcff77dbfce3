"""Lists of who came, matched by hand against the sign-ups of a shift."""

from __future__ import annotations

import pytest
from test_action_network import load as load_action_network

import organizing_analytics as oa
from organizing_analytics.errors import OptionError

PEOPLE = (
    "person_id,given_name,family_name,email,phone\n"
    "p1,Ann,Lee,ann@example.org,\n"
    "p2,Bo,Lee,pair@example.org,\n"  # a couple that shares an e-mail
    "p3,Cy,Lee,pair@example.org,\n"
    "p4,Di,Roe,,(555) 234-0004\n"
    "p5,Ed,Poe,,\n"
    "p6,Flo,Moe,flo@example.org,\n"
    "p7,Gus,Zoe,,\n"
)


@pytest.fixture
def campaign(write, store):
    folder = write(
        people=PEOPLE,
        events="event_id,event_type,timezone\ne1,canvass,UTC\n",
        shifts="shift_id,event_id,starts_at\ns1,e1,2026-03-07T10:00\ns2,e1,2026-03-08T10:00\n",
        signups="signup_id,shift_id,person_id,status\n"
        + "".join(f"g{n},s1,p{n},registered\n" for n in range(1, 7))
        + "g7,s1,p7,cancelled\n",
    )
    oa.load_files(folder, store=store, timezone="UTC")
    return store


def check_in(store, tmp_path, text, name="list.csv", **more):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return oa.load_files(path, store=store, source="check_in", shift="s1", **more)


CAME = "SELECT p.given_name, attended, is_walk_in FROM signups JOIN people p USING (person_id) ORDER BY 1"
SHEET = (
    "Name,E-mail,Phone\n"
    "Someone Else,ANN@example.org ,\n"  # Ann's e-mail, another name: for a human
    '"Lee, Cy",pair@example.org,\n'  # of the couple, the one of that name
    ",,555-234-0004\n"
    "ed poe,,\n"
    "New Person,new@example.org,\n"
    ",,\n"
)


def test_a_sheet_marks_who_came(campaign, tmp_path, rows):
    result = check_in(campaign, tmp_path, SHEET)
    (count,) = result.files
    assert (count.source, count.rows, count.new, count.skipped, count.rejected) == (
        "check_in", 6, 4, 1, 1,
    )  # fmt: skip
    assert "ann lee, who signed up; the list says someone else" in str(result.rejects[0])
    assert "taken as walk-ins: new person" in " ".join(result.warnings)
    assert rows(campaign, CAME) == [
        ("Ann", None, None),
        ("Bo", None, None),
        ("Cy", True, None),
        ("Di", True, None),
        ("Ed", True, None),
        ("Flo", None, None),
        ("Gus", None, None),
        ("New", True, True),
    ]
    assert check_in(campaign, tmp_path, SHEET).files[0].unchanged == 4


def test_a_complete_list_makes_no_shows_of_the_rest(campaign, tmp_path, rows):
    result = check_in(campaign, tmp_path, "Email\nann@example.org\n", complete=True)
    assert "5 signed up to shift s1 and on no list: noted as absent" in " ".join(result.warnings)
    with oa.open_store(campaign) as data:
        counts = oa.show_up(data, as_of="2026-04-01").iloc[0]
    assert [counts[c] for c in ("attended", "no_show", "cancelled", "unrecorded")] == [1, 5, 1, 0]
    # A second list of the same shift: who is on it came after all, and nobody else changes.
    check_in(campaign, tmp_path, "Name\nEd Poe\n", name="second.csv", complete=True)
    with oa.open_store(campaign) as data:
        counts = oa.show_up(data, as_of="2026-04-01").iloc[0]
    assert [counts[c] for c in ("attended", "no_show", "cancelled", "unrecorded")] == [2, 4, 1, 0]


def test_what_the_list_says_survives_the_next_export(campaign, tmp_path, write, rows):
    check_in(campaign, tmp_path, "Email\nann@example.org\n")
    folder = write(
        "next", signups="signup_id,shift_id,person_id,status,attended\ng1,s1,p1,confirmed,\n"
    )
    oa.load_files(folder, store=campaign)
    assert rows(campaign, "SELECT status, attended FROM signups WHERE signup_id = 'g1'") == [
        ("confirmed", True)
    ]


ZOOM = (
    "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\n"
    "812 3456 7890,Call,03/07/2026 09:55:00 AM,03/07/2026 11:00:00 AM,host@example.org,65,4,\n"
    "\n"
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    "Ann Lee (she/her),,03/07/2026 10:00:00 AM,03/07/2026 10:20:00 AM,20,Yes\n"
    "Ann Lee (she/her),,03/07/2026 10:25:00 AM,03/07/2026 11:00:00 AM,35,Yes\n"  # rejoined
    "Flo,flo@example.org,03/07/2026 10:00:00 AM,03/07/2026 11:00:00 AM,60,No\n"
    "iPhone,,03/07/2026 10:00:00 AM,03/07/2026 11:00:00 AM,60,Yes\n"
)


@pytest.mark.parametrize("above", [True, False], ids=["meeting rows above", "plain"])
def test_zoom(campaign, tmp_path, rows, above):
    text = ZOOM if above else ZOOM.split("\n\n")[1]
    result = check_in(campaign, tmp_path, text)
    (count,) = result.files
    assert (count.rows, count.new, count.unchanged, count.rejected) == (4, 3, 1, 0)
    assert rows(campaign, "SELECT count(*) FROM signups WHERE attended") == [(3,)]
    assert rows(campaign, "SELECT given_name FROM people p JOIN signups USING (person_id) WHERE is_walk_in") == [
        ("iPhone",)
    ]  # fmt: skip


def test_eventbrite_counts_who_was_checked_in(campaign, tmp_path, rows):
    text = (
        "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,Attendee Status\n"
        "1,11/29/24 22:28,Ann,Lee,ann@example.org,1,Free,11,Checked In\n"
        "2,11/29/24 22:28,Flo,Moe,flo@example.org,1,Free,12,Attending\n"
    )
    result = check_in(campaign, tmp_path, text)
    assert (result.files[0].new, result.files[0].skipped) == (1, 1)
    assert "1 row skipped: not marked as having come" in " ".join(result.warnings)


def test_meetup_marks_in_a_column(campaign, tmp_path):
    text = "Name\tAttendance\tUser ID\tRSVP\tGuests\nEd Poe\tY\tuser 1\tYes\t0\nFlo Moe\t\tuser 2\tYes\t0\n"
    result = check_in(campaign, tmp_path, text, name="meetup.xls")
    assert (result.files[0].new, result.files[0].skipped) == (1, 1)


def test_action_network_and_its_separate_list(tmp_path, store, rows):
    load_action_network(tmp_path, store)
    path = tmp_path / "door.csv"
    path.write_text("Name,Email\nAnn Lee,ann@example.org\n")
    oa.load_files(
        path, store=store, source="check-in", shift="action_network:event:e1", complete=True
    )
    with oa.open_store(store) as data:
        counts = oa.show_up(data, as_of="2026-08-01").iloc[0]
    assert [counts[c] for c in ("scheduled", "attended", "no_show", "unrecorded")] == [3, 1, 2, 0]


def test_what_is_asked_of_the_user(campaign, tmp_path, run):
    path = tmp_path / "list.csv"
    path.write_text("Name\nAnn Lee\n")
    for words, said in [
        (["--source", "check_in"], "--shift ID"),
        (["--source", "check_in", "--shift", "s9"], 'no shift "s9"'),
        (["--shift", "s1", "--source", "templates"], "--source check_in"),
    ]:
        err = run("load", path, "--store", campaign, *words, code=1)
        assert said in err
    run("load", path, "--store", campaign, "--source", "check_in", "--shift", "s1", "--complete")
    with pytest.raises(OptionError):
        oa.load_files(path, store=campaign, source="check-in")


def test_rows_of_every_table_that_a_file_feeds_are_counted(campaign, tmp_path, run):
    text = "Name,Email\nAnn Lee,ann@example.org\nWanda Walk,w@example.org\nWill Walk,\n"
    path = tmp_path / "door.csv"
    path.write_text(text, encoding="utf-8")
    words = ("load", path, "--source", "check_in", "--shift", "s1", "--store", campaign)
    assert "also new: door.csv: people 2\n" in run(*words)
    # The same again is new in no table.
    assert "also new" not in run(*words)
    assert oa.load_files(path, store=campaign, source="check_in", shift="s1").also_new == {}


ROLES = (
    "Name,Role,Came\nAnn Lee,Lead,x\nEd Poe,Volunteer,x\nFlo Moe,Volunteer,\nDi Roe,Volunteer,x\n",
    # Times at the whole hour: "10:00:00" is a time, though it ends like midnight.
    (
        "Name\tFirst Join\tRole\nAnn Lee\t3/7/26, 10:00:00 AM\tOrganizer\n"
        "Ed Poe\t3/7/26, 10:00:00 AM\tAttendee\nDi Roe\t3/7/26, 11:00:00 AM\tAttendee\n"
    ),
    "Name,Phone,Kind,Came\nAnn Lee,,Mobile,x\nEd Poe,,Cell,x\nFlo Moe,,Cell,\nDi Roe,,Home,x\n",
    "Role,Name,Came\nLead,Ann Lee,x\nVolunteer,Ed Poe,x\nVolunteer,Flo Moe,\nGuest,Di Roe,x\n",
    # The names of groups stand above the header.
    "Volunteer,Contact,Day\nName,Email,Came\nAnn Lee,,x\nEd Poe,,x\nFlo Moe,,\nDi Roe,,x\n",
    # A second table, below a blank row.
    "Name,Came\nAnn Lee,x\nEd Poe,x\n\nName,Team,Came\nDi Roe,North,x\nFlo Moe,North,\n",
)


@pytest.mark.parametrize("text", ROLES)
def test_a_word_in_a_row_does_not_make_it_a_header(campaign, tmp_path, rows, text):
    check_in(campaign, tmp_path, text)
    assert [name for name, came, _ in rows(campaign, CAME) if came] == ["Ann", "Di", "Ed"]


IN = ("Sign-in time", "Signed in", "In", "Time in", "Clocked in at", "Login time")


@pytest.mark.parametrize("column", IN)
def test_the_time_of_a_sign_in_is_a_mark(campaign, tmp_path, rows, column):
    text = f"Name,{column},Out\nAnn Lee,10:02,11:00\nEd Poe,,\nFlo Moe,no show,\nDi Roe,left msg,\n"
    (reject,) = check_in(campaign, tmp_path, text, complete=True).rejects
    assert (reject.row, reject.column, reject.value) == (5, column, "left msg")
    assert [name for name, came, _ in rows(campaign, CAME) if came is not None] == ["Ann"]
