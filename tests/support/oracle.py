"""A second reading of docs/definitions.md: slow, plain, and written apart from the measures.

A campaign is a dict: table name -> list of rows, and "timezone" -> the campaign's zone. A row
is a dict of the template's columns; moments are naive datetimes in UTC. Every function counts
with nested loops, as a person with paper would, and returns a list of dicts: the group columns,
whole numbers, and rates with their intervals. Speed is no aim here; being easy to hold against the text is.

This file has what all share, show-up and return; oracle_asks.py has asks and one-to-ones,
oracle_people.py who stays and who is looked after, oracle_intervals.py the intervals.
Each function takes `by` where the measure has groups, its own options, and the window:
`as_of`, `since`, `until`, `team`, `with_subteams`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from oracle_intervals import always, is_, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Row = dict[str, Any]
Campaign = dict[str, Any]

HOURS_48 = timedelta(hours=48)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEADS = ("0", "1", "2-3", "4-7", "8-14", "15-30", "31+", "unknown")
NO_TYPES = ("not_now", "not_that", "not_ever", "no")
MEETING_KINDS = ("recruitment", "maintenance", "escalation")
REASONS = (
    *("not_worth_time", "disorganized", "no_why", "uncomfortable", "overwhelmed"),
    *("unwelcoming", "no_recognition", "not_asked", "other"),
)
#: The groups that have an order of their own.
ORDERS = {
    "weekday": WEEKDAYS,
    "lead": LEADS,
    "record": ("new", "under 1/3", "1/3 to 2/3", "over 2/3"),
    "no_type": NO_TYPES,
    "kind": MEETING_KINDS,
    "reason": REASONS,
    "what": ("attended", "yes", "one_to_one"),
}


# Days, weeks, months


def local_date(moment: datetime, zone: str) -> date:
    """Return the date that a clock in `zone` shows at a moment in UTC."""
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def days(n: int) -> timedelta:
    return timedelta(days=n)


# Selecting and grouping; a fact is {"date", "team", "groups": {...}} and what is counted


def teams_above(campaign: Campaign, team: str | None) -> list[str | None]:
    """Return a team and each team above it."""
    parents = {row["team_id"]: row["parent_team_id"] for row in campaign["teams"]}
    line: list[str | None] = []
    while team not in line and (team is not None or not line):
        line.append(team)
        team = parents.get(team)
    return line


def select(
    facts: Iterable[Row],
    campaign: Campaign,
    *,
    as_of: date,
    since: date = date.min,
    until: date = date.max,
    team: str | None = None,
    with_subteams: bool = False,
) -> list[Row]:
    """Return the facts whose own date and team are asked for, each with the teams it counts in."""
    chosen = []
    for fact in facts:
        teams = teams_above(campaign, fact["team"]) if with_subteams else [fact["team"]]
        if since <= fact["date"] <= min(until, as_of) and (team is None or team in teams):
            chosen.append({**fact, "teams": teams})
    return chosen


def answer(
    facts: Iterable[Row],
    campaign: Campaign,
    *,
    by: Sequence[str],
    counting: Callable[[list[Row]], Row],
    window: Row,
) -> list[Row]:
    """Return one row per group: its values and what `counting` makes of its facts."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for fact in select(facts, campaign, **window):
        for team in fact["teams"] if "team" in by else [None]:
            values = {**fact["groups"], "team": team}
            groups[tuple(values[name] for name in by)].append(fact)
    ordered = sorted(groups, key=lambda key: [place(n, v) for n, v in zip(by, key, strict=True)])
    return [{**dict(zip(by, key, strict=True)), **counting(groups[key])} for key in ordered]


def place(name: str, value: Any) -> tuple[bool, Any]:
    """Return where a group's value stands: in its natural order, nothing at the end."""
    if value is None:
        return (True, 0)
    return (False, ORDERS[name].index(value) if name in ORDERS else value)


def how_many(facts: list[Row], name: str, *values: Any) -> int:
    return sum(1 for fact in facts if fact[name] in values)


# Shifts, sign-ups, visits


