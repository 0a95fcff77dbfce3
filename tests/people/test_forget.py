"""A person who is forgotten is in no file of the store any more, and does not come back."""

from __future__ import annotations

import json
import os

import pytest
from test_twins import MOBILIZE, mobilize

import organizing_analytics as oa

MAIL, NAME, PHONE = "vera@secret.example", "Verasecret", "(555) 876-5432"
TABLES = {
    "teams": "team_id,name,lead_id\nt1,North,p1\n",
    "people": (
        "person_id,given_name,family_name,email,phone,team_id\n"
        f"p1,{NAME},Quietname,{MAIL},{PHONE},t1\np2,Bo,Roe,bo@example.org,,t1\n"
        f"p3,Cy,Quietname,{MAIL},,t1\n"  # shares the e-mail, and stays
    ),
    "events": "event_id,event_type\ne1,canvass\n",
    "shifts": "shift_id,event_id,starts_at\ns1,e1,2026-03-07T10:00\n",
    "signups": (
        "signup_id,shift_id,person_id,recruiter_id,status,attended\n"
        "g1,s1,p1,p2,registered,yes\ng2,s1,p2,p1,registered,no\n"
    ),
    "signup_statuses": "signup_id,status,at,by_id\ng2,registered,2026-03-01T10:00,p1\n",
    "asks": (
        "ask_id,asked_at,asker_id,person_id,ask_for,outcome,notes\n"
        "a1,2026-03-01T10:00,p2,p1,canvass,yes,her secretnote\n"
        "a2,2026-03-01T10:00,p1,p2,canvass,perhaps,\n"
    ),
    "contacts": "contact_id,person_id,by_id,at\nc1,p1,p2,2026-03-08T10:00\n",
    "role_changes": "person_id,role,on\np1,team_leader,2026-03-01\n",
}
BAD_SIGNUP = f"signup_id,shift_id,person_id,status\ng9,s1,p1,perhaps {NAME} Quietname\n"
TRACES = (MAIL, NAME, "876-5432", "secretnote")


@pytest.fixture
def campaign(write, store, tmp_path):
    oa.load_files(write(**TABLES), store=store, timezone="UTC")
    bad = "person_id,given_name,family_name,email,joined_on\n"
    bad += f"x1,{NAME},Quietname,{MAIL},whenever\nx2,Bo,Roe,bo2@example.org,whenever\n"
    oa.load_files(write("more", people=bad), store=store)
    oa.load_files(write("third", events="event_id,event_type\ne2,canvass\n"), store=store)
    return store


def bytes_of(folder):
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".key"
    }


def traces_in(folder):
    return {
        (name, trace)
        for name, held in bytes_of(folder).items()
        for trace in TRACES
        if trace.encode() in held
    }


def test_nothing_is_left_of_a_person(campaign, rows, run, write):
    assert {trace for _, trace in traces_in(campaign)} == set(TRACES)
    with oa.open_store(campaign) as data:
        before = oa.show_up(data, by=["recruiter"], as_of="2026-04-01")
    answer = json.loads(run("forget", "p1", "--store", campaign, "--json"))
    left = answer["left"]
    assert (answer["records"], answer["rejects"]) == (1, 2)  # her own row, and an ask of hers
    assert answer["snapshots_rewritten"] == [1, 2, 3]
    # Cy's e-mail is the same address: it is Cy's, and stays in Cy's row alone.
    assert {trace for _, trace in traces_in(campaign)} <= {MAIL}
    assert rows(campaign, f"SELECT count(*) FROM people WHERE email = '{MAIL}'") == [(1,)]
    assert rows(campaign, "SELECT person_id, given_name, source FROM people ORDER BY 1")[0] == (
        left, None, "forgotten",
    )  # fmt: skip
    assert rows(campaign, "SELECT person_id, recruiter_id FROM signups ORDER BY signup_id") == [
        (left, "p2"), ("p2", left),
    ]  # fmt: skip
    assert rows(campaign, "SELECT notes, person_id FROM asks") == [(None, left)]
    assert rows(campaign, "SELECT lead_id FROM teams") == [(left,)]
    assert rows(campaign, "SELECT raw FROM rejects WHERE raw LIKE '%x2%'") != []
    with oa.open_store(campaign) as data:
        after = oa.show_up(data, by=["recruiter"], as_of="2026-04-01")
    numbers = ["scheduled", "attended", "no_show"]
    assert sorted(map(tuple, after[numbers].to_numpy())) == sorted(
        map(tuple, before[numbers].to_numpy())
    )
    assert "forgotten already" in run("forget", left, "--store", campaign, code=1)
    again = json.loads(run("forget", "p1", "--store", campaign, "--json"))
    assert (again["left"], again["records"], again["snapshot"]) == (left, 0, answer["snapshot"])
    assert "no person" in run("forget", "p4", "--store", campaign, code=1)


