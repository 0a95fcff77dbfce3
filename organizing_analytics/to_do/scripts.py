"""What to say: a hard ask, a second time for a "not now", another thing for a "not that".

A hard ask names the event, date, time and place, and says why it is urgent: how many are missing,
or why it matters. The campaign can write its own texts (`oa words FILE`); each is checked against
that definition, so that every text that is printed is a hard ask.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.private_files import write_durably

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

#: A text stays shorter: then it is a text message of two parts.
MAX_LETTERS = 300
#: The file in a store's folder with the campaign's own texts.
WORDS_FILE = "words.toml"
_PLACE = ("event", "date", "time", "place")
#: Text → the placeholders that it must have. One of the urgent ones makes an ask urgent.
REQUIRED = {
    "ask_short": (*_PLACE, "short"),
    "ask_why": (*_PLACE, "why"),
    "ask_need": (*_PLACE, "need"),
    "ask_role_short": (*_PLACE, "role", "short"),
    "ask_role_why": (*_PLACE, "role", "why"),
    "ask_role_need": (*_PLACE, "role", "need"),
    "ask_fill": (*_PLACE, "short"),
    "second": (*_PLACE,),
    "second_role": (*_PLACE, "role"),
    "other": (*_PLACE,),
    "thanks": (),
}
PLACEHOLDERS = (*_PLACE, "short", "need", "why", "role")
_APOLOGY = re.compile(r"\b(sorry|apologi[sz]e|hate to|bother you|favou?r)\b", re.IGNORECASE)
#: The longest values, for the check of a text's length. Names and sentences are cut to them where a
#: text would be too long.
_LONGEST_CUT = {"event": 50, "place": 50, "why": 100, "role": 27}
_LONGEST = {**_LONGEST_CUT, "date": 16, "time": 11, "short": 12, "need": 5}


@dataclass(frozen=True)
class Scripts:
    """The texts of a campaign, by their names in `REQUIRED`."""

    texts: Mapping[str, str]

    def ask(self, facts: Mapping[str, str]) -> str:
        """Return the ask that says most: the shortage, else why it matters, else the need.

        Parameters
        ----------
        facts : mapping
            Values of the placeholders, of those that are known. With a role, it is asked for,
            beginning with the shift; without one, the shift.

        Returns
        -------
        str
            Empty where the facts are too few for a hard ask.
        """
        kind = "ask_role" if facts.get("role") else "ask"
        texts = (self.fill(f"{kind}_{reason}", facts) for reason in ("short", "why", "need"))
        return next(filter(None, texts), "")

    def fill(self, name: str, facts: Mapping[str, str]) -> str | None:
        """Return a text with its placeholders filled; None where a fact is missing."""
        template = self.texts[name]
        if any(not facts.get(field) for field in fields_of(template)):
            return None
        text = template.format_map(facts)
        if len(text) >= MAX_LETTERS:
            cut = {
                field: _cut(facts[field], most)
                for field, most in _LONGEST_CUT.items()
                if field in facts
            }
            text = template.format_map({**facts, **cut})
        return text


def fields_of(template: str) -> list[str]:
    """Return the placeholders of a text.

    Examples
    --------
    >>> fields_of("Come to {event} on {date}.")
    ['event', 'date']
    """
    return [field for _, field, _, _ in Formatter().parse(template) if field is not None]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def default_text() -> str:
    """Return the package's own texts, as the TOML that a campaign starts from."""
    return files(__package__).joinpath("words.toml").read_text(encoding="utf-8")


def read_scripts(folder: Path | None) -> Scripts:
    """Return the texts of a store's folder; what it does not have is the package's own.

    Raises
    ------
    OptionError
        A text of the campaign's file does not pass the check.
    """
    texts = tomllib.loads(default_text())
    path = None if folder is None else folder / WORDS_FILE
    if path is not None and path.is_file():
        texts |= checked_texts(path.read_text(encoding="utf-8"), str(path))
    return Scripts(texts)


def as_toml(scripts: Scripts) -> str:
    """Return texts as the TOML file that `oa words FILE` takes."""
    return "\n".join(
        f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in scripts.texts.items()
    )


def keep_scripts(path: str | os.PathLike[str], folder: Path) -> Scripts:
    """Check a file of texts and keep it in a store's folder; return the texts in force.

    Raises
    ------
    OptionError
        The file cannot be read, or a text does not pass the check. Nothing was changed.
    """
    try:
        toml = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: this file cannot be read ({error}).") from error
    checked_texts(toml, str(path))
    write_durably(folder / WORDS_FILE, toml)
    return read_scripts(folder)


def checked_texts(toml: str, name: str) -> dict[str, str]:
    """Return the texts of a TOML file.

    Raises
    ------
    OptionError
        It is no TOML, or a text lacks a placeholder, has one that is not known, apologizes, or
        could be too long.
    """
    try:
        texts = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{name}: this is not TOML ({error}).") from error
    for key, text in texts.items():
        if key not in REQUIRED:
            raise OptionError(f"{name}: {unknown('text', key, list(REQUIRED))}")
        if not isinstance(text, str):
            raise OptionError(f"{name}: {key} must be a text in quotes.")
        _check(name, key, text)
    return texts


def _check(name: str, key: str, text: str) -> None:
    try:
        fields = fields_of(text)
    except ValueError as error:
        raise OptionError(f"{name}: {key} has a brace without its partner ({error}).") from error
    for field in fields:
        if field not in PLACEHOLDERS:
            raise OptionError(f"{name}: {key}: {unknown('placeholder', field, PLACEHOLDERS)}")
    lacking = [field for field in REQUIRED[key] if field not in fields]
    if lacking:
        raise OptionError(
            f"{name}: {key} lacks {{{lacking[0]}}}. A hard ask names the event, date, time and "
            "place, and says why it is urgent."
        )
    apology = _APOLOGY.search(text)
    if apology:
        raise OptionError(
            f'{name}: {key} says "{apology[0]}". An ask offers something to do: it is no favor.'
        )
    longest = len(text.format_map({field: "x" * n for field, n in _LONGEST.items()}))
    if longest >= MAX_LETTERS:
        raise OptionError(
            f"{name}: {key} can grow to {longest} characters with the longest names; it must stay "
            f"under {MAX_LETTERS}."
        )
