"""Small random campaigns full of traps, as Hypothesis strategies.

`campaigns()` draws a dict of tables (see oracle.py for its form) and `as_of(campaign)` a date
at or near a border of that campaign. Moments come from a handful per campaign, and whatever
has a border (a start, an end, 48 hours) is drawn right before it, on it and right after it, so
that ties and borders are common. Rows keep every rule of a load: keys are unique, required
columns are filled, people, events and shifts exist; teams, recruiters and 1:1s may be missing.
"""

# the store keeps moments in UTC without an offset
from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from oracle import local_date

from organizing_analytics import model

Row = dict[str, Any]
Campaign = dict[str, Any]

#: East and west of the date line, half hours, and clocks that change on the nights below.
ZONES = (
    "UTC",
    "America/Chicago",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
)

#: Nights on which a date is easy to get wrong, in UTC.
NIGHTS = (
    datetime(2026, 3, 8, 8),  # Chicago: 2:00 becomes 3:00
    datetime(2026, 11, 1, 6, 30),  # Chicago: 1:30 comes twice
    datetime(2026, 4, 4, 13, 30),  # Auckland: 2:30 comes twice
    datetime(2027, 1, 1),  # ISO week 2026-W53
    datetime(2026, 5, 31, 23),  # a month ends, and on Sunday a week
)

SECOND = timedelta(seconds=1)
TINY = timedelta(microseconds=1)  # the store's finest step
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

BEFORE_OR_AFTER = (-HOUR, timedelta(0), -TINY, SECOND, -DAY, HOUR, None)
LEADS = (*(-n * DAY for n in (1, 2, 3, 4, 7, 8, 14, 15, 30, 31, 32)), *BEFORE_OR_AFTER)
LENGTHS = (2 * HOUR, None, timedelta(0), HOUR, 26 * HOUR)
FOLLOWING = (HOUR, TINY, 48 * HOUR, 48 * HOUR + TINY, timedelta(0), timedelta(0), -SECOND)
STEPS = (30, 1, 0, 2, 7, 29, 31, 60, 89, 90, 91)  # days, around the windows that are asked for
PARTS = ("visits", "asks", "meetings")
# of regulars, in days: twice their median is often the number of days that anyone may stay away
GAPS = (7, 8, 6, 10, 15, 1, 30, 7, 8, 45)
# from a shift's end to the moment at which the next one is set, or given up
SOON = (48 * HOUR, 48 * HOUR + TINY, HOUR, None, timedelta(0), -DAY, 47 * HOUR, 72 * HOUR)

FLAG = st.sampled_from((True, False, None))
MOSTLY = st.sampled_from((True, True, True, False, None))
SELDOM = st.sampled_from((None,) * 14 + (NIGHTS[0], NIGHTS[3]))
RARELY = st.sampled_from((None, False, None, False, None, False, True))


def ids(prefix: str, most: int) -> list[str]:
    return [f"{prefix}{n:02d}" for n in range(1, most + 1)]


#: The last of each is named by rows, but is in no table.
TEAM_IDS = ids("T", 4)
PEOPLE = ids("P", 8)
STAFF = (None, "P01", "P02", "P99")


def full(table: str, row: Row) -> Row:
    """Return a row with every column of its template, empty where nothing was drawn."""
    return {name: row.get(name) for name in model.BY_NAME[table].column_names}


def plus(moment: datetime, step: timedelta | None) -> datetime | None:
    return None if step is None else moment + step


@st.composite
def pools(draw: st.DrawFn) -> list[datetime]:
    """Draw the few moments at which this campaign does things."""
    night = draw(st.sampled_from(NIGHTS))
    minute = st.sampled_from((0, 30, -30, 60, -12 * 60, 7 * 60, -7 * 60))
    moment = st.builds(
        lambda d, m: night + d * DAY + timedelta(minutes=m), st.sampled_from(STEPS), minute
    )
    pool = draw(st.lists(moment, min_size=1, max_size=4, unique=True))
    # An echo comes so many days after another moment: windows of days have borders too.
    for step in draw(st.lists(st.sampled_from(STEPS), min_size=2, max_size=5)):
        pool.append(draw(st.sampled_from(pool)) + step * DAY)
    return pool


