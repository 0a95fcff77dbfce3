"""Ids made from personal data, of a store of format 2, become keyed ids.

Format 2 kept them as the text that they were made from (`sheet:contact:ann@example.org Ann Lee`)
or as a digest without a key, which is easily guessed. The keyed id is made from that same text, as
a load makes it, so that rows loaded again match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.store.keyed_ids import digest
from organizing_analytics.store.renaming import rename

if TYPE_CHECKING:
    import duckdb

#: Ids of these lists were made from personal data, whatever they hold.
_SPACES = {
    "people": ("sheet:contact", "mobilize:contact", "check_in:contact", "everyaction-list:user"),
    "signups": ("sheet:signup", "mobilize:signup", "everyaction-list:signup"),
    "meetings": ("everyaction-list:signup",),
    "asks": ("everyaction-list:signup",),
}
#: Attendances without an id of their own: a digest stood in for it.
_DIGESTS = {"signups": "^(mobilize|action_network):attendance:[0-9a-f]{32}$"}

#: Sources whose ids are the tool's own, or the campaign's; all others are mapping files.
_OWN_IDS = (
    "templates", "mobilize", "everyaction", "action_network", "check_in", "eventbrite", "meetup",
    "signup_sheet", "forgotten",
)  # fmt: skip
#: Tables that a mapping file may fill with ids made from what it knows of a person.
_OF_PEOPLE = ("people", "signups", "meetings", "asks", "contacts")
#: A mapping's ids are made from personal data when at least this share of them contains some.
_MIN_SHARE = 0.5


def key_ids(connection: duckdb.DuckDBPyConnection) -> None:
    """Give keyed ids to the rows of a draft whose ids were made from personal data."""
    own = ", ".join(f"'{source}'" for source in _OWN_IDS)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE personal_ids (kind VARCHAR, old_id VARCHAR, new_id VARCHAR)"
    )
    # Before any id changes: ids of sign-ups are judged by the person whom they refer to.
    for table in _OF_PEOPLE:
        key = f"{'person' if table == 'people' else table.removesuffix('s')}_id"
        shipped = " OR ".join(
            [f"t.{key} LIKE '{space.replace('_', '!_')}:%' ESCAPE '!'"
             for space in _SPACES.get(table, ())]
            + [f"regexp_matches(t.{key}, '{d}')" for d in filter(None, [_DIGESTS.get(table)])]
        )  # fmt: skip
        mapped = (
            f"t.source NOT IN ({own}) AND t.source IN (SELECT t.source FROM main.{table} t "
            f"LEFT JOIN main.people p ON p.person_id = t.person_id GROUP BY ALL "
            f"HAVING avg(coalesce({_holds_person(f't.{key}')}, false)::INTEGER) >= {_MIN_SHARE})"
        )
        connection.execute(
            f"INSERT INTO personal_ids SELECT '{table}', t.{key}, keyed_id(t.{key}) "
            f"FROM main.{table} t WHERE {shipped or 'false'} OR ({mapped})"
        )
    # Other files may name these ids, as they were written: a load looks them up.
    connection.execute(
        "INSERT INTO main.keyed_ids SELECT kind, new_id FROM personal_ids "
        "WHERE kind = 'people' OR NOT regexp_matches(old_id, '^[a-z_-]+:[a-z_-]+:')"
    )
    for table in _OF_PEOPLE:
        rename(
            connection,
            table,
            f"SELECT old_id, new_id FROM personal_ids WHERE kind = '{table}'",
        )
    connection.execute("DROP TABLE personal_ids")
    _keep_sharers(connection)


def _holds_person(identifier: str) -> str:
    """Return SQL: whether an id contains an e-mail address, or the person's phone or name."""
    lower = f"lower({identifier})"
    digits = f"regexp_replace({identifier}, '[^0-9]', '', 'g')"
    phone = "right(regexp_replace(p.phone, '[^0-9]', '', 'g'), 9)"
    return (
        # An id that is a single cell is the campaign's own, and stays.
        f"({lower} NOT IN (coalesce(lower(p.email), ''), coalesce(lower(p.phone), ''), "
        "coalesce(lower(p.given_name), '')) "
        f"AND (contains({identifier}, '@') "
        f"OR (length({phone}) >= 7 AND contains({digits}, {phone})) "
        f"OR (length(concat(p.given_name, p.family_name)) >= 4 "
        f"AND contains({lower}, lower(coalesce(p.given_name, ''))) "
        f"AND contains({lower}, lower(coalesce(p.family_name, ''))))))"
    )


def _keep_sharers(connection: duckdb.DuckDBPyConnection) -> None:
    """Let those who share an e-mail or phone with somebody forgotten in format 2 stay.

    Format 3 knows a forgotten person by the e-mail or phone alone. Who stands in the store has
    been told apart from the forgotten person by name.
    """
    if connection.execute("SELECT 1 FROM main.forgotten LIMIT 1").fetchall():
        digits = "regexp_replace(phone, '[^0-9]', '', 'g')"
        shared = [
            digest("email", "lower(trim(email)) || ':'"),
            digest("phone", f"'+1' || right({digits}, 10) || ':'"),
            digest("phone", f"'+' || {digits} || ':'"),
        ]
        held = " OR ".join(
            f"{identifier} IN (SELECT digest FROM main.forgotten)" for identifier in shared
        )
        connection.execute(
            f"INSERT INTO main.forgotten_sharers SELECT {digest('id', 'person_id')} "
            f"FROM main.people WHERE source <> 'forgotten' AND ({held})"
        )
