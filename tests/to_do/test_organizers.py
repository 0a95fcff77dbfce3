"""Who looks after whom: each basis, their order, and who cannot look after anybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from make_store import cells, make_store
from test_to_do import TEAM, came, campaign, met

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.to_do.organizers import BASES, Organizers
from organizing_analytics.to_do.standing import Standing

DAY = "2026-11-22"
CREW = [{"person_id": p} for p in ("ada", "ben", "cal", "dee", "eve", "fay")]
#: One fact for each basis, each naming somebody else.
FACTS: dict[str, dict[str, list[dict[str, Any]]]] = {
    "assigned": {
        "assignments": [{"person_id": "ann", "organizer_id": "ada", "on": "2026-11-01"}]
    },
    "listed": {"people": [{"person_id": "ann", "team_id": "t1", "organizer_id": "ben"}]},
    "one_to_one": {"meetings": [met("maintenance", "2026-11-10 18:00", organizer_id="cal")]},
    "recruiter": {"signups": [came(recruiter_id="dee", signed_up_at="2026-10-01 10:00")]},
    "asker": {
        "asks": [
            {
                "ask_id": "a1", "asked_at": "2026-11-12 18:00", "person_id": "ann",
                "ask_for": "canvass", "outcome": "yes", "asker_id": "eve",
            }
        ]
    },
    "team_lead": {"teams": [TEAM | {"lead_id": "fay"}]},
}  # fmt: skip


def with_facts(*bases: str, **more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the campaign with the facts of these bases, and rows that are added."""
    rows = campaign(people=[*CREW, {"person_id": "ann", "team_id": "t1"}])
    for basis in bases:
        for table, facts in FACTS[basis].items():
            kept = rows.get(table, [])
            if table in ("people", "teams"):
                key = table.removesuffix("s").replace("people", "person") + "_id"
                kept = [r for r in kept if r[key] not in {f[key] for f in facts}]
            rows[table] = [*kept, *facts]
    return rows | {table: [*rows.get(table, []), *facts] for table, facts in more.items()}


def organizer_of_ann(tables: dict[str, Any], as_of: str = DAY) -> tuple[str | None, str | None]:
    store = make_store(tables)
    organizers = Organizers.of(Standing(store, store.as_of(as_of)))
    return organizers.by_person.get("ann"), organizers.basis.get("ann")


@pytest.mark.parametrize("place", range(len(BASES)))
def test_the_first_basis_that_names_somebody_counts(place: int) -> None:
    # ada, ben, cal … are named by the bases in their order.
    expected = (CREW[place]["person_id"], BASES[place])
    assert organizer_of_ann(with_facts(*BASES[place:])) == expected


def test_nobody_looks_after_who_is_tied_to_nobody() -> None:
    assert organizer_of_ann(with_facts()) == (None, None)


def test_an_organizer_who_left_or_is_not_to_be_contacted_looks_after_nobody() -> None:
    left = [{"person_id": "ada", "at": "2026-11-20 09:00", "reason": "other"}]
    assert organizer_of_ann(with_facts(*BASES, departures=left)) == ("ben", "listed")
    # Not known on the day before.
    assert organizer_of_ann(with_facts(*BASES, departures=left), "2026-11-19")[0] == "ada"
    tables = with_facts(*BASES)
    tables["people"] = [
        row | {"do_not_contact": row["person_id"] == "ada"} for row in tables["people"]
    ]
    assert organizer_of_ann(tables) == ("ben", "listed")


def test_nobody_looks_after_themself() -> None:
    own = {"meetings": [met("maintenance", "2026-11-10 18:00", organizer_id="ann")]}
    assert organizer_of_ann(with_facts(**own)) == (None, None)
    leads = with_facts()
    leads["teams"] = [
        TEAM | {"lead_id": "ann", "parent_team_id": "t0"},
        {"team_id": "t0", "name": "All", "lead_id": "fay"},
    ]
    assert organizer_of_ann(leads) == ("fay", "team_lead")  # the lead of the team above


