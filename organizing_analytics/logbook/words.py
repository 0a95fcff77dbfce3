"""Which words answer a line, what people read, and what each word means.

A word belongs to the kind of line that it answers: "yes" to an ask is no answer to a call.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from organizing_analytics.errors import OptionError


class LineKind(StrEnum):
    """What a line asks somebody to do."""

    ASK = "ask"
    CALL = "call"
    CONFIRM = "confirm"
    MEETING = "met"
    CAME = "came"


@dataclass(frozen=True)
class Word:
    """One possible answer.

    Attributes
    ----------
    label : str
        What a button or a link says.
    outcome : str or None
        Of an ask: its outcome.
    result : str or None
        Of a contact: its result. An ask that did not get through is a contact.
    status : str or None
        Of a 1:1: what became of it. Of a confirmation: the status of the sign-up.
    commitment : bool or None
        Of a 1:1: whether it ended with one.
    attended : bool or None
        Of a shift: whether the person came.
    again_in : int or None
        In how many days to ask again.
    may_say_when : bool
        Whether a date may stand with it: when to ask again, or when the next step is due.
    """

    label: str
    outcome: str | None = None
    result: str | None = None
    status: str | None = None
    commitment: bool | None = None
    attended: bool | None = None
    again_in: int | None = None
    may_say_when: bool = False


_LEFT_MESSAGE = Word("Left a message", result="left_message")
_NO_ANSWER = Word("No answer", result="no_answer")
_WRONG_NUMBER = Word("Wrong number", result="wrong_number")

#: Kind of line → word → what it means, in the order in which they are offered.
WORDS: dict[LineKind, dict[str, Word]] = {
    LineKind.ASK: {
        "yes": Word("Yes", outcome="yes"),
        "not_now": Word("Not now", outcome="not_now", may_say_when=True),
        "not_now_7": Word("Not now: ask in a week", outcome="not_now", again_in=7),
        "not_now_30": Word("Not now: ask in a month", outcome="not_now", again_in=30),
        "not_that": Word("Not that", outcome="not_that"),
        "not_ever": Word("Never", outcome="not_ever"),
        "maybe": Word("Maybe", outcome="maybe"),
        "no": Word("No, without a reason", outcome="no"),
        "no_answer": Word("No answer", outcome="no_answer"),
        "wrong_number": _WRONG_NUMBER,
    },
    LineKind.CALL: {
        "reached": Word("Reached", result="reached"),
        "left_message": _LEFT_MESSAGE,
        "no_answer": _NO_ANSWER,
        "wrong_number": _WRONG_NUMBER,
        "refused": Word("Does not want to talk", result="refused"),
    },
    LineKind.CONFIRM: {
        "coming": Word("Coming", result="reached", status="confirmed"),
        "cancelled": Word("Cannot come", result="reached", status="cancelled"),
        "left_message": _LEFT_MESSAGE,
        "no_answer": _NO_ANSWER,
        "wrong_number": _WRONG_NUMBER,
    },
    LineKind.MEETING: {
        "held_yes": Word(
            "Held, with a commitment", status="held", commitment=True, may_say_when=True
        ),
        "held": Word("Held", status="held", may_say_when=True),
        "no_show": Word("Did not come", status="no_show"),
        "cancelled": Word("Cancelled", status="cancelled"),
        "no_answer": _NO_ANSWER,
    },
    LineKind.CAME: {
        "yes": Word("Came", attended=True),
        "no": Word("Did not come", attended=False),
    },
}

#: What people write for a word.
_SYNONYMS = {"never": "not_ever", "no_show_up": "no_show", "did_not_come": "no_show"}

#: Kind of line of each action of the to-do list; what is not named here is a call.
_ASKS = (
    "re_ask", "offer_other", "reshift", "try_again", "win_back", "missed", "never_asked",
)  # fmt: skip
_MEETINGS = {
    "recruitment_1to1": "recruitment",
    "escalation": "escalation",
    "maintenance": "maintenance",
}
_CONFIRMATIONS = ("confirm", "chase")
#: Before the reason in the action of a call that no list asked for.
CALL_FOR = "call for "
#: What a contact was for, by action.
_REASONS = {
    "follow_up": "follow_up",
    "next_step": "follow_up",
    "thank_you": "thank_you",
    "recognize": "recognition",
    "confirm": "confirmation",
    "chase": "reminder",
    "reshift": "reshift",
}


def kind_of(action: str, ask_for: str | None) -> LineKind:
    """Return what kind of line an action is; without anything to ask for, an ask is a call."""
    if action in _ASKS:
        return LineKind.ASK if ask_for else LineKind.CALL
    if action in _MEETINGS:
        return LineKind.MEETING
    return LineKind.CONFIRM if action in _CONFIRMATIONS else LineKind.CALL


def meeting_kind(action: str) -> str:
    """Return the kind of 1:1 that an action is about."""
    return _MEETINGS.get(action, action)


def contact_reason(action: str) -> str:
    """Return what a contact of an action is for."""
    return _REASONS.get(action, action.removeprefix(CALL_FOR) if CALL_FOR in action else "other")


def read_word(text: str, kind: LineKind) -> str:
    """Return the word that a text is: `Not-now` is `not_now`.

    Raises
    ------
    OptionError
        It is no answer to this kind of line; those that are, are named.

    Examples
    --------
    >>> read_word("Not now", LineKind.ASK), read_word("never", LineKind.ASK)
    ('not_now', 'not_ever')
    """
    word = _folded(text)
    word = _SYNONYMS.get(word, word)
    allowed = WORDS[kind]
    if word in allowed:
        return word
    labels = {_folded(meaning.label): name for name, meaning in allowed.items()}
    if word in labels:  # what a form or a workbook shows
        return labels[word]
    close = get_close_matches(word, allowed, n=1)
    hint = f" Did you mean {spelled(close[0])}?" if close else ""
    if kind is LineKind.CALL and word in WORDS[LineKind.ASK]:
        hint = (
            " The line names nothing to ask for. If you asked all the same: "
            f"oa log ask PERSON {spelled(word)} --for EVENT_TYPE."
        )
    raise OptionError(
        f'"{text}" is no answer to this line. Allowed are '
        f"{', '.join(spelled(name) for name in allowed)}.{hint}"
    )


def _folded(text: str) -> str:
    """Return a text in the form in which words are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = [c for c in folded if unicodedata.category(c) != "Cf"]
    return "_".join("".join(c if c.isalnum() else " " for c in letters).split())


def spelled(word: str) -> str:
    """Return a word as it is typed: `not-now`."""
    return word.replace("_", "-")
