"""A list of who came → the sign-ups of a shift: by e-mail, then phone, then name.

Each row gets the shift, the person and whether it is a walk-in. Rejoining, as on Zoom, gives
equal rows, which count once. A row that may be one of several people is for a human: rejected.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, OptionError, nearest
from organizing_analytics.identity import keys
from organizing_analytics.loading import cells
from organizing_analytics.loading.attendance import MarkVerdict, judge
from organizing_analytics.loading.files import BadCell
from organizing_analytics.sources.check_in import PERSON, SHIFT, SOURCE, VERDICT, WALK_IN
from organizing_analytics.sql import literal

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.loading.files import RawFile
    from organizing_analytics.sources import Reading

UNKNOWN_MARK = (
    "this is not known as a mark of who came, so it decides about nobody. Known are yes, x, a "
    "tick, attended, late or a time; no, absent or no show; empty where nobody was marked."
)
#: Verdicts after which a person is not noted as absent: nobody knows, or they called it off.
UNDECIDED = ("open", "waiting", "cancelled")
#: How many walk-ins a warning names.
SHOWN = 5


@dataclass(frozen=True)
class CheckIn:
    """What the user says of a list: its shift, and whether it is complete.

    Attributes
    ----------
    shift : str
        The shift's id.
    is_complete : bool
        Whether who is not on the list did not come.
    undecided : set of str
        People of whom the list says that nobody knows, or who were in the waiting room only: they
        are not noted as absent.
    """

    shift: str
    is_complete: bool = False
    undecided: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Person:
    """Somebody on the list, or signed up to the shift."""

    person_id: str
    name: str
    email: str
    phone: str

    @property
    def shown(self) -> str:
        """Return what a message calls the person."""
        return self.name or self.email or self.phone or self.person_id

    def agrees(self, other: _Person) -> bool:
        """Tell whether one name has all words of the other: Flo is Flo Moe, Bo Moe is not."""
        mine, its = set(self.name.split()), set(other.name.split())
        return mine <= its or its <= mine


def find_shift(connection: duckdb.DuckDBPyConnection, shift: str) -> None:
    """Refuse a shift that is not in the store.

    Raises
    ------
    OptionError
        There is no such shift; the nearest ids are named.
    """
    shift_ids = [
        row[0] for row in connection.execute("SELECT shift_id FROM main.shifts").fetchall()
    ]
    if shift not in shift_ids:
        close = nearest(shift, shift_ids)
        hint = f" Did you mean {' or '.join(close)}?" if close else " Load its events first."
        raise OptionError(f'There is no shift "{shift}" in the store.{hint}')


def find_people(  # noqa: PLR0917
    connection: duckdb.DuckDBPyConnection,
    raw: RawFile,
    reading: Reading,
    check_in: CheckIn,
    region: str,
    number: int,
) -> tuple[RawFile, list[str]]:
    """Return the list with who each row is, and warnings about whom it could not find.

    Raises
    ------
    FileError
        The list names nobody: no name, e-mail or phone in any row.
    """
    keys.teach(connection, region)
    signed_up = _signed_up(connection, check_in.shift, region)
    rows = _listed(connection, raw, reading, region)
    verdicts = judge(raw, _raw_rows(connection, raw))
    finder = _Finder(connection, raw, check_in, signed_up)
    for row, listed in rows:
        finder.take(row, listed, verdicts[row])
    if rows and not any(listed.shown for _, listed in rows):
        raise FileError(f"{raw.name}: no row has a name, an e-mail or a phone number.")
    added = (SHIFT, PERSON, WALK_IN, VERDICT)
    ready = replace(
        raw,
        header=(*raw.header, *added),
        relation=_with_matches(
            connection, raw, finder.matches, finder.kinds, shift=check_in.shift, number=number
        ),
        malformed=finder.malformed,
        bad_cells=finder.bad_cells,
        added=len(added),
    )
    return ready, _walk_in_warning(raw, check_in.shift, list(finder.walk_ins.values()))


class _Finder:
    """Takes the rows of a list one by one and finds out who each of them is."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        raw: RawFile,
        check_in: CheckIn,
        signed_up: list[_Person],
    ) -> None:
        self.connection = connection
        self.raw = raw
        self.check_in = check_in
        self.signed_up = signed_up
        #: Row, person and whether it is a walk-in ("true").
        self.matches: list[tuple[int, str | None, str | None]] = []
        self.malformed = dict(raw.malformed)
        self.bad_cells = dict(raw.bad_cells)
        #: Row → why it adds nobody (see `sources/check_in.py`).
        self.kinds: dict[int, str] = {}
        self.walk_ins: dict[str, str] = {}

    def take(self, row: int, listed: _Person, verdict: MarkVerdict) -> None:
        """Find out who a row is, and what it says of that person."""
        if row in self.raw.passed_over or row in self.bad_cells or row in self.malformed:
            return
        if verdict.is_unknown:
            self.bad_cells[row] = BadCell(verdict.column or "", verdict.value, UNKNOWN_MARK)
            return
        person, trouble = _match(listed, self.signed_up)
        if not verdict.came:
            self.kinds[row] = verdict.kind
            if verdict.kind in UNDECIDED and person:
                self.check_in.undecided.add(person.person_id)
        elif trouble:
            self.malformed[row] = trouble
        elif person:
            self.matches.append((row, person.person_id, None))
        elif verdict.is_staff:
            self.kinds[row] = "staff"
        elif listed.shown:
            walk_in = _new_id(self.connection, listed, self.check_in.shift)
            self.walk_ins[walk_in] = listed.shown
            self.matches.append((row, walk_in, "true"))