@st.composite
def tables_of(
    draw: st.DrawFn, prefix: str, most: int, **columns: st.SearchStrategy[Any]
) -> list[Row]:
    """Draw up to `most` rows of these columns, with ids; more often many than few."""
    least = draw(st.sampled_from((0, most // 2, most * 3 // 4, most - 1)))
    rows = draw(st.lists(st.fixed_dictionaries(columns), min_size=least, max_size=most))
    return [{"id": name, **row} for name, row in zip(ids(prefix, most), rows, strict=False)]


def team_rows(parents: list[str | None]) -> list[Row]:
    rows = []
    for n, parent in enumerate(parents):
        above = parent if parent in TEAM_IDS[:n] else None
        rows.append(full("teams", {"team_id": TEAM_IDS[n], "name": "A", "parent_team_id": above}))
    return rows


@st.composite
def events(draw: st.DrawFn) -> list[Row]:
    size = draw(st.sampled_from((1, 2, 3, 4)))
    rows = st.fixed_dictionaries(
        {
            "event_type": st.sampled_from(("canvass", "training")),
            "team_id": st.sampled_from((None, *TEAM_IDS)),
            "timezone": st.sampled_from((None, *ZONES)),
            "deleted_at": SELDOM,
        }
    )
    return [full("events", {"event_id": name, **draw(rows)}) for name in ids("E", size)]


@st.composite
def shifts(draw: st.DrawFn, pool: list[datetime], of: list[Row]) -> list[Row]:
    rows = draw(
        tables_of(
            "S",
            10,
            event_id=st.sampled_from([row["event_id"] for row in of]),
            starts_at=st.sampled_from(pool),
            length=st.sampled_from(LENGTHS),
            deleted_at=SELDOM,
        )
    )
    for row in rows:
        row["shift_id"], row["ends_at"] = row["id"], plus(row["starts_at"], row["length"])
    return [full("shifts", row) for row in rows]


@st.composite
def signups(draw: st.DrawFn, of: list[Row], people: list[str]) -> list[Row]:
    if not of:
        return []
    drawn = draw(
        tables_of(
            "G",
            25,
            shift=st.sampled_from(of),
            person_id=st.sampled_from(people),
            recruiter_id=st.sampled_from(STAFF),
            role=st.sampled_from((None, "Greeter")),
            channel=st.sampled_from((None, "phone", "web")),
            lead=st.sampled_from(LEADS),
            status=st.sampled_from(model.SIGNUP_STATUSES),
            confirmed=st.sampled_from((None, None, *BEFORE_OR_AFTER)),
            cancelled=st.sampled_from((None, *BEFORE_OR_AFTER)),
            attended=st.sampled_from((True, None, True, False)),
            is_walk_in=RARELY,
        )
    )
    for row in drawn:
        start = row["shift"]["starts_at"]
        row["signup_id"], row["shift_id"] = row["id"], row["shift"]["shift_id"]
        row["signed_up_at"] = plus(start, row["lead"])
        row["confirmed_at"] = plus(start, row["confirmed"])
        row["cancelled_at"] = plus(start, row["cancelled"])
    return [full("signups", row) for row in drawn]


@st.composite
def asks(draw: st.DrawFn, pool: list[datetime], campaign: Campaign, people: list[str]) -> list[Row]:
    moments = [*pool[:3], pool[-1], pool[0] + SECOND, pool[0] - TINY]
    shift_ids = [None, *(row["shift_id"] for row in campaign["shifts"])]
    signed_up = [(row["person_id"], row["shift_id"]) for row in campaign["signups"]]
    anyone = st.tuples(st.sampled_from(people), st.sampled_from(shift_ids))
    drawn = draw(
        tables_of(
            "A",
            20,
            asked_at=st.sampled_from(moments),
            asker_id=st.sampled_from(STAFF),
            whom=anyone if not signed_up else st.one_of(anyone, st.sampled_from(signed_up)),
            team_id=st.sampled_from((None, *TEAM_IDS)),
            meeting_id=st.sampled_from((None, "M01", "M99")),
            channel=st.sampled_from((None, "phone", "door")),
            ask_kind=st.sampled_from((None, "event", "role")),
            ask_for=st.sampled_from(("canvass", "training")),
            is_specific=FLAG,
            is_urgent=FLAG,
            outcome=st.sampled_from((*model.NO_TYPES, "yes", "yes", "maybe", "no_answer")),
            after=st.sampled_from((None, -1, 1, 0, -2, 2, -3)),
        )
    )
    for n, row in enumerate(drawn):
        linked = n + row["after"] if row["after"] is not None else -1
        row["ask_id"], (row["person_id"], row["shift_id"]) = row["id"], row["whom"]
        row["after_ask_id"] = drawn[linked]["id"] if 0 <= linked < len(drawn) else None
    return [full("asks", row) for row in drawn]


@st.composite
def meetings(draw: st.DrawFn, pool: list[datetime], people: list[str]) -> list[Row]:
    drawn = draw(
        tables_of(
            "M",
            10,
            organizer_id=st.sampled_from(STAFF),
            person_id=st.sampled_from(people),
            team_id=st.sampled_from((None, *TEAM_IDS)),
            kind=st.sampled_from(model.MEETING_KINDS),
            scheduled_at=st.sampled_from(pool),
            status=st.sampled_from(("held", "held", "held", *model.MEETING_STATUSES)),
            minutes=st.sampled_from((None, 29, 30, 60, 61, 0)),
            purpose=MOSTLY,
            exploration=MOSTLY,
            exchange=MOSTLY,
            commitment=MOSTLY,
            next_step_on=st.sampled_from((None, date(2026, 4, 1))),
        )
    )
    return [full("meetings", {"meeting_id": row["id"], **row}) for row in drawn]


def contact_moments(campaign: Campaign) -> list[tuple[str, datetime]]:
    """Return whom a contact could follow, and since when: after a shift and after a 1:1."""
    by_id = {row["shift_id"]: row for row in campaign["shifts"]}
    ends = []
    for row in campaign["signups"]:
        if row["attended"] is not True:
            continue
        shift = by_id[row["shift_id"]]
        ends.append((row["person_id"], shift["ends_at"] or shift["starts_at"]))
    return ends + [(row["person_id"], row["scheduled_at"]) for row in campaign["meetings"]]


@st.composite
def contacts(draw: st.DrawFn, campaign: Campaign) -> list[Row]:
    about = contact_moments(campaign)
    if not about:
        return []
    reasons = ("follow_up", "thank_you", "reshift", "reshift", None, "reminder")
    drawn = draw(
        tables_of(
            "C",
            10,
            about=st.sampled_from(about),
            step=st.sampled_from(FOLLOWING),
            reason=st.sampled_from(reasons),
            result=st.sampled_from((None, None, "reached", *model.CONTACT_RESULTS)),
        )
    )
    for row in drawn:
        row["contact_id"] = row["id"]
        row["person_id"], moment = row["about"]
        row["at"] = moment + row["step"]
    return [full("contacts", row) for row in drawn]


# What the measures of people need beside that


@st.composite
def people_rows(draw: st.DrawFn, known: list[str]) -> list[Row]:
    """Draw who the people are: a name, a team, a rung, and whether to leave them alone."""
    rows = st.fixed_dictionaries(
        {
            "given_name": st.sampled_from((None, "Ann", "Bo")),
            "family_name": st.sampled_from((None, "Lee")),
            "team_id": st.sampled_from((None, *TEAM_IDS)),
            "role": st.sampled_from((*model.LADDER[2:], *model.LADDER, None, "trainer")),
            "do_not_contact": st.sampled_from((None, None, False, None, True)),
        }
    )
    return [full("people", {"person_id": name, **draw(rows)}) for name in known]


@st.composite
def regulars(draw: st.DrawFn, pool: list[datetime], of: list[Row], people: list[str]) -> Campaign:
    """Draw people who come again and again, on shifts of their own."""
    made: Campaign = {"shifts": [], "signups": []}
    for n in range(draw(st.sampled_from((1, 0, 2)))):
        person = draw(st.sampled_from(people))
        event_id = draw(st.sampled_from([row["event_id"] for row in of]))
        start = draw(st.sampled_from(pool))
        gaps = draw(st.lists(st.sampled_from(GAPS), min_size=1, max_size=4))
        for k, days in enumerate((0, *gaps)):
            start += days * DAY
            key = f"R{n}{k}"
            ends_at = start + 2 * HOUR
            shift = {"shift_id": key, "event_id": event_id, "starts_at": start, "ends_at": ends_at}
            signup = {"signup_id": key, "shift_id": key, "person_id": person}
            made["shifts"].append(full("shifts", shift))
            signup |= {"status": "registered", "attended": True, "signed_up_at": start - DAY}
            made["signups"].append(full("signups", signup))
    return made


@st.composite
def next_shifts(draw: st.DrawFn, campaign: Campaign) -> Campaign:
    """Draw sign-ups to shifts that start as another ends, or later, made 48 hours after it."""
    made: Campaign = {"shifts": [], "signups": []}
    ends = ends_of(campaign)
    drawn = draw(
        tables_of(
            "N",
            6,
            after=st.sampled_from(ends),
            event_id=st.sampled_from([row["event_id"] for row in campaign["events"]]),
            start=st.sampled_from((10 * DAY, TINY, timedelta(0), 3 * DAY, 49 * HOUR, -TINY)),
            made=st.sampled_from(SOON),
            status=st.sampled_from(("registered", "cancelled", "registered", "confirmed")),
            cancelled=st.sampled_from(SOON),
            attended=st.sampled_from((None, True, False)),
        )
        if ends
        else st.just([])
    )
    for row in drawn:
        person, end = row["after"]
        row |= {"shift_id": row["id"], "signup_id": row["id"], "person_id": person}
        row |= {"starts_at": end + row["start"], "signed_up_at": plus(end, row["made"])}
        row["cancelled_at"] = plus(end, row["cancelled"])
        made["shifts"].append(full("shifts", row))
        made["signups"].append(full("signups", row))
    return made


def ends_of(campaign: Campaign) -> list[tuple[str, datetime]]:
    """Return who attended a shift, and when it ended."""
    by_id = {row["shift_id"]: row for row in campaign["shifts"]}
    there = [
        (row["person_id"], by_id[row["shift_id"]])
        for row in campaign["signups"]
        if row["attended"] is True
    ]
    return [(person, shift["ends_at"] or shift["starts_at"]) for person, shift in there]


@st.composite
def words_kept(draw: st.DrawFn, campaign: Campaign) -> list[Row]:
    """Draw the sign-ups of people who said yes, about 7 days after they did."""
    yeses = [row for row in campaign["asks"] if row["outcome"] == "yes"]
    week = 7 * DAY
    if not yeses or not campaign["shifts"]:
        return []
    drawn = draw(
        tables_of(
            "K",
            8,
            ask=st.sampled_from(yeses),
            shift=st.sampled_from(campaign["shifts"]),
            made=st.sampled_from((week, week + TINY, timedelta(0), -TINY, DAY, None)),
            status=st.sampled_from(("confirmed", "confirmed", *model.SIGNUP_STATUSES)),
            confirmed=st.sampled_from((None, -HOUR, None, *BEFORE_OR_AFTER)),
            cancelled=st.sampled_from(BEFORE_OR_AFTER),
            attended=st.sampled_from((True, None, True, False)),
            is_walk_in=RARELY,
        )
    )
    for row in drawn:
        wanted = row["ask"]["shift_id"]
        shift = next((s for s in campaign["shifts"] if s["shift_id"] == wanted), row["shift"])
        row |= {"signup_id": row["id"], "shift_id": shift["shift_id"]}
        row["person_id"] = row["ask"]["person_id"]
        row["signed_up_at"] = plus(row["ask"]["asked_at"], row["made"])
        row["confirmed_at"] = plus(shift["starts_at"], row["confirmed"])
        row["cancelled_at"] = plus(shift["starts_at"], row["cancelled"])
    return [full("signups", row) for row in drawn]


@st.composite
def last_words(draw: st.DrawFn, campaign: Campaign) -> list[Row]:
    """Draw what was said right after a not_ever, or in the same breath, linked to it or not."""
    nevers = [row for row in campaign["asks"] if row["outcome"] == "not_ever"]
    if not nevers:
        return []
    drawn = draw(
        tables_of(
            "B",
            5,
            never=st.sampled_from(nevers),
            step=st.sampled_from((timedelta(0), timedelta(0), TINY, -TINY, 30 * DAY, DAY)),
            outcome=st.sampled_from(("yes", "yes", "not_ever", "maybe", "not_now")),
            linked=st.sampled_from((True, False, True)),
        )
    )
    for row in drawn:
        never = row["never"]
        row |= {"ask_id": row["id"], "ask_for": "canvass", "person_id": never["person_id"]}
        row["asked_at"] = never["asked_at"] + row["step"]
        row["after_ask_id"] = never["ask_id"] if row["linked"] else None
    return [full("asks", row) for row in drawn]


@st.composite
def departures(draw: st.DrawFn, pool: list[datetime], people: list[str]) -> list[Row]:
    drawn = draw(
        tables_of(
            "D",
            5,
            person_id=st.sampled_from(people),
            moment=st.sampled_from(pool),
            step=st.sampled_from((timedelta(0), 12 * HOUR, -TINY, DAY, -DAY, 30 * DAY)),
            reason=st.sampled_from((*model.DEPARTURE_REASONS, None, None, "other")),
        )
    )
    rows = {(row["person_id"], at): {**row, "at": at} for row in drawn for at in [when(row)]}
    return [full("departures", row) for row in rows.values()]


def when(row: Row) -> datetime:
    moment: datetime = row["moment"] + row["step"]
    return moment


@st.composite
def role_changes(draw: st.DrawFn, pool: list[datetime], people: list[str]) -> list[Row]:
    """Draw steps on the ladder on near days: upward, downward, sideways and off it."""
    drawn = draw(
        tables_of(
            "L",
            10,
            person_id=st.sampled_from(people[:3]),
            moment=st.sampled_from(pool),
            step=st.sampled_from((0, 1, 2, -1, 7, 14, 30, 3)),
            role=st.sampled_from((*model.LADDER, *model.LADDER, "trainer")),
        )
    )
    rows = {}
    for row in drawn:
        row["on"] = row["moment"].date() + row["step"] * DAY
        rows[row["person_id"], row["on"]] = full("role_changes", row)
    return list(rows.values())


@st.composite
def one_to_ones(draw: st.DrawFn, campaign: Campaign) -> list[Row]:
    """Draw 1:1s about 30 days before a change of role, for whom it could have led there."""
    changes = campaign["role_changes"]
    if not changes:
        return []
    drawn = draw(
        tables_of(
            "O",
            6,
            change=st.sampled_from(changes),
            step=st.sampled_from((-30, -31, 0, 1, -14, -29, -1)),
            hour=st.sampled_from((12, 0, 23)),
            kind=st.sampled_from(("escalation", "escalation", "escalation", "maintenance")),
            status=st.sampled_from(("held", "held", "held", *model.MEETING_STATUSES)),
        )
    )
    for row in drawn:
        row |= {"meeting_id": row["id"], "person_id": row["change"]["person_id"]}
        day = row["change"]["on"] + row["step"] * DAY
        row["scheduled_at"] = datetime(day.year, day.month, day.day, row["hour"])
    return [full("meetings", row) for row in drawn]


@st.composite
def thanks(draw: st.DrawFn, campaign: Campaign) -> list[Row]:
    """Draw contacts about 48 hours after a shift, a 1:1 or a yes."""
    yeses = [row for row in campaign["asks"] if row["outcome"] == "yes"]
    about = contact_moments(campaign) + [(row["person_id"], row["asked_at"]) for row in yeses]
    if not about:
        return []
    drawn = draw(
        tables_of(
            "H",
            8,
            about=st.sampled_from(about),
            step=st.sampled_from(FOLLOWING),
            reason=st.sampled_from(("recognition", None, *model.CONTACT_REASONS)),
            result=st.sampled_from((None, *model.CONTACT_RESULTS)),
        )
    )
    for row in drawn:
        row["contact_id"] = row["id"]
        row["person_id"], moment = row["about"]
        row["at"] = moment + row["step"]
    return [full("contacts", row) for row in drawn]


def with_people(
    draw: st.DrawFn, campaign: Campaign, pool: list[datetime], parts: tuple[str, ...]
) -> None:
    """Add to a campaign what the measures of people need."""
    people = [row["person_id"] for row in campaign["people"]]
    campaign["people"] = draw(people_rows(people))
    if "visits" in parts:
        for strategy in (
            regulars(pool, campaign["events"], people),
            next_shifts(campaign),
        ):
            for table, rows in draw(strategy).items():
                campaign[table] = [*campaign[table], *rows]
    campaign["asks"] += draw(last_words(campaign))
    if "visits" in parts:
        campaign["signups"] += draw(words_kept(campaign))
    campaign["departures"] = draw(departures(pool, people))
    campaign["role_changes"] = draw(role_changes(pool, people))
    if "meetings" in parts:
        campaign["meetings"] += draw(one_to_ones(campaign))
    campaign["contacts"] += draw(thanks(campaign))


@st.composite
def campaigns(draw: st.DrawFn, *, parts: tuple[str, ...] = PARTS) -> Campaign:
    """Draw a campaign: "timezone" and every table, some empty.

    `parts` names what to fill beside people, teams, events and shifts; a test of one measure
    that leaves out the rest sees more of its own traps. "people" adds who they are, how they
    come, rise and leave, and more of each of the other parts that is named.
    """
    campaign: Campaign = {table.name: [] for table in model.TABLES}
    campaign["timezone"] = draw(st.sampled_from(ZONES))
    pool = draw(pools())
    people = PEOPLE[: draw(st.sampled_from((2, 1, 1, 3, 8)))]
    parents = draw(st.lists(st.sampled_from((None, *TEAM_IDS[:2])), min_size=3, max_size=3))
    campaign["teams"] = team_rows(parents)
    known = sorted({*people, "P01", "P02"})
    campaign["people"] = [full("people", {"person_id": name}) for name in known]
    campaign["events"] = draw(events())
    campaign["shifts"] = draw(shifts(pool, campaign["events"]))
    if "visits" in parts:
        campaign["signups"] = draw(signups(campaign["shifts"], people))
    if "asks" in parts:
        campaign["asks"] = draw(asks(pool, campaign, people))
    if "meetings" in parts:
        campaign["meetings"] = draw(meetings(pool, people))
    campaign["contacts"] = draw(contacts(campaign))
    if "people" in parts:
        with_people(draw, campaign, pool, parts)
    return campaign


def apart(drawn: list[Campaign]) -> list[Campaign]:
    """Return the campaigns with ids that no two share, by one clock: they can stand together."""

    def renamed(row: Row, n: int) -> Row:
        return {
            name: f"{n:03d}-{value}" if name.endswith("_id") and value is not None else value
            for name, value in row.items()
        }

    return [
        {table.name: [renamed(row, n) for row in campaign[table.name]] for table in model.TABLES}
        | {"timezone": drawn[0]["timezone"]}
        for n, campaign in enumerate(drawn)
    ]


def together(several: list[Campaign]) -> Campaign:
    """Return one large campaign made of several that `apart` has told apart."""
    whole: Campaign = {
        table.name: [row for campaign in several for row in campaign[table.name]]
        for table in model.TABLES
    }
    return whole | {"timezone": several[0]["timezone"]}


def days_of(campaign: Campaign) -> list[date]:
    """Return the dates on which anything happens, by each clock that could be meant."""
    zones = {campaign["timezone"], *(row["timezone"] for row in campaign["events"])} - {None}
    columns = (
        *(("shifts", "starts_at"), ("asks", "asked_at"), ("meetings", "scheduled_at")),
        ("departures", "at"),
    )
    changed = {row["on"] for row in campaign["role_changes"]}
    moments = {row[column] for table, column in columns for row in campaign[table]} or {NIGHTS[0]}
    return sorted({local_date(moment, zone) for moment in moments for zone in zones} | changed)


def as_of(campaign: Campaign, *, within_days: int = 30) -> st.SearchStrategy[date]:
    """Draw a date to stand at: long after, or at a border of something in the campaign."""
    seen = days_of(campaign)
    steps = (0, within_days, -1, 1, 2, within_days - 1, within_days + 1)
    near = [day + timedelta(days=n) for day in seen for n in steps]
    month_ends = [d.replace(day=calendar.monthrange(d.year, d.month)[1]) for d in seen]
    week_ends = [d + timedelta(days=7 - d.isoweekday()) for d in seen]
    late = [seen[-1] + timedelta(days=n) for n in (0, within_days, 100)]
    borders = st.one_of(st.sampled_from(near), st.sampled_from(month_ends + week_ends))
    return st.one_of(st.sampled_from(late), borders)
