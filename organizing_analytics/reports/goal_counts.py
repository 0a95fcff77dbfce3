"""What a goal may count, and what a team reached of it in a week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a goal may count, and how a person says it.
WORDS = {
    "attended": "People who came",
    "walk_in": "People who walked in",
    "scheduled": "People who signed up",
    "new_people": "New people",
    "asks": "Asks",
    "answered": "Asks answered",
    "yes": "Yeses",
    "one_to_ones": "One-to-ones held",
}
#: Who cancelled signed up all the same.
SIGNED_UP = ("attended", "cancelled", "no_show", "unrecorded")


def plain_name(measure: str) -> str:
    """Return the name of a measure, however it is written.

    Examples
    --------
    >>> plain_name("One-to-ones"), plain_name(" new people ")
    ('one_to_ones', 'new_people')
    """
    return "_".join(measure.strip().casefold().replace("-", " ").replace("_", " ").split())


def counts_reached(
    show_up: Mapping[str, Any] | None,
    asks: Mapping[str, Any] | None,
    *,
    new_people: int,
    held: int,
) -> dict[str, int]:
    """Return what was reached of everything that a goal may count.

    Parameters
    ----------
    show_up, asks : mapping or None
        The week's rows of `show_up` and `asks_outcomes`; None where nothing was counted.
    new_people, held : int
        First visits and one-to-ones of the week.

    Examples
    --------
    >>> came = {"attended": 3, "walk_in": 1, "cancelled": 1, "no_show": 2, "unrecorded": 0}
    >>> reached = counts_reached(came, None, new_people=2, held=0)
    >>> reached["attended"], reached["scheduled"], reached["asks"], reached["new_people"]
    (3, 6, 0, 2)
    """
    came, answers = show_up or {}, asks or {}
    return {
        "attended": int(came.get("attended", 0)),
        "walk_in": int(came.get("walk_in", 0)),
        "scheduled": sum(int(came.get(name, 0)) for name in SIGNED_UP),
        "new_people": new_people,
        **{name: int(answers.get(name, 0)) for name in ("asks", "answered", "yes")},
        "one_to_ones": held,
    }
