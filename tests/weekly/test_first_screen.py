"""The weekly mail says what the team's page says first: in its subject, as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import hostile
import nbformat
import pytest
from nbformat import v4

from organizing_analytics.reports.parts import FACTS
from organizing_analytics.weekly.delivery.first_screen import SPACES, MailSpace
from organizing_analytics.weekly.delivery.mailed_page import mailed_page
from organizing_analytics.weekly.delivery.message import (
    MAX_BYTES,
    Enclosed,
    enclose,
    make_message,
    subject,
)
from organizing_analytics.weekly.delivery.settings import Mail

WEEK = "2024-W47"
MONDAY = date(2024, 11, 25)


def person(name: str, fact: str, **more: Any) -> dict[str, Any]:
    taps = [["Call", "tel:+15550100", "+1 555 0100"], ["Text", "sms:+15550100", "+1 555 0100"]]
    return {"name": name, "due": "", "fact": fact, "is_late": False, "taps": taps, **more}


def urgent_facts() -> dict[str, Any]:
    """Return what the notebook of a team gives out that is short tonight."""
    shift = {
        "headline": "Tonight is 8 sign-ups short",
        "which": "Data entry, Mon 25 Nov at 18:00, St. Brigid's <hall>",
        "stands": "20 needed, 12 signed up, 9 likely (6 to 12).",
        "say": "We are short. Can you come tonight?",
        "people": [person("Ann & Lee", "5 visits, last Sun 24 Nov"), person("Bo", "1 visit")],
    }
    tomorrow = {**shift, "headline": "Tomorrow is 2 sign-ups short", "which": "Doors", "people": []}
    return {
        "team_id": "R",
        "name": "Riverside",
        "week": WEEK,
        "as_of": "2024-11-24",
        "snapshot": 3,
        "day": "Monday 25 November 2024",
        "fresh": "Data through Sun 24 Nov",
        "headline": "Tonight is 8 sign-ups short",
        "is_urgent": True,
        "panel": {"sentences": [], "shifts": [shift, tomorrow]},
        "promises": "1 promise overdue · 2 promises due this week",
        "promised": {
            "people": [person("Cy", "Next step: bring the keys", due="Overdue by 2 days", taps=[])],
            "more": 2,
        },
        "verdicts": {
            "in_short": "2 of 3 shifts are short.",
            "shifts": [
                {
                    "when": "Mon 25 Nov at 18:00",
                    "verdict": "Schedule 8 more",
                    "fact": "Data entry. 20 needed, 12 signed up.",
                    "ask_first": "Ask first: Ann & Lee.",
                }
            ],
        },
        "summary": "Of those on the lists, 63 % (12 of 19) came.",
        "to_do": "To do now: thank (3).",
    }


def quiet_facts() -> dict[str, Any]:
    calm = ["None of the 4 later shifts ahead is short."]
    return urgent_facts() | {
        "headline": "No shift today",
        "is_urgent": False,
        "panel": {"sentences": calm, "shifts": []},
    }


def stale_facts() -> dict[str, Any]:
    """Return what the notebook gives out when nothing of the week was loaded."""
    facts = quiet_facts() | {
        "headline": "Load new data before you call",
        "is_urgent": True,
        "panel": {"sentences": ["No data of this week were loaded."], "shifts": []},
    }
    return {key: facts[key] for key in facts if key not in ("promises", "promised", "to_do")}


def nameless_facts() -> dict[str, Any]:
    facts = urgent_facts()
    shifts = [{**shift, "people": []} for shift in facts["panel"]["shifts"]]
    verdicts = [{**shift, "ask_first": ""} for shift in facts["verdicts"]["shifts"]]
    del facts["promised"]
    return facts | {
        "panel": {"sentences": [], "shifts": shifts},
        "verdicts": {**facts["verdicts"], "shifts": verdicts},
    }


ALL_FACTS = {
    "urgent": urgent_facts,
    "quiet": quiet_facts,
    "stale": stale_facts,
    "names off": nameless_facts,
}


def report_of(
    folder: Path, facts: dict[str, Any] | None, *, team: str = "R", name: str = "Riverside",
    today: date | None = MONDAY,
) -> Enclosed:  # fmt: skip
    """Return a report whose notebook gives out facts; None: there is no notebook."""
    page = folder / f"{team}.html"
    page.write_text("<p>A page.</p>", encoding="utf-8")
    notebook = folder / f"{team}.ipynb"
    if facts is not None:
        output = v4.new_output("display_data", {FACTS: facts})
        cell = v4.new_code_cell("sections.today(team)", outputs=[output])
        nbformat.write(v4.new_notebook(cells=[cell]), notebook)
    return enclose(team, name, page=page, notebook=notebook, digest="d", today=today)


def mail_of(*reports: Enclosed) -> EmailMessage:
    made = make_message(
        WEEK,
        reports,
        mail=Mail("localhost", "reports@example.org"),
        address="ann@example.org",
        recipient="r",
        is_correction=False,
    )
    return message_from_bytes(made.as_bytes(), policy=default)


def bodies(message: EmailMessage) -> tuple[str, str]:
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    as_text, as_html = (body.get_content().replace("\r\n", "\n") for body in (text, html))
    return as_text, as_html


def words(text: str) -> list[str]:
    """Return the words of a text in their order, without signs and without what a link is called."""
    return re.findall(r"\w+", text)


def read_from(html: str) -> str:
    body = html.partition("<body>")[2]
    body = re.sub(r'<a href="sms:[^>]*>.*?</a>', " ", body)
    return unescape(re.sub(r"<[^>]+>", " ", body))


# --- the subject ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "today", "line"),
    [
        (urgent_facts(), MONDAY, "Riverside: tonight is 8 sign-ups short"),
        (nameless_facts(), MONDAY, "Riverside: tonight is 8 sign-ups short"),
        (stale_facts(), MONDAY, "Riverside: load new data before you call"),
        (quiet_facts(), MONDAY, "Weekly report 2024-W47: Riverside"),
        # Sent on another day, "tonight" would be wrong.
        (urgent_facts(), date(2024, 11, 26), "Weekly report 2024-W47: Riverside"),
        (urgent_facts(), None, "Weekly report 2024-W47: Riverside"),
        (None, MONDAY, "Weekly report 2024-W47: Riverside"),
    ],
)
def test_the_subject_says_the_most_urgent_thing(tmp_path, facts, today, line):
    assert mail_of(report_of(tmp_path, facts, today=today))["Subject"] == line


def test_the_subject_of_several_teams_and_of_a_correction(tmp_path):
    calm = report_of(tmp_path, quiet_facts(), team="A", name="North")
    hot = report_of(tmp_path, urgent_facts())
    assert subject(WEEK, [calm, hot, calm], is_correction=False) == (
        "Riverside: tonight is 8 sign-ups short; and 2 more teams"
    )
    assert subject(WEEK, [hot], is_correction=True) == (
        "Corrected: Riverside: tonight is 8 sign-ups short"
    )


def test_a_report_of_no_team_is_called_by_its_id(tmp_path):
    nameless = report_of(tmp_path, urgent_facts(), name="")
    assert subject(WEEK, [nameless], is_correction=False).startswith("R: tonight is")
    nobodys = report_of(tmp_path, urgent_facts(), name="No team")
    assert subject(WEEK, [nobodys], is_correction=False).startswith("No team: tonight is")


@pytest.mark.parametrize(
    "evil", [*hostile.ENCODED_WORDS, "North\r\nBcc: eve@example.org", "\u202eevil", "a" * 500]
)
def test_neither_name_nor_headline_breaks_out_of_the_subject(tmp_path, evil):
    report = report_of(tmp_path, urgent_facts())
    facts = urgent_facts() | {"headline": evil}
    message = mail_of(replace(report, name=evil, facts=facts))
    assert message["Bcc"] is None
    assert len(message.get_all("Subject")) == 1
    assert len(message["Subject"]) < 160
    assert not set(message["Subject"]) & set("\r\n\u202e")
    assert "=?" not in message["Subject"]


# --- the text and the HTML ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALL_FACTS)
def test_text_and_html_hold_the_same_words_in_the_same_order(tmp_path, kind):
    text, html = bodies(mail_of(report_of(tmp_path, ALL_FACTS[kind]())))
    without_labels = [word for word in words(read_from(html)) if word != "Call"]
    # A phone number stands before the fact in the text and behind it, as a link, in HTML.
    assert sorted(without_labels) == sorted(word for word in words(text) if word != "Say")


def test_the_mail_says_what_to_do_first(tmp_path):
    text, html = bodies(mail_of(report_of(tmp_path, urgent_facts())))
    order = [
        "Riverside", "Monday 25 November 2024 · Data through Sun 24 Nov",
        "Tonight is 8 sign-ups short", "St. Brigid's <hall>", "20 needed, 12 signed up",
        "Say: “We are short. Can you come tonight?”", "- Ann & Lee, +1 555 0100: 5 visits",
        "Tomorrow is 2 sign-ups short", "1 promise overdue, 2 promises due this week.",
        "- Cy: Overdue by 2 days, Next step: bring the keys", "2 more people with a promise",
        "2 of 3 shifts are short.", "- Mon 25 Nov at 18:00: Schedule 8 more.",
        "63 % (12 of 19) came", "To do now: thank (3).", "as of 2024-11-24, snapshot 3",
    ]  # fmt: skip
    places = [text.index(piece) for piece in order]
    assert places == sorted(places)
    assert "<b>Ann &amp; Lee</b>: 5 visits" in html
    assert '<a href="tel:+15550100">Call +1 555 0100</a>' in html
    assert "&lt;hall&gt;" in html
    assert "<script" not in html
    assert "http" not in html


def test_a_late_mail_says_of_which_day_it_is(tmp_path):
    late = report_of(tmp_path, urgent_facts(), today=date(2024, 11, 27))
    for body in bodies(mail_of(late)):
        assert "This is how it stood on Monday 25 November 2024." in body
    for body in bodies(mail_of(report_of(tmp_path, urgent_facts()))):
        assert "how it stood" not in body


def test_a_mail_without_names_names_nobody(tmp_path):
    for body in bodies(mail_of(report_of(tmp_path, nameless_facts()))):
        assert "Tonight is 8 sign-ups short" in body
        assert not re.search(r"Ann|\bBo\b|\bCy\b|0100", body)


def test_without_a_notebook_the_mail_points_at_the_page(tmp_path):
    for body in bodies(mail_of(report_of(tmp_path, None))):
        assert "The page says how the week went." in body


# --- how large it is ------------------------------------------------------------------------


def size(message: EmailMessage) -> int:
    [alternatives] = [
        part for part in message.walk() if part.get_content_type() == "multipart/alternative"
    ]
    return sum(len(part.as_bytes()) for part in alternatives.iter_parts())


def heavy(report: Enclosed, n_people: int) -> Enclosed:
    """Return a report with many people, whose names are written in another script."""
    people = [person("Łukasz Ōtsuka" * 3, "5 visits, last Sun 24 Nov")] * n_people
    facts = dict(report.facts)
    facts["panel"] = {
        "sentences": [],
        "shifts": [{**shift, "people": people} for shift in facts["panel"]["shifts"]],
    }
    facts["promised"] = {"people": people, "more": 0}
    return replace(report, facts=facts)


@pytest.mark.parametrize("n_teams", [1, 12, 60, 400])
def test_text_and_html_weigh_less_than_100_kilobytes(tmp_path, n_teams):
    report = heavy(report_of(tmp_path, urgent_facts()), n_people=40)
    message = mail_of(*[report] * n_teams)
    assert size(message) <= MAX_BYTES == 100_000
    text, html = bodies(message)
    teams = text.count("Riverside\n=========")
    assert html.count(">Riverside</h2>") == teams
    assert text.count("\nTonight is 8 sign-ups short\n") == teams
    if teams < n_teams:
        for body in (text, html):
            assert f"{n_teams - teams} more teams: see the pages attached." in body


def test_one_team_has_all_that_the_mail_may_say(tmp_path):
    text, _ = bodies(mail_of(heavy(report_of(tmp_path, urgent_facts()), n_people=40)))
    full = SPACES[0]
    assert text.count("Ōtsuka") == 3 * (2 * full.people + full.promises)
    assert f"{40 - full.people} more people to ask: see the page attached." in text
    assert SPACES[-1] == MailSpace(0, 0, 0, 0)


# --- the page that is attached --------------------------------------------------------------


def test_no_link_of_the_attached_page_leads_nowhere():
    page = (
        '<nav><a href="index.html">All teams</a></nav><p><a href="tel:+1">Call</a>'
        '<a href="mailto:a@x.org?subject=log">Yes</a><a href="https://form.example/x">Form</a></p>'
        '<p class="quiet">9 more. <span class="screen"><a href="T01-everyone.html#list-0">All of'
        ' this list</a></span></p><p class="screen"><a href="T01-everyone.html">The full list:'
        "&nbsp;60 people</a></p>&lt;a href=&quot;x.html&quot;&gt;"
    )
    mailed = mailed_page(page, week=WEEK)
    assert re.findall('href="([^"]*)"', mailed) == [
        "tel:+1", "mailto:a@x.org?subject=log", "https://form.example/x",
    ]  # fmt: skip
    where = "2024-W47/T01-everyone.html in the folder of the reports"
    assert f'<p class="screen">The full list:&nbsp;60 people ({where})</p>' in mailed
    assert "All teams" not in mailed
    assert "All of this list" not in mailed
    assert mailed.endswith("&lt;a href=&quot;x.html&quot;&gt;")