def test_an_old_export_does_not_bring_the_person_back(campaign, rows, run, write, store):
    run("forget", "p1", "--store", campaign)
    before = rows(campaign, "SELECT * FROM people ORDER BY 1")
    result = oa.load_files(write("again", **TABLES), store=campaign)
    counts = {f.file: (f.new, f.updated, f.unchanged, f.skipped, f.rejected) for f in result.files}
    assert counts["people.csv"] == (0, 0, 2, 1, 0)
    assert counts["signups.csv"] == (0, 0, 1, 1, 0)
    assert counts["asks.csv"] == (0, 0, 0, 1, 1)
    assert "of somebody who is to be forgotten" in " ".join(result.warnings)
    assert rows(campaign, "SELECT * FROM people ORDER BY 1") == before
    # Under another tool's id, by e-mail and name; with what hangs on it.
    (store.parent / "m.json").write_text(
        json.dumps([mobilize(1, 11, "x", attended=True) | {"person": {
            "user_id": 99, "given_name": NAME.lower(), "family_name": "Quietname",
            "email_addresses": [{"primary": True, "address": MAIL.upper()}]}}, MOBILIZE[0]])
    )  # fmt: skip
    result = oa.load_files(store.parent / "m.json", store=campaign)
    assert (result.files[0].new, result.files[0].skipped, result.files[0].rejected) == (1, 1, 0)
    assert {trace for _, trace in traces_in(campaign)} <= {MAIL}


def test_phones_that_are_none_are_loaded_after_a_forgetting(campaign, run, write):
    run("forget", "p1", "--store", campaign)
    phones = ("n/a", "12", "", "+44 20 7946 0958", "030 901820")
    rows = "".join(f"q{n},Ann,Roe{n},{phone}\n" for n, phone in enumerate(phones))
    people = write("again", people=f"person_id,given_name,family_name,phone\n{rows}")
    [count] = oa.load_files(people, store=campaign).files
    assert (count.new, count.skipped, count.rejected) == (len(phones), 0, 0)


@pytest.mark.parametrize(
    "row",
    [
        f"p1,{NAME},Quietname,{MAIL},,t1,one too many",
        f"p77,{NAME},Quietname,extra,{MAIL.upper()},,t1",  # her e-mail in another column
        f"p78,{NAME},Quietname,,extra,{PHONE},t1",
        f"{NAME},p1,Quietname,,,t1,extra",  # her id in another column
    ],
)
def test_a_malformed_row_does_not_bring_the_person_back(campaign, rows, run, write, row):
    run("forget", "p1", "--store", campaign)
    header = "person_id,given_name,family_name,email,phone,team_id\n"
    people = write("again", people=f"{header}{row}\np9,Ida,Roe,ida@example.org,,t1,one too many\n")
    [count] = oa.load_files(people, store=campaign).files
    assert (count.rows, count.skipped, count.rejected) == (2, 1, 1)
    assert [raw for (raw,) in rows(campaign, "SELECT raw FROM rejects WHERE raw LIKE '%Ida%'")]
    assert {trace for _, trace in traces_in(campaign)} <= {MAIL}


def test_a_snapshot_that_is_open_is_out_of_use_at_once(campaign, run):
    with oa.open_store(campaign) as data:
        answer = json.loads(run("forget", "p1", "--store", campaign, "--json"))
        assert answer["snapshots_removed"] == [3]
        # Who has it open still sees it; no new reader does, and the name is gone from the folder.
        assert data.connection.execute("SELECT count(*) FROM people").fetchall() == [(3,)]
        if os.name == "posix":
            assert not (campaign / "snapshot-000003.duckdb").exists()
    assert {trace for _, trace in traces_in(campaign)} <= {MAIL}


