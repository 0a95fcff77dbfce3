"""How the value of a setting is read from text: what is allowed, and what is said otherwise.

A `ValueKind` knows nothing of the setting that uses it. What it allows is kept in words, so that
messages, `oa settings` and docs/settings.md say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from organizing_analytics.dates import ENGLISH
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.zone_names import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class ValueKind:
    """One kind of value.

    Attributes
    ----------
    allowed : str
        What may be written, in words.
    read : callable of (str, str, object) → object
        Setting's name, text and current value → new value. Raises OptionError.
    """

    allowed: str
    read: Callable[[str, str, Any], Any]


def whole_number(minimum: int = 1, *, reason: str = "") -> ValueKind:
    """Return the kind of whole numbers from `minimum`; `reason` says why not less."""
    allowed = f"a whole number from {minimum}"

    def read(name: str, text: str, _: object) -> int:
        if not text.isdigit() or int(text) < minimum:
            because = f": {reason}" if reason else ""
            raise OptionError(f'{name} is "{text}"; {allowed} is allowed{because}.')
        return int(text)

    return ValueKind(allowed, read)


def one_of(choices: Iterable[str]) -> ValueKind:
    """Return the kind of a choice between words."""
    words = tuple(choices)

    def read(name: str, text: str, _: object) -> str:
        if text not in words:
            raise OptionError(unknown(name, text, words))
        return text

    return ValueKind(f"{', '.join(words[:-1])} or {words[-1]}", read)


def words() -> ValueKind:
    """Return the kind of a list of words."""

    def read(name: str, text: str, _: object) -> tuple[str, ...]:
        listed = tuple(text.replace(",", " ").split())
        if not listed or len(set(listed)) < len(listed):
            raise OptionError(f'{name} is "{text}"; write words with spaces between, each once.')
        return listed

    return ValueKind("words with spaces between", read)


def days_by_rung(example: str) -> ValueKind:
    """Return the kind of a number of days for some rungs; it replaces the current value."""

    def read(name: str, text: str, _: object) -> dict[str, int]:
        days_of: dict[str, int] = {}
        for pair in _pairs(text):
            rung, _equals, days = (part.strip() for part in pair.partition("="))
            if not rung or not days.isdigit() or int(days) < 1:
                raise OptionError(
                    f'{name}: "{pair}" is no rung=days, like {example}; days are from 1.'
                )
            days_of[rung] = int(days)
        return days_of

    return ValueKind(f"rung=days, several with a semicolon, like {example}", read)


def meaning_by_word(meanings: Iterable[str], example: str) -> ValueKind:
    """Return the kind of meanings of words of a tool; they are added to the current value.

    Words are compared by `plain_word`: the later spelling replaces the earlier one.
    """
    allowed = ", ".join(meanings)

    def read(name: str, text: str, current: dict[str, str]) -> dict[str, str]:
        meaning_of = dict(current)
        for pair in _pairs(text):
            word, _equals, meaning = (part.strip() for part in pair.rpartition("="))
            if not word or meaning not in allowed.split(", "):
                raise OptionError(
                    f'{name}: "{pair}" is no Status=meaning. Meanings are {allowed}; '
                    f"an example: {example}"
                )
            for other in [other for other in meaning_of if plain_word(other) == plain_word(word)]:
                del meaning_of[other]
            meaning_of[word] = meaning
        return meaning_of

    return ValueKind(
        f"Status=meaning, several with a semicolon, like {example}; meanings are {allowed}", read
    )


def country() -> ValueKind:
    """Return the kind of a country, by its ISO code."""
    allowed = "the two letters of a country"

    def read(name: str, text: str, current: str) -> str:
        code = text.upper()
        if code == current:
            return code  # a store is opened far more often than its country is changed

        import phonenumbers  # noqa: PLC0415  # slow to import

        if code not in phonenumbers.SUPPORTED_REGIONS:
            raise OptionError(f'{name} is "{text}"; {allowed} are allowed, like US or CA.')
        return code

    return ValueKind(f"{allowed}, like US or CA", read)


def date_language() -> ValueKind:
    """Return the kind of a language that Babel can write dates in."""
    allowed = "a language's code, like en or es_US"

    def read(name: str, text: str, current: str) -> str:
        if text in {current, ENGLISH}:
            return text  # a store is opened far more often than its language is changed

        from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # only for other languages

        try:
            return str(Locale.parse(text))
        except (UnknownLocaleError, ValueError):
            raise OptionError(f'{name} is "{text}"; {allowed}, is allowed.') from None

    return ValueKind(allowed, read)


def mail_address() -> ValueKind:
    """Return the kind of an e-mail address, or nothing."""
    allowed = "an e-mail address, or nothing"

    def read(name: str, text: str, _: object) -> str:
        mailbox, at, domain = text.partition("@")
        is_plain = text.isascii() and text.isprintable() and not set(text) & set(' <>,;:?&"()[]\\')
        if text and not (is_plain and at and mailbox and domain.strip(".") and "@" not in domain):
            raise OptionError(f'{name} is "{text}"; {allowed}, is allowed, like log@example.org.')
        return text

    return ValueKind(allowed, read)


def link_template(placeholder: str, example: str) -> ValueKind:
    """Return the kind of a web address with a placeholder in it, or nothing."""
    allowed = f"an address that begins with https:// and holds {placeholder}, or nothing"

    def read(name: str, text: str, _: object) -> str:
        is_plain = text.isascii() and text.isprintable() and not set(text) & set(" <>\"'\\`")
        if text and not (is_plain and text.startswith("https://") and text.count(placeholder) == 1):
            raise OptionError(f'{name} is "{text}"; {allowed}, is allowed, like {example}')
        return text

    return ValueKind(allowed, read)


def time_zone() -> ValueKind:
    """Return the kind of a time zone, by its IANA name."""
    return ValueKind(
        "a city's time zone, like America/Chicago", lambda _, text, __: check_timezone(text)
    )


def check_timezone(name: str) -> str:
    """Return the IANA time zone of this name: in any case, an abbreviation, or a Windows name.

    Raises
    ------
    OptionError
        There is no such time zone; the nearest names are offered.
    """
    zone = zone_of(name)
    if zone is None:
        raise OptionError(unknown("time zone", name, sorted(available_timezones()), most=3))
    return zone


def plain_word(word: str) -> str:
    """Return a word without case, spaces and hyphens: `Conf-Twice` is `conftwice`."""
    return "".join(character for character in word.casefold() if character not in " _-")


def written(value: object) -> str:
    """Return a setting's value as text that `read` understands."""
    if isinstance(value, dict):
        return "; ".join(f"{word}={meaning}" for word, meaning in value.items())
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _pairs(text: str) -> Iterable[str]:
    return filter(None, map(str.strip, text.split(";")))
