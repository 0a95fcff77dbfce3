"""The tables of the EveryAction data warehouse: sign-ups, and the history of their statuses."""

from __future__ import annotations

from organizing_analytics.sources.everyaction.records import (
    asks,
    is_one_on_one,
    meetings,
    own_id,
    with_deleted_events,
)
from organizing_analytics.sources.everyaction.statuses import HINT, SOURCE, Statuses, standing
from organizing_analytics.sources.feeds import Feed, Join
from organizing_analytics.sources.shapes import Shape, cell, only_when, skip_when

_SIGNUPS = "EveryAction eventsignups (warehouse)"
_STATUSES = "EveryAction eventsignupsstatuses (warehouse)"


#: When a row of the history was written; as text, dates of another form do not sort.
_WHEN = (
    "coalesce(try_cast({datecreated} AS TIMESTAMP), try_strptime({datecreated}, "
    "['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', "
    "'%m/%d/%Y']))"
)


def signups(meanings: dict[str, str]) -> Shape:
    """Return the table of sign-ups, for what each status means."""
    status = Statuses(meanings, name="{status name}", was_signed_up="{was signed up}")
    signup, person = own_id("signup", "{eventsignupid}"), own_id("person", "{vanid}")
    event = own_id("event", "{eventid}")
    shift = f"coalesce({own_id('shift', '{eventshiftid}')}, {own_id('event-shift', '{eventid}')})"
    starts, ends = "{datetimeoffsetbegin}", "{datetimeoffsetend}"
    is_one = is_one_on_one("{eventname}", "{eventrolename}")
    past = Statuses(meanings, name="{eventstatusname}", was_signed_up="NULL")
    is_signup = past.is_any("registered", "confirmed", "attended", "walk_in", "no_show")
    live = "{datesuppressed} IS NULL"
    order = f"ORDER BY {_WHEN}, lpad({{eventsignupseventstatusid}}, 20, '0')"
    return Shape(
        SOURCE,
        _SIGNUPS,
        marks=("eventsignupid", "vanid", "eventid", "datetimeoffsetbegin"),
        join=Join(
            own="{eventsignupid}",
            partner=_STATUSES,
            key="eventsignupid",
            columns={
                "status name": f"last({{eventstatusname}} {order}) FILTER ({live})",
                "status set": f"last({{datecreated}} {order}) FILTER ({live})",
                "signed up": f"first({{datecreated}} {order}) FILTER ({live} AND {is_signup})",
                "confirmed": f"first({{datecreated}} {order}) "
                f"FILTER ({live} AND {past.is_any('confirmed')})",
                "was signed up": f"CASE WHEN count(*) FILTER ({live} AND "
                f"{past.is_any('registered', 'confirmed')}) > 0 THEN 'true' END",
            },
        ),
        feeds=with_deleted_events(
            event,
            starts,
            Feed("people", {"person_id": cell(person)}),
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("eventname"),
                    "event_type": cell(
                        "coalesce(lower({eventcalendarname|eventtypename}), 'event')", only_new=True
                    ),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(shift),
                    "event_id": cell(event),
                    "starts_at": cell(starts, only_new=True),
                    "ends_at": cell(ends, only_new=True),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "signups",
                {
                    "signup_id": cell(signup),
                    "shift_id": cell(shift),
                    "person_id": cell(person),
                    "role": cell("eventrolename"),
                    "signed_up_at": cell("signed up"),
                    **standing(status, "status name"),
                    "confirmed_at": cell("confirmed"),
                    "cancelled_at": cell(
                        f"CASE WHEN {status.is_any('cancelled', 'declined')} "
                        "THEN {status set} END"
                    ),
                },
                (only_when(f"NOT {is_one} AND NOT {status.is_refused}"),),
            ),
            meetings(signup, person, starts, ends, status, (is_one,)),
            Feed(
                "asks",
                {
                    **asks(signup, person, "{status set}", shift, ()).cells,
                    "asked_at": cell("status set"),
                    "ask_for": cell("coalesce({eventname}, 'event')"),
                },
                (only_when(f"NOT {is_one}"), only_when(status.is_refused)),
            ),
        ),
        mains=("signups", "meetings", "asks"),
        rules=(
            skip_when("{datesuppressed} IS NOT NULL", "suppressed"),
            skip_when("{status name} IS NULL", "has no status"),
            *status.not_yet(),
        ),
        passed_over=("datemodified", "createdby", "eventshiftid", "locationid", "statecode"),
    )


def statuses(meanings: dict[str, str]) -> Shape:
    """Return the table of the history of statuses, for what each status means."""
    status = Statuses(meanings, name="{eventstatusname}", was_signed_up="'true'")
    is_attendance = status.is_any("attended", "walk_in", "no_show")
    return Shape(
        SOURCE,
        _STATUSES,
        marks=("eventsignupid", "eventstatusname", "datecreated"),
        # Without the sign-ups, their current status would stay behind their history.
        join=Join("{eventsignupid}", _SIGNUPS, "eventsignupid", {"is known": "any_value('true')"}),
        feeds=(
            Feed(
                "signup_statuses",
                {
                    "signup_id": cell(own_id("signup", "{eventsignupid}")),
                    "status": cell(status.status, hint=HINT),
                    "status_raw": cell("eventstatusname"),
                    "at": cell("datecreated"),
                },
                skips_orphans=True,
            ),
        ),
        mains=("signup_statuses",),
        rules=(
            skip_when("{datesuppressed} IS NOT NULL", "suppressed"),
            *status.not_yet(),
            skip_when(is_attendance, "attendance: kept with the sign-up, not in its history"),
        ),
        passed_over=(
            "eventsignupseventstatusid", "eventstatusid", "datemodified", "createdby", "statecode",
        ),
    )  # fmt: skip
