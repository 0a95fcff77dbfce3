"""The second reading of docs/definitions.md, continued: who stays, who leaves, who is looked after.

See oracle.py for the form of a campaign and of an answer. Settings have their defaults here.
What tells how things stand at as_of takes no `since` and `until`.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from oracle import (
    HOURS_48,
    answer,
    attended,
    class_of,
    days,
    how_many,
    is_first_timer,
    lead_of,
    live_shifts,
    local_date,
    month_of,
    select,
    visits,
    was_confirmed,
    week_of,
)
from oracle_intervals import always, is_, rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from oracle import Campaign, Row

LAPSE_DAYS = 60
LADDER = ("supporter", "volunteer", "team_member", "team_leader", "organizer")
MAINTAINED = ("team_member", "team_leader", "organizer")
TIERS = ("super_active", "active", "almost_active", "dropped")
LINKS = ("answered", "yes", "signed_up", "confirmed", "came", "came_again")
THANKS = ("follow_up", "thank_you", "reshift", "recognition")


def by_person(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return each person's rows, in their order."""
    people: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        people[row["person_id"]].append(row)
    return people


def name_of(person: Row) -> str | None:
    parts = [person["given_name"] or "", person["family_name"] or ""]
    return " ".join(parts).strip() or None


def row_of(campaign: Campaign, person_id: str) -> Row:
    return next(row for row in campaign["people"] if row["person_id"] == person_id)


def teams_of(campaign: Campaign, as_of: date) -> dict[str, str | None]:
    """Return each person's team: their own, else that of their latest visit by as_of."""
    came = visits(campaign)
    teams = {}
    for row in campaign["people"]:
        theirs = [v for v in came.get(row["person_id"], []) if v["date"] <= as_of]
        latest = theirs[-1]["last_shift_team"] if theirs else None
        teams[row["person_id"]] = latest if row["team_id"] is None else row["team_id"]
    return teams


# Retention: lapse, reshift, tiers, losing


def histories(campaign: Campaign, as_of: date) -> list[Row]:
    """Return one fact per person who visited by as_of: the first visit, and all visits' days."""
    facts = []
    for person, theirs in visits(campaign).items():
        seen = [visit["date"] for visit in theirs if visit["date"] <= as_of]
        if seen:
            facts.append({**theirs[0], "person_id": person, "days": seen})
    return facts


def retention_lapse(campaign: Campaign, **window: Any) -> list[Row]:
    """Return each day after a first visit on which someone lapsed: who was at risk, who lapsed."""
    as_of = window["as_of"]
    lapsed, censored, facts = [], [], []
    for fact in select(histories(campaign, as_of), campaign, **window):
        first = fact["days"][0]
        left_after = first_lapse(fact["days"], as_of)
        if left_after is None:
            censored.append((as_of - first).days)
            continue
        lapsed.append((left_after - first).days + LAPSE_DAYS)
        facts.append({**fact, "again": any(day > left_after for day in fact["days"])})
    share = rate(facts, "came_back", is_("again"), always)
    return [
        {
            "day": day,
            "at_risk": sum(1 for time in lapsed + censored if time >= day),
            "deaths": lapsed.count(day),
            **share,
        }
        for day in sorted(set(lapsed))
    ]


def first_lapse(seen: list[date], as_of: date) -> date | None:
    """Return the visit that was the first to be followed by more than 60 days of nothing."""
    for day, following in pairwise([*seen, None]):
        until = as_of if following is None else following
        if (until - day).days > LAPSE_DAYS:
            return day
    return None


def surviving(table: list[Row]) -> list[float]:
    """Return the share that has not lapsed after each day of `retention_lapse`."""
    shares = []
    share = 1.0
    for row in table:
        share *= 1 - row["deaths"] / row["at_risk"]
        shares.append(share)
    return shares


