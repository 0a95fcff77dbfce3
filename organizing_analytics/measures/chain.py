"""How `chain` is counted: one link after the other, each from the asks that passed the one before.

An ask that is not known yet at a link is counted there as immature, and goes no further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.catalog.following import CHAIN
from organizing_analytics.clustering import Design
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days
from organizing_analytics.measures.rows import class_of, is_confirmed, live_shifts, live_signups

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection


LINKS = ("answered", "yes", "signed_up", "confirmed", "came", "came_again")
#: In how many days after a yes to no shift a sign-up counts, and after a visit the next one.
SIGN_UP_DAYS, RETURN_DAYS = 7, 30


@measure(CHAIN)
def chain(chosen: Selection) -> pd.DataFrame:
    """Return how many asks passed each link of the chain from the ask to coming again."""
    import pandas as pd  # noqa: PLC0415

    counts = chosen.fetch(chain_counts(chosen))
    rows = counts.iloc[0].to_dict() if len(counts) else {}
    frame = pd.DataFrame(
        {
            "link": pd.Series(LINKS if rows else [], dtype="str"),
            **{
                name: pd.Series([rows[f"{link}_{name}"] for link in LINKS if rows], dtype="int64")
                for name in ("from", "to", "immature")
            },
        }
    )
    links = [((f"{link}_to",), (f"{link}_from",)) for link in LINKS if rows]
    designs = chosen.designs_of(counts, links)
    together = (np.array([float(d[i][0]) for d in designs]) for i in range(2))
    return chosen.present(frame, {"rate": Design(*together)})


def chain_counts(chosen: Selection) -> ir.Table:
    """Return `<link>_from`, `<link>_to`, `<link>_immature` as an Ibis expression, one row."""
    asks = _with_signup(chosen, chosen.within(chosen.recorded_table("asks"), "asked_on"))
    rows = _with_return(chosen, asks)
    answered = rows.outcome != "no_answer"
    yes = rows.outcome == "yes"
    signed_up = yes & rows.signup_known & rows.taken_id.notnull()
    confirmed = signed_up & rows.was_confirmed.fill_null(False)
    came = confirmed & rows.came.fill_null(False)
    again = came & (rows.taken_on <= chosen.days_before(RETURN_DAYS)).fill_null(False)
    # Per link: who is known at it, who passed it, who is not known yet.
    links = {
        "answered": (ibis.literal(True), answered, ibis.literal(False)),
        "yes": (answered, yes, ibis.literal(False)),
        "signed_up": (yes & rows.signup_known, signed_up, yes & rows.signup_immature),
        "confirmed": (
            signed_up & rows.has_begun.fill_null(False),
            confirmed & rows.has_begun.fill_null(False),
            signed_up & ~rows.has_begun.fill_null(False),
        ),
        "came": (
            confirmed & rows.has_begun.fill_null(False) & rows.came.notnull(),
            came & rows.has_begun.fill_null(False),
            confirmed & rows.has_begun.fill_null(False) & rows.came.isnull(),
        ),
        "came_again": (
            again & rows.has_begun.fill_null(False),
            again & rows.has_begun.fill_null(False) & rows.came_again,
            came & rows.has_begun.fill_null(False) & ~again,
        ),
    }
    flags = {
        f"{link}_{name}": flag
        for link, flag_triple in links.items()
        for name, flag in zip(("from", "to", "immature"), flag_triple, strict=True)
    }
    rows = rows.mutate(**flags)
    return chosen.tally(rows, **{name: _.count(where=_[name]) for name in flags})


def _with_signup(chosen: Selection, asks: ir.Table) -> ir.Table:
    """Add to each ask the sign-up that it led to, and whether one can be known yet."""
    signups = live_signups(chosen)
    signups = signups.mutate(
        was_confirmed=is_confirmed(signups).fill_null(False), signup_class=class_of(signups)
    )
    taken = signups.select(
        taken_id="signup_id",
        taken_person="person_id",
        taken_shift="shift_id",
        made_at="signed_up_at",
        taken_starts="starts_at",
        taken_on="starts_on",
        was_confirmed="was_confirmed",
        came=ibis.cases(
            (signups.attended.fill_null(False), True),
            (signups.signup_class != "unrecorded", False),
        ),
    )
    yeses = asks.filter(asks.outcome == "yes").select("ask_id", "person_id", "shift_id", "asked_at")
    named = yeses.filter(yeses.shift_id.notnull()).join(
        taken, [_.person_id == taken.taken_person, _.shift_id == taken.taken_shift]
    )
    last = _.asked_at + ibis.interval(days=SIGN_UP_DAYS)
    other = yeses.filter(yeses.shift_id.isnull()).join(
        taken,
        [
            _.person_id == taken.taken_person,
            taken.made_at >= _.asked_at,
            taken.made_at <= last,
        ],
    )
    first = ibis.window(
        group_by="ask_id", order_by=[_.made_at.asc(nulls_first=False), "taken_starts", "taken_id"]
    )
    both = ibis.union(named, other)
    chosen_one = both.mutate(place=ibis.row_number().over(first)).filter(_.place == 0)
    led_to = chosen_one.select(
        "taken_id", "taken_person", "taken_on", "was_confirmed", "came", found_id="ask_id"
    )
    shifts = live_shifts(chosen).select(asked_shift="shift_id", shift_on="starts_on")
    rows = asks.left_join(shifts, asks.shift_id == shifts.asked_shift)
    rows = rows.left_join(led_to, rows.ask_id == led_to.found_id)
    is_named = rows.shift_id.notnull()
    due = ibis.ifelse(
        is_named,
        (rows.shift_on <= chosen.as_of).fill_null(False),
        rows.asked_on <= chosen.days_before(SIGN_UP_DAYS),
    )
    lost = is_named & rows.shift_on.isnull()  # a yes for a shift that was deleted
    return rows.mutate(
        signup_known=due & ~lost,
        signup_immature=~due & ~lost,
        has_begun=rows.taken_on <= chosen.as_of,
    )


def _with_return(chosen: Selection, rows: ir.Table) -> ir.Table:
    """Add the boolean `came_again`: a visit after the taken sign-up's, within 30 days."""
    # Anybody's visit counts here: the team that is asked for is the ask's.
    visits = attended_days(chosen, of_team=False).distinct()
    visits = visits.select(visitor="person_id", visit_on="visit_on")
    took = rows.filter(rows.came.fill_null(False)).select("ask_id", "person_id", "taken_on")
    again = took.join(
        visits,
        [
            took.person_id == visits.visitor,
            visits.visit_on > took.taken_on,
            visits.visit_on <= took.taken_on + ibis.interval(days=RETURN_DAYS),
        ],
    )
    hits = again.select(again_id="ask_id").distinct()
    marked = rows.left_join(hits, rows.ask_id == hits.again_id)
    return marked.mutate(came_again=_.again_id.notnull()).drop("again_id")