def live_shifts(campaign: Campaign) -> dict[str, Row]:
    """Return every shift that was not deleted, nor its event, with its event's fields."""
    events = {row["event_id"]: row for row in campaign["events"]}
    shifts = {}
    for row in campaign["shifts"]:
        event = events[row["event_id"]]
        if row["deleted_at"] is None and event["deleted_at"] is None:
            zone = event["timezone"] or campaign["timezone"]
            shifts[row["shift_id"]] = {
                **row,
                "team": event["team_id"],
                "event_type": event["event_type"],
                "starts_on": local_date(row["starts_at"], zone),
                "end": row["starts_at"] if row["ends_at"] is None else row["ends_at"],
            }
    return shifts


def attended(campaign: Campaign) -> list[tuple[Row, Row]]:
    """Return every attended sign-up, walk-ins too, with its shift."""
    shifts = live_shifts(campaign)
    return [
        (signup, shifts[signup["shift_id"]])
        for signup in campaign["signups"]
        if signup["shift_id"] in shifts and signup["attended"] is True
    ]


def class_of(signup: Row, shift: Row) -> str:
    """Return the one class of a sign-up, the first that fits."""
    start = shift["starts_at"]
    signed_up_at, cancelled_at = signup["signed_up_at"], signup["cancelled_at"]
    at_the_door = signup["is_walk_in"] is True or (
        signed_up_at is not None and signed_up_at >= start
    )
    if at_the_door:
        return "walk_in" if signup["attended"] is True else "left_out"
    if signup["attended"] is True:
        return "attended"
    cancelled = signup["status"] == "cancelled"
    if cancelled and (cancelled_at is None or cancelled_at < start):
        return "cancelled"
    if cancelled or signup["attended"] is False:
        return "no_show"
    return "unrecorded"


def lead_of(signed_up_on: date | None, starts_on: date) -> str:
    if signed_up_on is None:
        return "unknown"
    ahead = (starts_on - signed_up_on).days
    for most, name in ((0, "0"), (1, "1"), (3, "2-3"), (7, "4-7"), (14, "8-14"), (30, "15-30")):
        if ahead <= most:
            return name
    return "31+"


def was_confirmed(signup: Row, shift: Row) -> bool:
    if signup["confirmed_at"] is None:
        return bool(signup["status"] == "confirmed")
    return bool(signup["confirmed_at"] < shift["starts_at"])


def is_first_timer(came: list[tuple[Row, Row]], person: str, shift: Row) -> bool:
    return not any(
        signup["person_id"] == person and earlier["starts_at"] < shift["starts_at"]
        for signup, earlier in came
    )


def record_of(listed: list[tuple[Row, Row]], person: str, shift: Row) -> str:
    """Return the band of the person's own rate on shifts that began before this one."""
    classes = [
        class_of(signup, earlier)
        for signup, earlier in listed
        if signup["person_id"] == person and earlier["starts_at"] < shift["starts_at"]
    ]
    came, stayed_away = classes.count("attended"), classes.count("no_show")
    if came + stayed_away == 0:
        return "new"
    own = Fraction(came, came + stayed_away)
    if own < Fraction(1, 3):
        return "under 1/3"
    return "1/3 to 2/3" if own <= Fraction(2, 3) else "over 2/3"


def show_up(
    campaign: Campaign, *, by: Sequence[str] = (), same_day: bool = True, **window: Any
) -> list[Row]:
    """Count the sign-ups of each class."""
    facts = []
    shifts = live_shifts(campaign)
    listed = [
        (row, shifts[row["shift_id"]]) for row in campaign["signups"] if row["shift_id"] in shifts
    ]
    for signup in campaign["signups"]:
        shift = shifts.get(signup["shift_id"])
        if shift is not None:
            fact = signup_fact(signup, shift, listed=listed, zone=campaign["timezone"])
            kept_anyway = fact["class"] in {"walk_in", "left_out"}
            if same_day or kept_anyway or fact["signed_up_on"] != fact["date"]:
                facts.append(fact)
    return answer(facts, campaign, by=by, counting=count_classes, window=window)