def retention_reshift(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the attended sign-ups, and after which of them the next shift was soon set."""
    facts = []
    shifts = live_shifts(campaign)
    signed_up = by_person(row for row in campaign["signups"] if row["shift_id"] in shifts)
    for signup, shift in attended(campaign):
        if shift["starts_on"] + days(2) > window["as_of"]:
            continue
        theirs = [(row, shifts[row["shift_id"]]) for row in signed_up[signup["person_id"]]]
        came = [pair for pair in theirs if pair[0]["attended"] is True]
        day = shift["starts_on"]
        groups = {
            "event_type": shift["event_type"],
            "week": week_of(day),
            "month": month_of(day),
            "first_timer": is_first_timer(came, signup["person_id"], shift),
        }
        again = any(is_next(signup, shift["end"], *pair) for pair in theirs)
        clusters = {"person": signup["person_id"], "shift": shift["shift_id"]}
        fact = {"date": day, "team": shift["team"], "groups": groups, "clusters": clusters}
        facts.append({**fact, "again": again})
    return answer(facts, campaign, by=by, counting=count_reshifted, window=window)


def is_next(signup: Row, end: datetime, other: Row, its_shift: Row) -> bool:
    """Tell whether `other` sets a shift after the end of this one, in time and to stay."""
    limit = end + HOURS_48
    if other["signup_id"] == signup["signup_id"] or its_shift["starts_at"] <= end:
        return False
    if other["signed_up_at"] is None or other["signed_up_at"] > limit:
        return False
    cancelled_at = other["cancelled_at"]
    return not (other["status"] == "cancelled" and (cancelled_at is None or cancelled_at <= limit))


def count_reshifted(facts: list[Row]) -> Row:
    return {
        "attended": len(facts),
        "reshifted": how_many(facts, "again", True),
        **rate(facts, "rate", is_("again"), always, bounds=("low", "high")),
    }


def retention_tiers(campaign: Campaign, **window: Any) -> list[Row]:
    """Count the people of each tier of activity at as_of."""
    as_of = window["as_of"]
    facts = [{**fact, "tier": tier_of(fact["days"], as_of)} for fact in histories(campaign, as_of)]
    chosen = select(facts, campaign, **window)
    return [{"tier": tier, "people": how_many(chosen, "tier", tier)} for tier in TIERS if chosen]


def tier_of(seen: list[date], as_of: date) -> str:
    in_14 = sum(1 for day in seen if as_of - days(14) < day <= as_of)
    in_30 = sum(1 for day in seen if as_of - days(30) < day <= as_of)
    if in_14 >= 2:
        return "super_active"
    if in_30 >= 2:
        return "active"
    return "almost_active" if in_30 == 1 else "dropped"


def retention_losing(campaign: Campaign, **window: Any) -> list[Row]:
    """List the regulars who stay away for longer than they used to."""
    as_of = window["as_of"]
    rows = []
    teams = teams_of(campaign, as_of)
    people = [{**f, "team": teams[f["person_id"]]} for f in histories(campaign, as_of)]
    for fact in select(people, campaign, **window):
        seen = fact["days"]
        away = (as_of - seen[-1]).days
        gaps = [(later - earlier).days for earlier, later in pairwise(seen)]
        if len(seen) < 3 or away <= 2 * median(gaps) or away <= 14:
            continue
        rows.append(
            {
                "person_id": fact["person_id"],
                "name": name_of(row_of(campaign, fact["person_id"])),
                "visits": len(seen),
                "last_on": seen[-1],
                "days_since": away,
                "median_gap": float(median(gaps)),
            }
        )
    return sorted(rows, key=lambda row: (-row["days_since"], row["person_id"]))


def retention_departures(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the departures for each reason."""
    facts = []
    teams = teams_of(campaign, window["as_of"])
    for row in campaign["departures"]:
        day = local_date(row["at"], campaign["timezone"])
        groups = {"reason": row["reason"], "week": week_of(day), "month": month_of(day)}
        facts.append({"date": day, "team": teams[row["person_id"]], "groups": groups})
    by = ("reason", *(name for name in by if name != "reason"))
    return answer(facts, campaign, by=by, counting=count_people, window=window)


def count_people(facts: list[Row]) -> Row:
    return {"people": len(facts)}


# Maintenance 1:1s


def to_be_maintained(campaign: Campaign, as_of: date) -> list[Row]:
    """Return one fact per person whose role needs maintenance: when it was last held."""
    zone = campaign["timezone"]
    facts = []
    teams = teams_of(campaign, as_of)
    gone = {
        row["person_id"] for row in campaign["departures"] if local_date(row["at"], zone) <= as_of
    }
    meetings = by_person(campaign["meetings"])
    for person in campaign["people"]:
        if person["role"] not in MAINTAINED or person["person_id"] in gone:
            continue
        held = [
            local_date(row["scheduled_at"], zone)
            for row in meetings[person["person_id"]]
            if row["kind"] == "maintenance" and row["status"] == "held"
        ]
        facts.append(
            {
                "date": as_of,
                "team": teams[person["person_id"]],
                "clusters": {"person": person["person_id"]},
                "groups": {"role": person["role"]},
                "person": person,
                "last": max((day for day in held if day <= as_of), default=None),
                "covered": any(as_of - days(14) < day <= as_of for day in held),
            }
        )
    return facts


def meetings_coverage(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the people who need a maintenance 1:1, and those who lately had one."""
    facts = to_be_maintained(campaign, window["as_of"])
    return answer(facts, campaign, by=by, counting=count_covered, window=window)


def count_covered(facts: list[Row]) -> Row:
    return {
        "people": len(facts),
        "covered": how_many(facts, "covered", True),
        **rate(facts, "rate", is_("covered"), always, bounds=("low", "high")),
    }


def meetings_overdue(campaign: Campaign, **window: Any) -> list[Row]:
    """List the people without a maintenance 1:1 lately, who never had one first."""
    as_of = window["as_of"]
    rows = []
    for fact in select(to_be_maintained(campaign, as_of), campaign, **window):
        if not fact["covered"]:
            last = fact["last"]
            rows.append(
                {
                    "person_id": fact["person"]["person_id"],
                    "name": name_of(fact["person"]),
                    "role": fact["person"]["role"],
                    "last_maintenance_on": last,
                    "days_since": None if last is None else (as_of - last).days,
                }
            )
    never = [row for row in rows if row["days_since"] is None]
    once = [row for row in rows if row["days_since"] is not None]
    never.sort(key=lambda row: row["person_id"])
    once.sort(key=lambda row: (-row["days_since"], row["person_id"]))
    return never + once


# Whom not to ask


def asks_do_not_ask(campaign: Campaign, **window: Any) -> list[Row]:
    """List the people who are marked, and those whose last word on being asked is never."""
    as_of = window["as_of"]
    zone = campaign["timezone"]
    asks = by_person(row for row in campaign["asks"] if local_date(row["asked_at"], zone) <= as_of)
    facts = []
    teams = teams_of(campaign, as_of)
    for person in campaign["people"]:
        said_never = standing_never(asks[person["person_id"]])
        if person["do_not_contact"] is True or said_never is not None:
            since = None if said_never is None else local_date(said_never["asked_at"], zone)
            team = teams[person["person_id"]]
            facts.append({"date": as_of, "team": team, "person": person, "since": since})
    rows = [
        {
            "person_id": fact["person"]["person_id"],
            "name": name_of(fact["person"]),
            "since": fact["since"],
            "why": "do_not_contact" if fact["person"]["do_not_contact"] is True else "not_ever",
        }
        for fact in select(facts, campaign, **window)
    ]
    return sorted(rows, key=lambda row: row["person_id"])


def standing_never(asks: list[Row]) -> Row | None:
    """Return a person's latest not_ever, unless a yes came later."""
    nevers = [ask for ask in asks if ask["outcome"] == "not_ever"]
    latest = max((ask["asked_at"] for ask in nevers), default=None)
    latest_ones = [ask for ask in nevers if ask["asked_at"] == latest]
    for never in latest_ones:
        for ask in asks:
            linked = ask["asked_at"] == latest and ask["after_ask_id"] == never["ask_id"]
            if ask["outcome"] == "yes" and (ask["asked_at"] > latest or linked):
                return None
    return latest_ones[0] if latest_ones else None


# Follow-up and confirming


def moments_to_follow(campaign: Campaign) -> list[Row]:
    """Return whatever calls for a follow-up: who, since when, and what it was."""
    zone = campaign["timezone"]
    moments = []
    for signup, shift in attended(campaign):
        where = {"team": shift["team"], "date": shift["starts_on"], "moment": shift["end"]}
        clusters = {"person": signup["person_id"], "other": shift["shift_id"]}
        who = {"person_id": signup["person_id"], "clusters": clusters}
        moments.append({"what": "attended", **who, **where})
    for what, rows, at, by in (
        (
            "yes",
            [row for row in campaign["asks"] if row["outcome"] == "yes"],
            "asked_at",
            "asker_id",
        ),
        (
            "one_to_one",
            [row for row in campaign["meetings"] if row["status"] == "held"],
            "scheduled_at",
            "organizer_id",
        ),
    ):
        for row in rows:
            where = {"team": row["team_id"], "date": local_date(row[at], zone), "moment": row[at]}
            clusters = {"person": row["person_id"], "other": row[by]}
            who = {"person_id": row["person_id"], "clusters": clusters}
            moments.append({"what": what, **who, **where})
    return moments


def follow_up(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count what called for a follow-up by now, and what had one in time."""
    contacts = by_person(row for row in campaign["contacts"] if row["reason"] in THANKS)
    facts = []
    for fact in moments_to_follow(campaign):
        start = fact["moment"]
        in_time = any(start < row["at"] <= start + HOURS_48 for row in contacts[fact["person_id"]])
        groups = {"what": fact["what"], "week": week_of(fact["date"])}
        if fact["date"] + days(2) <= window["as_of"]:
            facts.append({**fact, "groups": groups, "in_time": in_time})
    by = ("what", *(name for name in by if name != "what"))
    return answer(facts, campaign, by=by, counting=count_followed_up, window=window)


def count_followed_up(facts: list[Row]) -> Row:
    return {
        "due": len(facts),
        "followed_up": how_many(facts, "in_time", True),
        **rate(facts, "rate", is_("in_time"), always, bounds=("low", "high")),
    }


def confirmation(campaign: Campaign, *, by: Sequence[str] = (), **window: Any) -> list[Row]:
    """Count the scheduled sign-ups that were not cancelled, and the confirmed ones."""
    facts = []
    shifts = live_shifts(campaign)
    for signup in campaign["signups"]:
        shift = shifts.get(signup["shift_id"])
        if shift is None or class_of(signup, shift) not in {"attended", "no_show", "unrecorded"}:
            continue
        at = signup["signed_up_at"]
        signed_up_on = None if at is None else local_date(at, campaign["timezone"])
        day = shift["starts_on"]
        groups = {"lead": lead_of(signed_up_on, day), "week": week_of(day)}
        confirmed = was_confirmed(signup, shift)
        clusters = {"person": signup["person_id"], "shift": shift["shift_id"]}
        fact = {"date": day, "team": shift["team"], "groups": groups, "clusters": clusters}
        facts.append({**fact, "confirmed": confirmed})
    return answer(facts, campaign, by=by, counting=count_confirmed, window=window)


def count_confirmed(facts: list[Row]) -> Row:
    return {
        "scheduled": len(facts),
        "confirmed": how_many(facts, "confirmed", True),
        **rate(facts, "rate", is_("confirmed"), always, bounds=("low", "high")),
    }


# The chain: of each ask, whether each link held: True, False, None while unknown, "out" of it


def chain(campaign: Campaign, **window: Any) -> list[Row]:
    """Count, link by link, how far the asks of a window went."""
    shifts = live_shifts(campaign)
    signups = by_person(row for row in campaign["signups"] if row["shift_id"] in shifts)
    came = {person: [v["date"] for v in theirs] for person, theirs in visits(campaign).items()}
    facts = []
    for ask in campaign["asks"]:
        person = ask["person_id"]
        theirs = [(row, shifts[row["shift_id"]]) for row in signups[person]]
        day = local_date(ask["asked_at"], campaign["timezone"])
        if ask["shift_id"] is None:
            link, taken = signed_up_for_any(ask, day, theirs, window["as_of"])
        else:
            link, taken = signed_up_for_it(shifts.get(ask["shift_id"]), theirs, window["as_of"])
        held = {
            "answered": ask["outcome"] != "no_answer",
            "yes": ask["outcome"] == "yes",
            "signed_up": link,
        }
        if taken is not None:
            held |= links_of(*taken, came.get(person, []), window["as_of"])
        clusters = {"person": person, "asker": ask["asker_id"]}
        facts.append({"date": day, "team": ask["team_id"], "held": held, "clusters": clusters})
    going = select(facts, campaign, **window)
    rows = []
    for link in LINKS if going else ():
        told = [fact["held"][link] for fact in going]
        passed = [{**fact, "passed": fact["held"][link]} for fact in going]
        rows.append(
            {
                "link": link,
                "from": told.count(True) + told.count(False),
                "to": told.count(True),
                "immature": told.count(None),
                **rate(
                    passed,
                    "rate",
                    is_("passed"),
                    is_("passed", True, False),
                    bounds=("low", "high"),
                ),
            }
        )
        going = [fact for fact in going if fact["held"][link] is True]
    return rows


def signed_up_for_any(
    ask: Row, asked_on: date, theirs: list[tuple[Row, Row]], as_of: date
) -> tuple[bool | None, tuple[Row, Row] | None]:
    """Return the link, and the first sign-up of any kind in the 7 days after a yes."""
    if asked_on + days(7) > as_of:
        return None, None
    start, end = ask["asked_at"], ask["asked_at"] + days(7)
    new = [pair for pair in theirs if pair[0]["signed_up_at"] is not None]
    new = [pair for pair in new if start <= pair[0]["signed_up_at"] <= end]
    new.sort(key=lambda pair: (*first_signed_up(pair), pair[0]["signup_id"]))
    return bool(new), new[0] if new else None


def first_signed_up(pair: tuple[Row, Row]) -> tuple[datetime, datetime]:
    return pair[0]["signed_up_at"], pair[1]["starts_at"]


def signed_up_for_it(
    shift: Row | None, theirs: list[tuple[Row, Row]], as_of: date
) -> tuple[bool | str | None, tuple[Row, Row] | None]:
    """Return the link, and the first sign-up for the very shift of a yes."""
    if shift is None:
        return "out", None
    if shift["starts_on"] > as_of:
        return None, None
    on_it = [pair for pair in theirs if pair[0]["shift_id"] == shift["shift_id"]]
    timed = [pair for pair in on_it if pair[0]["signed_up_at"] is not None]
    timed.sort(key=lambda pair: (pair[0]["signed_up_at"], pair[0]["signup_id"]))
    others = [pair for pair in on_it if pair[0]["signed_up_at"] is None]
    others.sort(key=lambda pair: pair[0]["signup_id"])
    first = [*timed, *others][:1]
    return bool(first), first[0] if first else None


def links_of(signup: Row, shift: Row, came: list[date], as_of: date) -> Row:
    """Return what became of the sign-up that was taken."""
    day = shift["starts_on"]
    cancelled_or_absent = class_of(signup, shift) in {"cancelled", "no_show", "left_out"}
    came_known = signup["attended"] is not None or cancelled_or_absent
    again_known = day + days(30) <= as_of
    again = any(day < on <= day + days(30) for on in came)
    return {
        "confirmed": was_confirmed(signup, shift) if day <= as_of else None,
        "came": signup["attended"] is True if came_known else None,
        "came_again": again if again_known else None,
    }


# The ladder


def ladder(campaign: Campaign, **window: Any) -> list[Row]:
    """Count the moves upward by week and team, and those after an escalation 1:1."""
    zone = campaign["timezone"]
    teams = teams_of(campaign, window["as_of"])
    changes = by_person(row for row in campaign["role_changes"] if row["role"] in LADDER)
    meetings = by_person(campaign["meetings"])
    facts = []
    for person, theirs in changes.items():
        escalations = [
            local_date(row["scheduled_at"], zone)
            for row in meetings[person]
            if row["kind"] == "escalation" and row["status"] == "held"
        ]
        lowest = LADDER[0]
        for change in theirs:
            earlier = [row for row in theirs if row["on"] < change["on"]]
            before = max(earlier, key=lambda row: row["on"])["role"] if earlier else lowest
            if LADDER.index(change["role"]) > LADDER.index(before):
                on = change["on"]
                after = any(on - days(30) <= day <= on for day in escalations)
                fact = {"date": on, "team": teams[person], "groups": {"week": week_of(on)}}
                facts.append({**fact, "after": after, "clusters": {"person": person}})
    return answer(facts, campaign, by=("week", "team"), counting=count_moves, window=window)


def count_moves(facts: list[Row]) -> Row:
    return {
        "moves": len(facts),
        "after_escalation": how_many(facts, "after", True),
        **rate(facts, "rate", is_("after"), always, bounds=("low", "high")),
    }
