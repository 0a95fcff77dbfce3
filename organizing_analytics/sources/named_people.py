"""People whom a column names: who recruited a person, or looks after them.

Such a column holds an e-mail address, "Last, First" or a name in the usual order. There is no id:
a keyed hash of what stands there is one, so that the same words are always the same person.
"""

from __future__ import annotations

from organizing_analytics.sources.feeds import Feed
from organizing_analytics.sources.shapes import cell, keyed_key_of, only_when

#: What tools and the custom fields of campaigns call the person who looks after somebody.
POINT_PERSON = (
    "point person|assigned to|assigned organizer|primary organizer|point person name or email|"
    "point person name|point person email|relationship manager|relationship owner|organizer"
)


def named_id(space: str, names: str) -> str:
    """Return the expression of the id of whom the first of some columns names (`a|b`)."""
    return f"CASE WHEN {{{names}}} IS NOT NULL THEN {keyed_key_of(space, f'{{{names}}}')} END"


def named_person(space: str, names: str) -> Feed:
    """Return the feed of the people whom the first of some columns names (`a|b`)."""
    name = f"{{{names}}}"
    is_email = f"regexp_full_match({name}, '[^@\\s]+@[^@\\s]+')"
    bare = f"CASE WHEN NOT {is_email} THEN {name} END"
    return Feed(
        "people",
        {
            "person_id": cell(named_id(space, names)),
            "given_name": cell(given_name(f"({bare})")),
            "family_name": cell(family_name(f"({bare})")),
            "email": cell(f"CASE WHEN {is_email} THEN lower({name}) END"),
        },
        (only_when(f"{name} IS NOT NULL"),),
        only_with=names,
    )


def given_name(name: str) -> str:
    """Return the first name in "Last, First", or of a name in the usual order."""
    return (
        f"nullif(trim(CASE WHEN contains({name}, ',') THEN split_part({name}, ',', 2) "
        f"WHEN contains({name}, ' ') THEN regexp_extract({name}, '^(.*) [^ ]+$', 1) "
        f"ELSE {name} END), '')"
    )


def family_name(name: str) -> str:
    """Return the last name in "Last, First", or of a name in the usual order."""
    return (
        f"nullif(trim(CASE WHEN contains({name}, ',') THEN split_part({name}, ',', 1) "
        f"WHEN contains({name}, ' ') THEN regexp_extract({name}, '([^ ]+)$', 1) END), '')"
    )
