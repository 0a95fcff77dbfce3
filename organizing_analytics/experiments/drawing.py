"""Draw who gets what, alike in every team, and write it into the store.

Within each team people are put in a random order and dealt to the arms in turn; the dealing goes
on from team to team. So the arms differ by one person at most, in every team and over all.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError, OptionError, StoreError
from organizing_analytics.loading.opening import open_file
from organizing_analytics.measures.do_not_ask import asks_do_not_ask
from organizing_analytics.sources.feeds import find_column
from organizing_analytics.store import new_snapshot, open_store, store_folder
from organizing_analytics.store.reading import parse_day
from organizing_analytics.wording import plain_name

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from organizing_analytics.store import Store

#: How long an experiment runs when nobody says.
USUAL_DAYS = 30


@dataclass(frozen=True)
class Started:
    """An experiment as it was drawn.

    Attributes
    ----------
    name : str
    arms : tuple of str
        The first is what the others are compared with.
    seed : int
        The same seed, people and teams give the same draw.
    started_on, ends_on : date
        Its window; nobody should look before it ends.
    people : dict
        Person id → arm.
    left_out : list of str
        On the do-not-ask list, and so in no arm.
    snapshot : int or None
    """

    name: str
    arms: tuple[str, ...]
    seed: int
    started_on: date
    ends_on: date
    people: Mapping[str, str]
    left_out: list[str] = field(default_factory=list)
    snapshot: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        sizes = Counter(self.people.values())
        return {
            "name": self.name,
            "arms": [{"arm": arm, "people": sizes[arm]} for arm in self.arms],
            "seed": self.seed,
            "started_on": self.started_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "left_out": self.left_out,
            "snapshot": self.snapshot,
            "people": [{"person_id": p, "arm": arm} for p, arm in self.people.items()],
        }


def start_experiment(
    name: str,
    *,
    people: str | os.PathLike[str],
    arms: Sequence[str] | str,
    seed: int | None = None,
    until: str | date | None = None,
    store: str | os.PathLike[str] | None = None,
) -> Started:
    """Draw who of a list of people gets what, and write it into the store.

    Parameters
    ----------
    name : str
        A name that no other experiment has.
    people : path
        A table with a column person_id.
    arms : sequence of str
        Two or more names, as a list or as "text,call"; the first is compared with.
    seed : int, optional
        For the same draw again; drawn when not given.
    until : str or date, optional
        Its last day; 30 days from today.
    store : path, optional
        The store's folder.

    Raises
    ------
    FileError, OptionError, StoreError
        Nothing was drawn.
    """
    names = _arms(arms)
    ids = _read_people(Path(people))
    folder = store_folder(store)
    with open_store(folder) as data:
        today = data.settings.today()
        ends_on = today + timedelta(days=USUAL_DAYS) if until is None else parse_day(until)
        if ends_on < today:
            raise OptionError(f"until is {ends_on}, which is over. Give a date from {today} on.")
        _check_new(data, name)
        known, teams = _known(data, ids, file=Path(people).name)
        barred = set(asks_do_not_ask(data, as_of=today)["person_id"])
    chosen = [person for person in dict.fromkeys(known) if person not in barred]
    if len(chosen) < len(names):
        raise OptionError(f"{len(chosen)} people for {len(names)} arms: give more people.")
    drawn_by = secrets.randbelow(2**31) if seed is None else seed
    drawn = draw({person: teams.get(person) for person in chosen}, names, seed=drawn_by)
    with new_snapshot(folder) as draft:
        draft.action, draft.summary = "experiment", f"{name}: {len(drawn):,} people drawn"
        draft.connection.execute(
            "INSERT INTO main.experiments VALUES (?, ?, ?, ?, ?)",
            [name, ",".join(names), drawn_by, today, ends_on],
        )
        draft.connection.executemany(
            "INSERT INTO main.experiment_people VALUES (?, ?, ?)",
            [[name, person, arm] for person, arm in drawn.items()],
        )
        snapshot = draft.current
    left_out = [person for person in dict.fromkeys(known) if person in barred]
    return Started(name, names, drawn_by, today, ends_on, drawn, left_out, snapshot)


def draw(teams: Mapping[str, str | None], arms: Sequence[str], *, seed: int) -> dict[str, str]:
    """Return each person's arm.

    Parameters
    ----------
    teams : mapping
        Person id → team id.
    arms : sequence of str
    seed : int

    Examples
    --------
    >>> sorted(draw({"a": "t", "b": "t"}, ["text", "call"], seed=1).values())
    ['call', 'text']
    """
    random = Random(seed)  # noqa: S311  # a draw that can be repeated, not a secret
    by_team: dict[str, list[str]] = {}
    for person in sorted(teams):
        by_team.setdefault(teams[person] or "", []).append(person)
    turns = list(arms)
    random.shuffle(turns)  # who has one more is drawn, too
    shuffled = []
    for team in sorted(by_team):
        random.shuffle(by_team[team])
        shuffled.append(by_team[team])
    dealt = enumerate(chain.from_iterable(shuffled))
    return {person: turns[place % len(turns)] for place, person in dealt}


def list_experiments(store: Store) -> pd.DataFrame:
    """Return the experiments of a store: `name arms seed started_on ends_on people`."""
    import pandas as pd  # noqa: PLC0415

    if not store.has_identity:
        return pd.DataFrame(columns=["name", "arms", "seed", "started_on", "ends_on", "people"])
    return store.sql(
        "SELECT e.*, (SELECT count(*) FROM main.experiment_people p WHERE p.name = e.name) "
        "AS people FROM main.experiments e ORDER BY started_on, name"
    )


def _arms(arms: Sequence[str] | str) -> tuple[str, ...]:
    names = arms.split(",") if isinstance(arms, str) else list(arms)
    found = tuple(name.strip() for name in names if name.strip())
    if len(found) < 2 or len(set(found)) < len(found):  # noqa: PLR2004
        raise OptionError(
            f'arms is "{",".join(names)}"; give two names or more, each once, like text,call.'
        )
    return found


def _read_people(path: Path) -> list[tuple[int, str]]:
    """Return row number and person id of each row of a list."""
    tables, _ = open_file(path, name=path.name, fits=_names_people)
    raw = tables[0]
    place = raw.header.index(find_column("person_id", raw.header, file=path.name))
    return list(_ids(raw.rows(), place, first=raw.first_row))


def _names_people(header: tuple[str, ...], /, *, table_name: str) -> bool:  # noqa: ARG001
    """Return whether a list has people's ids."""
    return any(plain_name(column) == plain_name("person_id") for column in header)


