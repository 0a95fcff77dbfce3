"""The sums over people, shifts, askers and organizers that clustered intervals rest on.

Rows of one person, or of one shift, are not independent of each other (see
`organizing_analytics.clustering`). How much that matters is told by five sums over the clusters of
each kind, which the engine adds up beside the counts:

    n_clusters           clusters with a row in n
    n, yy, yn, nn        sums of n_c, y_c^2, y_c n_c, n_c^2

Rows whose cluster nobody noted (an ask without an asker) are one cluster together.

Grouping ten million rows by person takes far longer than counting them. Where every group has more
than `MAX_ROWS` rows, only rows of a fixed sample of clusters are added up: those whose id has a
small MD5 digest, which is the same on every engine. It holds MIN_SAMPLED clusters or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from organizing_analytics.store import Data

#: A group of more rows than this may have its design effect from a sample of clusters.
MAX_ROWS = 1_000_000
#: A sample has at least this many clusters. Digests choose them at random: we aim a third higher.
MIN_SAMPLED = 100_000
_ASKED_FOR = 4 * MIN_SAMPLED // 3
#: Kinds of clusters of which there may be very many → the table that lists each once.
_LISTED_IN = {"person_id": "people", "shift_id": "shifts"}
#: Digits of the digest that are looked at, and how many values they have.
_DIGITS, _VALUES = 6, 16**6

Counts = tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """What a measure counts, before the engine has counted it.

    Attributes
    ----------
    rows : Table
        One row per thing counted.
    keys : mapping of str to Value
        What it is grouped by.
    counts : mapping of str to Value
        The aggregates.
    """

    rows: ir.Table
    keys: Mapping[str, ir.Value]
    counts: Mapping[str, ir.Value]


def cluster_sums(
    tally: Tally, rates: Sequence[tuple[Counts, Counts]], kinds: Sequence[str]
) -> ir.Table:
    """Return the sums over clusters as an Ibis expression, one row per group and kind.

    Parameters
    ----------
    tally : Tally
        The rows and what is counted of them.
    rates : sequence of (successes, n)
        The counts that make each rate; several are added up.
    kinds : sequence of str
        Columns of the rows that say which cluster of each kind a row belongs to.

    Returns
    -------
    Table
        The keys; `kind`, the place in `kinds`; and for the i-th rate `c_i n_i nn_i yy_i yn_i`.
    """
    parts = [_sums_of(tally, rates, name, place) for place, name in enumerate(kinds)]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _sums_of(
    tally: Tally, rates: Sequence[tuple[Counts, Counts]], name: str, place: int
) -> ir.Table:
    needed = dict.fromkeys(count for rate in rates for part in rate for count in part)
    keys = {**tally.keys, "cluster_": tally.rows[name]}
    clusters = tally.rows.group_by(**keys).aggregate(**{c: tally.counts[c] for c in needed})
    # As floats: squares of whole numbers may be larger than the engine's whole numbers.
    parts = {part: _sum(clusters, part) for rate in rates for part in rate}
    sums: dict[str, ir.Value] = {}
    for i, (successes, n) in enumerate(rates):
        y_c, n_c = parts[successes], parts[n]
        sums |= {
            f"c_{i}": (n_c > 0).ifelse(1, 0).sum(),
            f"n_{i}": n_c.sum(),
            f"nn_{i}": (n_c * n_c).sum(),
            f"yy_{i}": (y_c * y_c).sum(),
            f"yn_{i}": (y_c * n_c).sum(),
        }
    grouped = clusters.group_by(list(tally.keys)) if tally.keys else clusters
    return grouped.aggregate(**sums).mutate(kind_=ibis.literal(place))


def _sum(clusters: ir.Table, names: Counts) -> ir.Value:
    total = clusters[names[0]]
    for name in names[1:]:
        total += clusters[name]
    return total.cast("float64")


def sampled(data: Data, tally: Tally, kind: str) -> Tally:
    """Return a tally of only the rows of a fixed sample of clusters, where there are very many."""
    if kind not in _LISTED_IN:
        return tally
    listed = data.recorded_table(_LISTED_IN[kind])
    n_listed = int(data.execute(listed.aggregate(n=_.count()))["n"].iloc[0])
    if n_listed <= _ASKED_FOR:
        return tally
    digest = listed[kind].hexdigest("md5").substr(0, _DIGITS)
    limit = format(_VALUES * _ASKED_FOR // n_listed, f"0{_DIGITS}x")
    chosen = listed.filter(digest < limit).select(sampled_id=kind)
    rows = tally.rows.semi_join(chosen, tally.rows[kind] == chosen.sampled_id)
    return Tally(rows, tally.keys, tally.counts)
