"""The second reading of docs/definitions.md, continued: asks and one-to-ones. See oracle.py."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from oracle import (
    HOURS_48,
    NO_TYPES,
    answer,
    class_of,
    days,
    how_many,
    live_shifts,
    local_date,
    month_of,
    week_of,
)
from oracle_intervals import always, is_, rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from oracle import Campaign, Row

OUTCOMES = ("yes", "not_now", "not_that", "not_ever", "no", "maybe", "no_answer")


# Asks


def ask_fact(campaign: Campaign, ask: Row) -> Row:
    day = local_date(ask["asked_at"], campaign["timezone"])
    specific, urgent = ask["is_specific"], ask["is_urgent"]
    groups = {
        "asker": ask["asker_id"],
        "ask_for": ask["ask_for"],
        "ask_kind": ask["ask_kind"],
        "hard": None if specific is None or urgent is None else specific and urgent,
        "week": week_of(day),
        "month": month_of(day),
        "channel": ask["channel"],
        "in_meeting": ask["meeting_id"] is not None,
    }
    return {
        "date": day,
        "team": ask["team_id"],
        "groups": groups,
        "outcome": ask["outcome"],
        "clusters": {"person": ask["person_id"], "asker": ask["asker_id"]},
        "order": (ask["asked_at"], ask["ask_id"]),
    }


def asks_outcomes(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the asks of each outcome."""
    facts = [ask_fact(campaign, ask) for ask in campaign["asks"]]
    return answer(facts, campaign, by=by, counting=count_outcomes, window=window)


def count_outcomes(facts: list[Row]) -> Row:
    return {
        "asks": len(facts),
        "answered": len(facts) - how_many(facts, "outcome", "no_answer"),
        **{name: how_many(facts, "outcome", name) for name in OUTCOMES},
        **outcome_rates(facts),
    }


def outcome_rates(facts: list[Row]) -> Row:
    answered = is_("outcome", *(name for name in OUTCOMES if name != "no_answer"))
    typed = is_("outcome", "not_now", "not_that", "not_ever")
    noes = is_("outcome", *NO_TYPES)
    return {
        **rate(facts, "yes_rate", is_("outcome", "yes"), answered, bounds=("low", "high")),
        **rate(facts, "contact_rate", answered, always),
        **rate(facts, "no_type_known", typed, noes),
    }


def later_asks(campaign: Campaign, no: Row) -> list[Row]:
    """Return the later asks of the same person, in order: time, then the linked one, then id."""
    later = []
    for ask in campaign["asks"]:
        if ask["person_id"] != no["person_id"] or ask["ask_id"] == no["ask_id"]:
            continue
        in_the_same_breath = (
            ask["asked_at"] == no["asked_at"] and ask["after_ask_id"] == no["ask_id"]
        )
        if ask["asked_at"] > no["asked_at"] or in_the_same_breath:
            later.append(ask)
    return sorted(
        later,
        key=lambda ask: (ask["asked_at"], ask["after_ask_id"] != no["ask_id"], ask["ask_id"]),
    )


def moved_right(no: Row, following: list[Row], later: list[Row]) -> bool | None:
    """Tell whether what followed a no was what its kind calls for; None after a plain no."""
    if no["outcome"] == "no":
        return None
    if no["outcome"] == "not_ever":
        return not later
    if not following:
        return False
    first = following[0]
    if no["outcome"] == "not_that":
        return bool(first["ask_for"] != no["ask_for"])
    shifts = (no["shift_id"], first["shift_id"])
    another_time = None in shifts or shifts[0] != shifts[1]
    return bool(first["ask_for"] == no["ask_for"] and another_time)


def no_fact(campaign: Campaign, no: Row, *, within_days: int, as_of: date) -> Row:
    fact = ask_fact(campaign, no)
    zone = campaign["timezone"]
    end = fact["date"] + days(within_days)
    all_later = later_asks(campaign, no)
    following = [ask for ask in all_later if local_date(ask["asked_at"], zone) <= end]
    through_as_of = [ask for ask in all_later if local_date(ask["asked_at"], zone) <= as_of]
    yeses = [ask for ask in following if ask["outcome"] == "yes"]
    wait = (local_date(yeses[0]["asked_at"], zone) - fact["date"]).days if yeses else None
    return {
        **fact,
        "groups": {**fact["groups"], "no_type": no["outcome"]},
        "matured": end <= as_of,
        "reasked": bool(following),
        "converted": bool(yeses),
        "right_move": moved_right(no, following, through_as_of),
        "wait": wait,
    }


def asks_after_no(
    campaign: Campaign, *, within_days: int = 30, by: Sequence[str] = (), **window: Any
) -> list[Row]:
    """Count what followed each kind of no."""
    noes = [ask for ask in campaign["asks"] if ask["outcome"] in NO_TYPES]
    facts = [no_fact(campaign, no, within_days=within_days, as_of=window["as_of"]) for no in noes]
    matured = [fact for fact in facts if fact["matured"]]
    by = ("no_type", *by)
    return answer(matured, campaign, by=by, counting=count_after_no, window=window)


def count_after_no(facts: list[Row]) -> Row:
    waits = [fact["wait"] for fact in facts if fact["wait"] is not None]
    plain = facts[0]["right_move"] is None
    return {
        "noes": len(facts),
        "reasked": how_many(facts, "reasked", True),
        "right_move": None if plain else how_many(facts, "right_move", True),
        "converted": how_many(facts, "converted", True),
        "median_days": float(median(waits)) if waits else None,
        **no_rates(facts),
    }


