"""How `feedback` and `feedback reasons` are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from organizing_analytics.catalog.feedback import FEEDBACK, FEEDBACK_REASONS
from organizing_analytics.expressions import _, ibis
from organizing_analytics.measures.groups import Group, column, month_of, ordered, week_of
from organizing_analytics.measures.measure import measure
from organizing_analytics.measures.retention import attended_days, attended_so_far
from organizing_analytics.measures.rows import live_shifts
from organizing_analytics.measures.small_cells import hidden_cells, without
from organizing_analytics.model import DEPARTURE_REASONS

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.measures.selection import Selection

#: A visit counts as followed by another one for so long.
RETURN_DAYS = 30
#: From this rating on, it was worth their time.
WORTHWHILE = 4
_OF_SHIFT: dict[str, Group] = {
    "team": column("team_id"),
    "event_type": column("event_type"),
    "lead": column("lead_id"),
    "week": week_of("starts_on"),
    "month": month_of("starts_on"),
}
_FACTS = (
    "voice_id", "shift_id", "team_id", "event_type", "lead_id", "starts_on",
    "is_answer", "rating", "is_matured", "has_returned",
)  # fmt: skip


@measure(FEEDBACK, _OF_SHIFT)
def feedback(chosen: Selection) -> pd.DataFrame:
    """Return how people rated shifts, and how many of those who came returned."""
    frame = chosen.fetch(feedback_counts(chosen))
    mean = frame["total"] / frame["rated"].where(frame["rated"] > 0)
    answer = chosen.present(frame.assign(rating=mean.astype(float)))
    few = hidden_cells(frame, list(chosen.groups), "rated")
    too_few = hidden_cells(frame, list(chosen.groups), "answers")
    answer.loc[few | too_few, ["rating", "worth", "worth_low", "worth_high"]] = np.nan
    answer = without(answer, few | too_few, ("rated", "worthwhile"))
    return without(answer, too_few, ("answers",))


def feedback_counts(chosen: Selection) -> ir.Table:
    """Return answers, ratings and returns as an Ibis expression, one row per group."""
    answers = _answers(chosen)
    ratings = answers.mutate(
        voice_id=ibis.coalesce(_.person_id, _.feedback_id),
        is_answer=ibis.literal(True),
        rating=_.rating.fill_null(0).cast("int64"),
        is_matured=ibis.literal(False),
        has_returned=ibis.literal(False),
    )
    visits = _visits(chosen).semi_join(answers, "shift_id")
    came = visits.mutate(
        voice_id=_.person_id,
        is_answer=ibis.literal(False),
        rating=ibis.literal(0).cast("int64"),
        is_matured=_.starts_on <= chosen.days_before(RETURN_DAYS),
        has_returned=(_.next_on <= _.starts_on + ibis.interval(days=RETURN_DAYS)).fill_null(False),
    )
    parts = [chosen.within(_with_lead(chosen, part), "starts_on") for part in (ratings, came)]
    rows = ibis.union(*(part.select(*_FACTS) for part in parts))
    return chosen.tally(
        rows,
        answers=_.count(where=_.is_answer),
        rated=_.count(where=_.rating > 0),
        total=_.rating.sum(),
        worthwhile=_.count(where=_.rating >= WORTHWHILE),
        matured=_.count(where=_.is_matured),
        returned=_.count(where=_.is_matured & _.has_returned),
    )


@measure(FEEDBACK_REASONS, {"reason": ordered("reason", DEPARTURE_REASONS), **_OF_SHIFT})
def feedback_reasons(chosen: Selection) -> pd.DataFrame:
    """Return what would bring people back, by the reason that keeps them away."""
    frame = chosen.present(chosen.fetch(feedback_reasons_counts(chosen)))
    return without(frame, hidden_cells(frame, list(chosen.groups), "answers"), ("answers",))


def feedback_reasons_counts(chosen: Selection) -> ir.Table:
    """Return answers with a reason as an Ibis expression, one row per group."""
    answers = _answers(chosen)
    rows = _with_lead(chosen, answers.filter(answers.reason.notnull()))
    rows = rows.select("reason", "shift_id", "team_id", "event_type", "lead_id", "starts_on")
    return chosen.tally(chosen.within(rows, "starts_on"), answers=_.count())


def _answers(chosen: Selection) -> ir.Table:
    """Return the answers about live shifts that were given by as-of, or nobody knows when."""
    answers = chosen.recorded_table("feedback")
    in_time = (answers.said_on <= chosen.as_of).fill_null(True)
    shifts = live_shifts(chosen)
    return answers.filter(in_time).join(shifts.filter(shifts.starts_on <= chosen.as_of), "shift_id")


def _visits(chosen: Selection) -> ir.Table:
    """Return the attended sign-ups with `next_on`, the date of the person's next visit."""
    days = attended_days(chosen, of_team=False).distinct()
    in_order = ibis.window(group_by="person_id", order_by="visit_on")
    days = days.mutate(next_on=_.visit_on.lead().over(in_order))
    days = days.select(visitor_id="person_id", visit_on="visit_on", next_on="next_on")
    came = attended_so_far(chosen)
    return came.join(days, [came.person_id == days.visitor_id, came.starts_on == days.visit_on])


def _with_lead(chosen: Selection, rows: ir.Table) -> ir.Table:
    teams = chosen.recorded_table("teams").select(led_id="team_id", lead_id="lead_id")
    return rows.left_join(teams, rows.team_id == teams.led_id)
