"""One thing to do, and the kinds of things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

#: The kinds of actions, the most important first.
ACTIONS = (
    "chase",
    "record_attendance",
    "follow_up",
    "thank_you",
    "confirm",
    "next_step",
    "re_ask",
    "offer_other",
    "recruit",
    "missed",
    "reshift",
    "recruitment_1to1",
    "escalation",
    "maintenance",
    "try_again",
    "recognize",
    "win_back",
    "never_asked",
)
#: How many of each get into a short list in one turn, where it is more than one.
TURNS = {
    "follow_up": 4, "confirm": 4, "record_attendance": 2, "re_ask": 2, "offer_other": 2,
    "missed": 2, "reshift": 2,
}  # fmt: skip
#: Of these a person gets one, the first that fits: each ends in asking for a next time.
NEXT_ASKS = (
    "re_ask", "offer_other", "missed", "reshift", "never_asked", "try_again", "win_back",
)  # fmt: skip
#: Of these, what nobody waits for: not within the cooldown after an ask by anybody.
FIRST_ASKS = ("missed", "reshift", "never_asked", "win_back")
#: What is still done for somebody who has left; the last four look whether they came again since.
FOR_WHO_LEFT = (
    "follow_up", "thank_you", "confirm", "reshift", "win_back", "recruitment_1to1", "escalation",
)  # fmt: skip
#: What is still done for somebody who must not be asked.
WITHOUT_ASKING = ("thank_you", "confirm")


@dataclass(frozen=True)
class Task:
    """One thing to do.

    Attributes
    ----------
    action : str
        One of `ACTIONS`.
    person_id : str or None
        With whom; None when it is about a shift.
    team_id : str or None
        Whose list it is on; None: the person's own team.
    reason : str
        The fact that it rests on.
    due_on : date
        By when.
    details : str
        What helps to do it: words ready to say, or what else is known.
    order : float
        Within an action, the lowest comes first; then the earliest due.
    ask_id, signup_id, meeting_id : str or None
        The ask, sign-up or 1:1 that the reason tells of, so that an answer can refer to it.
    shift_id : str or None
        The shift that it is about, or that the words ask for.
    ask_for : str or None
        What the words ask for: an event type or a role.
    runs_out_on : date or None
        The day after which it is too late, where that is not `due_on`: that of the shift.
    is_promise : bool
        Whether somebody was given this date, or the 48 hours run: it is on the list in any case.
    is_new : bool
        Whether the person never came to anything.
    words, second, other : str
        A hard ask, ready to say; a second time for a "not now"; another thing for a "not that".
    """

    action: str
    person_id: str | None
    team_id: str | None
    reason: str
    due_on: date
    details: str = ""
    order: float = 0.0
    ask_id: str | None = None
    shift_id: str | None = None
    signup_id: str | None = None
    meeting_id: str | None = None
    ask_for: str | None = None
    runs_out_on: date | None = None
    is_promise: bool = False
    is_new: bool = False
    words: str = ""
    second: str = ""
    other: str = ""


def freshness(due_on: date, day: date) -> float:
    """Return an order in which what can still be done in time comes first, then the freshest.

    Examples
    --------
    >>> from datetime import date
    >>> today = date(2026, 11, 22)
    >>> [freshness(date(2026, 11, d), today) for d in (24, 22, 20)]
    [0.0, 0.0, 2.0]
    """
    return float(max(0, (day - due_on).days))
