"""What every measure is asked: which rows, in which window, of which team, grouped by what.

select(…)           checks the options and returns a `Selection`
Selection.within    keeps the rows whose date is in the window
Selection.tally     keeps the team's rows, groups them and counts: still an Ibis expression
Selection.fetch     runs it: a frame of counts, sorted and labelled
Selection.present   adds the declared rates and puts the declared columns in order
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.catalog import BY_NAME
from organizing_analytics.catalog.declaration import Kind
from organizing_analytics.catalog.shared import DEFF
from organizing_analytics.clustering import ClusterSums, Design, clustered_wilson, design_of
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.estimates import check_confidence, share, summed
from organizing_analytics.expressions import _, ibis, real
from organizing_analytics.measures.clusters import (
    MAX_ROWS,
    MIN_SAMPLED,
    Tally,
    cluster_sums,
    sampled,
)
from organizing_analytics.measures.tracing import TRACE, behind, kinds_of
from organizing_analytics.store.reading import parse_day
from organizing_analytics.teams import check_team, is_of_team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.groups import Group
    from organizing_analytics.store import Data


@dataclass(frozen=True)
class Selection:
    """The checked options of one measure.

    Attributes
    ----------
    data : Data
        The store, or anything that answers like one.
    measure : str
        Its name on the command line, like "asks after-no".
    groups : mapping of str to Group
        The group columns asked for, in order.
    since : date or None
        First date of the window.
    until : date
        Last date of the window, never later than `as_of`.
    as_of : date
        The date that the measure stands at: what lies after it has not happened.
    team : str or None
        Only this team's rows.
    with_subteams : bool
        A team stands for itself and the teams below it.
    confidence : float
        Of the intervals, 0 to 1.
    independent : bool
        Whether intervals take rows for independent of each other.
    tallies : list of Tally
        What has been counted so far, for the intervals.
    designs : dict
        Rate → how far its rows are from independent, once `present` has worked it out.
    """

    data: Data
    measure: str
    groups: Mapping[str, Group]
    since: date | None
    until: date
    as_of: date
    team: str | None
    with_subteams: bool
    confidence: float
    independent: bool = False
    tallies: list[Tally] = field(default_factory=list, compare=False)
    designs: dict[str, Design] = field(default_factory=dict, compare=False)

    def recorded_table(self, name: str) -> ir.Table:
        """Return a table of the store without its `source` column."""
        return self.data.recorded_table(name).drop("source")

    def wants(self, *names: str) -> bool:
        """Return whether any of these group columns is asked for."""
        return any(name in self.groups for name in names)

    @property
    def uses_team(self) -> bool:
        """Return whether the answer depends on the rows' team."""
        return self.team is not None or self.wants("team")

    def days_before(self, days: int) -> date:
        """Return the last date that was `days` days old at `as_of`, or the first there is."""
        return self.as_of - timedelta(days=min(days, (self.as_of - date.min).days))

    @property
    def follow_up_days(self) -> int:
        """Return after how many days the time to follow up has passed for sure."""
        return -(-self.data.settings.follow_up_hours // 24)  # rounded up

    def within(self, rows: ir.Table, day: str) -> ir.Table:
        """Keep the rows whose date column `day` is in the window."""
        in_time = rows.filter(rows[day] <= self.until)
        return in_time if self.since is None else in_time.filter(in_time[day] >= self.since)

    def of_team(self, rows: ir.Table) -> ir.Table:
        """Keep the team's rows; with sub-teams, a row counts for every team that it is part of."""
        if self.with_subteams and self.wants("team"):
            rows = _once_per_ancestor(rows, self.data.recorded_table("team_lines"))
        if self.team is None:
            return rows
        own = is_of_team(rows.team_id, self.team)
        if self.with_subteams:
            lines = self.data.recorded_table("team_lines")
            own |= rows.team_id.isin(lines.filter(lines.ancestor_id == self.team).team_id)
        return rows.filter(own)

    def tally(
        self, rows: ir.Table, keys: Mapping[str, ir.Value] | None = None, /, **counts: ir.Value
    ) -> ir.Table:
        """Return one row per group with its counts, as an expression; no rows, no group.

        Parameters
        ----------
        rows : Table
            One row per thing counted, with `team_id` where the measure knows teams.
        keys : mapping of str to Value, optional
            What the measure groups by of itself, beside the group columns asked for.
        **counts : Value
            Aggregates, deferred (`_.count(where=…)`).
        """
        rows = self.of_team(rows) if self.uses_team and "team_id" in rows.columns else rows
        return self.tally_of_team(rows, keys or {}, **counts)

    def tally_of_team(
        self, rows: ir.Table, own_keys: Mapping[str, ir.Value], /, **counts: ir.Value
    ) -> ir.Table:
        """Return what `tally` does, of rows that `of_team` has chosen already."""
        keys = {**{name: group.value(rows) for name, group in self.groups.items()}, **own_keys}
        self.tallies.append(Tally(rows, keys, counts))
        trace = TRACE.get()
        if trace is not None and trace.with_rows and not BY_NAME[self.measure].hides_rows:
            counted = behind(rows, keys, counts)
            trace.kinds = {**kinds_of(counted), **dict.fromkeys(self.groups, Kind.TEXT)}
            trace.rows = self._labelled(self.data.execute(counted))
        tallied = rows.group_by(**keys) if keys else rows
        return tallied.aggregate(n_rows=_.count(), **counts).filter(_.n_rows > 0).drop("n_rows")

    def fetch(self, counts: ir.Table) -> pd.DataFrame:
        """Run a tally; groups are labelled and in their natural order, missing ones last."""
        trace = TRACE.get()
        if trace is not None:
            trace.sql.append(str(real(ibis).to_sql(real(counts))))
        return self._labelled(self.data.execute(counts))

    def _labelled_sums(self, sums: ir.Table) -> pd.DataFrame:
        """Run what only intervals need: an explanation shows the statement of the counts alone."""
        return self._labelled(self.data.execute(sums))

    def _labelled(self, frame: pd.DataFrame) -> pd.DataFrame:
        if not self.groups:
            return frame
        flags = {name: "boolean" for name, group in self.groups.items() if group.is_flag}
        in_order = frame.astype(flags).sort_values(
            list(self.groups), na_position="last", ignore_index=True
        )
        return in_order.assign(
            **{name: _labelled(in_order[name], group) for name, group in self.groups.items()}
        )

    def present(
        self, counts: pd.DataFrame, designs: Mapping[str, Design] | None = None
    ) -> pd.DataFrame:
        """Return the declared columns in order: group columns, counts, rates from the counts.

        Parameters
        ----------
        counts : DataFrame
            Holds the group columns and every declared column that is no quotient of others.
        designs : mapping of str to Design, optional
            Of each rate, where the measure works it out itself; else from the last tally.

        Raises
        ------
        OptionError
            There is nothing to count, since there is no such team.
        """
        if self.team is not None and counts.empty:
            check_team(self.data, self.team)
        declared = BY_NAME[self.measure]
        frame = counts
        if designs is None:
            pairs = [(rate.successes, rate.n) for rate in declared.rates]
            effects = self.designs_of(counts, pairs)
            designs = {r.name: d for r, d in zip(declared.rates, effects, strict=True)}
        self.designs.update(designs)
        for rate in declared.rates:
            successes, n = summed(frame, rate.successes), summed(frame, rate.n)
            bounds = clustered_wilson(successes, n, designs[rate.name], self.confidence)
            columns = {
                rate.name: share(successes, n),
                **dict(zip(rate.bounds or (), bounds, strict=True)),
            }
            frame = frame.assign(**columns)
        if declared.main and any(column.name == DEFF.name for column in declared.columns):
            n = summed(frame, declared.column(declared.main).n)
            effect = self.designs[declared.main].effect
            frame = frame.assign(**{DEFF.name: np.where(n > 0, effect, np.nan)})
        return frame[[*self.groups, *(column.name for column in declared.columns)]]

    def designs_of(
        self, counts: pd.DataFrame, rates: Sequence[tuple[Sequence[str], Sequence[str]]]
    ) -> list[Design]:
        """Return how far the rows of each rate are from independent, from the last tally.

        Parameters
        ----------
        counts : DataFrame
            What the tally counted, one row per group, with its keys.
        rates : sequence of (successes, n)
            The counts that make each rate.
        """
        kinds = BY_NAME[self.measure].clusters
        plain = Design(np.ones(len(counts)), np.full(len(counts), np.inf))
        if self.independent or counts.empty or not kinds or not rates:
            return [plain for _ in rates]
        tally = self.tallies[-1]
        pairs = [(tuple(successes), tuple(n)) for successes, n in rates]
        sums = self._cluster_sums(tally, pairs, kinds, counts)
        designs = []
        for i, (successes, n) in enumerate(rates):
            parts = [[part[f"{name}_{i}"] for name in _SUMS] for part in sums]
            rate = share(summed(counts, successes), summed(counts, n))
            designs.append(design_of(rate, [ClusterSums(*part) for part in parts]))
        return designs

    def _cluster_sums(
        self,
        tally: Tally,
        rates: list[tuple[tuple[str, ...], tuple[str, ...]]],
        kinds: Sequence[str],
        counts: pd.DataFrame,
    ) -> list[pd.DataFrame]:
        """Return the sums of each kind of cluster, each with the rows of `counts`."""
        smallest = min(float(np.nanmin(summed(counts, n))) for _, n in rates)
        if smallest > MAX_ROWS:
            return [self._of_sample(tally, rates, kind, counts) for kind in kinds]
        frame = self._labelled_sums(cluster_sums(tally, rates, kinds))
        return [
            _aligned(frame[frame["kind_"] == place], counts, list(tally.keys))
            for place in range(len(kinds))
        ]

    def _of_sample(
        self,
        tally: Tally,
        rates: list[tuple[tuple[str, ...], tuple[str, ...]]],
        kind: str,
        counts: pd.DataFrame,
    ) -> pd.DataFrame:
        few = sampled(self.data, tally, kind)
        frame = self._labelled_sums(cluster_sums(few, rates, [kind]))
        if few is not tally and min(frame[f"c_{i}"].min() for i in range(len(rates))) < MIN_SAMPLED:
            frame = self._labelled_sums(cluster_sums(tally, rates, [kind]))
        return _aligned(frame, counts, list(tally.keys))


_SUMS = ("c", "n", "yy", "yn", "nn")


def _aligned(sums: pd.DataFrame, counts: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the sums in the order of the counts; groups that are missing in both match."""
    if not keys:
        return sums.loc[sums.index.repeat(len(counts))]
    return counts[keys].merge(sums, on=keys, how="left")


def select(
    data: Data,
    measure: str,
    *,
    allowed: Mapping[str, Group] | None = None,
    always: Mapping[str, Group] | None = None,
    by: str | Sequence[str] = (),
    since: str | date | None = None,
    until: str | date | None = None,
    as_of: str | date | None = None,
    team: str | None = None,
    with_subteams: bool = False,
    confidence: float = 0.95,
    independent: bool = False,
) -> Selection:
    """Check the options that all measures share.

    Parameters
    ----------
    data : Data
        An open store.
    measure : str
        Its name on the command line.
    allowed : mapping of str to Group, optional
        The group columns that the measure knows.
    always : mapping of str to Group, optional
        Group columns that come first whether asked for or not.
    by : str or sequence of str
        Group columns, as a list or as "team,week".
    since, until : str or date, optional
        First and last date of the window, of the measure's own date; `until` is `as_of` by
        default and never later.
    as_of : str or date, optional
        The date to stand at; yesterday by the campaign's clock.
    team : str, optional
        Only rows of the team with this id.
    with_subteams : bool
        In `team` and in grouping by team, a team stands for itself and all below it.
    confidence : float
        Of the intervals, between 0 and 1.
    independent : bool
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Raises
    ------
    OptionError
        An unknown group column, no date, an empty window, or a confidence out of range.
    """
    groups = _groups(by, allowed or {}, always or {})
    day = data.as_of(as_of)
    first = None if since is None else parse_day(since, option="since")
    last = day if until is None else min(day, parse_day(until, option="until"))
    if first is not None and first > last:
        raise OptionError(
            f"The window is empty: since {first} is after its last day, {last} "
            f"(until, or as-of {day}, whichever is earlier). Choose an earlier since."
        )
    return Selection(
        data=data,
        measure=measure,
        groups=groups,
        since=first,
        until=last,
        as_of=day,
        team=team,
        with_subteams=with_subteams,
        confidence=check_confidence(confidence),
        independent=independent,
    )


def whole_number(value: int, *, option: str, most: int = 36_500) -> int:
    """Return an option that must be a whole number from 1 to `most` (of days: a century).

    Raises
    ------
    OptionError
        It is out of range, or not whole.
    """
    if not isinstance(value, Integral) or not 1 <= value <= most:
        raise OptionError(f"{option} is {value}; it must be a whole number from 1 to {most:,}.")
    return int(value)


def full_name(frame: pd.DataFrame) -> pd.Series:
    """Return "given family" of a frame with both columns; empty where there is neither."""
    parts = frame["given_name"].fillna("") + " " + frame["family_name"].fillna("")
    return parts.str.strip().replace("", None).astype("str")


def one_of(value: str, allowed: Sequence[str], *, option: str) -> str:
    """Return an option that must be one of a few words.

    Raises
    ------
    OptionError
        It is another word.
    """
    if value not in allowed:
        raise OptionError(unknown(option, value, allowed))
    return value


def _groups(
    by: str | Sequence[str], allowed: Mapping[str, Group], always: Mapping[str, Group]
) -> dict[str, Group]:
    names = [part.strip() for part in by.split(",")] if isinstance(by, str) else list(by)
    groups = {**always, **allowed}
    for name in filter(None, names):
        if name not in groups:
            raise OptionError(unknown("group column", name, groups, most=len(groups)))
    return {name: groups[name] for name in [*always, *names] if name}


def _once_per_ancestor(rows: ir.Table, lines: ir.Table) -> ir.Table:
    line = lines.select(member_id=lines.team_id, ancestor_id=lines.ancestor_id)
    spread = rows.left_join(line, rows.team_id == line.member_id)
    # A team that nobody listed has no line of its own; it stands for itself.
    return spread.mutate(team_id=ibis.coalesce(spread.ancestor_id, spread.team_id)).drop(
        "member_id", "ancestor_id"
    )


def _labelled(values: pd.Series, group: Group) -> pd.Series:
    shown = values if group.label is None else values.map(group.label, na_action="ignore")
    return shown.astype("boolean" if group.is_flag else "str")
