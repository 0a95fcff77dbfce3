"""Every measure against a second, slow reading of the definitions, on random campaigns.

Counts are compared to the integer, and rows in their order. ORACLE_EXAMPLES=5000 draws so many
campaigns for each measure (25 otherwise); where the environment has CI, the same ones each time.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import campaigns as made
import duckdb
import ibis
import oracle
import oracle_asks
import oracle_intervals
import oracle_people
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import organizing_analytics as oa
from organizing_analytics.catalog import BY_NAME
from organizing_analytics.expressions import real, recorded
from organizing_analytics.model import TABLES
from organizing_analytics.schema import create_table
from organizing_analytics.settings import Settings
from organizing_analytics.store.frames import frame_of, types_of

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "25"))
many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=list(HealthCheck),
)

SHOW_UP_COLUMNS = (
    *("team", "event_type", "event", "shift", "recruiter", "channel", "role"),
    *("week", "month", "weekday", "lead", "confirmed", "first_timer", "record"),
)
RETURN_COLUMNS = (
    *("team", "event_type", "recruiter", "month", "week", "followed_up", "reached", "reshift"),
)
OUTCOME_COLUMNS = (
    *("team", "asker", "ask_for", "ask_kind", "hard", "week", "month", "channel", "in_meeting"),
)
AFTER_NO_COLUMNS = ("team", "asker", "ask_for", "hard", "month")
MEETING_COLUMNS = ("kind", "team", "organizer", "week", "month")


class SmallStore:
    """A store in memory whose tables are emptied and filled again for each campaign."""

    snapshot = 1

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for table in TABLES:
            self.connection.execute(create_table(table))
        self.connection.execute("CREATE TABLE team_lines (team_id VARCHAR, ancestor_id VARCHAR)")
        self.ibis = ibis.duckdb.from_connection(self.connection)
        self.connection.execute("SET TimeZone = 'UTC'")
        names = [*(table.name for table in TABLES), "team_lines"]
        self.tables = {
            name: recorded(partial(self.ibis.table, name), digest=name) for name in names
        }
        #: Digest of an expression → its statement.
        self.statements: dict[str, str] = {}
        self.settings = Settings()
        self.filled: set[str] = set()
        self.holds: made.Campaign = {}

    def fill(self, campaign: made.Campaign) -> SmallStore:
        if campaign is self.holds:
            return self
        self.holds, self.settings = campaign, Settings(timezone=campaign["timezone"])
        self.connection.execute("BEGIN")
        for table in TABLES:
            self._insert(table.name, list(table.column_names), campaign[table.name])
            self._write_local_dates(table)
        lines = [
            {"team_id": row["team_id"], "ancestor_id": above}
            for row in campaign["teams"]
            for above in oracle.teams_above(campaign, row["team_id"])
        ]
        self._insert("team_lines", ["team_id", "ancestor_id"], lines)
        self.connection.execute("COMMIT")
        return self

    def _insert(self, name: str, columns: list[str], rows: list[made.Row]) -> None:
        if name in self.filled:
            self.connection.execute(f'DELETE FROM "{name}"')
            self.filled.remove(name)
        if rows:
            self.filled.add(name)
            quoted = ", ".join(f'"{column}"' for column in columns)
            one = "(" + ", ".join("?" * len(columns)) + ")"
            values = [row[column] for row in rows for column in columns]
            sql = f'INSERT INTO "{name}" ({quoted}) VALUES ' + ", ".join([one] * len(rows))
            self.connection.execute(sql, values)

    def _write_local_dates(self, table: Any) -> None:
        """Use DuckDB's own clock, so that the oracle's is held against it."""
        for local in table.local_dates if table.name in self.filled else ():
            event = f"SELECT e.timezone FROM events e WHERE e.event_id = {table.name}.event_id"
            zone = f"coalesce(({event}), ?)" if local.clock == "event" else "?"
            day = f"CAST(timezone({zone}, timezone('UTC', \"{local.moment}\")) AS DATE)"
            sql = f'UPDATE "{table.name}" SET "{local.name}" = {day}'
            self.connection.execute(sql, [self.settings.timezone])

    def table(self, name: str) -> Any:
        return real(self.recorded_table(name))

    def recorded_table(self, name: str) -> Any:
        return self.tables[name]

    def execute(self, expression: Any) -> Any:
        """Run an expression, and its statement as a store runs one that it has kept."""
        built = real(expression)
        answer, types = self.ibis.execute(built), types_of(built.schema())
        if built is expression:  # an Ibis expression of somebody's own: nothing is kept of it
            return answer
        assert types is not None
        assert expression.digest is not None
        text = str(self.ibis.compile(built))
        assert self.statements.setdefault(expression.digest, text) == text
        kept = frame_of(self.connection.sql(text).to_arrow_table(), types)
        pd.testing.assert_frame_equal(in_order(kept), in_order(answer), check_exact=True)
        return answer

    def sql(self, query: str, parameters: object = None) -> pd.DataFrame:
        return self.connection.execute(query, parameters).df()

    def as_of(self, value: str | date | None = None) -> date:
        assert value is not None
        return date.fromisoformat(value) if isinstance(value, str) else value


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in an order of their own: the engine has none for a question without one."""
    texts = frame.astype(str)
    return frame.loc[texts.sort_values(list(texts.columns)).index].reset_index(drop=True)


