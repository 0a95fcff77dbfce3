"""Draw who gets what, alike in every team, and write it into the store.

Within each team people are put in a random order and dealt to the arms in turn; the dealing goes
on from team to team. So the arms differ by one person at most, in every team and over all.

Not only people can be drawn: everybody of a household, an organizer's list or a team gets the same
where what one person gets would spill over to the others, and a shift is drawn whole where it is
the shift that is done differently. The result is then clustered by what was drawn.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError, OptionError, StoreError, about, unknown
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
DEFAULT_DAYS = 30
#: What may be drawn → the column of the list that says which one a row belongs to.
UNITS = {
    "person": "person_id",
    "household": "household_id",
    "shift": "shift_id",
    "organizer": "organizer_id",
    "team": "team_id",
}
#: Columns that a store of an older version lacks.
_NEW_COLUMNS = (
    "ALTER TABLE main.experiments ADD COLUMN IF NOT EXISTS drawn_by VARCHAR",
    "ALTER TABLE main.experiment_people ADD COLUMN IF NOT EXISTS unit VARCHAR",
    "ALTER TABLE main.experiment_people ADD COLUMN IF NOT EXISTS chance DOUBLE",
)


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
        Person id → arm; of a draw of shifts, shift id → arm.
    left_out : list of str
        On the do-not-ask list, and so in no arm.
    snapshot : int or None
    by : str
        What was drawn: person, household, shift, organizer or team.
    n_units : int
        How many of them.
    """

    name: str
    arms: tuple[str, ...]
    seed: int
    started_on: date
    ends_on: date
    people: Mapping[str, str]
    left_out: list[str] = field(default_factory=list)
    snapshot: int | None = None
    by: str = "person"
    n_units: int = 0

    @property
    def id_column(self) -> str:
        """Return what the ids in `people` are: person_id or shift_id."""
        return "shift_id" if self.by == "shift" else "person_id"

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
            "by": self.by,
            "units": self.n_units,
            "people": [{self.id_column: p, "arm": arm} for p, arm in self.people.items()],
        }


@dataclass(frozen=True)
class _Listed:
    """One row of the list: its number, its id, what is drawn with it, the chance known before."""

    row: int
    id: str
    unit: str
    chance: float | None = None


def start_experiment(
    name: str,
    *,
    people: str | os.PathLike[str],
    arms: Sequence[str] | str,
    by: str = "person",
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
        A table with a column person_id (of a draw of shifts: shift_id). A column `chance`, 0 to 1,
        is each one's chance as the planner knew it before the draw; the result is adjusted for it.
    arms : sequence of str
        Two or more names, as a list or as "text,call"; the first is compared with.
    by : str
        What is drawn: person, household (the list has a column household_id), organizer
        (organizer_id), team (the person's team) or shift.
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
    if by not in UNITS:
        raise OptionError(unknown("thing to draw", by, UNITS))
    file = Path(people).name
    with about(Path(people)):
        rows = _read_list(Path(people), by)
    folder = store_folder(store)
    with open_store(folder) as data:
        today = data.settings.today()
        ends_on = today + timedelta(days=DEFAULT_DAYS) if until is None else parse_day(until)
        if ends_on < today:
            raise OptionError(f"until is {ends_on}, which is over. Give a date from {today} on.")
        _check_new(data, name)
        with about(Path(people)):
            check = _known_shifts if by == "shift" else _check_people
            rows, teams = check(data, rows, file=file)
        barred = set() if by == "shift" else set(asks_do_not_ask(data, as_of=today)["person_id"])
    if by == "team":
        rows = [replace(row, unit=teams.get(row.id) or f"alone {row.id}") for row in rows]
    unique = {row.id: row for row in reversed(rows)}  # the first row of each
    left_out = [row.id for row in reversed(unique.values()) if row.id in barred]
    chosen = [row for row in reversed(unique.values()) if row.id not in barred]
    strata = {row.unit: None if by == "team" else teams.get(row.id) for row in reversed(chosen)}
    if len(strata) < len(names):
        what = "people" if by == "person" else f"{by}s"
        raise OptionError(f"{len(strata)} {what} for {len(names)} arms: give more {what}.")
    number = secrets.randbelow(2**31) if seed is None else seed
    arm_of = draw(strata, names, seed=number)
    drawn = {row.id: arm_of[row.unit] for row in chosen}
    started = Started(name, names, number, today, ends_on, drawn, left_out, None, by, len(strata))
    return replace(started, snapshot=_write(folder, started, chosen))


def _write(folder: Path, started: Started, rows: Sequence[_Listed]) -> int | None:
    """Write a draw into a new snapshot and return its number."""
    # What households and organizers are called is nobody's business here: a number will do.
    numbers = {unit: f"u{n}" for n, unit in enumerate(sorted({row.unit for row in rows}), 1)}
    is_shift = started.by == "shift"
    with new_snapshot(folder) as draft:
        what = "shifts" if is_shift else "people"
        draft.action = "experiment"
        draft.summary = f"{started.name}: {len(rows):,} {what} drawn"
        for statement in _NEW_COLUMNS:
            draft.connection.execute(statement)
        draft.connection.execute(
            "INSERT INTO main.experiments (name, arms, seed, started_on, ends_on, drawn_by) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [started.name, ",".join(started.arms), started.seed, started.started_on,
             started.ends_on, started.by],
        )  # fmt: skip
        draft.connection.executemany(
            "INSERT INTO main.experiment_people (name, person_id, arm, unit, chance) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                [started.name, None if is_shift else row.id, started.people[row.id],
                 row.id if is_shift else numbers[row.unit], row.chance]
                for row in rows
            ],
        )  # fmt: skip
        return draft.current


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
    """Return the experiments of a store: `name arms seed started_on ends_on people drawn_by`.

    `people` counts what is in the arms: people, or the shifts of a draw of shifts.
    """
    import pandas as pd  # noqa: PLC0415

    columns = ["name", "arms", "seed", "started_on", "ends_on", "people", "drawn_by"]
    if not store.has_identity:
        return pd.DataFrame(columns=columns)
    drawn_by = "coalesce(e.drawn_by, 'person')" if has_units(store) else "'person'"
    return store.sql(
        "SELECT e.name, e.arms, e.seed, e.started_on, e.ends_on, "
        "(SELECT count(*) FROM main.experiment_people p WHERE p.name = e.name) AS people, "
        f"{drawn_by} AS drawn_by FROM main.experiments e ORDER BY e.started_on, e.name"
    )


