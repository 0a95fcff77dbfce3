"""Which table the rows of a sheet feed, from which columns, and what has to be asked.

A wrong guess is worse than a question: what two columns may be, and what no column says, is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.proposing.roles import NAMES, Roles, roles_of
from organizing_analytics.proposing.writing import written_mapping

if TYPE_CHECKING:
    from collections.abc import KeysView, Mapping, Sequence

    import pandas as pd

#: What a sheet may be → what a row of it is.
KINDS = {
    "signups": "one person at one shift",
    "matrix": "one person, with a column for each date",
    "form": "one answer, with shifts to choose from in one cell",
    "meetings": "one 1:1",
    "asks": "one ask and what came of it",
    "people": "one person",
}
#: What to do with a list that says who came and not to which shift.
WHO_CAME = (
    "A list of who came to one shift needs no mapping: oa load FILE --source check_in --shift ID"
)
#: Rows that are looked at.
MAX_SAMPLE = 500
#: Roles that a kind of sheet cannot do without.
_NEEDED: dict[str, tuple[str, ...]] = {
    "signups": ("date",), "matrix": (), "form": (), "meetings": ("date",),
    "asks": ("date", "outcome"), "people": (),
}  # fmt: skip
_PERSON = ("given_name", "family_name", "full_name", "email", "phone")
_SHIFT = ("event", "role", "attended", "status", "signed_up_at", "location")
#: Roles that a kind of sheet uses.
_USED: dict[str, tuple[str, ...]] = {
    "signups": (*_PERSON, *_SHIFT, "date", "start", "end", "point_person", "recruiter"),
    "matrix": (*_PERSON, "event", "role", "location", "point_person"),
    "form": (*_PERSON, "role", "status", "signed_up_at", "point_person"),
    "meetings": (*_PERSON, "date", "organizer", "minutes", "kind", "outcome", "point_person"),
    "asks": (*_PERSON, "date", "organizer", "outcome", "ask_for", "notes", "point_person"),
    "people": (*_PERSON, "point_person", "organizer", "recruiter"),
}
_MIN_DATES = 2
_MEETING_KINDS = ("recruitment", "maintenance", "escalation")


@dataclass(frozen=True)
class Question:
    """What cannot be told from the sheet.

    Attributes
    ----------
    key : str
        What the answer is for: `--answer KEY=…`.
    text : str
        The question.
    choices : tuple of str
        What may be answered; empty for any text.
    is_required : bool
        Whether there is no mapping without an answer.
    """

    key: str
    text: str
    choices: tuple[str, ...] = ()
    is_required: bool = True


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping.

    Attributes
    ----------
    kind : str or None
        What the sheet is, a key of `KINDS`; None where that is asked.
    columns : dict
        Column of the sheet → what it is; columns that are not read are left out.
    questions : tuple of Question
        What is still open.
    doubts : tuple of str
        What a person should look at.
    toml : str or None
        The mapping file; None while a required answer is missing.
    """

    kind: str | None
    columns: dict[str, str]
    questions: tuple[Question, ...] = ()
    doubts: tuple[str, ...] = ()
    toml: str | None = field(default=None, repr=False)


def propose_mapping(
    frame: pd.DataFrame, *, answers: Mapping[str, str] | None = None, name: str = "sheet"
) -> Proposal:
    """Propose a mapping file for a sheet.

    Parameters
    ----------
    frame : pandas.DataFrame
        The sheet, read as text: its columns are the header. The first 500 rows are looked at.
    answers : mapping, optional
        Key of a question → its answer. A role (`date`, `full_name`) may be answered with the
        column that has it, also where nothing was asked.
    name : str
        What the rows' source is called in the store.

    Returns
    -------
    Proposal
        Its `toml` is the file to save beside the sheet, once nothing required is open.

    Raises
    ------
    OptionError
        An answer is for no question, or is not one of its choices.
    """
    header = [str(column) for column in frame.columns]
    rows = frame.head(MAX_SAMPLE).astype(object).where(frame.head(MAX_SAMPLE).notna(), None)
    sample = [[None if v is None else str(v) for v in row] for row in rows.itertuples(index=False)]
    return propose(header, sample, answers=answers or {}, name=name)


