"""A line for each task with a person: what an answer to it needs to know, under a code.

The same task on the same list has the same code, however often the list is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from organizing_analytics.errors import StoreError
from organizing_analytics.logbook.codes import code_of, one_error_away
from organizing_analytics.logbook.words import LineKind, kind_of
from organizing_analytics.store.keyed_ids import read_key
from organizing_analytics.store.log_lines import (
    add_lines,
    drop_expired,
    lines_file,
    read_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

#: So many days after it was issued, no answer to a line is taken any more.
EXPIRY_DAYS = 28
#: What a line is about, and so what tells it from another.
LINE_PARTS = (
    "action", "person_id", "team_id", "organizer_id", "ask_id", "shift_id", "signup_id",
    "meeting_id", "ask_for",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What an answer is about.

    Attributes
    ----------
    code : str
        Eight characters.
    action : str
        What was to be done; see `to_do.task.ACTIONS`. A contact that no list asked for has the
        kind of line as its action.
    person_id : str
        With whom.
    team_id, organizer_id : str or None
        Whose list it is on.
    ask_id, shift_id, signup_id, meeting_id, ask_for : str or None
        What it is about.
    expires_on : date or None
        The last date of an answer; None: answers are always taken.
    """

    code: str
    action: str
    person_id: str
    team_id: str | None = None
    organizer_id: str | None = None
    ask_id: str | None = None
    shift_id: str | None = None
    signup_id: str | None = None
    meeting_id: str | None = None
    ask_for: str | None = None
    expires_on: date | None = None

    @property
    def kind(self) -> LineKind:
        """Return what kind of answers it takes."""
        if self.action in set(LineKind):
            return LineKind(self.action)
        return kind_of(self.action, self.ask_for)


def issue_lines(folder: Path, tasks: pd.DataFrame, today: date) -> list[str | None]:
    """Give each task with a person a code, and remember what it stands for.

    Parameters
    ----------
    folder : Path
        The store's folder.
    tasks : DataFrame
        Rows of a to-do list, with `team_id` and, where known, `organizer_id`.
    today : date
        The date of issue.

    Returns
    -------
    list of str or None
        The code of each task, in order; None where it is about no person.

    Raises
    ------
    StoreError
        The file of the lines cannot be written.
    """
    key = read_key(folder) or ""
    week = "{}-W{:02}".format(*today.isocalendar())
    issued = {
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=EXPIRY_DAYS)).isoformat(),
    }
    codes: list[str | None] = []
    with lines_file(folder) as lines:
        drop_expired(lines, today)
        taken = {row["code"]: _facts_of(row) for row in lines.execute("SELECT * FROM lines")}
        new = []
        for task in cast("list[dict[str, Any]]", tasks.to_dict("records")):
            facts = {name: _text(task.get(name)) for name in LINE_PARTS}
            if facts["person_id"] is None:
                codes.append(None)
                continue
            code = _free_code(key, week, facts, taken)
            if code not in taken:
                taken[code] = _facts_of(facts)
                new.append({"code": code, **facts, **issued})
            codes.append(code)
        add_lines(lines, new)
    return codes


def with_codes(folder: Path, tasks: pd.DataFrame, today: date) -> pd.DataFrame:
    """Return to-do rows with the column `code`; without codes where none can be written down.

    Who may only read a store gets its lists all the same, and cannot answer them by code.
    """
    try:
        codes = issue_lines(folder, tasks, today)
    except StoreError:
        codes = [None] * len(tasks)
    coded = tasks.copy()
    coded["code"] = codes
    return coded


def _free_code(
    key: str, week: str, facts: dict[str, str | None], taken: dict[str, tuple[str, ...]]
) -> str:
    """Return the line's code: its own from before, or one that no typing error makes of another."""
    wanted = _facts_of(facts)
    attempt = 0
    while True:
        code = code_of(key, week, str(attempt), *wanted)
        if taken.get(code) == wanted:
            return code
        if code not in taken and not taken.keys() & one_error_away(code):
            return code
        attempt += 1


def _facts_of(facts: Any) -> tuple[str, ...]:
    return tuple(facts[name] or "" for name in LINE_PARTS)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def find_lines(folder: Path, codes: Iterable[str]) -> dict[str, Line]:
    """Return the lines that have these codes, by code."""
    return {
        code: Line(
            code=code,
            expires_on=date.fromisoformat(row["expires_on"]),
            **{name: row[name] for name in LINE_PARTS},
        )
        for code, row in read_lines(folder, codes).items()
    }
