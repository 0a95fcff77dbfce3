"""Links by which a line is answered, and where there are none."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import OptionError
from organizing_analytics.loading.settings_change import change_settings
from organizing_analytics.logbook.lines import find_lines
from organizing_analytics.logbook.links import task_links
from organizing_analytics.logbook.mail import MailRules, read_mail
from organizing_analytics.logbook.replies import now
from organizing_analytics.logbook.words import WORDS, LineKind, read_word
from organizing_analytics.reports import sections
from organizing_analytics.reports.person_line import PersonLine
from organizing_analytics.reports.sections.to_do import (
    ALSO_LINKED,
    ALWAYS_LINKED,
    _lines_at_top,
    _linked,
)
from organizing_analytics.settings import Settings, changed
from organizing_analytics.store.log_lines import LINES_FILE

TASK = {"code": "7K3MQ2ZT", "action": "reshift", "ask_for": "canvass", "name": "Zoë & Co: Ann"}
BY_MAIL = Settings(log_to="log@example.org")


def test_each_word_of_a_line_has_a_link_that_the_reader_of_mails_takes():
    links = task_links(TASK, BY_MAIL)
    assert [label for label, _ in links] == [w.label for w in WORDS[LineKind.ASK].values()]
    for (_, href), word in zip(links, WORDS[LineKind.ASK], strict=True):
        url = urlsplit(href)
        assert (url.scheme, url.path) == ("mailto", "log@example.org")
        assert "+" not in href  # it would arrive as a plus
        fields = {name: values[0] for name, values in parse_qs(url.query).items()}
        mail = f"From: a@x.org\nSubject: {fields['subject']}\n\n{fields['body']}after her exams\n"
        rules = MailRules({"a@x.org": None})
        [reply] = read_mail(mail.encode(), arrived_at=now(), rules=rules).replies
        assert (reply.code, read_word(reply.word, LineKind.ASK)) == (TASK["code"], word)
        assert reply.note == "after her exams"
        assert "Zo" not in fields["subject"]  # phones show subjects on a locked screen


def test_a_form_gets_the_code_and_nothing_else():
    settings = Settings(log_url="https://f.example.org/x?st=T&d[/data/code]={code}")
    [(_, href)] = task_links(TASK, settings)
    assert href == "https://f.example.org/x?st=T&d[/data/code]=7K3MQ2ZT"


@pytest.mark.parametrize(
    ("task", "settings"),
    [
        (TASK, Settings()),
        (TASK | {"code": None}, BY_MAIL),
        (TASK | {"code": float("nan")}, BY_MAIL),  # what a frame makes of None
    ],
)
def test_there_are_no_links_without_a_code_or_a_place_for_answers(task, settings):
    assert task_links(task, settings) == []


@pytest.mark.parametrize(
    "text",
    [
        "log@", "@example.org", "a b@example.org", "a@b@c", 'log@example.org"',
        "log@example.org?x=1", "log@example.org,eve@example.org", "l\u00f6g@example.org",
    ],
)  # fmt: skip
def test_no_other_address_is_set(text):
    with pytest.raises(OptionError, match="log_to"):
        changed(Settings(), [f"log_to={text}"])


@pytest.mark.parametrize(
    "text",
    [
        "http://f.example.org/{code}", "javascript:alert(1)//{code}", 'https://f.org/"{code}',
        "https://f.org/{code}/{code}", "https://f.org/{code} x", "https://f.org/",
    ],
)  # fmt: skip
def test_no_other_form_is_set(text):
    with pytest.raises(OptionError, match="log_url"):
        changed(Settings(), [f"log_url={text}"])


def test_a_row_without_anything_to_ask_for_takes_the_answers_of_a_call():
    assert task_links(TASK | {"ask_for": None}, BY_MAIL)[0][0] == "Reached"


def test_a_call_that_is_answered_like_an_ask_says_how_to_log_the_ask():
    with pytest.raises(OptionError, match="oa log ask PERSON not-now") as told:
        read_word("Not now", LineKind.CALL)
    assert "Did you mean" not in str(told.value)


@pytest.fixture
def week(small, store):
    """Return a function of the settings: North's week in which Ann came and Bo is unrecorded."""

    def team(*settings: str, names: bool = True) -> sections.TeamWeek:
        oa.load_files([small], store=store, timezone="America/New_York")
        if settings:
            change_settings(list(settings), store=store)
        return sections.team_week(oa.open_store(store), "t1", "2026-W10", names=names)

    return team


def test_each_line_of_the_page_opens_to_its_answers(week, store):
    part = sections.to_do(week("log_to=log@example.org"))
    codes = re.findall(r"subject=log%20(\w{8})%20reached", part.html)
    lines = find_lines(store, codes)
    assert [lines[code].person_id for code in codes] == ["p1"]
    assert part.html.count('class="log"') == len(codes)
    assert [line["name"] for line in part.facts["lines"]] == ["Ann"]
    assert "script" not in part.html


def test_links_stand_at_the_top_of_each_list_and_weigh_a_third_at_most():
    """Of T01's 241 lines, 25 and a quarter of the others may have links."""
    for lengths in ([12] * 20 + [1], [241], [5, 5], [300] * 3 + [2] * 30):
        at_top = _lines_at_top(lengths)
        linked = sum(min(n, at_top) for n in lengths)
        allowed = ALWAYS_LINKED + ALSO_LINKED * sum(lengths)
        assert linked <= allowed or at_top == 1
        assert at_top == max(lengths) or sum(min(n, at_top + 1) for n in lengths) > allowed
    lines = [PersonLine("Ann", "Call", answers="<a></a>", code=f"C{n}") for n in range(3)]
    htmls = [line.html() for line in _linked(lines, 1)]
    assert [("<a>" in html, "<code>" in html) for html in htmls] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("settings", "names"), [((), True), (("log_to=log@example.org",), False)])
def test_without_setting_or_names_no_code_is_issued(week, store, settings, names):
    part = sections.to_do(week(*settings, names=names))
    assert "mailto:" not in part.html
    assert not part.facts.get("lines")
    assert not (store / LINES_FILE).exists()


def test_who_cannot_write_codes_gets_the_page_all_the_same(week, store):
    team = week("log_to=log@example.org")
    (store / LINES_FILE).mkdir()
    part = sections.to_do(team)
    assert "Ann" in part.html
    assert "mailto:" not in part.html
