"""The public functions: one answer to a line, or one contact that no list asked for."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from organizing_analytics.errors import WHERE_SHIFTS_ARE, OptionError, unknown
from organizing_analytics.identity.finding import resolve_person
from organizing_analytics.logbook.codes import ALPHABET, LENGTH
from organizing_analytics.logbook.lines import Line
from organizing_analytics.logbook.recording import Logged, record, take_back
from organizing_analytics.logbook.replies import Reply, now
from organizing_analytics.logbook.words import CALL_FOR
from organizing_analytics.model import CONTACT_REASONS, MEETING_KINDS
from organizing_analytics.people.deciding import person_of
from organizing_analytics.store import open_store, store_folder
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    import os

    from organizing_analytics.store import Store

_ACTIONS_OF_MEETINGS = {
    "recruitment": "recruitment_1to1", "maintenance": "maintenance", "escalation": "escalation",
}  # fmt: skip


def log_answer(
    code: str,
    word: str,
    *,
    at: datetime | str | None = None,
    again_on: date | str | None = None,
    note: str = "",
    by: str | None = None,
    store: str | os.PathLike[str] | None = None,
    way: str = "python",
) -> Logged:
    """Write down the answer to a line of a to-do list.

    Parameters
    ----------
    code : str
        The line's eight characters, as `oa list` shows them.
    word : str
        What was answered, like `yes`, `not-now` or `held`.
    at : datetime or str, optional
        When, by the campaign's clock; now by default. A later moment than that of an answer
        before makes it a correction.
    again_on : date or str, optional
        When to ask again (`not-now`), or when the next step is due (`held`).
    note : str
        What else was said.
    by : str, optional
        Who answers: id, e-mail, phone or name. By default the organizer on whose list it is.
    store : path, optional
        The store's folder.
    way : str
        How the answer came in.

    Returns
    -------
    Logged
        What was written down.

    Raises
    ------
    OptionError
        No list has the code, or the word does not answer the line. Nothing was changed.
    StoreError
        There is no store, or it cannot be written.
    """
    folder = store_folder(store)
    with open_store(store) as data:
        moment = _moment(data, at)
        who = resolve_person(data.connection, by, data.settings.phone_region) if by else None
    reply = Reply(code, word, moment, _day(again_on), note, who, way)
    return _sure(record(folder, [reply]))


def log_contact(
    what: str,
    person: str,
    word: str,
    *,
    ask_for: str | None = None,
    shift: str | None = None,
    kind: str = "maintenance",
    reason: str = "other",
    at: datetime | str | None = None,
    again_on: date | str | None = None,
    note: str = "",
    by: str | None = None,
    store: str | os.PathLike[str] | None = None,
    way: str = "python",
) -> Logged:
    """Write down an ask, a 1:1, a call or a visit that no list asked for.

    Parameters
    ----------
    what : str
        `ask`, `met`, `called` or `came`.
    person : str
        With whom: id, e-mail, phone, or a name that one person has.
    word : str
        What came of it, like `not-now`, `held`, `reached` or, for `came`, `yes`.
    ask_for : str, optional
        Of an ask: the event type or role; by default the event type of the shift.
    shift : str, optional
        The id of the shift that was asked for, or that the person came to.
    kind : str
        Of a 1:1: recruitment, maintenance or escalation.
    reason : str
        Of a call: what it was for, like follow_up or confirmation.
    at, again_on, note, by, store, way
        As in `log_answer`.

    Returns
    -------
    Logged
        What was written down; its code can be used to correct it.

    Raises
    ------
    OptionError
        Nobody, or several people, are called so; something is missing. Nothing was changed.
    """
    with open_store(store) as data:
        line = _line(data, what, person, ask_for=ask_for, shift=shift, kind=kind, reason=reason)
        moment = _moment(data, at)
        who = resolve_person(data.connection, by, data.settings.phone_region) if by else None
    reply = Reply(line.code, word, moment, _day(again_on), note, who, way)
    return _sure(record(store_folder(store), [reply], lines={line.code: line}))


def undo_log(*, store: str | os.PathLike[str] | None = None) -> Logged:
    """Take back the answer that was written down last; the one before it counts again.

    Raises
    ------
    OptionError
        None was written down.
    """
    return take_back(store_folder(store))


def _sure(logged: Logged) -> Logged:
    if logged.doubts:
        raise OptionError(logged.doubts[0].why)
    return logged


def _line(
    data: Store,
    what: str,
    person: str,
    *,
    ask_for: str | None,
    shift: str | None,
    kind: str,
    reason: str,
) -> Line:
    record_id = resolve_person(data.connection, person, data.settings.phone_region)
    who = person_of(data.connection, record_id)
    event_type, signup = _shift_facts(data, shift, who)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    line = Line(code, "", who, team_id=_team(data, who), shift_id=shift)
    if what == "ask":
        wanted = ask_for or event_type
        if wanted is None:
            raise OptionError("Say what was asked for: --for canvass, or --shift with its id.")
        return replace(line, action="ask", ask_for=wanted)
    if what == "met":
        if kind not in MEETING_KINDS:
            raise OptionError(unknown("kind of 1:1", kind, MEETING_KINDS))
        return replace(line, action=_ACTIONS_OF_MEETINGS[kind])
    if what == "called":
        if reason not in CONTACT_REASONS:
            raise OptionError(unknown("reason", reason, CONTACT_REASONS))
        return replace(line, action=f"{CALL_FOR}{reason}", signup_id=signup)
    if what == "came":
        if shift is None:
            raise OptionError("Say to which shift: --shift with its id.")
        return replace(line, action="came", signup_id=signup)
    raise OptionError(unknown("way to log", what, ("ask", "met", "called", "came")))


def _shift_facts(data: Store, shift: str | None, person: str) -> tuple[str | None, str | None]:
    """Return a shift's event type, and the person's sign-up to it."""
    if shift is None:
        return None, None
    rows = data.connection.execute(
        "SELECT e.event_type FROM shifts s JOIN events e USING (event_id) WHERE s.shift_id = ?",
        [shift],
    ).fetchall()
    if not rows:
        raise OptionError(f'There is no shift "{shift}" in the store. {WHERE_SHIFTS_ARE}')
    signups = data.connection.execute(
        "SELECT signup_id FROM signups WHERE shift_id = ? AND person_id = ? ORDER BY 1",
        [shift, person],
    ).fetchall()
    return rows[0][0], signups[0][0] if signups else None


def _team(data: Store, person: str) -> str | None:
    rows = data.connection.execute(
        "SELECT team_id FROM people WHERE person_id = ?", [person]
    ).fetchall()
    return rows[0][0] if rows else None


def _moment(data: Store, at: datetime | str | None) -> datetime:
    """Return a moment in UTC; one without an offset is by the campaign's clock."""
    if at is None:
        return now()
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError as error:
            raise OptionError(f'"{at}" is no moment; write it like 2026-11-27T18:30.') from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone_rules(data.settings.timezone))
    return at.astimezone(zone_rules("UTC")).replace(tzinfo=None)


def _day(value: date | str | None) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise OptionError(f'"{value}" is no date; write it like 2026-12-03.') from error
