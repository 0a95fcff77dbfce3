"""Find a person by what one knows of them: an id, an e-mail, a phone number or a name.

A name is enough only where one person has it: in a campaign of 3,000 people every twelfth shares
the full name with somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError, nearest
from organizing_analytics.identity import keys

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from organizing_analytics.store import Store

#: How many people are named where a text fits several.
MAX_CHOICES = 10
#: Up to this many people, the ids that look most like a mistyped one are looked for.
MAX_FOR_NEAREST = 100_000


@dataclass(frozen=True)
class PersonMatch:
    """One person whom a text fits.

    Attributes
    ----------
    person_id : str
        The person's id; of several merged records, that of the person.
    name, email, phone, team_id : str or None
        As the store has them.
    matched : str
        What the text is: id, email, phone or name.
    """

    person_id: str
    name: str | None
    email: str | None
    phone: str | None
    team_id: str | None
    matched: str

    def __str__(self) -> str:
        """Return the person as one line of a choice."""
        details = (self.name, self.email, self.phone, self.team_id)
        return f"{self.person_id} ({', '.join(filter(None, details))})"


def people_find(store: Store, text: str) -> pd.DataFrame:
    """Return everybody whom a text fits, for a human to choose from.

    Parameters
    ----------
    store : Store
        An open store.
    text : str
        An id, an e-mail, a phone number in any spelling, or words of a name ("mar lop" fits
        María López).

    Returns
    -------
    DataFrame
        `person_id name email phone team_id matched`, by name. What the text is decides: where it
        is somebody's id, nobody is looked for by name.
    """
    import pandas as pd  # noqa: PLC0415  # `oa log` resolves people without it

    matches = _matches(store.connection, text, store.settings.phone_region)
    columns = ["person_id", "name", "email", "phone", "team_id", "matched"]
    return pd.DataFrame([vars(match) for match in matches], columns=columns)


def resolve_person(connection: duckdb.DuckDBPyConnection, text: str, region: str) -> str:
    """Return the id of the one record or person whom a text fits.

    Parameters
    ----------
    connection : DuckDB connection
        Open on a snapshot.
    text : str
        An id, an e-mail, a phone number, or a name that one person has.
    region : str
        The country of phone numbers that are written without one (ISO code).

    Raises
    ------
    OptionError
        It fits nobody, or several people; they are listed with their ids.
    """
    if connection.execute("SELECT 1 FROM main.people WHERE person_id = ?", [text]).fetchall():
        return text
    matches = _matches(connection, text, region)
    if len(matches) == 1:
        return matches[0].person_id
    if not matches:
        raise OptionError(f'There is no person "{text}" in the store.{_nearest(connection, text)}')
    shown = "".join(f"\n  {match}" for match in matches[:MAX_CHOICES])
    rest = len(matches) - MAX_CHOICES
    more = f"\n  and {rest:,} more" if rest > 0 else ""
    raise OptionError(
        f'"{text}" fits {len(matches):,} people. Give the id of the one you mean:{shown}{more}'
    )


def _matches(connection: duckdb.DuckDBPyConnection, text: str, region: str) -> list[PersonMatch]:
    """Return whom a text fits: by id, else by e-mail, else by phone, else by name."""
    text = text.strip()
    by_kind = {"id": ("lower(p.person_id) = lower($text)", text)}
    if "@" in text:
        by_kind["email"] = ("lower(trim(p.email)) = $text", text.casefold())
    elif number := keys.e164(text, region):
        keys.teach(connection, region)
        by_kind["phone"] = (f"{keys.phone_key('p.phone', region)} = $text", number)
    if any(character.isalpha() for character in text) and "@" not in text:
        by_kind["name"] = (_NAME_FITS, text)
    for kind, (condition, value) in by_kind.items():
        rows = connection.execute(_query(condition), {"text": value}).fetchall()
        if rows:
            return [
                PersonMatch(person_id, name, email, phone, team_id, kind)
                for person_id, name, email, phone, team_id in rows
            ]
    return []


_NAME = "concat_ws(' ', p.given_name, p.family_name)"
#: Every word of the text begins a word of the name.
_NAME_FITS = f"""
    len(list_filter(
        string_split({keys.name_key("$text")}, ' '),
        lambda word: NOT contains(' ' || {keys.name_key(_NAME)}, ' ' || word)
    )) = 0 AND {keys.name_key("$text")} <> ''
"""


def _query(condition: str) -> str:
    """Return SQL for the people of whom a record fits; a merged record stands for its person."""
    return f"""
        WITH fitting AS (
            SELECT DISTINCT coalesce(m.person_id, p.person_id) AS person_id
            FROM main.people p LEFT JOIN main.person_merges m ON m.record_id = p.person_id
            WHERE {condition}
        )
        SELECT p.person_id, nullif(trim({_NAME}), '') AS name, p.email, p.phone, p.team_id
        FROM fitting f JOIN main.people p ON p.person_id = f.person_id
        ORDER BY {keys.name_key(_NAME)}, p.person_id
    """


def _nearest(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    query = f"SELECT person_id FROM main.people LIMIT {MAX_FOR_NEAREST + 1}"
    ids = [row[0] for row in connection.execute(query).fetchall()]
    close = nearest(text, ids) if len(ids) <= MAX_FOR_NEAREST else []
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return f"{hint} `oa people find WORDS` looks for people by name, e-mail or phone."