def test_what_came_later_is_not_known() -> None:
    later = [{"person_id": "ann", "organizer_id": "fay", "on": "2026-11-24"}]
    assert organizer_of_ann(with_facts("assigned", assignments=later))[0] == "ada"
    # An assignment from tomorrow on counts for a list that is for tomorrow.
    tomorrow = [{"person_id": "ann", "organizer_id": "fay", "on": "2026-11-23"}]
    assert organizer_of_ann(with_facts("assigned", assignments=tomorrow))[0] == "fay"
    met_later = [met("maintenance", "2026-11-25 18:00", organizer_id="fay")]
    assert organizer_of_ann(with_facts(meetings=met_later)) == (None, None)


def test_the_latest_1to1_and_the_first_recruiter() -> None:
    meetings = [
        met("recruitment", "2026-10-01 18:00", organizer_id="ada"),
        met("maintenance", "2026-11-01 18:00", organizer_id="ben"),
        met("maintenance", "2026-11-10 18:00", status="no_show", organizer_id="cal"),
    ]
    assert organizer_of_ann(with_facts(meetings=meetings))[0] == "ben"
    signups = [
        came("was", signed_up_at="2026-11-02 10:00", recruiter_id="ada"),
        came("next", signed_up_at="2026-11-01 10:00", recruiter_id="ben", attended=None),
    ]
    assert organizer_of_ann(with_facts(signups=signups))[0] == "ben"


def test_spans_count_each_person_once_and_say_who_has_too_many() -> None:
    tables = with_facts("listed", "one_to_one", "team_lead")
    tables["people"].append({"person_id": "bob", "organizer_id": "ben"})
    tables["people"].append({"person_id": "zoe", "do_not_contact": True})
    tables["departures"] = [{"person_id": "eve", "at": "2026-11-20 09:00", "reason": "other"}]
    store = make_store(tables)
    object.__setattr__(store.settings, "organizer_most", 0)
    frame = oa.organizer_spans(store, as_of=DAY)
    # ben: ann (listed; met 12 days ago, so active) and bob (listed, not active). Nobody: the crew
    # of six but eve, who left; zoe is not to be contacted.
    rows = cells(frame, "organizer_id", "people", "active", "listed", "team_lead", "is_over")
    assert rows == [("ben", 2, 1, 2, 0, True), (None, 5, 0, 0, 0, False)]
    assert list(oa.organizer_spans(store, team="t1", as_of=DAY)["people"]) == [1]
    with pytest.raises(OptionError, match="no team"):
        oa.organizer_spans(store, team="t9", as_of=DAY)


def test_assigning_holds_through_merges_loads_and_undoing(store, write, rows, run) -> None:
    people = (
        "person_id,given_name,email,organizer_id\np1,Ann,ann@example.org,p2\np2,Bo,,\np3,Cy,,\n"
    )
    folder = write("in", people=people)
    oa.load_files(folder, store=store)
    done = json.loads(
        run("people", "assign", "ann@example.org", "--to", "Cy", "--store", store, "--json")
    )
    assert (done["person_ids"], done["organizer_id"]) == (["p1"], "p3")
    with oa.open_store(store) as data:
        assert Organizers.of(Standing(data, data.as_of())).by_person["p1"] == "p3"
    oa.load_files(folder, store=store)  # the file still says p2
    spans = json.loads(run("people", "spans", "--store", store, "--json"))["rows"]
    assert [(r["organizer_id"], r["assigned"]) for r in spans] == [("p3", 1), (None, 0)]
    # A second word of the same day replaces the first; history tells both.
    oa.assign_people("p1", to="p2", store=store)
    assert rows(store, "SELECT organizer_id FROM assignments") == [("p2",)]
    oa.undo(store=store)
    assert rows(store, "SELECT organizer_id FROM assignments") == [("p3",)]
    for people, to in [(["p3"], "p3"), (["p1", "p2"], "p2"), ([], "p2"), (["p9"], "p2")]:
        with pytest.raises(OptionError):
            oa.assign_people(*people, to=to, store=store)
    run("forget", "p3", "--store", store, "--yes")
    assert "p3" not in {o for (o,) in rows(store, "SELECT organizer_id FROM assignments")}
