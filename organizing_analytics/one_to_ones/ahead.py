"""The parts of a brief that look ahead: why to meet, the next rung, the agenda, the hard ask."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from organizing_analytics.one_to_ones.agenda import (
    BLANKS,
    COMMITMENT,
    EXCHANGE,
    PURPOSES,
    QUESTIONS,
)
from organizing_analytics.one_to_ones.history import day_words
from organizing_analytics.one_to_ones.sentences import Section, Sentence
from organizing_analytics.to_do.asking import next_ask_of
from organizing_analytics.to_do.growing import escalations, maintenance, recruitments
from organizing_analytics.to_do.offering import NextShifts, Offer
from organizing_analytics.to_do.standing import MONTH_DAYS, as_day
from organizing_analytics.wording import plural, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from organizing_analytics.one_to_ones.records import PersonRecord
    from organizing_analytics.to_do.standing import Standing
    from organizing_analytics.to_do.task import Task

#: A 1:1 that is set for so many days ahead is the one to prepare.
SET_DAYS = 14


@dataclass
class Reasons:
    """Which 1:1 each person is due, and the shifts to ask for: worked out once for all briefs.

    Attributes
    ----------
    standing : Standing
        The campaign as it was known at the end of a date.
    """

    standing: Standing
    due: Mapping[str, tuple[str, Task]] = field(init=False)

    def __post_init__(self) -> None:
        standing = self.standing
        due: dict[str, tuple[str, Task]] = {}
        for kind, tasks in (
            ("recruitment", recruitments(standing)),
            ("escalation", escalations(standing)),
            ("maintenance", maintenance(standing)),
        ):
            for task in tasks:
                if task.person_id is not None and task.person_id not in standing.must_not_ask:
                    due.setdefault(task.person_id, (kind, task))
        self.due = due

    @cached_property
    def shifts(self) -> NextShifts:
        """Return the coming shifts that somebody can be asked for."""
        return NextShifts(self.standing)


def why_now(reasons: Reasons, record: PersonRecord) -> tuple[str, Section]:
    """Return the kind of 1:1, and why it is due."""
    standing, person = reasons.standing, record.person["person_id"]
    limit = standing.day + timedelta(days=SET_DAYS)
    set_dates = [m for m in record.meetings_ahead if as_day(m["scheduled_on"]) <= limit]
    sentences = []
    kind = ""
    if set_dates:
        meeting = set_dates[0]
        kind = meeting["kind"]
        when = standing.dates.day_and_time(standing.local(meeting["scheduled_at"]))
        sentences.append(
            Sentence(f"The {kind} 1:1 is set for {when}.", (("meetings", meeting["meeting_id"]),))
        )
    if person in reasons.due:
        due_kind, task = reasons.due[person]
        kind = kind or due_kind
        sentences.append(
            Sentence(f"Due, {due_kind}: {task.reason}.", _rows_of(standing, record, due_kind))
        )
    if not sentences:
        kind = record.held[-1]["kind"] if record.held else "recruitment"
        kind = "maintenance" if kind == "escalation" else kind
        nothing = f"No 1:1 is due now. If you meet anyway, it is a {kind} 1:1."
        sentences.append(Sentence(nothing, (("people", person),)))
    sentences.append(
        Sentence(f'When you make the date, and again at the start, say: "{PURPOSES[kind]}"')
    )
    return kind, Section("why", f"Why: {kind} 1:1", tuple(sentences))


def _rows_of(standing: Standing, record: PersonRecord, kind: str) -> tuple[tuple[str, str], ...]:
    """Return what the reason of a kind of 1:1 rests on."""
    if kind == "maintenance":
        held = [m for m in record.held if m["kind"] == "maintenance"]
        rows = [("meetings", meeting["meeting_id"]) for meeting in held[-1:]]
        return (("people", record.person["person_id"]), *rows)
    since = standing.ago(MONTH_DAYS)
    visits = record.visits
    if kind == "escalation":
        visits = [v for v in visits if as_day(v["starts_on"]) > since]
    return tuple(("signups", v["signup_id"]) for v in visits)


def next_rung(standing: Standing, record: PersonRecord) -> Section:
    """Return the person's rung, the next one, and what they have done that earns it."""
    settings, person = standing.settings, ("people", record.person["person_id"])
    ladder, role = settings.ladder, record.person["role"]
    rung = ladder.index(role) if role in ladder else 0
    changes = [("role_changes", f"{c['person_id']} {as_day(c['on'])}") for c in record.roles[-1:]]
    now = f"Now {_a(spoken(ladder[rung]))}"
    if record.roles and record.roles[-1]["role"] == role:
        now += f", since {day_words(as_day(record.roles[-1]['on']), standing.day, standing.dates)}"
    is_top = rung == len(ladder) - 1
    now += "; that is the top rung." if is_top else f"; next is {spoken(ladder[rung + 1])}."
    sentences = [Sentence(now, (person, *changes))]
    lately = [v for v in record.visits if as_day(v["starts_on"]) > standing.ago(MONTH_DAYS)]
    days = len({as_day(v["starts_on"]) for v in lately})
    wanted = settings.escalation_visits_by_rung.get(ladder[rung], settings.escalation_visits)
    if not is_top:
        goal = "enough for the next rung" if days >= wanted else "not yet enough for the next rung"
        sentences.append(
            Sentence(
                f"Came on {plural(days, 'day')} of the last {MONTH_DAYS}: {goal}, which takes "
                f"{wanted}.",
                tuple(("signups", v["signup_id"]) for v in lately) or (person,),
            )
        )
    if record.recruited:
        people = len({s["person_id"] for s in record.recruited})
        came = len({s["person_id"] for s in record.recruited if s["attended"]})
        sentences.append(
            Sentence(
                f"Signed up {plural(people, 'other person', 'other people')}; {came} of them came.",
                tuple(("signups", s["signup_id"]) for s in record.recruited),
            )
        )
    acts = [
        ("asks", "ask_id", record.asked_others, "ask", "asked_on", "Made"),
        ("meetings", "meeting_id", record.met_others, "1:1", "scheduled_on", "Held"),
    ]
    for table, key, rows, noun, day, verb in acts:
        latest = [row for row in rows if as_day(row[day]) > standing.ago(MONTH_DAYS)]
        if latest:
            sentences.append(
                Sentence(
                    f"{verb} {plural(len(latest), noun)} in the last {MONTH_DAYS} days.",
                    tuple((table, row[key]) for row in latest),
                )
            )
    return Section("next_rung", "The ladder", tuple(sentences))


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def agenda(kind: str) -> Section:
    """Return the 2, 20 and 10 minutes of a kind of 1:1."""
    questions = " ".join(QUESTIONS[kind])
    return Section(
        "agenda",
        "Agenda",
        (
            Sentence("2 minutes, purpose: say why you meet, and what you will ask at the end."),
            Sentence(f"20 minutes, listening: {questions} {EXCHANGE[kind]}"),
            Sentence(f"10 minutes, commitment: {' '.join(COMMITMENT)}"),
        ),
    )


