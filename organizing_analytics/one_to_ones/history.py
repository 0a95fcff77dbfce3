"""The parts of a brief that tell what was: the last 1:1 and its promises, visits, asks, values."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.one_to_ones.sentences import Section, Sentence
from organizing_analytics.to_do.growing import EARLY_DAYS
from organizing_analytics.to_do.standing import as_day, called, shift_words, start_words
from organizing_analytics.wording import plural, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from organizing_analytics.dates import DateWords
    from organizing_analytics.one_to_ones.records import PersonRecord
    from organizing_analytics.to_do.standing import Row, Standing

#: The latest so many visits, absences, asks and notes are named one by one.
MAX_NAMED = 3
#: What is older is counted, but not named.
YEAR_DAYS = 365
#: The pieces of a 1:1 that can be noted → what is said of a 1:1 that lacked one.
_LACKING = {
    "purpose": "its purpose was not said up front",
    "exploration": "their story, values and resources were not explored",
    "exchange": "no support, insight or information was exchanged",
    "commitment": "it ended without a commitment",
}
#: Outcome of an ask → how it is told.
ANSWERS = {
    "yes": "yes",
    "not_now": '"not now"',
    "not_that": '"not that"',
    "not_ever": '"not ever"',
    "no": "no",
    "maybe": '"maybe"',
    "no_answer": "no answer",
}


def day_words(day: date, today: date, dates: DateWords) -> str:
    """Return a date as it is named, with its year where that is another one.

    Examples
    --------
    >>> from datetime import date
    >>> from organizing_analytics.dates import DateWords
    >>> day_words(date(2026, 11, 28), date(2026, 12, 1), DateWords())
    'Sat 28 Nov'
    >>> day_words(date(2025, 11, 28), date(2026, 1, 1), DateWords())
    'Fri 28 Nov 2025'
    """
    return dates.day(day) if day.year == today.year else dates.day_of_year(day)


def last_one_to_one(standing: Standing, record: PersonRecord, *, has_texts: bool) -> Section:
    """Return how long ago the last 1:1 was, what was promised, and what came of it."""
    sentences = list(_since_last(standing, record, has_texts=has_texts))
    return Section("last_one_to_one", "Since the last 1:1", tuple(sentences))


def _since_last(standing: Standing, record: PersonRecord, *, has_texts: bool) -> Iterator[Sentence]:
    if not record.held:
        yield Sentence("There has been no 1:1 yet.", (_person(record),))
        return
    last = record.held[-1]
    row = ("meetings", last["meeting_id"])
    met_on = as_day(last["scheduled_on"])
    ago = (standing.day - met_on).days
    when = "today" if ago == 0 else f"{plural(ago, 'day')} ago"
    on = day_words(met_on, standing.day, standing.dates)
    yield Sentence(
        f"The last one, {last['kind']}, was on {on}, {when}.",
        (row,),
    )
    lacking = [words for piece, words in _LACKING.items() if last[piece] is False]
    if lacking:
        yield Sentence(f"What it lacked, as noted: {'; '.join(lacking)}.", (row,))
    missed = [m for m in record.meetings if m["scheduled_at"] > last["scheduled_at"]]
    for meeting in missed[-MAX_NAMED:]:
        words = {"no_show": "they did not come", "cancelled": "it was called off"}
        outcome = words.get(meeting["status"], "nobody wrote down what became of it")
        on = day_words(as_day(meeting["scheduled_on"]), standing.day, standing.dates)
        yield Sentence(
            f"Another was set for {on}: {outcome}.", (("meetings", meeting["meeting_id"]),)
        )
    yield from _promises(standing, record, last, has_texts=has_texts)
    if last["next_step_on"] is not None:
        yield _next_step(standing, record, last)


def _promises(
    standing: Standing, record: PersonRecord, last: Row, *, has_texts: bool
) -> Iterator[Sentence]:
    row = ("meetings", last["meeting_id"])
    met_on = as_day(last["scheduled_on"])
    touches = [c for c in record.contacts if as_day(c["contacted_on"]) > met_on]
    visits = [v for v in record.visits if as_day(v["starts_on"]) > met_on]
    brought = [
        s for s in record.recruited if s["signed_up_on"] and as_day(s["signed_up_on"]) > met_on
    ]
    for column, who in (("we_promised", "We"), ("they_promised", "They")):
        text = (last[column] or "").strip()
        if not text:
            continue
        words = f"{who} promised: {_quoted(text)}." if has_texts else f"{who} promised something."
        yield Sentence(f"{words} Kept? yes ☐  in part ☐  no ☐", (row,), is_blank=True)
        if column == "we_promised":
            contacted = _last_touch(standing, touches)
            yield Sentence(
                f"Since then, on our side: {contacted}.",
                (row, *(("contacts", c["contact_id"]) for c in touches[-1:])),
            )
        else:
            people = len({s["person_id"] for s in brought})
            days = len({as_day(v["starts_on"]) for v in visits})
            recruits = f", and signed up {plural(people, 'person', 'people')}" if people else ""
            came = f"came on {plural(days, 'day')}" if days else "have not come to anything"
            yield Sentence(
                f"Since then, on their side: they {came}{recruits}.",
                (row, *_signup_rows([*visits, *brought])),
            )


def _last_touch(standing: Standing, touches: Sequence[Row]) -> str:
    if not touches:
        return "nothing is on record"
    last = touches[-1]
    on = day_words(as_day(last["contacted_on"]), standing.day, standing.dates)
    reason = f" ({spoken(last['reason'])})" if last["reason"] else ""
    return f"{plural(len(touches), 'contact')}, the last on {on}{reason}"


def _next_step(standing: Standing, record: PersonRecord, last: Row) -> Sentence:
    """Return whether the next step was taken, by the rule of the to-do list."""
    row = ("meetings", last["meeting_id"])
    due, met_on = as_day(last["next_step_on"]), as_day(last["scheduled_on"])
    touches = [
        *(("contacts", c["contact_id"], as_day(c["contacted_on"]), c) for c in record.contacts),
        *(("asks", a["ask_id"], as_day(a["asked_on"]), a) for a in record.asks),
    ]
    early = due - timedelta(days=EARLY_DAYS)
    steps = [
        (table, row_id, on)
        for table, row_id, on, touch in touches
        if on >= met_on
        and (
            (on >= early and on > met_on)
            or (table == "contacts" and touch["meeting_id"] == last["meeting_id"])
            or on >= due
        )
    ]
    due_words = day_words(due, standing.day, standing.dates)
    if steps:
        table, row_id, on = min(steps, key=lambda step: step[2])
        how = "a contact" if table == "contacts" else "an ask"
        touch_words = f"{how} on {day_words(on, standing.day, standing.dates)}"
        rows = (row, (table, row_id))
        if on < early:
            was = "is" if due > standing.day else "was"
            text = f"The next step {was} due on {due_words}; on record is {touch_words}."
            return Sentence(text, rows)
        return Sentence(f"The next step, due on {due_words}, was taken: {touch_words}.", rows)
    if due > standing.day:
        return Sentence(f"The next step is due on {due_words}.", (row,))
    return Sentence(
        f"The next step was due on {due_words}, and nothing is on record: begin with it.", (row,)
    )


def what_they_did(standing: Standing, record: PersonRecord) -> Section:
    """Return what the person came to, missed, and is on the list of."""
    sentences = [_came(standing, record)]
    missed = [
        s
        for s in record.signups
        if s["signup_class"] == "no_show"
        and (standing.day - as_day(s["starts_on"])).days <= YEAR_DAYS
    ]
    if missed:
        named = "; ".join(shift_words(row, standing.dates) for row in reversed(missed[-MAX_NAMED:]))
        order = ", the latest first" if len(missed) > 1 else ""
        rest = _and_more(missed)
        sentences.append(
            Sentence(
                f"Missed {plural(len(missed), 'shift')} in a year{order}: {named}{rest}.",
                _signup_rows(missed),
            )
        )
    if record.ahead:
        named = "; ".join(start_words(row, standing.settings) for row in record.ahead[:MAX_NAMED])
        rest = _and_more(record.ahead)
        sentences.append(Sentence(f"Signed up for: {named}{rest}.", _signup_rows(record.ahead)))
    else:
        sentences.append(Sentence("On no list of a coming shift.", (_person(record),)))
    return Section("what_they_did", "What they came to", tuple(sentences))


def _and_more(rows: Sequence[Row]) -> str:
    """Return how many rows are not named one by one."""
    more = len(rows) - MAX_NAMED
    return f"; and {more} more" if more > 0 else ""


def _came(standing: Standing, record: PersonRecord) -> Sentence:
    visits = record.visits
    if not visits:
        return Sentence("Has not come to anything yet.", (_person(record),))
    days = sorted({as_day(row["starts_on"]) for row in visits})
    kinds = Counter(spoken(row["event_type"]) for row in visits)
    counts = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(MAX_NAMED))
    first = day_words(days[0], standing.day, standing.dates)
    if len(days) == 1:
        text = f"Came once, to {called(visits[0])} on {first}."
    else:
        last = f"{called(visits[-1])} on {day_words(days[-1], standing.day, standing.dates)}"
        ago = plural((standing.day - days[-1]).days, "day")
        text = (
            f"Came on {len(days)} days ({counts}): the first on {first}, the last to {last}, "
            f"{ago} ago."
        )
    return Sentence(text, _signup_rows(visits))


def what_they_said(standing: Standing, record: PersonRecord, *, has_texts: bool) -> Section:
    """Return what the person said yes and no to, and whether they came after a yes."""
    asks = [a for a in record.asks if (standing.day - as_day(a["asked_on"])).days <= YEAR_DAYS]
    if not asks:
        nothing = Sentence("Nobody asked them for anything in a year.", (_person(record),))
        return Section("what_they_said", "What they said yes and no to", (nothing,))
    n_yes = sum(ask["outcome"] == "yes" for ask in asks)
    n_no = sum(ask["outcome"] in ("not_now", "not_that", "not_ever", "no") for ask in asks)
    n_neither = len(asks) - n_yes - n_no
    counts = f"{n_yes} yes, {n_no} no" + (f", {n_neither} neither" if n_neither else "")
    sentences = [
        Sentence(
            f"Asked {_times(len(asks))} in a year: {counts}. The latest first:",
            tuple(("asks", ask["ask_id"]) for ask in asks),
        )
    ]
    sentences += [_answer(standing, record, ask) for ask in reversed(asks[-MAX_NAMED:])]
    notes = [ask for ask in asks if (ask["notes"] or "").strip()][-MAX_NAMED:]
    if has_texts:
        sentences += [
            Sentence(
                f"Noted on {day_words(as_day(ask['asked_on']), standing.day, standing.dates)}: "
                f"{_quoted(ask['notes'])}.",
                (("asks", ask["ask_id"]),),
            )
            for ask in reversed(notes)
        ]
    return Section("what_they_said", "What they said yes and no to", tuple(sentences))


def _answer(standing: Standing, record: PersonRecord, ask: Row) -> Sentence:
    asked_on = day_words(as_day(ask["asked_on"]), standing.day, standing.dates)
    text = f"Asked on {asked_on} for {spoken(ask['ask_for'])}: {ANSWERS[ask['outcome']]}"
    rows: tuple[tuple[str, str], ...] = (("asks", ask["ask_id"]),)
    if ask["again_on"] is not None:
        text += f", ask again on {day_words(as_day(ask['again_on']), standing.day, standing.dates)}"
    signups = [s for s in record.signups if s["shift_id"] == ask["shift_id"]]
    if ask["outcome"] == "yes" and signups:
        outcome = {"attended": "and came", "walk_in": "and came", "no_show": "and did not come"}
        after = outcome.get(signups[-1]["signup_class"], "")
        text += f", {after}" if after else ""
        rows += _signup_rows(signups)
    return Sentence(f"{text}.", rows)


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def what_they_care_about(standing: Standing, record: PersonRecord, *, has_texts: bool) -> Section:
    """Return what the person cares about, can do, and when they are free, in their own words."""
    name, title = "what_they_care_about", "What they care about and can do"
    if not has_texts:
        return Section(name, title, (Sentence("Left out: this page names nobody."),))
    sentences = [
        Sentence(f"{words} {_quoted(record.person[column])}.", (_person(record),))
        for column, words in (
            ("values", "Cares about:"), ("skills", "Can do:"), ("available", "Usually free:"),
        )
        if (record.person[column] or "").strip()
    ]  # fmt: skip
    notes = [m for m in record.meetings if (m["notes"] or "").strip()][-MAX_NAMED:]
    sentences += [
        Sentence(
            "Noted in the 1:1 of "
            f"{day_words(as_day(m['scheduled_on']), standing.day, standing.dates)}: "
            f"{_quoted(m['notes'])}.",
            (("meetings", m["meeting_id"]),),
        )
        for m in reversed(notes)
    ]
    if not sentences:
        nothing = "Nothing is noted yet. Ask, and write it down."
        sentences = [Sentence(nothing, (_person(record),))]
    return Section(name, title, tuple(sentences))


def _quoted(text: str) -> str:
    return f'"{text.strip().rstrip(".")}"'


def _person(record: PersonRecord) -> tuple[str, str]:
    return "people", record.person["person_id"]


def _signup_rows(signups: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    return tuple(("signups", signup["signup_id"]) for signup in signups)