def propose(
    header: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    *,
    answers: Mapping[str, str],
    name: str,
) -> Proposal:
    """Propose a mapping for a header and a sample of rows; see `propose_mapping`."""
    texts: dict[str, list[str]] = {column: [] for column in header}
    for row in rows:
        for column, cell in zip(header, row, strict=False):
            if cell and cell.strip():
                texts[column].append(cell.strip())
    sheet_roles = roles_of(header, texts)
    roles, questions = _settled(sheet_roles, answers, header)
    kind = answers.get("kind of sheet") or _kind(sheet_roles, roles)
    if kind is not None and kind not in KINDS:
        raise OptionError(unknown("kind of sheet", kind, list(KINDS)))
    if kind is None:
        text = "What is a row of this sheet? " + "; ".join(f"{k}: {w}" for k, w in KINDS.items())
        if "date" not in roles and ("attended" in roles or sheet_roles.is_list_of_who_came):
            text += ". " + WHO_CAME
        questions.insert(0, Question("kind of sheet", text, tuple(KINDS)))
    else:
        roles = {role: column for role, column in roles.items() if role in _USED[kind]}
        questions = [q for q in questions if q.key in _USED[kind]]
        questions += _open(kind, roles, texts, answers, header)
    _check(answers, header)
    columns = {column: role for role, column in roles.items()}
    if kind == "matrix":
        columns |= dict.fromkeys(sheet_roles.dates, "attended on this date")
    if kind == "form" and sheet_roles.choices:
        columns[sheet_roles.choices] = "shifts"
    is_open = kind is None or any(q.is_required for q in questions)
    toml = None
    if kind is not None and not is_open:
        toml = written_mapping(kind, roles, sheet_roles, answers, name=name, header=header)
    return Proposal(kind, columns, tuple(questions), sheet_roles.doubts, toml)


def _settled(
    sheet_roles: Roles, answers: Mapping[str, str], header: Sequence[str]
) -> tuple[dict[str, str], list[Question]]:
    """Return the column of each role, and a question where several columns may have it."""
    roles: dict[str, str] = {}
    questions: list[Question] = []
    for role, named in sheet_roles.columns.items():
        # A date with another beside it may be when somebody ordered, or signed up.
        columns = (*named, *sheet_roles.other_days) if role == "date" else named
        if len(columns) == 1:
            roles[role] = columns[0]
        elif role not in answers:
            text = f"Which column is the {role.replace('_', ' ')}?"
            questions.append(Question(role, text, columns))
    for role in NAMES:
        if answers.get(role) in header:
            roles[role] = answers[role]
    if "given_name" in roles:
        roles.pop("full_name", None)
        questions = [q for q in questions if q.key != "full_name"]
    return _readable(roles), questions


def _readable(roles: dict[str, str]) -> dict[str, str]:
    """Return the roles of columns that a text template can name."""
    return {role: column for role, column in roles.items() if not set(column) & set("{}|")}


def _kind(sheet_roles: Roles, roles: dict[str, str]) -> str | None:
    """Return what a sheet is, None where that is not plain."""
    has = roles.keys()
    if not has & {"full_name", "given_name", "email", "phone"}:
        return None
    kinds = []
    if len(sheet_roles.dates) >= _MIN_DATES:
        kinds.append("matrix")
    if sheet_roles.choices:
        kinds.append("form")
    if "date" in has:
        if has & {"minutes", "kind"} and has & {"outcome", "organizer"}:
            kinds.append("meetings")
        elif has & {"outcome"}:
            kinds.append("asks" if "ask_for" in has else "")
        if has & {"attended", "start", "end", "status", "event"} and not has & {
            "outcome",
            "minutes",
        }:
            kinds.append("signups")
    elif not kinds and _is_list_of_people(sheet_roles, has):
        kinds.append("people")
    return kinds[0] if len(kinds) == 1 and kinds[0] else None


