"""What is said: each text that is printed is a hard ask, and a campaign's own texts are checked."""

from __future__ import annotations

import json
import re
from datetime import date

import pandas as pd
import pytest
from make_store import make_store
from test_to_do import DAY, asked, campaign, listed

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.sample import write_sample
from organizing_analytics.to_do.scripts import (
    MAX_LETTERS,
    checked_texts,
    default_text,
    read_scripts,
)
from organizing_analytics.wording import plural

FACTS = {
    "event": "food bank", "date": "Sat 28 Nov", "time": "10:00", "place": "at Union Hall",
    "short": "3 people", "need": "12", "why": "Nobody should go hungry.",
}  # fmt: skip


def test_the_package_passes_its_own_check() -> None:
    assert set(checked_texts(default_text(), "words.toml")) == set(read_scripts(None).texts)


def test_an_ask_says_the_shortage_else_why_else_the_need() -> None:
    scripts = read_scripts(None)
    place = "Can you come on Sat 28 Nov at 10:00, at Union Hall?"
    short = scripts.ask(FACTS)
    assert short == f"We still need 3 people for food bank, and you can change that. {place}"
    why = scripts.ask(FACTS | {"short": ""})
    assert why.startswith("Nobody should go hungry. Can you come to food bank on Sat 28 Nov")
    need = scripts.ask(FACTS | {"short": "", "why": ""})
    assert need.startswith("food bank takes 12 of us")
    assert scripts.ask(FACTS | {"short": "", "why": "", "need": ""}) == ""  # no urgency
    assert scripts.ask(FACTS | {"place": ""}) == ""  # not specific


def test_a_role_is_asked_for_with_the_shift_on_which_it_starts() -> None:
    scripts, facts = read_scripts(None), FACTS | {"role": "team leader"}
    start = "Will you step up as team leader, starting on Sat 28 Nov at 10:00, at Union Hall"
    for lacks in ({}, {"short": ""}, {"short": "", "why": ""}):
        ask = scripts.ask(facts | lacks)
        assert start in ask
        assert "food bank" in ask
    assert scripts.ask(facts | {"short": "", "why": "", "need": ""}) == ""  # no urgency
    assert scripts.ask(facts | {"time": ""}) == ""  # not specific