def no_rates(facts: list[Row]) -> Row:
    """Return the rates of noes, and of people: each with the first of their noes there."""
    firsts: dict[str, Row] = {}
    for fact in sorted(facts, key=lambda fact: fact["order"]):
        firsts.setdefault(fact["clusters"]["person"], fact)
    people = list(firsts.values())
    kinds = [] if facts[0]["right_move"] is None else facts
    return {
        **rate(facts, "rate", is_("converted"), always, bounds=("low", "high")),
        **rate(kinds, "right_move_rate", is_("right_move"), always),
        **rate(facts, "yes_when_reasked", is_("converted"), is_("reasked")),
        "people": len(people),
        "people_converted": how_many(people, "converted", True),
        **rate(people, "person_rate", is_("converted"), always),
    }


def asks_kept(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the yeses to a shift by whether the person came."""
    facts = []
    shifts = live_shifts(campaign)
    for ask in campaign["asks"]:
        shift = shifts.get(ask["shift_id"])
        if ask["outcome"] != "yes" or shift is None:
            continue
        if ask["asked_at"] < shift["starts_at"] and shift["starts_on"] <= window["as_of"]:
            facts.append({**ask_fact(campaign, ask), "word": word_of(campaign, ask, shift)})
    return answer(facts, campaign, by=by, counting=count_kept, window=window)


def word_of(campaign: Campaign, ask: Row, shift: Row) -> str:
    there = [
        row
        for row in campaign["signups"]
        if row["person_id"] == ask["person_id"] and row["shift_id"] == shift["shift_id"]
    ]
    if any(row["attended"] is True for row in there):
        return "kept"
    if any(class_of(row, shift) == "unrecorded" for row in there):
        return "unrecorded"
    return "not_kept"


def count_kept(facts: list[Row]) -> Row:
    names = ("kept", "not_kept", "unrecorded")
    all_yeses = is_("word", *names)
    return {
        "yeses": len(facts),
        **{name: how_many(facts, "word", name) for name in names},
        **rate(
            facts,
            "rate",
            is_("word", "kept"),
            is_("word", "kept", "not_kept"),
            bounds=("low", "high"),
        ),
        **rate(facts, "rate_if_none", is_("word", "kept"), all_yeses),
        **rate(facts, "rate_if_all", is_("word", "kept", "unrecorded"), all_yeses),
    }


# One-to-ones


def meeting_fact(campaign: Campaign, meeting: Row, as_of: date) -> Row:
    day = local_date(meeting["scheduled_at"], campaign["timezone"])
    held = meeting["status"] == "held"
    parts = ("purpose", "exploration", "exchange", "commitment")
    minutes = meeting["minutes"]
    due = held and day + days(2) <= as_of
    groups = {
        "kind": meeting["kind"],
        "organizer": meeting["organizer_id"],
        "week": week_of(day),
        "month": month_of(day),
    }
    return {
        "date": day,
        "team": meeting["team_id"],
        "groups": groups,
        "clusters": {"person": meeting["person_id"], "organizer": meeting["organizer_id"]},
        "status": meeting["status"],
        "held": held,
        "committed": held and meeting["commitment"] is True,
        "complete": held and all(meeting[part] is True for part in parts),
        "with_length": held and minutes is not None,
        "good_length": held and minutes is not None and 30 <= minutes <= 60,
        "with_next_step": held and meeting["next_step_on"] is not None,
        "follow_up_due": due,
        "followed_up": due and meeting_followed_up(campaign, meeting),
    }


def meeting_followed_up(campaign: Campaign, meeting: Row) -> bool:
    start = meeting["scheduled_at"]
    return any(
        row["person_id"] == meeting["person_id"]
        and row["reason"] in {"follow_up", "thank_you"}
        and start < row["at"] <= start + HOURS_48
        for row in campaign["contacts"]
    )


def meetings(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the 1:1s of each kind and what was in them."""
    facts = [meeting_fact(campaign, row, window["as_of"]) for row in campaign["meetings"]]
    by = ("kind", *(name for name in by if name != "kind"))
    return answer(facts, campaign, by=by, counting=count_meetings, window=window)


def count_meetings(facts: list[Row]) -> Row:
    flags = (
        "committed",
        "complete",
        "with_length",
        "good_length",
        "with_next_step",
        "follow_up_due",
        "followed_up",
    )
    return {
        "held": how_many(facts, "status", "held"),
        "no_show": how_many(facts, "status", "no_show"),
        "cancelled": how_many(facts, "status", "cancelled"),
        "unrecorded": how_many(facts, "status", "scheduled"),
        **{name: how_many(facts, name, True) for name in flags},
        **rate(facts, "show_rate", is_("held"), is_("status", "held", "no_show")),
        **rate(facts, "commitment_rate", is_("committed"), is_("held")),
        **rate(facts, "complete_rate", is_("complete"), is_("held")),
        **rate(facts, "good_length_rate", is_("good_length"), is_("with_length")),
        **rate(facts, "next_step_rate", is_("with_next_step"), is_("held")),
        **rate(facts, "follow_up_rate", is_("followed_up"), is_("follow_up_due")),
    }