def _ids(rows: Any, place: int, *, first: int) -> Iterator[tuple[int, str]]:
    for number, (cells, _) in enumerate(rows, first):
        if cells[place] and cells[place].strip():
            yield number, cells[place].strip()


def _known(
    store: Store, ids: list[tuple[int, str]], *, file: str
) -> tuple[list[str], dict[str, str | None]]:
    """Return the people of the list as the store knows them, and everybody's team."""
    merged = dict(store.connection.execute(
        "SELECT record_id, person_id FROM main.person_merges"
    ).fetchall()) if store.has_identity else {}  # fmt: skip
    teams = dict(store.connection.execute("SELECT person_id, team_id FROM people").fetchall())
    people = [(row, merged.get(person, person)) for row, person in ids]
    missing = [(row, person) for row, person in people if person not in teams]
    if missing:
        shown = ", ".join(f"row {row} ({person})" for row, person in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""  # noqa: PLR2004
        raise FileError(
            f"{file}: {shown}{more}: person_id is not in the store. Load the people first, or "
            "correct it."
        )
    return [person for _, person in people], teams


def _check_new(store: Store, name: str) -> None:
    if not store.has_identity:
        raise StoreError(
            f"{store.folder}: made by an older version. Load any file into it first, which brings "
            "it up to date."
        )
    if not name.strip():
        raise OptionError("An experiment needs a name.")
    if name in list_experiments(store)["name"].tolist():
        raise OptionError(f'There is an experiment "{name}" already. Give another name.')