@pytest.mark.parametrize("lacks", [{}, {"short": ""}, {"short": "", "why": ""}])
@pytest.mark.parametrize("role", ["", "r" * 60])
def test_long_names_are_cut_before_a_text_is_too_long_but_no_date(lacks, role) -> None:
    long = {"event": "e" * 80, "why": "w" * 400, "place": "at " + "p" * 200, "role": role}
    ask = read_scripts(None).ask(FACTS | long | {"date": "Wed, Nov 25", "time": "10:30 AM"} | lacks)
    assert len(ask) < MAX_LETTERS
    assert "Wed, Nov 25 at 10:30 AM, at ppp" in ask


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('ask_short = "Can you come on {date} at {time}, {place}?"', "lacks {event}"),
        ('ask_why = "{why} Come to {event} on {date} at {time}, {place}, {when}."', "placeholder"),
        ('ask_why = "Sorry! {why} Come to {event} on {date} at {time}, {place}."', "Sorry"),
        ('second = "{event} {date} {time} {place} ' + "x" * 300 + '"', "under 300"),
        ('hello = "Hi"', "hello"),
        ("thanks = 3", "text in quotes"),
        ('thanks = "{"', "brace"),
        ("thanks =", "TOML"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_hard_ask_is_refused(toml: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        checked_texts(toml, "ours.toml")


def test_a_campaign_keeps_its_own_texts(small, store, run, tmp_path) -> None:
    oa.load_files([small], store=store)
    ours = tmp_path / "ours.toml"
    ours.write_text('thanks = "Thank you, and go well!"\n', encoding="utf-8")
    texts = json.loads(run("words", ours, "--store", store, "--json"))
    assert texts["thanks"] == "Thank you, and go well!"
    assert texts["second"] == read_scripts(None).texts["second"]
    assert "go well" in run("words", "--store", store)
    assert (store / "words.toml").stat().st_mode & 0o077 == 0
    ours.write_text('ask_why = "Come!"\n', encoding="utf-8")
    run("words", ours, "--store", store, code=1)
    assert read_scripts(store).texts["thanks"] == "Thank you, and go well!"


def test_a_card_has_a_second_time_and_another_thing() -> None:
    events = [
        {"event_id": "phones2", "event_type": "phone_bank", "team_id": "t1", "is_virtual": True}
    ]
    shifts = [
        {"shift_id": "need", "event_id": "canvass", "starts_at": "2026-11-27 10:00", "need": 9},
        {"shift_id": "p2", "event_id": "phones2", "starts_at": "2026-11-29 18:00"},
    ]
    tables = campaign(asks=[asked("maybe", "2026-11-18 18:00")], events=events, shifts=shifts)
    [row] = [r for r in listed(tables) if r["action"] == "try_again"]
    plan = oa.plan_upcoming(make_store(tables), as_of=DAY).set_index("shift_id")
    # What is said aloud is the number of the verdict, not the need less who is likely to come.
    assert plan.loc["need", "verdict_words"] == f"Sign up {plan.loc['need', 'more']} more"
    assert row["words"] == (
        f"We still need {plan.loc['need', 'more']} people for Saturday canvass, and you can change"
        " that. Can you come on Fri 27 Nov at 10:00, at Aleisha's house?"
    )
    assert "Sat 28 Nov at 10:00, at Aleisha's house: Saturday canvass" in row["second"]
    assert "phone bank" in row["other"] or row["other"] == ""


#: How a text names a date, time and place: read back from the text, not from what made it.
DATED = re.compile(
    r"(?P<date>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \w{3} \d+) at (?P<time>\d+(?::\d\d)? [AP]M), "
    r"(?:at (?P<place>[^?(:]+)|online)"
)


def heard(row: pd.Series, shifts: pd.DataFrame, more: int) -> dict[str, object]:
    """Return an ask as an observer records it who hears the words and knows the shifts."""
    match, shift = DATED.search(row["words"]), shifts.loc[row["shift_id"]]
    starts = shift["starts_at"].tz_localize("UTC").tz_convert(shift["timezone"])
    is_then = match is not None and (
        match["date"] == f"{starts:%a, %b} {starts.day}"
        and match["time"] == f"{starts:%I:%M %p}".lstrip("0").replace(":00", "")
    )
    is_there = match is not None and (
        shift["is_virtual"]
        or str(shift["location"]).startswith((match["place"] or "?").strip(" …"))
    )
    is_short = f"still need {plural(more, 'person', 'people')} for" in row["words"] and more > 0
    is_needed = f"takes {shift['need']} of us" in row["words"]
    is_why = isinstance(shift["why"], str) and shift["why"] in row["words"]
    return {
        "ask_id": f"heard-{row.name}", "asked_at": "2026-11-23T18:00", "person_id": row["person_id"],
        "team_id": row["team_id"], "ask_for": row["ask_for"], "shift_id": row["shift_id"],
        "is_specific": is_then and is_there, "is_urgent": is_short or is_needed or is_why,
        "outcome": "no_answer", "channel": "heard",
    }  # fmt: skip


@pytest.mark.parametrize("seed", [7, 11, 23])
def test_every_text_of_a_made_up_campaign_is_a_hard_ask(tmp_path, store, seed) -> None:
    made = tmp_path / "made"
    write_sample(made, people=250, seed=seed, last_day=date(2026, 11, 29), weeks=12)
    oa.load_files([made], store=store, timezone="America/Chicago")
    with oa.open_store(store) as data:
        tasks = oa.todo(data, everything=True, as_of=DAY)
        more = oa.plan_upcoming(data, as_of=DAY).set_index("shift_id")["more"].fillna(0)
        shifts = data.connection.execute(
            "SELECT s.*, e.location, e.is_virtual, e.why, e.timezone FROM shifts s JOIN events e "
            "USING (event_id)"
        ).df()
    said = tasks[tasks["words"] != ""]
    assert (said["words"].str.len() < MAX_LETTERS).all()
    # What the table of the command line prints is the same ask.
    quoted = tasks["details"].str.startswith('"') & (tasks["action"] != "chase")
    assert (tasks.loc[quoted, "details"].str.strip('"') == tasks.loc[quoted, "words"]).all()
    asked = said[said["person_id"].notna()]
    assert {"re_ask", "try_again", "reshift"} <= set(asked["action"])
    is_role = asked["ask_for"].str.contains("captain|team_leader|team_member")
    assert is_role.any()
    assert (~is_role).sum() > 20
    rows = [
        heard(row, shifts.set_index("shift_id"), int(more.get(row["shift_id"], 0)))
        for _, row in asked.iterrows()
    ]
    folder = tmp_path / "heard"
    folder.mkdir()
    pd.DataFrame(rows).to_csv(folder / "asks.csv", index=False)
    oa.load_files([folder], store=store)
    with oa.open_store(store) as data:
        counts = oa.asks_outcomes(data, by="channel,hard", since="2026-11-23", as_of="2026-11-23")
    # By the definition that measures asks, each of them is hard.
    counts = counts[counts["channel"] == "heard"]
    assert dict(zip(counts["hard"], counts["asks"], strict=True)) == {True: len(asked)}