def signup_fact(signup: Row, shift: Row, *, listed: list[tuple[Row, Row]], zone: str) -> Row:
    day = shift["starts_on"]
    came = [pair for pair in listed if pair[0]["attended"] is True]
    at = signup["signed_up_at"]
    signed_up_on = None if at is None else local_date(at, zone)
    groups = {
        "event_type": shift["event_type"],
        "event": shift["event_id"],
        "shift": shift["shift_id"],
        "recruiter": signup["recruiter_id"],
        "channel": signup["channel"],
        "role": signup["role"],
        "week": week_of(day),
        "month": month_of(day),
        "weekday": WEEKDAYS[day.weekday()],
        "lead": lead_of(signed_up_on, day),
        "confirmed": was_confirmed(signup, shift),
        "first_timer": is_first_timer(came, signup["person_id"], shift),
        "record": record_of(listed, signup["person_id"], shift),
    }
    return {
        "date": day,
        "clusters": {"person": signup["person_id"], "shift": shift["shift_id"]},
        "team": shift["team"],
        "groups": groups,
        "class": class_of(signup, shift),
        "signed_up_on": signed_up_on,
    }


def count_classes(facts: list[Row]) -> Row:
    on_the_list = ("attended", "cancelled", "no_show", "unrecorded")
    names = ("attended", "no_show", "cancelled", "unrecorded", "walk_in", "left_out")
    return {
        "scheduled": how_many(facts, "class", *on_the_list),
        **{name: how_many(facts, "class", name) for name in names},
        **class_rates(facts),
    }


def class_rates(facts: list[Row]) -> Row:
    known = is_("class", "attended", "no_show")
    all_on_list = is_("class", "attended", "no_show", "unrecorded")
    came = is_("class", "attended")
    flaked = is_("class", "no_show", "cancelled")
    might = is_("class", "attended", "unrecorded")
    all_who_signed_up = is_("class", "attended", "no_show", "cancelled")
    return {
        **rate(facts, "rate", came, known, bounds=("low", "high")),
        **rate(facts, "rate_if_none", came, all_on_list),
        **rate(facts, "rate_if_all", might, all_on_list),
        **rate(facts, "flake_rate", flaked, all_who_signed_up),
        **rate(facts, "recorded_share", known, all_on_list),
    }


# Retention


def visits(campaign: Campaign) -> dict[str, list[Row]]:
    """Return each person's visits in order: the local date and what was attended on it."""
    by_day: dict[tuple[str, date], list[tuple[Row, Row]]] = defaultdict(list)
    for signup, shift in attended(campaign):
        by_day[signup["person_id"], shift["starts_on"]].append((signup, shift))
    people: dict[str, list[Row]] = defaultdict(list)
    for person, day in sorted(by_day):
        there = sorted(
            by_day[person, day],
            key=lambda pair: (pair[1]["starts_at"], pair[1]["shift_id"], pair[0]["signup_id"]),
        )
        signup, shift = there[0]
        ended = max(attended_shift["end"] for _, attended_shift in there)
        groups = {
            "event_type": shift["event_type"],
            "recruiter": signup["recruiter_id"],
            "month": month_of(day),
            "week": week_of(day),
            "followed_up": was_followed_up(campaign, person, ended),
            "reached": was_followed_up(campaign, person, ended, reached=True),
            "reshift": any(was_reshifted(campaign, *pair) for pair in there),
        }
        clusters = {"person": person, "shift": shift["shift_id"]}
        visit = {"date": day, "team": shift["team"], "groups": groups, "clusters": clusters}
        people[person].append({**visit, "last_shift_team": there[-1][1]["team"]})
    return people


def was_reshifted(campaign: Campaign, signup: Row, shift: Row) -> bool:
    """Tell whether the next shift was set by 48 hours after the end of an attended one."""
    shifts = live_shifts(campaign)
    limit = shift["end"] + HOURS_48
    for other in campaign["signups"]:
        later = shifts.get(other["shift_id"])
        if later is None or other["person_id"] != signup["person_id"] or other is signup:
            continue
        made_at, gone_at = other["signed_up_at"], other["cancelled_at"]
        is_gone = other["status"] == "cancelled" and (gone_at is None or gone_at <= limit)
        is_in_time = made_at is not None and made_at <= limit
        if later["starts_at"] > shift["end"] and is_in_time and not is_gone:
            return True
    return False


