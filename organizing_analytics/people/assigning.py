"""Give a person to an organizer who looks after them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import OptionError
from organizing_analytics.identity.finding import resolve_person
from organizing_analytics.people.deciding import person_of
from organizing_analytics.people.refreshing import refresh_identity
from organizing_analytics.store import new_snapshot, store_folder
from organizing_analytics.store.reading import parse_day
from organizing_analytics.store.snapshots import require_store

if TYPE_CHECKING:
    import os
    from datetime import date

#: The source of rows that were written by this command and not loaded from a file.
SOURCE = "assigned"


@dataclass(frozen=True)
class Assignment:
    """Who looks after whom, from when on.

    Attributes
    ----------
    snapshot : int or None
        The store's current snapshot.
    person_ids : tuple of str
        Who is looked after.
    organizer_id : str
        Who looks after them.
    on : str
        From which local date, like 2026-11-28.
    """

    snapshot: int | None
    person_ids: tuple[str, ...]
    organizer_id: str
    on: str

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return {**asdict(self), "person_ids": list(self.person_ids)}


def assign_people(
    *people: str,
    to: str,
    on: str | date | None = None,
    store: str | os.PathLike[str] | None = None,
) -> Assignment:
    """Give people to an organizer; it holds until they are given to somebody else.

    Parameters
    ----------
    *people : str
        Each an id, an e-mail, a phone number, or a name that only one person has.
    to : str
        The organizer, by any of these.
    on : str or date, optional
        From which local date on, today by default.
    store : path, optional
        The store's folder; default ORGANIZING_STORE, else data/store.

    Raises
    ------
    OptionError, StoreError
        There is no such person, or somebody would look after themself. Nothing was changed.
    """
    if not people:
        raise OptionError("Name at least one person to assign.")
    folder = store_folder(store)
    require_store(folder)
    with new_snapshot(folder) as draft:
        connection, region = draft.connection, draft.settings.phone_region
        day = parse_day(on, option="on") if on is not None else draft.settings.today()

        def person_id(text: str) -> str:
            return person_of(connection, resolve_person(connection, text, region))

        organizer_id = person_id(to)
        ids = tuple(dict.fromkeys(person_id(text) for text in people))
        if organizer_id in ids:
            raise OptionError(f"{organizer_id}: nobody looks after themself. Name another.")
        draft.action = "assign"
        draft.summary = f"{len(ids):,} given to an organizer"
        # A later word on the same day replaces the earlier one.
        connection.execute(
            'DELETE FROM main.assignments WHERE "on" = ? AND person_id IN (SELECT unnest(?))',
            [day, list(ids)],
        )
        connection.execute(
            'INSERT INTO main.assignments (person_id, organizer_id, "on", source) '
            "SELECT unnest(?), ?, ?, ?",
            [list(ids), organizer_id, day, SOURCE],
        )
        refresh_identity(connection, draft.settings)
    return Assignment(draft.current, ids, organizer_id, day.isoformat())
