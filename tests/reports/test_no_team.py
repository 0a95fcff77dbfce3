"""What belongs to no team has a page of its own, and every list can be asked for it."""

from __future__ import annotations

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.teams import NO_TEAM, team_names

TEAMS = "team_id,name\nt1,North\n"
EVENTS = "event_id,title,event_type,team_id\ne1,Canvass,canvass,{team}\ne2,Phones,phone_bank,\n"
SHIFTS = "shift_id,event_id,starts_at\ns1,e1,2026-03-03T10:00\ns2,e2,2026-03-04T10:00\n"
PEOPLE = "person_id,given_name,family_name\np1,Ann,Lee\np2,Bo,Roe\np3,Cy,Poe\n"
SIGNUPS = (
    "signup_id,shift_id,person_id,status,attended\n"
    "g1,s1,p1,registered,yes\ng2,s2,p2,registered,yes\ng3,s2,p3,registered,no\n"
)


@pytest.fixture
def load(write, store):
    def _load(*, team):
        teams = {"teams": TEAMS} if team else {}
        folder = write(
            **teams, events=EVENTS.format(team=team), shifts=SHIFTS, people=PEOPLE, signups=SIGNUPS
        )
        return oa.load_files(folder, store=store, timezone="UTC")

    return _load


def test_a_page_for_what_belongs_to_no_team(load, store, tmp_path):
    load(team="t1")
    run = oa.write_reports(store, week="2026-W10", out=tmp_path / "out")
    assert [(r.team_id, r.status) for r in run.reports] == [("t1", "done"), (NO_TEAM, "done")]
    page = (tmp_path / "out" / "2026-W10" / "no-team.html").read_text()
    assert "No team" in page
    assert "Phones" in page
    assert "Canvass" not in page.partition("What the numbers mean")[0]
    assert "no-team.html" in (tmp_path / "out" / "index.html").read_text()


def test_a_store_without_any_team_has_one_page(load, store, run, tmp_path):
    result = load(team="")
    assert "No event belongs to a team" in " ".join(result.warnings)
    answer = run("report", "--store", store, "--week", "2026-W10", "--out", tmp_path / "out")
    assert "no-team.html" in answer
    assert (tmp_path / "out" / "2026-W10" / "no-team.html").is_file()
    # It is said once, not of every file that is loaded later.
    again = load(team="")
    assert "No event belongs to a team" not in " ".join(again.warnings)


def test_measures_and_lists_of_no_team(load, store):
    load(team="t1")
    with oa.open_store(store) as data:
        assert list(team_names(data)) == ["t1", NO_TEAM]
        own = oa.show_up(data, team=NO_TEAM, as_of="2026-03-10").iloc[0]
        assert (own["attended"], own["no_show"]) == (1, 1)
        listed = oa.todo(data, team=NO_TEAM, as_of="2026-03-05")
        everyone = oa.todo(data, as_of="2026-03-05")
        assert set(listed["person_id"]) == {"p2", "p3"}  # came; was missed
        assert set(everyone["person_id"]) == {"p1", "p2", "p3"}


def test_no_team_is_none_where_everything_has_a_team(write, store):
    folder = write(teams=TEAMS, events="event_id,title,event_type,team_id\ne1,Canvass,canvass,t1\n")
    result = oa.load_files(folder, store=store, timezone="UTC")
    assert "belongs to a team" not in " ".join(result.warnings)
    with oa.open_store(store) as data:
        assert list(team_names(data)) == ["t1"]
        with pytest.raises(OptionError, match="no team with the id"):
            oa.show_up(data, team=NO_TEAM)