def was_followed_up(
    campaign: Campaign, person: str, ended: datetime, *, reached: bool = False
) -> bool:
    """Tell whether a contact was attempted in time; with `reached`, whether one came through."""
    return any(
        row["person_id"] == person
        and row["reason"] in {"follow_up", "thank_you", "reshift"}
        and not (reached and row["result"] in {"no_answer", "wrong_number"})
        and ended < row["at"] <= ended + HOURS_48
        for row in campaign["contacts"]
    )


def retention_return(
    campaign: Campaign, *, within_days: int = 30, by: Sequence[str] = (), **window: Any
) -> list[Row]:
    """Count the people with a first visit, and who of them came again in time."""
    facts = []
    for theirs in visits(campaign).values():
        first = theirs[0]
        end = first["date"] + days(within_days)
        matured = end <= window["as_of"]
        again = any(first["date"] < visit["date"] <= end for visit in theirs)
        facts.append({**first, "matured": matured, "returned": matured and again})
    return answer(facts, campaign, by=by, counting=count_returns, window=window)


def count_returns(facts: list[Row]) -> Row:
    return {
        "people": len(facts),
        "matured": how_many(facts, "matured", True),
        "returned": how_many(facts, "returned", True),
        **rate(facts, "rate", is_("returned"), is_("matured"), bounds=("low", "high")),
    }


def retention_by_visit(
    campaign: Campaign, *, within_days: int = 90, max_visit: int = 6, **window: Any
) -> list[Row]:
    """Count who made a v-th visit long enough ago, and who of them made the next in time."""
    rows = []
    wait = days(within_days)
    people = visits(campaign).values()
    for v in range(1, max_visit + 1):
        facts = []
        for theirs in people:
            if len(theirs) >= v and theirs[v - 1]["date"] + wait <= window["as_of"]:
                end = theirs[v - 1]["date"] + wait
                returned = len(theirs) > v and theirs[v]["date"] <= end
                # --team is the first visit's, as for all of retention.
                facts.append({**theirs[v - 1], "team": theirs[0]["team"], "returned": returned})
        matured = select(facts, campaign, **window)
        if matured:
            returned = how_many(matured, "returned", True)
            own = rate(matured, "rate", is_("returned"), always, bounds=("low", "high"))
            rows.append({"visit": v, "matured": len(matured), "returned": returned, **own})
    return rows


def period_of(day: date, period: str) -> int:
    """Return the number of a day's month or ISO week, counted without a gap."""
    return day.year * 12 + day.month if period == "month" else (day.toordinal() - 1) // 7


def retention_cohorts(
    campaign: Campaign, *, period: str = "month", kind: str = "bounded", **window: Any
) -> list[Row]:
    """Count who of each cohort visited in each period since; None while that is not known."""
    as_of = window["as_of"]
    firsts = [{**theirs[0], "visits": theirs} for theirs in visits(campaign).values()]
    cohorts: dict[int, list[Row]] = defaultdict(list)
    for fact in select(firsts, campaign, **window):
        cohorts[period_of(fact["date"], period)].append(fact)
    running = period_of(as_of, period)
    # The running period has ended by as_of only on its last day.
    ended = running if period_of(as_of + days(1), period) > running else running - 1
    rows = []
    for born, members in sorted(cohorts.items()):
        label = members[0]["groups"][period]
        for at in range(born, running + 1):
            seen = {at} if kind == "bounded" else set(range(at, running + 1))
            facts = [{**m, "came": came_in(m["visits"], seen, period, as_of)} for m in members]
            retained = how_many(facts, "came", True)
            known = is_("is_known")
            facts = [{**fact, "is_known": at <= ended} for fact in facts]
            rows.append(
                {
                    "cohort": label,
                    "size": len(members),
                    "period": at - born,
                    "retained": retained if at <= ended else None,
                    **rate(facts, "rate", is_("came"), known, bounds=("low", "high")),
                }
            )
    return rows


def came_in(theirs: list[Row], periods: set[int], period: str, as_of: date) -> bool:
    return any(v["date"] <= as_of and period_of(v["date"], period) in periods for v in theirs)