def hard_ask(reasons: Reasons, record: PersonRecord, kind: str) -> Section:
    """Return what to ask for at the end, and what to say to each kind of no."""
    return Section("hard_ask", "The hard ask", tuple(_ask_sentences(reasons, record, kind)))


def _ask_sentences(reasons: Reasons, record: PersonRecord, kind: str) -> Iterator[Sentence]:
    standing, person = reasons.standing, record.person["person_id"]
    refused = standing.must_not_ask.get(person)
    if refused is not None:
        never = [("asks", a["ask_id"]) for a in record.asks if a["outcome"] == "not_ever"][-1:]
        since = day_words(as_day(refused["since"]), standing.day, standing.dates)
        text = f'Said "not ever" on {since}: ask for nothing, and thank them.'
        yield Sentence(text, tuple(never))
        return
    prepared = _prepared(reasons, record, kind)
    if not prepared.words:
        text = "No shift with room fits them: name a role, or the day on which they hear from you."
        yield Sentence(text, (("people", person),))
        return
    if prepared.why:
        yield Sentence(prepared.why, prepared.why_rows)
    yield Sentence(f'"{prepared.words}"', prepared.rows)
    second = f'"{prepared.second}"' if prepared.second else "agree on the day to ask again."
    yield Sentence(f'"Not now": {second}', prepared.rows)
    if prepared.other:
        yield Sentence(f'"Not that": "{prepared.other}"', prepared.rows)
    thanks = reasons.shifts.scripts.fill("thanks", {})
    yield Sentence(f'"Not ever": "{thanks}"')