def has_units(store: Store) -> bool:
    """Return whether the store has ever had a draw that wrote down what was drawn."""
    rows = store.connection.execute(
        "SELECT 1 FROM duckdb_columns() WHERE table_name = 'experiment_people' "
        "AND column_name = 'unit'"
    ).fetchall()
    return bool(rows)


def _arms(arms: Sequence[str] | str) -> tuple[str, ...]:
    names = arms.split(",") if isinstance(arms, str) else list(arms)
    arms = tuple(name.strip() for name in names if name.strip())
    if len(arms) < 2 or len(set(arms)) < len(arms):  # noqa: PLR2004
        raise OptionError(
            f'arms is "{",".join(names)}"; give two names or more, each once, like text,call.'
        )
    return arms


def _read_list(path: Path, by: str) -> list[_Listed]:
    """Return the rows of a list that have an id, with what is drawn with each."""
    id_column = "shift_id" if by == "shift" else "person_id"
    tables, _ = open_file(path, name=path.name, fits=partial(_names_ids, id_column))
    raw = tables[0]
    own = UNITS[by] if by in {"household", "organizer"} else id_column
    places = [
        raw.header.index(find_column(name, raw.header, file=path.name)) for name in (id_column, own)
    ]
    alike = [n for n, column in enumerate(raw.header) if plain_name(column) == "chance"]
    numbered = enumerate(raw.rows(), raw.first_row)
    return list(_rows(numbered, (places[0], places[1], alike[0] if alike else None), path.name))


def _names_ids(
    id_column: str,
    header: tuple[str, ...],
    /,
    *,
    table_name: str,  # noqa: ARG001
    row: int | None = None,  # noqa: ARG001
) -> bool:
    """Return whether a list has the ids of what is drawn."""
    return any(plain_name(column) == plain_name(id_column) for column in header)


def _rows(numbered: Any, places: tuple[int, int, int | None], file: str) -> Iterator[_Listed]:
    for number, (cells, _) in numbered:
        texts = [(cells[place] or "").strip() if place is not None else "" for place in places]
        if not texts[0]:
            continue
        # Who has no household or organizer is drawn alone.
        unit = texts[1] or f"alone {texts[0]}"
        yield _Listed(number, texts[0], unit, _chance(texts[2], file, number))


def _chance(text: str, file: str, row: int) -> float | None:
    try:
        chance = float(text) if text else None
    except ValueError:
        chance = -1.0
    if chance is not None and not 0 <= chance <= 1:
        raise FileError(
            f'{file} row {row}: chance is "{text}"; it is a number from 0 to 1, or empty.',
            row=row,
            column="chance",
            value=text,
        )
    return chance


def _check_people(
    store: Store, rows: list[_Listed], *, file: str
) -> tuple[list[_Listed], dict[str, str | None]]:
    """Return the people of the list as the store knows them, and everybody's team."""
    merged = dict(store.connection.execute(
        "SELECT record_id, person_id FROM main.person_merges"
    ).fetchall()) if store.has_identity else {}  # fmt: skip
    teams = dict(store.connection.execute("SELECT person_id, team_id FROM people").fetchall())
    people = [_as_known(row, merged.get(row.id, row.id)) for row in rows]
    _refuse_missing(people, set(teams), column="person_id", file=file)
    return people, teams


def _as_known(row: _Listed, person: str) -> _Listed:
    # Two records of one person are drawn as one.
    unit = person if row.unit == row.id else row.unit
    return replace(row, id=person, unit=unit)


def _known_shifts(
    store: Store, rows: list[_Listed], *, file: str
) -> tuple[list[_Listed], dict[str, str | None]]:
    """Return the shifts of the list, and the team that holds each."""
    teams = dict(
        store.connection.execute(
            "SELECT h.shift_id, e.team_id FROM shifts h JOIN events e USING (event_id) "
            "WHERE h.deleted_at IS NULL AND e.deleted_at IS NULL"
        ).fetchall()
    )
    _refuse_missing(rows, set(teams), column="shift_id", file=file)
    return rows, teams


def _refuse_missing(rows: list[_Listed], existing: set[str], *, column: str, file: str) -> None:
    missing = [row for row in rows if row.id not in existing]
    if missing:
        shown = ", ".join(f"row {row.row} ({row.id})" for row in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""  # noqa: PLR2004
        what = column.removesuffix("_id").replace("person", "people")
        raise FileError(
            f"{file}: {shown}{more}: {column} is not in the store. Load the {what} first, or "
            "correct it.",
            row=missing[0].row,
            column=column,
            value=missing[0].id,
        )


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
