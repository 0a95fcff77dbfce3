"""What people are compared by: an e-mail, a phone and a name, each written in one form."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb
from duckdb.func import FunctionNullHandling

if TYPE_CHECKING:
    import phonenumbers


#: Countries that share the +1: a number of ten digits needs no library.
_PLUS_ONE = ("US", "CA")
#: Area code and exchange of a +1 number begin with 2 to 9.
_PLUS_ONE_FORM = r"[2-9]\d{2}[2-9]\d{6}"
#: What people write in an e-mail field when there is no e-mail.
_NO_NAME = (
    r"no[._-]?e?[._-]?mail(?:address)?|none|nothing|no|not?[._-]?(?:given|provided|available)|n\.?a"
    r"|null|nil|unknown|anonymous|nobody|noone|placeholder|(?:no|do[._-]?not)[._-]?reply|test(?:ing)?"
    r"|fake|dummy|asdf\w*|qwerty|abc|xyz|x+|0+|email|declined|refused"
)
_PLACEHOLDER = (
    rf"'^(?:no[._-]?e?[._-]?mail(?:address)?|none|n[./]?a|noemail\d*|null|unknown|placeholder"
    rf"|(?:no|do[._-]?not)[._-]?reply)@|^(?:{_NO_NAME}|.)@(?:{_NO_NAME}|.)(?:\.[a-z]+)?$"
    rf"|@(?:no[._-]?e?mail|none|placeholder|invalid)\.[a-z]+$|@$|^@'"
)
_NUMBER_CHARACTERS = r"'[0-9\s().+\-\x{2010}-\x{2015}]+'"


def teach(connection: duckdb.DuckDBPyConnection, region: str) -> None:
    """Make the SQL function `e164` known to a connection: a phone number in its full form."""
    with suppress(duckdb.Error):  # a function is made once for a connection
        connection.remove_function("e164")
    connection.create_function(
        "e164",
        lambda phone: e164(phone, region) if phone else None,
        ["VARCHAR"],
        "VARCHAR",
        null_handling=FunctionNullHandling.SPECIAL,  # otherwise it may not return NULL
    )


def e164(phone: str, region: str) -> str | None:
    """Return a number as +13125550142, None where no phone can have it.

    Examples
    --------
    >>> e164("(312) 555-0142 ext. 9", "US"), e164("030 901820", "DE"), e164("n/a", "US")
    ('+13125550142', '+4930901820', None)
    """
    import phonenumbers  # noqa: PLC0415  # only where a number is not of the plain form

    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or _is_made_up(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_made_up(number: phonenumbers.PhoneNumber) -> bool:
    """Return whether no phone can have the number: one digit repeated, or a +1 of no such form."""
    digits = str(number.national_number)
    is_plus_one = number.country_code == 1
    return len(set(digits)) == 1 or (is_plus_one and not re.fullmatch(_PLUS_ONE_FORM, digits))


def phone_key(phone: str, region: str) -> str:
    """Return SQL for a phone's key; the connection must know `e164` (see `teach`)."""
    if region not in _PLUS_ONE:
        return f"CASE WHEN {phone} IS NOT NULL THEN e164({phone}) END"
    return (
        f"CASE WHEN {phone} IS NULL THEN NULL WHEN {_is_plain(phone)} "
        f"THEN {_plain_key(phone)} ELSE e164({phone}) END"
    )


def usable_phone_key(connection: duckdb.DuckDBPyConnection, table: str, region: str) -> str:
    """Return SQL for the key of a table's column `phone`, and teach the connection what it needs.

    Where all numbers are of the plain form, that is nothing: the function is in Python, and makes
    DuckDB import numpy.
    """
    if region in _PLUS_ONE:
        others = f"SELECT 1 FROM {table} WHERE phone IS NOT NULL AND NOT {_is_plain('phone')}"
        if not connection.execute(f"{others} LIMIT 1").fetchall():
            return f"CASE WHEN phone IS NOT NULL THEN {_plain_key('phone')} END"
    teach(connection, region)
    return phone_key("phone", region)


def _is_plain(phone: str) -> str:
    """Return the condition that a phone is a +1 number as most people write it."""
    digits = _digits(phone)
    return (
        f"(regexp_full_match({phone}, {_NUMBER_CHARACTERS}) "
        f"AND regexp_full_match({digits}, '1?[2-9][0-9]{{2}}[2-9][0-9]{{6}}') "
        f"AND (left(ltrim({phone}), 1) <> '+' OR length({digits}) = 11) "
        f"AND right({digits}, 10) <> repeat(right({digits}, 1), 10))"
    )


def _plain_key(phone: str) -> str:
    return f"'+1' || right({_digits(phone)}, 10)"


def _digits(phone: str) -> str:
    return f"regexp_replace({phone}, '[^0-9]', '', 'g')"


def national(number: str) -> str:
    """Return the digits of a number in its full form without its country's.

    Examples
    --------
    >>> national("+13125550142"), national("+4930901820")
    ('3125550142', '30901820')
    """
    if number.startswith("+1"):
        return number[2:]
    import phonenumbers  # noqa: PLC0415  # only where a number is not of the plain form

    return str(phonenumbers.parse(number).national_number)


def walk_in_key(email: str, phone: str, name: str, shift: str) -> str:
    """Return SQL for the id of somebody on a list from the door who did not sign up.

    It is not keyed yet. By name alone nobody is the same person at another shift: then the shift
    counts, too.
    """
    parts = f"concat_ws(chr(31), {email}, {phone}, {name}"
    alone = f"CASE WHEN {email} = '' AND {phone} = '' THEN {shift} END)"
    return f"'check_in:contact:' || md5({parts}, {alone})"


def email_key(email: str) -> str:
    """Return SQL for an e-mail's key; NULL when it has no @, or stands for having none.

    An address without its ending (`maria.lopez@gmail`) receives no mail, but still tells who it is.
    """
    trimmed = f"lower(trim({email}))"
    return (
        f"CASE WHEN contains({trimmed}, '@') "
        f"AND NOT regexp_matches({trimmed}, {_PLACEHOLDER}) THEN {trimmed} END"
    )


def name_key(name: str) -> str:
    """Return SQL for a name's key: small letters without accents, one space between words."""
    words = f"regexp_replace(coalesce({name}, ''), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')"
    return f"trim(lower(strip_accents({words})))"


def space_of(identifier: str, source: str = "source") -> str:
    """Return SQL for the list that an id comes from: no two rows of one list are the same.

    A tool's id says it (`mobilize:user:12`); of anything else it is the source.
    """
    tool = f"regexp_extract({identifier}, '^([a-z_-]+:[a-z_-]+):', 1)"
    return f"coalesce(nullif({tool}, ''), {source})"
