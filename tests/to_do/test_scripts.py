"""What is said: each text that is printed is a hard ask, and a campaign's own texts are checked."""

from __future__ import annotations

import json
from datetime import date

import ibis
import pandas as pd
import pytest
from make_store import make_store
from test_to_do import DAY, asked, campaign, listed

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import recorded
from organizing_analytics.measures.asks import hard
from organizing_analytics.sample import write_sample
from organizing_analytics.to_do.scripts import (
    MAX_LETTERS,
    checked_texts,
    default_text,
    read_scripts,
)

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
    assert short is not None
    assert short.text == f"We still need 3 people for food bank, and you can change that. {place}"
    why = scripts.ask(FACTS | {"short": ""})
    assert why is not None
    assert why.text.startswith("Nobody should go hungry. Can you come to food bank on Sat 28 Nov")
    need = scripts.ask(FACTS | {"short": "", "why": ""})
    assert need is not None
    assert need.text.startswith("food bank takes 12 of us")
    assert scripts.ask(FACTS | {"short": "", "why": "", "need": ""}) is None  # no urgency
    assert scripts.ask(FACTS | {"place": ""}) is None  # not specific


def test_a_long_name_is_cut_before_the_text_is_too_long() -> None:
    ask = read_scripts(None).ask(FACTS | {"short": "", "why": "w" * 400})
    assert ask is not None
    assert len(ask.text) < MAX_LETTERS
    assert "Sat 28 Nov at 10:00, at Union Hall" in ask.text


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


def test_every_text_of_a_made_up_campaign_is_a_hard_ask(tmp_path, store) -> None:
    made = tmp_path / "made"
    write_sample(made, people=250, seed=11, last_day=date(2026, 11, 29), weeks=12)
    oa.load_files([made], store=store, timezone="America/Chicago")
    with oa.open_store(store) as data:
        tasks = oa.todo(data, everything=True, as_of=DAY)
    said = tasks[tasks["words"] != ""]
    assert len(said) > 20
    assert (said["words"].str.len() < MAX_LETTERS).all()
    shift = said[said["shift_id"].notna()]
    date_time_place = (
        r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \w{3} \d+ at \d+(?::\d\d)? [AP]M, (?:at |online)"
    )
    urgent = r"still need \d+|takes \d+ of us|^(?:We missed you on \w+\. )?[A-Z][^?]+\. Can you"
    asks = pd.DataFrame(
        {
            "is_specific": shift["words"].str.contains(date_time_place),
            "is_urgent": shift["words"].str.contains(urgent),
        }
    )
    # By the definition that measures asks, each of them is hard.
    assert recorded(lambda: ibis.memtable(asks)).mutate(hard=hard).hard.all().execute()
