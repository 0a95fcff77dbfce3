"""What people say of shifts: counted from the definition a second time, and never of a few."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import pandas as pd
import pytest

import organizing_analytics as oa
from organizing_analytics.measures.small_cells import MIN_CELL, hidden_cells
from organizing_analytics.model import DEPARTURE_REASONS

AS_OF = date(2026, 6, 30)
TYPES = ("canvass", "phone_bank")
TEAMS = ("T1", "T2", "T3")


def campaign(seed: int) -> dict[str, list[dict]]:
    """Return tables of a small campaign in which many people answer, some without a name."""
    dice = random.Random(seed)
    people = [{"person_id": f"p{n}"} for n in range(30)]
    teams = [{"team_id": team, "lead_id": f"p{n % 2}"} for n, team in enumerate(TEAMS)]
    events = [
        {"event_id": f"e{n}", "event_type": dice.choice(TYPES), "team_id": dice.choice(TEAMS),
         "deleted_at": "2026-01-01T00:00" if n == 3 else ""}
        for n in range(8)
    ]  # fmt: skip
    shifts = [
        {"shift_id": f"s{n}", "event_id": f"e{n % 8}",
         "starts_at": f"{date(2026, 4, 1) + timedelta(days=dice.randrange(100))}T10:00"}
        for n in range(24)
    ]  # fmt: skip
    pairs = dice.sample([(p["person_id"], s["shift_id"]) for p in people for s in shifts], 200)
    signups = [
        {"signup_id": f"u{n}", "person_id": person, "shift_id": shift, "status": "registered",
         "attended": dice.choice(("true", "true", "false", ""))}
        for n, (person, shift) in enumerate(pairs)
    ]  # fmt: skip
    feedback = [
        {"feedback_id": f"f{n}", "person_id": dice.choice((person, "")), "shift_id": shift,
         "rating": dice.choice(("1", "2", "3", "4", "5", "5", "")),
         "reason": dice.choice((*DEPARTURE_REASONS[:3], "")),
         "at": dice.choice(("2026-05-02T09:00", "2026-07-15T09:00", ""))}
        for n, (person, shift) in enumerate(dice.sample(pairs, 120))
    ]  # fmt: skip
    return {
        "people": people, "teams": teams, "events": events, "shifts": shifts, "signups": signups,
        "feedback": feedback,
    }  # fmt: skip


def counted(tables: dict[str, list[dict]], by: tuple[str, ...]) -> dict[tuple, dict]:
    """Count what the definition says, in plain Python, before anything is hidden."""
    events = {row["event_id"]: row for row in tables["events"] if not row["deleted_at"]}
    leads = {row["team_id"]: row["lead_id"] for row in tables["teams"]}
    shifts = {}
    for row in tables["shifts"]:
        day = date.fromisoformat(row["starts_at"][:10])
        if row["event_id"] in events and day <= AS_OF:
            event = events[row["event_id"]]
            shifts[row["shift_id"]] = {
                "day": day, "team": event["team_id"], "event_type": event["event_type"],
                "lead": leads[event["team_id"]], "month": f"{day:%Y-%m}",
            }  # fmt: skip
    came = [u for u in tables["signups"] if u["attended"] == "true" and u["shift_id"] in shifts]
    days = defaultdict(set)
    for row in came:
        days[row["person_id"]].add(shifts[row["shift_id"]]["day"])
    said = [
        f for f in tables["feedback"]
        if f["shift_id"] in shifts and not f["at"].startswith("2026-07")
    ]  # fmt: skip
    cells: dict[tuple, dict] = defaultdict(
        lambda: {"answers": 0, "ratings": [], "matured": 0, "returned": 0}
    )
    for row in said:
        cell = cells[tuple(shifts[row["shift_id"]][name] for name in by)]
        cell["answers"] += 1
        cell["ratings"] += [int(row["rating"])] if row["rating"] else []
    about = {row["shift_id"] for row in said}
    for row in came:
        if row["shift_id"] in about:
            day = shifts[row["shift_id"]]["day"]
            if day <= AS_OF - timedelta(days=30):
                cell = cells[tuple(shifts[row["shift_id"]][name] for name in by)]
                cell["matured"] += 1
                later = (other - day for other in days[row["person_id"]])
                cell["returned"] += any(timedelta(0) < gap <= timedelta(days=30) for gap in later)
    return cells


def loaded(tables, write, store):
    files = {name: pd.DataFrame(rows).to_csv(index=False) for name, rows in tables.items()}
    oa.load_files(write(**files), store=store, timezone="UTC")
    return oa.open_store(store)


@pytest.mark.parametrize("seed", range(3))
def test_the_measure_counts_what_the_definition_says(seed, write, store):
    tables = campaign(seed)
    with loaded(tables, write, store) as data:
        for by in ((), ("team",), ("event_type",), ("lead",), ("team", "month")):
            answer = oa.feedback(data, by=by, as_of=AS_OF)
            expected = counted(tables, by)
            assert len(answer) == len(expected)
            hidden = 0
            for row in answer.to_dict("records"):
                cell = expected[tuple(row[name] for name in by)]
                assert (row["matured"], row["returned"]) == (cell["matured"], cell["returned"])
                if pd.isna(row["answers"]):
                    hidden += 1
                else:
                    assert row["answers"] == cell["answers"]
                    assert not 0 < row["answers"] < MIN_CELL
                if pd.isna(row["rated"]):
                    assert pd.isna(row["rating"])
                    assert pd.isna(row["worth"])
                    assert pd.isna(row["worthwhile"])
                    continue
                ratings = cell["ratings"]
                assert row["rated"] == len(ratings)
                assert not 0 < len(ratings) < MIN_CELL
                assert row["worthwhile"] == sum(rating >= 4 for rating in ratings)
                if ratings:
                    assert row["rating"] == pytest.approx(sum(ratings) / len(ratings))
                    assert row["worth_low"] <= row["worth"] <= row["worth_high"]
            small = [cell for cell in expected.values() if 0 < cell["answers"] < MIN_CELL]
            assert hidden >= len(small)


@pytest.mark.parametrize("seed", range(3))
def test_reasons_are_counted_and_few_are_hidden(seed, write, store):
    tables = campaign(seed)
    with loaded(tables, write, store) as data:
        answer = oa.feedback_reasons(data, by="event_type", as_of=AS_OF)
        assert oa.explain(oa.feedback_reasons, data, rows=True).rows is None
        assert oa.explain(oa.feedback, data, rows=True).rows is None
    live = {r["event_id"]: r["event_type"] for r in tables["events"] if not r["deleted_at"]}
    types = {
        r["shift_id"]: live[r["event_id"]]
        for r in tables["shifts"]
        if r["event_id"] in live and r["starts_at"][:10] <= AS_OF.isoformat()
    }
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for row in tables["feedback"]:
        if row["reason"] and row["shift_id"] in types and not row["at"].startswith("2026-07"):
            expected[row["reason"], types[row["shift_id"]]] += 1
    shown = {
        (row["reason"], row["event_type"]): row["answers"] for row in answer.to_dict("records")
    }
    assert shown.keys() == expected.keys()
    for key, n in shown.items():
        assert pd.isna(n) or n == expected[key] >= MIN_CELL


def test_a_total_gives_no_hidden_cell_away():
    frame = pd.DataFrame(
        {"team": list("AABBCC"), "reason": list("xyxyxy"), "answers": [3, 9, 8, 7, 0, 12]}
    )
    hidden = hidden_cells(frame, ["reason", "team"], "answers")
    for name in ("reason", "team"):
        for _, part in frame.groupby(name):
            assert not 0 < part["answers"][hidden[part.index]].sum() < MIN_CELL
    assert hidden[0]
    assert not hidden[4]  # nobody: that gives nobody away


def test_few_answers_have_no_numbers(write, store, run):
    tables = campaign(0)
    tables["feedback"] = [
        {**row, "rating": "1", "reason": "unwelcoming", "at": ""} for row in tables["feedback"][:4]
    ]
    with loaded(tables, write, store) as data:
        answer = oa.answer(oa.feedback, data, as_of=AS_OF)
    row = answer.frame.iloc[0]
    assert answer.sentence == ""
    assert row[["answers", "rated", "rating", "worthwhile", "worth"]].isna().all()
    text = run("feedback", "--as-of", str(AS_OF), "--store", store, "--json")
    assert '"answers": null' in text
    assert "unwelcoming" in run("feedback", "reasons", "--as-of", str(AS_OF), "--store", store)