def _is_list_of_people(sheet_roles: Roles, has: KeysView[str]) -> bool:
    """Return whether nothing in a sheet tells of a day, or of who came."""
    if sheet_roles.is_list_of_who_came or sheet_roles.other_days or len(sheet_roles.dated) > 1:
        return False
    others = {"attended", "status", "event", "outcome", "start", "end"}
    return bool(has & {"email", "phone"}) and not has & others


def _open(
    kind: str,
    roles: dict[str, str],
    texts: dict[str, list[str]],
    answers: Mapping[str, str],
    header: Sequence[str],
) -> list[Question]:
    """Return what no column says and nobody answered."""
    questions = [
        Question(role, f"Which column is the {role}?", tuple(header))
        for role in _NEEDED[kind]
        if role not in roles
    ]
    if not roles.keys() & {"full_name", "given_name", "email", "phone"}:
        questions.append(Question("full_name", "Which column is the name?", tuple(header)))
    elif not roles.keys() & {"full_name", "given_name", "family_name"}:
        called_so = tuple(name for name in header if "name" in name.casefold())
        unread = tuple(name for name in called_so if name not in roles.values())
        if unread:
            text = "Which column is the name? Enter: none, people have no names"
            questions.append(Question("full_name", text, unread, is_required=False))
    if kind in ("signups", "matrix") and "event" not in roles:
        questions.append(Question("event title", "What is the event called?"))
    if kind in ("signups", "matrix") and "start" not in roles and not _has_clock(roles, texts):
        text = "When do the shifts start, like 6pm? Enter: the time is not known (midnight stands)"
        questions.append(Question("start time", text, is_required=False))
    if kind == "meetings":
        blank = "kind" in roles
        text = "Which kind is a 1:1" + (" where none is written?" if blank else "?")
        questions.append(Question("1:1 kind", text, _MEETING_KINDS, is_required=not blank))
        text = "Was a 1:1 held where the outcome is none of the usual words?"
        questions.append(Question("held", text, ("yes", "no"), is_required="outcome" not in roles))
    if kind == "asks" and "ask_for" not in roles:
        questions.append(Question("ask", "What was asked for, like canvass or team_leader?"))
    return [question for question in questions if not answers.get(question.key)]


def _has_clock(roles: dict[str, str], texts: dict[str, list[str]]) -> bool:
    """Return whether the dates have clock times beside them."""
    dates = texts[roles["date"]] if "date" in roles else []
    return any(":" in text or text.casefold().endswith("m") for text in dates)


#: Questions that a user may answer beforehand, beside which column holds what.
_KEYS = (
    "kind of sheet",
    "event title",
    "event type",
    "start time",
    "1:1 kind",
    "held",
    "ask",
    "year",
)


def _check(answers: Mapping[str, str], header: Sequence[str]) -> None:
    for key, value in answers.items():
        if key in NAMES and key not in _KEYS:
            if value not in header:
                raise OptionError(f"{key}: {unknown('column', value, header)}")
        elif key not in _KEYS:
            raise OptionError(unknown("answer", key, [*_KEYS, *NAMES]))
    if answers.get("1:1 kind", "") not in ("", *_MEETING_KINDS):
        raise OptionError(f"1:1 kind: {unknown('kind', answers['1:1 kind'], _MEETING_KINDS)}")


def as_dict(proposal: Proposal) -> dict[str, Any]:
    """Return the keys of the command line's JSON."""
    return {
        "kind": proposal.kind,
        "columns": proposal.columns,
        "questions": [vars(question) for question in proposal.questions],
        "doubts": list(proposal.doubts),
        "toml": proposal.toml,
    }
