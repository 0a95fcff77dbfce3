"""Settings are declared once: reading, checking, storing and the docs follow from a field."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.settings import SETTINGS, Settings, changed, settings_of, written
from organizing_analytics.settings.declaring import declared_settings, setting
from organizing_analytics.settings.values import whole_number
from organizing_analytics.sources.everyaction.statuses import DEFAULT_MEANINGS, status_meanings

#: A value for each setting that is not its default, and one that is not allowed.
OTHER_AND_WRONG = {
    "timezone": ("america/chicago", "Chicago"),
    "follow_up_hours": ("24", "0"),
    "ladder": ("supporter team_member team_leader organizer", ""),
    "maintenance_roles": ("organizer", "captain"),
    "todo_contact": ("email", "pigeon"),
    "escalation_visits_by_rung": ("volunteer=4", "volunteer"),
    "phone_region": ("ca", "ZZ"),
    "share_mode": ("group", "everybody"),
    "date_order": ("day_first", "dmy"),
    "clock": ("24", "13"),
    "date_style": ("day_first", "dmy"),
    "date_language": ("es", "spanglish"),
    "keep_snapshots": ("2", "1"),
    "ask_goal": ("most_enough", "most"),
    "log_to": ("log@example.org", "Log <log@example.org>"),
    "log_url": ("https://f.example.org/x?d[/data/code]={code}", "https://f.example.org/x"),
    "everyaction_statuses": ("Booked=registered", "Booked=maybe"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_changed_kept_and_refused(name):
    other, wrong = OTHER_AND_WRONG.get(name, ("17", "many"))
    settings = changed(Settings(), [f"{name}={other}"])
    assert getattr(settings, name) != getattr(Settings(), name)
    # What a store keeps of it comes back as it was.
    assert settings_of(json.loads(json.dumps(asdict(settings)))) == settings
    assert changed(Settings(), [f"{name}={written(getattr(settings, name))}"]) == settings
    with pytest.raises(OptionError, match=r".{20}"):
        changed(Settings(), [f"{name}={wrong}"])


def test_every_setting_is_shown_with_what_it_means_and_allows(run, store, tmp_path):
    (tmp_path / "people.csv").write_text("person_id\np1\n")
    oa.load_files(tmp_path / "people.csv", store=store, timezone="UTC")
    shown = run("settings", "--store", store)
    for declared in SETTINGS.values():
        assert f"{declared.name} = " in shown
        assert f"{declared.meaning} ({declared.kind.allowed})" in shown
    assert list(json.loads(run("settings", "--store", store, "--json"))) == list(SETTINGS)


def test_a_setting_is_one_field():
    @dataclass(frozen=True)
    class More(Settings):
        naps: int = setting(2, "how many naps a day", whole_number(1))

    declared = declared_settings(More)["naps"]
    assert (declared.default, declared.kind.read("naps", "3", 2)) == (2, 3)
    with pytest.raises(OptionError, match='naps is "0"; a whole number from 1 is allowed'):
        declared.kind.read("naps", "0", 2)
    assert [field.name for field in fields(Settings)] == list(SETTINGS)


def test_a_rung_must_be_on_the_ladder_after_all_changes():
    with pytest.raises(OptionError, match="setting maintenance_roles names it"):
        changed(Settings(), ["ladder=helper organizer"])
    both = changed(Settings(), ["ladder=helper organizer", "maintenance_roles=organizer"])
    assert both.maintenance_roles == ("organizer",)


def test_a_committees_statuses_add_to_the_usual_ones_whatever_their_spelling():
    settings = changed(Settings(), ["everyaction_statuses=Ghosted=no_show; left-msg=registered"])
    settings = changed(settings, ["everyaction_statuses=LEFT MSG=declined"])
    assert settings.everyaction_statuses == {"Ghosted": "no_show", "LEFT MSG": "declined"}
    meanings = status_meanings(settings)
    assert "Left Msg" not in meanings
    assert len(meanings) == len(DEFAULT_MEANINGS) + 1


def test_a_store_that_kept_the_usual_statuses_too_reads_as_before():
    kept = {"everyaction_statuses": {**DEFAULT_MEANINGS, "Booked": "registered"}}
    assert status_meanings(settings_of(kept)) == {**DEFAULT_MEANINGS, "Booked": "registered"}