def _raw_rows(connection: duckdb.DuckDBPyConnection, raw: RawFile) -> list[list[str | None]]:
    cleaned = ", ".join(cells.clean(f"c{i}") for i in range(len(raw.own_header)))
    return [
        list(row) for row in connection.execute(f"SELECT {cleaned} FROM {raw.relation}").fetchall()
    ]


def _with_matches(
    connection: duckdb.DuckDBPyConnection,
    raw: RawFile,
    matches: list[tuple[int, str | None, str | None]],
    kinds: dict[int, str],
    *,
    shift: str,
    number: int,
) -> str:
    """Return SQL for the list's rows, in their order, with shift, person and walk-in."""
    table = f"check_in_{number}"
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE {table} ("row" BIGINT, person VARCHAR, walk_in VARCHAR)'
    )
    connection.execute(
        f"INSERT INTO {table} "
        "SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [[f[0] for f in matches], [f[1] for f in matches], [f[2] for f in matches]],
    )
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE {table}_verdicts ("row" BIGINT, verdict VARCHAR)'
    )
    connection.execute(
        f"INSERT INTO {table}_verdicts SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[])",
        [list(kinds), list(kinds.values())],
    )
    wide = len(raw.header)
    return (
        f"(SELECT r.* EXCLUDE (row), CASE WHEN f.row IS NOT NULL THEN {literal(shift)} END "
        f"AS c{wide}, f.person AS c{wide + 1}, "
        f"f.walk_in AS c{wide + 2}, v.verdict AS c{wide + 3} "
        f"FROM (SELECT row_number() OVER () - 1 AS row, * "
        f"FROM {raw.relation}) r LEFT JOIN {table} f ON f.row = r.row "
        f"LEFT JOIN {table}_verdicts v ON v.row = r.row ORDER BY r.row)"
    )


def _walk_in_warning(raw: RawFile, shift: str, walk_ins: list[str]) -> list[str]:
    """Return the warning that names who was not found among the sign-ups."""
    if not walk_ins:
        return []
    names = ", ".join(walk_ins[:SHOWN])
    more = f" and {len(walk_ins) - SHOWN:,} more" if len(walk_ins) > SHOWN else ""
    summary = f"{len(walk_ins):,} not among the sign-ups of shift {shift}, taken as walk-ins"
    return [f"{raw.name}: {summary}: {names}{more}."]


