"""The list at the door: who is on it, and that no name breaks out of it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.logbook import door
from organizing_analytics.logbook.door import door_page

HOSTILE = "</script><img src=x onerror=alert(1)> & \\u2028"
PEOPLE = (
    "person_id,given_name,family_name,email,phone,do_not_contact\n"
    f'p1,Ann,"{HOSTILE}",ann@x.org,+15551230001,no\n'
    "p2,Bo,Roe,,+15551230002,yes\np3,Cy,Poe,,,no\np4,Di,Moe,,,no\n"
)
TABLES = {
    "people": PEOPLE,
    "events": (
        "event_id,title,event_type,team_id,timezone\ne1,Saturday <b>,canvass,t1,America/Chicago\n"
    ),
    "teams": "team_id,name\nt1,North\n",
    "shifts": (
        "shift_id,event_id,starts_at,deleted_at\ns1,e1,2026-03-07T10:00,\n"
        "s2,e1,2026-03-10T18:00,\ns3,e1,2026-03-12T18:00,\ns4,e1,2026-03-09T18:00,2026-03-01T10:00\n"
        "s5,e1,2026-03-30T18:00,\n"
    ),
    "signups": (
        "signup_id,shift_id,person_id,status,attended,is_walk_in\ng1,s1,p1,confirmed,,\n"
        "g2,s1,p2,registered,,\ng3,s1,p3,cancelled,,\ng4,s1,p4,registered,yes,yes\n"
        "g5,s2,p2,registered,,\n"
    ),
}


def listed(page: str) -> dict:
    """Return what the page's script reads."""
    return json.loads(
        re.findall(r'<script type="application/json" id="list">(.*?)</script>', page)[0]
    )


@pytest.fixture
def page(write, store):
    oa.load_files([write(**TABLES)], store=store, timezone="America/Chicago")
    return door_page("s1", store=store)


def test_the_list_has_who_is_signed_up_and_the_next_shift_that_they_are_not_on(page):
    people = listed(page)["people"]
    facts = [(p["name"], p["email"], p["phone"], p["next"]) for p in people]
    # Bo must not be contacted, and is on Tuesday's list already; Monday's shift was deleted.
    assert facts == [
        (f"Ann {HOSTILE}", "ann@x.org", "+15551230001", "Saturday <b>, Tue, Mar 10 at 6 PM"),
        ("Bo Roe", "", "", "Saturday <b>, Thu, Mar 12 at 6 PM"),
    ]
    assert "Saturday &lt;b&gt;, Sat, Mar 7 at 10 AM" in page
    assert "call them at 10:20 AM" in page


def test_no_name_breaks_out_and_only_our_own_script_may_run(page):
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    assert page.count("</script>") == 2  # the list's and the script's
    digest = b64encode(sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page
    assert "<img" not in page
    assert not re.search(r"innerHTML|eval\(|document\.write|fetch\(|XMLHttp", scripts[0])


def test_a_list_that_is_made_again_knows_the_same_people(page, write, store):
    more = PEOPLE + "p0,Abe,Aaron,,,no\n"
    signups = TABLES["signups"] + "g0,s1,p0,registered,,\n"
    oa.load_files([write(folder="more", people=more, signups=signups)], store=store)
    before, after = listed(page), listed(door_page("s1", store=store))
    assert before["id"] == after["id"]
    marks = [person["id"] for person in after["people"]]
    assert marks[1:] == [person["id"] for person in before["people"]]
    assert not {"p0", "p1", "p2"} & set(marks)


def test_a_deleted_shift_has_no_list(page, write, store):
    with pytest.raises(OptionError, match='The shift "s4" was deleted'):
        door_page("s4", store=store)
    gone = "event_id,event_type,deleted_at\ne1,canvass,2026-03-02T10:00\n"
    oa.load_files([write(folder="gone", events=gone)], store=store)
    with pytest.raises(OptionError, match='The shift "s1" was deleted'):
        door_page("s1", store=store)


def test_the_next_shift_is_that_of_the_to_do_list(page, store, monkeypatch):
    columns = ("person_id", "shift_id", "ask_for")
    rows = [("p1", "s3", "canvass"), ("p1", "s2", "canvass"), ("p2", "s4", "canvass"),
            ("p2", "s1", None), ("p9", "s3", "canvass")]  # fmt: skip
    tasks = pd.DataFrame(rows, columns=columns)
    monkeypatch.setattr(door, "todo_of_all", lambda _: tasks)
    following = [person["next"] for person in listed(door_page("s1", store=store))["people"]]
    # Of two asks the first of the list; a deleted shift is none, so the team's next one stands.
    assert following == ["Saturday <b>, Thu, Mar 12 at 6 PM", "Saturday <b>, Thu, Mar 12 at 6 PM"]


def test_a_shift_that_is_not_there_is_named(page, store, run, tmp_path):
    with pytest.raises(OptionError, match='no shift "s9"'):
        door_page("s9", store=store)
    out = tmp_path / "door.html"
    run("door", "s1", "--out", out, "--store", store)
    assert out.read_text(encoding="utf-8") == page
    assert out.stat().st_mode & 0o777 == 0o600