@cache
def small_store() -> SmallStore:
    return SmallStore()


@pytest.fixture(scope="module", autouse=True)
def _closed_at_the_end() -> Any:
    yield
    small_store().connection.close()
    small_store.cache_clear()


@st.composite
def calls(
    draw: st.DrawFn, campaign: made.Campaign, *, by: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """Draw the options of one call."""
    options = {name: draw(strategy) for name, strategy in more.items()}
    if by:
        options["by"] = draw(st.lists(st.sampled_from(by), unique=True, max_size=4))
    near = options.get("within_days", 30)
    options["as_of"] = draw(made.as_of(campaign, within_days=near))
    seen = made.days_of(campaign)
    until = draw(st.sampled_from([None] * 7 * len(seen) + seen))
    # A window that ends before it begins is refused as a mistake.
    before = [day for day in seen if day <= min(until or date.max, options["as_of"])]
    teams = [row["team_id"] for row in campaign["teams"]]
    drawn = {
        "since": draw(st.sampled_from([None] * (4 * len(before) + 1) + before)),
        "until": until,
        "team": draw(st.sampled_from([None] * 5 * len(teams) + teams)),
        "with_subteams": draw(st.booleans()),
        "independent": draw(st.sampled_from((False, False, False, True))),
        "confidence": draw(st.sampled_from((None, None, 0.8))),
    }
    # A team together with those below it, split by team: the definitions do not say what that is.
    if "team" in options.get("by", ()) and drawn["with_subteams"]:
        del drawn["team"]
    return {**options, **{n: v for n, v in drawn.items() if v not in (None, False)}}


def plain(value: Any) -> Any:
    """Return a cell as Python has it; anything empty as None."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):  # answers have no moments, only days
        assert value == value.normalize()
        return value.date()
    return value.item() if hasattr(value, "item") else value


def told(campaign: made.Campaign) -> str:
    """Return a campaign for a reader: one line a row, without what is empty."""
    lines = [f"timezone: {campaign['timezone']}"]
    for table in TABLES:
        for row in campaign[table.name]:
            shown = ", ".join(f"{k}={v}" for k, v in row.items() if v is not None)
            lines.append(f"{table.name}: {shown}")
    return "\n".join(lines)


def second_reading(measure: str) -> Any:
    readings = (oracle, oracle_asks, oracle_people)
    return next(getattr(module, measure) for module in readings if hasattr(module, measure))


def compare(measure: str, campaign: made.Campaign, options: dict[str, Any]) -> None:
    """Fail unless both readings give the same rows, in the same order."""
    if measure in WITHOUT_RATES:
        absent = ("independent", "confidence")
        options = {name: value for name, value in options.items() if name not in absent}
    own = {name: options[name] for name in ("confidence", "independent") if name in options}
    rest = {name: value for name, value in options.items() if name not in own}
    with oracle_intervals.asking(**own):
        expected = second_reading(measure)(campaign, **rest)
    frame = getattr(oa, measure)(small_store().fill(campaign), **options)
    names = list(expected[0]) if expected else []
    assert len(frame) == len(expected), f"\n{frame.to_string()}\nshould be {expected}"
    found = [{name: plain(row[name]) for name in names} for row in frame.to_dict("records")]
    for row, wanted in zip(found, expected, strict=True):
        wrong = {n: row[n] for n in names if not same(row[n], wanted[n])}
        assert not wrong, f"\n{row}\nshould be\n{wanted}\nwrong: {wrong}"


WITHOUT_RATES = {declared.function for declared in BY_NAME.values() if not declared.has_intervals}


def same(value: Any, wanted: Any) -> bool:
    """Tell whether two cells agree; rates are worked out in two ways, all else is the very same."""
    if isinstance(value, float) and isinstance(wanted, float):
        return abs(value - wanted) < 1e-9
    return bool(value == wanted)


WITHIN = st.sampled_from((30, 1, 2, 29, 31, 60, 90))
BY_PERIOD = {
    "period": st.sampled_from(("month", "week")),
    "kind": st.sampled_from(("bounded", "rolling")),
}

#: Measure → the parts of a campaign that it looks at, and its options.
MEASURES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "show_up": (("visits",), {"by": SHOW_UP_COLUMNS, "same_day": st.booleans()}),
    "retention_return": (("visits",), {"by": RETURN_COLUMNS, "within_days": WITHIN}),
    "retention_by_visit": (
        ("visits",),
        {"within_days": WITHIN, "max_visit": st.sampled_from((6, 1, 2))},
    ),
    "retention_cohorts": (("visits",), BY_PERIOD),
    "asks_outcomes": (("asks",), {"by": OUTCOME_COLUMNS}),
    "asks_after_no": (("asks",), {"by": AFTER_NO_COLUMNS, "within_days": WITHIN}),
    "asks_kept": (("visits", "asks"), {"by": OUTCOME_COLUMNS}),
    "meetings": (("meetings",), {"by": MEETING_COLUMNS}),
}


@pytest.mark.parametrize("measure", MEASURES)
@many
@given(data=st.data())
def test_a_small_campaign(measure: str, data: st.DataObject) -> None:
    parts, columns = MEASURES[measure]
    campaign = data.draw(made.campaigns(parts=parts))
    options = data.draw(calls(campaign, **columns))
    note(told(campaign))
    compare(measure, campaign, options)


def drawn(strategy: st.SearchStrategy[Any], n: int) -> list[Any]:
    """Return `n` examples, the same ones each time."""
    examples: list[Any] = []

    @settings(many, max_examples=n, derandomize=True, database=None)
    @given(strategy)
    def gather(example: Any) -> None:
        examples.append(example)

    gather()
    return examples


@cache
def crowd(parts: tuple[str, ...]) -> list[made.Campaign]:
    """Return many campaigns that can stand together."""
    return made.apart(drawn(made.campaigns(parts=parts), 160))


def turns(
    columns: dict[str, Any], whole: made.Campaign, calls: Any = calls
) -> list[dict[str, Any]]:
    """Return the options of some calls; each group column comes in at least one."""
    groups = columns.get("by", ())
    options = drawn(calls(whole, **columns), max(20, 2 * len(groups)))
    for n, call in enumerate(options if groups else ()):
        call["by"] = list(dict.fromkeys([groups[n % len(groups)], *call["by"]]))
        # See calls.
        if "team" in call["by"] and "with_subteams" in call:
            call.pop("team", None)
    return options


@pytest.mark.parametrize("measure", MEASURES)
def test_many_campaigns_together(measure: str) -> None:
    """One call over many campaigns meets more traps a second; a failure tells of a small one."""
    parts, columns = MEASURES[measure]
    several = crowd(parts)
    whole = made.together(several)
    for options in turns(columns, whole):
        compare_large(partial(compare, measure), whole, several, options)


def compare_large(
    check: Callable[[made.Campaign, dict[str, Any]], None],
    whole: made.Campaign,
    several: list[made.Campaign],
    options: dict[str, Any],
) -> None:
    """Check many campaigns at once; where that fails, look for one that does."""
    try:
        check(whole, options)
    except AssertionError as large:
        for campaign in several:
            try:
                check(campaign, options)
            except AssertionError as small:
                small.add_note(f"{options}\n{told(campaign)}")
                raise small from None
        large.add_note(f"{options}; no single campaign shows it")
        raise


def traps_of(campaign: made.Campaign) -> set[str]:
    """Return the names of the traps that a campaign holds."""
    shifts = oracle.live_shifts(campaign)
    there = [
        (row, shifts[row["shift_id"]]) for row in campaign["signups"] if row["shift_id"] in shifts
    ]
    late = made.days_of(campaign)[-1] + timedelta(days=100)
    noes = [
        oracle_asks.no_fact(campaign, ask, within_days=30, as_of=late)
        for ask in campaign["asks"]
        if ask["outcome"] in oracle.NO_TYPES
    ]
    days = [visit for theirs in oracle.visits(campaign).values() for visit in theirs]
    pairs = Counter((row["person_id"], row["shift_id"]) for row, _ in there)
    found = {oracle.class_of(row, shift) for row, shift in there}
    found |= {f"{no['outcome']} {no['right_move']}" for no in noes}
    found |= {f"waited {no['wait']}" for no in noes if no["wait"] == 0}
    found |= {f"followed up: {visit['groups']['followed_up']}" for visit in days}
    found |= {"two sign-ups on one shift" for n in pairs.values() if n > 1}
    found |= {"three visits" for theirs in oracle.visits(campaign).values() if len(theirs) > 2}
    found |= (
        {"several shifts a day"}
        if len(days) < len({*map(str, oracle.attended(campaign))})
        else set()
    )
    words = oracle_asks.asks_kept(campaign, as_of=late)
    found |= {f"yes: {word}" for row in words for word, n in row.items() if n}
    return found


def test_the_campaigns_hold_their_traps() -> None:
    seen: Counter[str] = Counter()

    for campaign in crowd(("visits", "asks")):
        seen.update(traps_of(campaign))
    expected = {
        *("walk_in", "left_out", "attended", "cancelled", "no_show", "unrecorded"),
        *("not_now True", "not_now False", "not_that True", "not_that False"),
        *("not_ever True", "not_ever False", "no None", "waited 0"),
        *("followed up: True", "followed up: False", "two sign-ups on one shift"),
        *("three visits", "several shifts a day"),
        *("yes: kept", "yes: not_kept", "yes: unrecorded"),
    }
    assert expected <= set(seen), expected - set(seen)