def _signed_up(connection: duckdb.DuckDBPyConnection, shift: str, region: str) -> list[_Person]:
    # All records that are one person count: the sheet may have the e-mail that another tool has.
    rows = connection.execute(
        f"SELECT DISTINCT s.person_id, {_compared('p.', region)} FROM main.signups s "
        "LEFT JOIN main.person_merges m ON m.record_id = s.person_id "
        "LEFT JOIN main.person_merges n ON n.person_id = coalesce(m.person_id, s.person_id) "
        "JOIN main.people p ON p.person_id IN (s.person_id, m.person_id, n.record_id) "
        f"WHERE s.shift_id = ? AND s.source <> '{SOURCE}'",
        [shift],
    ).fetchall()
    return [_Person(*row) for row in rows]


def _compared(prefix: str, region: str) -> str:
    """Return SQL for name, e-mail and phone in the form that is compared."""
    name = f"concat_ws(' ', {prefix}given_name, {prefix}family_name)"
    return (
        f"{keys.name_key(name)}, coalesce({keys.email_key(f'{prefix}email')}, ''), "
        f"coalesce({keys.phone_key(f'{prefix}phone', region)}, '')"
    )


def _listed(
    connection: duckdb.DuckDBPyConnection, raw: RawFile, reading: Reading, region: str
) -> list[tuple[int, _Person]]:
    person = next(feed for feed in reading.feeds if feed.table == "people")
    place = {name: f"x{i}" for i, name in enumerate(raw.header)}
    cleaned = ", ".join(f"{cells.clean(f'c{i}')} AS x{i}" for i in range(len(raw.header)))
    values = [
        (cells.joined(person.cells[column], place) if column in person.cells else "NULL::VARCHAR")
        + f" AS {column}"
        for column in ("given_name", "family_name", "email", "phone")
    ]
    rows = connection.execute(
        f"SELECT row, '', {_compared('', region)} FROM (SELECT row, {', '.join(values)} FROM ("
        f"SELECT row_number() OVER () - 1 AS row, {cleaned} FROM {raw.relation})) "
        "ORDER BY row"
    ).fetchall()
    return [(row, _Person(*held)) for row, *held in rows]


def _match(listed: _Person, signed_up: list[_Person]) -> tuple[_Person | None, str | None]:
    """Return who this is, or why a human has to say."""
    for what in ("email", "phone", "name"):
        value = getattr(listed, what)
        alike = [p for p in signed_up if value and getattr(p, what) == value]
        if not alike:
            continue
        people = {p.person_id: p for p in alike if p.agrees(listed)}
        if len(people) == 1:
            return next(iter(people.values())), None
        names = " and ".join(sorted({p.shown for p in alike}))
        if people:
            return None, (
                f"this may be {len(people)} people who signed up ({names}; same {what}). Add an "
                "e-mail or a phone number that tells them apart."
            )
        if what != "name":
            return None, (
                f"this {what} is that of {names}, who signed up; the list says {listed.name}. "
                f"Write the name as it was signed up, or empty the {what} to add a walk-in."
            )
    return None, None


def _new_id(connection: duckdb.DuckDBPyConnection, listed: _Person, shift: str) -> str:
    """Return the id of a walk-in."""
    # Without the store's key, an e-mail address could be guessed from its digest.
    keyed = f"keyed_id({keys.walk_in_key('$1', '$2', '$3', '$4')})"
    values = [listed.email, listed.phone, listed.name, shift]
    return str(connection.execute(f"SELECT {keyed}", values).fetchall()[0][0])


def mark_absent(connection: duckdb.DuckDBPyConnection, check_in: CheckIn) -> int:
    """Note everybody on the shift who is on no list as absent and return how many that is."""
    listed = f"'check_in:' || {literal(check_in.shift)} || ':' || s.person_id"
    added = connection.execute(
        "INSERT INTO main.signups (signup_id, shift_id, person_id, status, attended, source) "
        f"SELECT DISTINCT {listed}, s.shift_id, s.person_id, 'registered', false, '{SOURCE}' "
        f"FROM main.signups s WHERE s.shift_id = ? AND s.source <> '{SOURCE}' "
        "AND s.status <> 'cancelled' AND NOT coalesce(s.is_walk_in, false) "
        "AND NOT list_contains(?::VARCHAR[], s.person_id) "
        f"AND {listed} NOT IN (SELECT signup_id FROM main.signups WHERE source = '{SOURCE}')",
        [check_in.shift, sorted(check_in.undecided)],
    ).fetchall()
    return int(added[0][0])
