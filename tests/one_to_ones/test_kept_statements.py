"""A brief of another person asks the statements that an earlier brief compiled."""

from __future__ import annotations

import pytest

import organizing_analytics as oa
from organizing_analytics.store import Store

TABLES = {
    "people": "person_id,given_name,role\nann,Ann,team_member\nbea,Bea,team_member\nomar,Omar,organizer\n",
    "meetings": (
        "meeting_id,person_id,kind,organizer_id,scheduled_at,status\n"
        "m1,ann,maintenance,omar,2026-11-01 18:00,held\n"
        "m2,bea,recruitment,omar,2026-11-08 18:00,held\n"
    ),
}


@pytest.fixture
def folder(tmp_path, store):
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    oa.load_files([tmp_path / f"{name}.csv" for name in TABLES], store=store, timezone="UTC")
    return store


def test_a_second_person_needs_no_compiling(folder, monkeypatch):
    with oa.open_store(folder) as data:
        oa.brief(data, "ann", as_of="2026-11-22")

    compiled = []
    run = Store._run
    monkeypatch.setattr(Store, "_run", lambda self, e: compiled.append(e) or run(self, e))
    with oa.open_store(folder) as data:
        second = oa.brief(data, "bea", as_of="2026-11-22").as_text(rows=True)
    assert "m2" in second
    assert "m1" not in second
    assert compiled == []


def test_a_table_of_ids_holds_the_latest(folder):
    with oa.open_store(folder) as data:
        assert sorted(data.execute(data.ids_table({"ann", "bea"}))["wanted_id"]) == ["ann", "bea"]
        assert list(data.execute(data.ids_table({"omar"}))["wanted_id"]) == ["omar"]
        assert data.execute(data.ids_table(set())).empty
