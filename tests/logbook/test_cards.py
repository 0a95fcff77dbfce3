"""Cards about a shift: every way in ends in `feedback`, once, and never with a person."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import unquote

import pytest
from answer_mails import KNOWN, plain_mail
from openpyxl import load_workbook

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.logbook.answer_columns import find_card_columns
from organizing_analytics.logbook.answer_files import read_answer_file
from organizing_analytics.logbook.card_pages import card_form, card_page, google_card_script
from organizing_analytics.logbook.cards import (
    REASONS,
    CardAnswer,
    card_code,
    read_rating,
    read_reason,
    record_cards,
)
from organizing_analytics.logbook.mail import MailRules, read_mail
from organizing_analytics.store.keyed_ids import read_key

TABLES = {
    "people": f"person_id,given_name,email\np1,Ann,{KNOWN}\n",
    "events": "event_id,event_type,title\ne1,canvass,Canvass <1>\n",
    "shifts": "shift_id,event_id,starts_at,deleted_at\ns1,e1,2026-03-03T10:00,\n"
    "s2,e1,2026-03-04T10:00,2026-01-01T10:00\n",
}
AT = datetime(2026, 3, 5, 2, 30)  # UTC without an offset, as the reader has it
RULES = MailRules({KNOWN: "p1"}, timezone="America/Chicago")


def letter(subject: str, body: str = "", number: int = 1, sender: str = KNOWN) -> bytes:
    """Return a mail as the server has it."""
    mail = plain_mail(subject, AT, body, Message_ID=f"<{number}@phone.example>", From=sender)
    return mail.as_bytes()


@pytest.fixture
def code(write, store):
    oa.load_files(write(**TABLES), store=store, timezone="America/Chicago")
    return card_code(read_key(store) or "", "s1")


def stored(rows, store):
    return rows(
        store,
        "SELECT person_id, shift_id, rating, reason, note, said_on::VARCHAR FROM feedback "
        "ORDER BY rating, reason, note",
    )


def test_the_links_of_the_page_are_read_from_the_mails_that_they_write(code, store, rows, run):
    run("settings", "log_to=log@example.org", "--store", store)
    links = [unescape(a) for a in re.findall(r'href="([^"]+)"', card_page("s1", store=store))]
    assert len(links) == 5 * (len(REASONS) + 1)
    cards = []
    for n, link in enumerate(links):
        subject = unquote(link.split("?subject=")[1])
        mail = letter(subject, "Best, Ann", n)
        answers = read_mail(mail, arrived_at=AT, rules=RULES)
        assert answers.why_not is None
        assert answers.replies == ()
        cards += [answers.card]
    assert record_cards(store, cards).recorded == len(links)
    again = record_cards(store, [*reversed(cards), *cards])
    assert (again.recorded, again.unchanged) == (0, len(links))
    table = stored(rows, store)
    assert {(rating, reason) for _, _, rating, reason, _, _ in table} == {
        (rating, reason) for rating in range(1, 6) for reason in (*REASONS, None)
    }
    # Half past two in UTC is the evening before in Chicago; the name below the mail is not read.
    assert {(row[0], row[4], row[5]) for row in table} == {(None, None, "2026-03-04")}


def test_nothing_of_a_sender_is_in_the_store(code, store):
    mail = letter(f"card {code} 4 b")
    record_cards(store, [read_mail(mail, arrived_at=AT, rules=RULES).card])
    with oa.open_store(store) as data:
        text = repr(data.connection.execute("SELECT * FROM main.feedback").fetchall())
    assert "card:" in text
    for trace in (KNOWN, KNOWN.split("@")[0], "p1", "02:30", "1@"):
        assert trace not in text


@pytest.mark.parametrize(
    "subject", ["card {code}", "card {code} 6", "card {code} 4 weather", "card ZZZZZZZZ 4"]
)
def test_a_doubtful_card_is_named_and_changes_nothing(subject, code, store, rows):
    answers = read_mail(letter(subject.format(code=code)), arrived_at=AT, rules=RULES)
    if answers.card is None:
        assert answers.why_not
    else:
        read = record_cards(store, [answers.card])
        assert len(read.doubts) == 1
        assert "weather" not in read.doubts[0][1]  # what was written stays out of logs
    assert stored(rows, store) == []


def test_a_card_from_a_stranger_or_a_reply_is_none(code):
    for subject, sender in ((f"card {code} 4", "who@example.net"), (f"Re: card {code} 4", KNOWN)):
        mail = letter(subject, sender=sender)
        answers = read_mail(mail, arrived_at=AT, rules=RULES)
        assert answers.card is None
        assert answers.why_not


def export(program: str, cards: list[tuple[str, str, str, str]]) -> str:
    """Return the export of a form with cards: code, rating, reason, note."""
    out = io.StringIO()
    if program == "ODK Central":
        writer = csv.writer(out)
        writer.writerow(["SubmissionDate", "card", "rating", "reason", "note", "KEY"])
        for n, card in enumerate(cards):
            writer.writerow(["2026-03-05T02:30:00.000Z", *card, f"uuid:{n}"])
    elif program == "KoboToolbox":
        writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
        questions = ["Code of the card", "Did it feel worth your time?"]
        questions += ["What would bring you back?", "In your own words"]
        writer.writerow([*questions, "_uuid", "_submission_time", "_submitted_by"])
        for n, (card, rating, reason, note) in enumerate(cards):
            label = REASONS.get(reason, "")
            words = [card, f"{rating} words", label, note]
            writer.writerow([*words, f"{n}", "2026-03-05T02:30:00", "ann"])
    else:
        writer = csv.writer(out)
        writer.writerow(["Timestamp", "Card", "Rating", "Reason", "Note"])
        for card in cards:
            writer.writerow(["3/4/2026 20:30:00", *card])
    return out.getvalue()


@pytest.mark.parametrize(
    "words", [("door", "s9"), ("card", "s9"), ("log", "came", "Ann", "yes", "--shift", "s9")]
)
def test_whoever_names_no_shift_hears_how_to_find_one_that_is_over(words, code, store, run):
    assert "--as-of 2026-11-20 --days 1" in run(*words, "--store", store, code=1)
    asked = ["plan", "upcoming", "--as-of", "2026-03-02", "--days", "1", "--store", store]
    assert "s1" in run(*asked)


def test_what_the_google_form_asks_and_offers_is_read_back():
    script = google_card_script()
    asked = [json.loads(title) for title in re.findall(r"setTitle\((\".*?\")\)", script)]
    columns, _ = find_card_columns(["Timestamp", *asked])
    assert columns.program == "Google Forms"
    assert columns.places == {"code": 1, "rating": 2, "reason": 3, "note": 4}
    offered = re.findall(r"setChoiceValues\((\[.*?\])\)", script)
    ratings, reasons = map(json.loads, offered)
    assert [read_rating(choice) for choice in ratings] == [1, 2, 3, 4, 5]
    assert [read_reason(choice) for choice in reasons] == list(REASONS)
    assert "setCollectEmail(false)" in script


@pytest.mark.parametrize("program", ["ODK Central", "KoboToolbox", "Google Forms"])
def test_exports_of_the_form_are_read_once(program, code, store, rows, tmp_path):
    cards = [
        (code, "4", "unwelcoming", "more  chairs"), (code.lower(), "2", "", ""),
        ("", "3", "", ""), (code, "9", "", ""),
    ]  # fmt: skip
    path = tmp_path / "export.csv"
    path.write_text(export(program, cards), encoding="utf-8")
    read = read_answer_file(store, path)
    assert (read.program, read.answered, read.cards) == (program, 4, 2)
    assert [doubt["row"] for doubt in read.doubts] == [4, 5]
    assert read_answer_file(store, path).cards == 0
    assert stored(rows, store) == [
        (None, "s1", 2, None, None, "2026-03-04"),
        (None, "s1", 4, "unwelcoming", "more chairs", "2026-03-04"),
    ]


def test_a_card_that_was_changed_in_the_form_tool_is_changed(code, store, rows, tmp_path):
    path = tmp_path / "export.csv"
    for rating in ("4", "5"):
        path.write_text(export("ODK Central", [(code, rating, "", "")]), encoding="utf-8")
        read_answer_file(store, path)
    assert [row[2] for row in stored(rows, store)] == [5]


def test_cards_of_paper_are_typed(code, store, rows, run):
    run("log", "card", code, "4", "f", "--store", store)
    run("log", "card", code, "4", "f", "--store", store)  # two people can say the same
    run("log", "card", code, "2", "--note", "late", "--store", store)
    assert stored(rows, store) == [
        (None, "s1", 2, None, "late", None), *[(None, "s1", 4, "unwelcoming", None, None)] * 2
    ]  # fmt: skip
    run("log", "card", code, "7", "--store", store, code=1)
    assert len(stored(rows, store)) == 3


def test_the_form_has_the_choices_and_asks_for_no_name():
    book = load_workbook(io.BytesIO(card_form()))
    survey = [[cell.value for cell in row] for row in book["survey"].iter_rows()]
    types = [row[0] for row in survey[1:]]
    assert types == ["text", "select_one ratings", "select_one reasons", "text"]
    choices = [[cell.value for cell in row][:3] for row in book["choices"].iter_rows()][1:]
    for kind, name, label in choices:
        if kind == "ratings":
            assert str(read_rating(label)) == name
        else:
            assert read_reason(label) == read_reason(name) == name


def test_the_page_of_a_deleted_shift_is_refused(code, store):
    for shift in ("s2", "s9"):
        with pytest.raises(OptionError, match=f'There is no shift "{shift}"'):
            card_page(shift, store=store)
    page = card_page("s1", store=store)
    assert "Canvass &lt;1&gt;" in page
    assert "mailto" not in page  # nobody said where mails go
    assert code in page


def test_a_future_day_is_refused(code, store):
    day = datetime.now(UTC).date().replace(year=2999, day=1)
    read = record_cards(store, [CardAnswer(code, "4", "", day, "m")])
    assert read.doubts == [(0, "Its day lies in the future.")]