def test_a_person_of_several_tools_is_forgotten_whole(store, tmp_path, run, rows):
    (tmp_path / "m.json").write_text(json.dumps(MOBILIZE))
    oa.load_files(tmp_path / "m.json", store=store, timezone="UTC")
    (tmp_path / "door.csv").write_text(
        "Name,Email\nAnn Lee,ann@example.org\nNew One,new@example.org\n"
    )
    oa.load_files(
        tmp_path / "door.csv", store=store, source="check_in", shift="mobilize:timeslot:51"
    )
    people = "person_id,given_name,family_name,email\nm1,Ann,Lee,ann@example.org\nm2,Bo,Lee,bo@example.org\n"
    (tmp_path / "people.csv").write_text(people)
    oa.load_files(tmp_path / "people.csv", store=store)
    assert rows(store, "SELECT person_id FROM main.person_merges ORDER BY 1") == [("m1",), ("m2",)]
    run("forget", "mobilize:user:11", "--store", store)  # any record of hers will do
    assert rows(store, "SELECT record_id FROM main.person_merges") == [("mobilize:user:12",)]
    assert rows(store, "SELECT count(*) FROM signups WHERE person_id = 'm2'") == [(1,)]
    assert rows(
        store, "SELECT count(*) FROM main.signups WHERE contains(signup_id, 'user:11')"
    ) == [(0,)]
    assert b"ann@example.org" not in b"".join(bytes_of(store).values())


def test_reports_that_mention_the_person_are_listed(campaign, run, tmp_path):
    from organizing_analytics.store.reports import note_reports

    out = tmp_path / "reports"
    out.mkdir()
    (out / "north.html").write_text(f"<p>{NAME} Quietname led</p>")
    (out / "south.html").write_text("<p>nobody</p>")
    note_reports(campaign, out)
    answer = json.loads(run("forget", "p1", "--store", campaign, "--json"))
    assert answer["reports"] == [str(out / "north.html")]


def test_a_killed_forgetting_leaves_no_older_snapshot_in_use(campaign, write, monkeypatch):
    from organizing_analytics.people import forgetting

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(forgetting, "rewrite_older", stop)
    with pytest.raises(KeyboardInterrupt):
        oa.forget("p1", store=campaign)
    monkeypatch.undo()
    # The next writer ends it.
    oa.load_files(write("next", events="event_id,event_type\ne3,canvass\n"), store=campaign)
    assert {trace for _, trace in traces_in(campaign)} <= {MAIL}


def test_ids_that_only_contain_the_persons_stay(write, store, rows):
    """A person called 1, and sign-ups of others whose ids have a 1 in them."""
    tables = {
        "people": "person_id,given_name\n1,Ann\n2,Bo\n11,Cy\n",
        "events": "event_id,event_type\ne,canvass\n",
        "shifts": "shift_id,event_id,starts_at\ns1,e,2026-03-01T10:00\n",
        "signups": (
            "signup_id,shift_id,person_id,status\n"
            "g11,s1,2,registered\ng1,s1,1,registered\ng12,s1,11,registered\n"
        ),
    }
    folder = write(**tables)
    oa.load_files(folder, store=store, timezone="UTC")
    (folder.parent / "door.csv").write_text("Name\nAnn\nCy\n")
    oa.load_files(folder.parent / "door.csv", store=store, source="check_in", shift="s1")
    left = oa.forget("1", store=store).left
    assert rows(store, "SELECT signup_id, person_id FROM main.signups ORDER BY 2, 1") == [
        ("check_in:s1:11", "11"), ("g12", "11"), ("g11", "2"),
        (f"check_in:s1:{left}", left), ("g1", left),
    ]  # fmt: skip
    again = {
        f.file: (f.new, f.unchanged, f.skipped) for f in oa.load_files(folder, store=store).files
    }
    assert again["signups.csv"] == (0, 2, 1)


def test_a_crosswalk_does_not_bring_an_id_back(store, tmp_path, run, rows):
    (tmp_path / "m.json").write_text(json.dumps(MOBILIZE))
    oa.load_files(tmp_path / "m.json", store=store, timezone="UTC")
    run("forget", "mobilize:user:16", "--store", store)
    from test_twins import CROSSWALK

    (tmp_path / "crosswalk.csv").write_text(CROSSWALK)
    oa.load_files(tmp_path / "crosswalk.csv", store=store)
    assert rows(store, "SELECT * FROM main.crosswalks") == []
