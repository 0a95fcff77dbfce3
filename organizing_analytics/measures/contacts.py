"""Who was followed up: a contact soon after a visit, an ask or a 1:1 (the guide's 48 hours)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.expressions import _, ibis

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

#: A contact that did not come to the person does not thank anybody.
NOT_REACHED = ("no_answer", "wrong_number")


def contacts_for(
    contacts: ir.Table, reasons: Sequence[str], *, without_results: Sequence[str] = ()
) -> ir.Table:
    """Return `contacted_id` and `contacted_at` of the contacts made for one of `reasons`.

    Parameters
    ----------
    contacts : Table
        The store's contacts.
    reasons : sequence of str
        Which count.
    without_results : sequence of str
        Results that do not count. A contact whose result nobody noted counts.
    """
    counts = contacts.reason.isin(reasons)
    if without_results:
        counts &= ~contacts.result.isin(without_results).fill_null(False)
    return contacts.filter(counts).select(contacted_id="person_id", contacted_at="at")


def with_follow_up(
    rows: ir.Table, contacts: ir.Table, *, key: str, after: str, hours: int
) -> ir.Table:
    """Add the boolean `followed_up`: a contact to the row's person soon after a moment.

    Parameters
    ----------
    rows : Table
        With `person_id`, unique in `key`.
    contacts : Table
        From `contacts_for`.
    key : str
        Column that tells one row from another.
    after : str
        Column of the moment; a contact counts when it is later, by at most `hours`.
    hours : int
        Length of the window, its end included.
    """
    soon = rows.join(
        contacts,
        [
            rows.person_id == contacts.contacted_id,
            contacts.contacted_at > rows[after],
            contacts.contacted_at <= rows[after] + ibis.interval(hours=hours),
        ],
    )
    hits = soon.select(hit_key=soon[key]).distinct()
    marked = rows.left_join(hits, rows[key] == hits.hit_key)
    return marked.mutate(followed_up=_.hit_key.notnull()).drop("hit_key")
