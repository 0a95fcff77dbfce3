"""The two real logs, by the mapping files in examples/. The logs are not part of the project."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

import organizing_analytics as oa


def ask(run, *words):
    return json.loads(run(*words, "--json"))["rows"]


def test_hackathon(real_data, store, run):
    loaded = json.loads(
        run("load", real_data / "hackathon_checkins.csv", "--source", ROOT / "examples/hackathon.toml",
            "--store", store, "--timezone", "America/New_York", "--json")
    )  # fmt: skip
    (file,) = loaded["files"]
    assert (file["rows"], file["new"], file["skipped"], file["rejected"]) == (1399, 868, 531, 0)
    found = {r["event"]: r for r in ask(run, "show-up", "--by", "event", "--store", store)}
    assert (found["2019"]["attended"], found["2019"]["scheduled"]) == (254, 394)
    assert (found["2020"]["attended"], found["2020"]["scheduled"]) == (300, 474)
    assert found["2019"]["rate"] == pytest.approx(254 / 394)


# The log has no offsets: whatever the campaign's clock, its digits are read as local.
@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo"])
def test_clinics(real_data, store, run, zone):
    source = ROOT / "examples/clinics.toml"
    log = real_data / "clinic_appointments.csv.gz"
    result = oa.load_files(log, store=store, source=str(source), timezone=zone)
    (file,) = result.files
    assert (file.rows, file.new, file.rejected, file.skipped) == (67_365, 67_365, 0, 0)
    (all_rows,) = ask(run, "show-up", "--store", store)
    assert {k: all_rows[k] for k in ("attended", "no_show", "left_out", "unrecorded")} == {
        "attended": 53_153, "no_show": 14_207, "left_out": 5, "unrecorded": 0,
    }  # fmt: skip
    leads = {r["lead"]: r for r in ask(run, "show-up", "--by", "lead", "--store", store)}
    assert (leads["0"]["attended"], leads["0"]["scheduled"]) == (22_235, 23_418)
    assert leads["31+"]["rate"] < 0.67
    (back,) = ask(run, "retention", "return", "--store", store)
    assert 0 < back["returned"] < back["matured"] <= back["people"]
