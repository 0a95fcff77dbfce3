"""The given and the family part of a name that stands in one cell, in whatever order.

"Smith, Sue" and "Sue Smith" are one person. A cell that names two people ("Tyrell & Jo Banks") is
not taken apart: the whole stands as the given name. A cell that names a person may also hold an
e-mail address or a phone number.
"""

from __future__ import annotations

from organizing_analytics.sql import literal

PARTS = ("given", "family", "email", "phone")
#: Parts that are no name: a cell with one of them has no name in it.
CONTACTS = ("email", "phone")
ORDERS = ("given_first", "family_first")

#: Words that belong to the family name behind them.
_PARTICLES = "de|del|de la|de los|dos|das|da|van|von|van der|van den|von der|di|la|le|bin|ibn|al|el"
_SUFFIX = r"(?:jr|sr|ii|iii|iv|phd|md|esq)\.?"
_PAIR = literal(r"(?i)[&/+]|\s(?:and|und)\s")
_COMMA = literal(r"(?i)[^,]+,[^,]+")
_SUFFIXED = literal(rf"(?i).*,\s*{_SUFFIX}")
_GIVEN_FIRST = literal(rf"(?i)^(\S+(?:\s\S+)*?)\s((?:(?:{_PARTICLES})\s)*\S+(?:,?\s{_SUFFIX})?)$")
_FAMILY_FIRST = literal(rf"(?i)^((?:(?:{_PARTICLES})\s)*\S+)\s(.+)$")
_EMAIL = literal(r"[^@\s,;]+@[^@\s,;]+")
_PHONE = literal(r"[+(]?(?:[^0-9A-Za-z@]*[0-9]){7,15}[^0-9A-Za-z@]*")
_TESTS = {"email": f"regexp_full_match(x, {_EMAIL})", "phone": f"regexp_full_match(x, {_PHONE})"}


def name_part(part: str, order: str, *, may_be_contact: bool = False) -> tuple[str, str]:
    """Return the SQL before and behind the expression of a whole name, for one of its parts.

    Parameters
    ----------
    part : str
        `given` or `family`; `email` or `phone` where the cell holds that in place of a name.
    order : str
        Which stands first where no comma tells: `given_first` or `family_first`.
    may_be_contact : bool
        Whether an e-mail address or a phone number in the cell is read as one, and so is no name.
    """
    expression = _contact(part) if part in CONTACTS else _name(part, order)
    if may_be_contact and part not in CONTACTS:
        expression = f"CASE WHEN NOT ({' OR '.join(_TESTS.values())}) THEN {expression} END"
    behind_name = r", '(?i)^\s*new\s*[:\-]\s*', ''), '\s+', ' ', 'g'))], lambda x: "
    return (
        # "NEW: Rosa P." is how a sheet marks who was added at the door.
        "list_transform([trim(regexp_replace(regexp_replace(",
        f"{behind_name}{expression})[1]",
    )


def _contact(part: str) -> str:
    shown = "lower(x)" if part == "email" else "x"
    return f"CASE WHEN {_TESTS[part]} THEN {shown} END"


def _name(part: str, order: str) -> str:
    is_given = part == "given"
    before, behind = "split_part(x, ',', 1)", "split_part(x, ',', 2)"
    form, place = _GIVEN_FIRST, 1 if is_given else 2
    if order == "family_first":
        form, place = _FAMILY_FIRST, 2 if is_given else 1
    lone = "x" if is_given else "NULL"
    return (
        f"CASE WHEN regexp_matches(x, {_PAIR}) THEN {lone} "
        f"WHEN regexp_full_match(x, {_COMMA}) AND NOT regexp_full_match(x, {_SUFFIXED}) "
        f"THEN trim({behind if is_given else before}) "
        f"WHEN regexp_matches(x, {form}) THEN regexp_extract(x, {form}, {place}) ELSE {lone} END"
    )