@dataclass(frozen=True)
class _Prepared:
    """The ask at the end of a 1:1: its words, the answers to a no, and what it rests on."""

    words: str = ""
    second: str = ""
    other: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    why: str = ""
    why_rows: tuple[tuple[str, str], ...] = ()


def _prepared(reasons: Reasons, record: PersonRecord, kind: str) -> _Prepared:
    """Return the ask that fits: the next rung, finding people for a shift, or a shift."""
    standing, shifts = reasons.standing, reasons.shifts
    ladder, role = standing.settings.ladder, record.person["role"]
    rung = ladder.index(role) if role in ladder else 0
    if rung == len(ladder) - 1 and (to_fill := _shift_to_fill(reasons, record)) is not None:
        return to_fill
    shift_ask = _shift_ask(reasons, record)
    if kind != "escalation" or rung == len(ladder) - 1:
        return shift_ask
    person = record.person["person_id"]
    role_ask = _of_offer(shifts.role_offer(ladder[rung + 1], person, record.person["home"]))
    if not role_ask.words:
        return shift_ask
    rows = (("people", person), *role_ask.rows)
    return replace(role_ask, rows=rows, why=shift_ask.why, why_rows=shift_ask.why_rows)


def _shift_ask(reasons: Reasons, record: PersonRecord) -> _Prepared:
    """Return the ask for a shift: what an open ask of theirs calls for, else what fits best."""
    shifts, person = reasons.shifts, record.person["person_id"]
    open_ask = next_ask_of(reasons.standing, shifts, person)
    why = ""
    why_rows: tuple[tuple[str, str], ...] = ()
    if open_ask is not None:
        why, why_rows = f"{open_ask.reason}.", (("asks", str(open_ask.ask_id)),)
        if open_ask.words:
            rows = (("shifts", open_ask.shift_id),) if open_ask.shift_id else why_rows
            return _Prepared(open_ask.words, open_ask.second, open_ask.other, rows, why, why_rows)
    team = record.person["home"]
    shift = shifts.find(person, team)
    if shift is None:
        return _Prepared(why=why, why_rows=why_rows)
    offer = _of_offer(shifts.offer(shift, person=person, team=team))
    return replace(offer, why=why, why_rows=why_rows)


def _of_offer(offer: Offer) -> _Prepared:
    if offer.shift_id is None:
        return _Prepared()
    words = offer.hard_words or offer.words.strip('"')
    return _Prepared(words, offer.second, offer.other, (("shifts", offer.shift_id),))


def _shift_to_fill(reasons: Reasons, record: PersonRecord) -> _Prepared | None:
    """Return the ask of an organizer: to find the people whom the team's next shift lacks."""
    team = record.person["home"]
    for shift in reasons.shifts.of_team(team):
        words = reasons.shifts.fill_ask(shift)
        if words:
            return _Prepared(words, rows=(("shifts", shift["shift_id"]),))
    return None


def what_happened(person_id: str, kind: str) -> Section:
    """Return the lines to fill in, and how to log them."""
    return Section(
        "what_happened",
        "What happened",
        (
            *(Sentence(blank, is_blank=True) for blank in BLANKS),
            Sentence(f"Log it: oa log met {person_id} held-yes --kind {kind}"),
        ),
    )
