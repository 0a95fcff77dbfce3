"""NGP VAN and EveryAction: sign-ups and events of the API, the participant list, the warehouse.

A status there says two things that are kept apart here: where a sign-up stands, and whether the
person came. Which status means what is a setting, since every committee can make its own.

    not_yet     asked, or left a message: no sign-up so far
    registered, confirmed, cancelled
    declined    a refused ask; a cancelling, when the person had been signed up before
    attended, walk_in, no_show
"""

from __future__ import annotations

from dataclasses import replace

from organizing_analytics.settings import plain_status
from organizing_analytics.sources.feeds import Cell, Feed, Join, Rule
from organizing_analytics.sources.shapes import (
    Shape,
    cell,
    constant,
    key_of,
    only_when,
    skip_when,
)
from organizing_analytics.sql import literal

SOURCE = "everyaction"

#: By the id of the status, where an answer of the API has no name for it.
_NAMES = {
    "1": "Scheduled", "2": "Completed", "3": "Declined", "4": "Invited", "5": "Cancelled",
    "6": "No Show", "11": "Confirmed", "14": "Tentative", "15": "Walk In", "18": "Left Msg",
    "23": "Conf Twice", "29": "Texted", "30": "Sched-Web",
}  # fmt: skip

#: When a row of the history was written; as text, dates of another form do not sort.
_WHEN = (
    "coalesce(try_cast({datecreated} AS TIMESTAMP), try_strptime({datecreated}, "
    "['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', "
    "'%m/%d/%Y']))"
)

#: The part of a title or role that makes a 1:1 of it.
_ONE_ON_ONE = r"'(^|[^0-9])1\s*(:|-|on)\s*1([^0-9]|$)|one[- ](on|to)[- ]one'"


def _id(kind: str, column: str) -> str:
    return f"'everyaction:{kind}:' || {column}"


def _is_one_on_one(*columns: str) -> str:
    tests = [f"regexp_matches(lower(coalesce({c}, '')), {_ONE_ON_ONE})" for c in columns]
    return "(" + " OR ".join(tests) + ")"


_SIGNUPS = "EveryAction eventsignups (warehouse)"
_STATUSES = "EveryAction eventsignupsstatuses (warehouse)"


class _Statuses:
    """The expressions that hang on what each status means."""

    def __init__(self, meanings: dict[str, str], *, name: str, was_signed_up: str) -> None:
        self.name = name
        self.meanings = meanings
        self.was_signed_up = f"coalesce({was_signed_up}, '') = 'true'"
        whens = " ".join(
            f"WHEN {literal(plain_status(word))} THEN {literal(meaning)}"
            for word, meaning in meanings.items()
        )
        plain = f"regexp_replace(lower(coalesce({name}, '')), '[ _-]', '', 'g')"
        self.meaning = f"(CASE {plain} {whens} END)"

    def is_any(self, *meanings: str) -> str:
        """Return the condition that the status has one of these meanings."""
        words = ", ".join(f"'{meaning}'" for meaning in meanings)
        return f"coalesce({self.meaning} IN ({words}), false)"

    @property
    def is_refused(self) -> str:
        """Return the condition of an ask that was declined."""
        return f"({self.is_any('declined')} AND NOT {self.was_signed_up})"

    @property
    def status(self) -> str:
        """Return the status on our side; the raw word where nobody said what it means."""
        return (
            f"CASE {self.meaning} WHEN 'confirmed' THEN 'confirmed' WHEN 'cancelled' "
            "THEN 'cancelled' WHEN 'declined' THEN 'cancelled' "
            "WHEN 'registered' THEN 'registered' "
            f"WHEN 'attended' THEN 'registered' WHEN 'walk_in' THEN 'registered' "
            f"WHEN 'no_show' THEN 'registered' ELSE {self.name} END"
        )

    @property
    def attended(self) -> str:
        """Return whether the person came, where the status says it."""
        came, not_came = self.is_any("attended", "walk_in"), self.is_any("no_show")
        return f"CASE WHEN {came} THEN 'true' WHEN {not_came} THEN 'false' END"

    @property
    def is_walk_in(self) -> str:
        """Return whether the person came without signing up before."""
        return f"CASE WHEN {self.is_any('walk_in')} THEN 'true' END"

    def not_yet(self) -> tuple[Rule, ...]:
        """Return the rules that leave out what is no sign-up yet, each with its status."""
        return tuple(
            skip_when(
                f"regexp_replace(lower(coalesce({self.name}, '')), '[ _-]', '', 'g') "
                f"= {literal(plain_status(word))}",
                f"not yet a sign-up ({word})",
            )
            for word, meaning in self.meanings.items()
            if meaning == "not_yet"
        )


_HINT = (
    "this status is not in the map of statuses. Say what it means, then load the row again: "
    "oa settings everyaction_statuses='Status=registered' (or not_yet, confirmed, cancelled, "
    "declined, attended, walk_in, no_show; several with a semicolon)."
)

#: Deleting an event in Mobilize renames it here and turns its sign-ups into Declined.
_TITLE = "lower({event.name|eventName|event})"
_IS_DELETED = f"coalesce({_TITLE} LIKE '[canceled]%' OR {_TITLE} LIKE '[cancelled]%', false)"
_NOT_DELETED = skip_when(_IS_DELETED, "sign-up of an event that was deleted ([Canceled] …)")


def shapes(meanings: dict[str, str]) -> tuple[Shape, ...]:
    """Return the kinds of file, for what each status means (status → meaning)."""
    return (
        _api_signups(meanings),
        _api_events(),
        _participant_list(meanings),
        _warehouse_signups(meanings),
        _warehouse_statuses(meanings),
    )


def _feeds(event: str, deleted_at: str, *feeds: Feed) -> tuple[Feed, ...]:
    """Return the feeds without deleted events, and the one that marks those as deleted."""
    kept = (replace(feed, rules=(_NOT_DELETED, *feed.rules)) for feed in feeds)
    deleted = Feed(
        "events",
        {"event_id": cell(event), "deleted_at": cell(deleted_at, only_new=True)},
        (only_when(_IS_DELETED),),
        is_partial=True,
    )
    return (*kept, deleted)


def _api_signups(meanings: dict[str, str]) -> Shape:
    names = " ".join(f"WHEN '{number}' THEN '{name}'" for number, name in _NAMES.items())
    name = f"coalesce({{status.name}}, CASE {{status.statusId}} {names} END)"
    # Without its history a sign-up that stands in the store already was one before.
    status = _Statuses(meanings, name=name, was_signed_up="{was signed up}")
    signup, person = _id("signup", "{eventSignupId}"), _id("person", "{person.vanId|vanId}")
    event = _id("event", "{event.eventId}")
    # A sign-up to an event without shifts is one to the event's one shift.
    shift = (
        f"coalesce({_id('shift', '{shift.eventShiftId}')}, {_id('event-shift', '{event.eventId}')})"
    )
    starts = "{startTimeOverride|startTime|shift.startTime}"
    # VAN's answer has no time of the change: the shift's start is the latest that it can be.
    declined_at = "{dateModified|modifiedDate|dateCreated|createdDate|startTimeOverride|startTime}"
    is_one = _is_one_on_one("{event.name}", "{role.name}")
    refused = status.is_refused
    return Shape(
        SOURCE,
        "EveryAction sign-ups (API)",
        marks=("eventSignupId", "event.eventId", "status.name|status.statusId"),
        join=Join(
            own=signup,
            partner="store:signups",
            key="signup_id",
            columns={"was signed up": "any_value('true')"},
        ),
        feeds=_feeds(
            event,
            f"coalesce({declined_at}, {starts})",
            Feed(
                "people",
                {
                    "person_id": cell(person),
                    "given_name": cell("person.firstName|firstName"),
                    "family_name": cell("person.lastName|lastName"),
                    "email": cell("person.email|email"),
                    "phone": cell("person.phone|phone"),
                },
            ),
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("event.name"),
                    "event_type": constant("event", only_new=True),
                    "location": cell("location.displayName|location.name", only_new=True),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(shift),
                    "event_id": cell(event),
                    "starts_at": cell(starts, only_new=True),
                    "ends_at": cell("endTimeOverride|endTime|shift.endTime", only_new=True),
                },
                (only_when(f"NOT {is_one} AND {starts} IS NOT NULL"),),
            ),
            Feed(
                "signups",
                {
                    "signup_id": cell(signup),
                    "shift_id": cell(shift),
                    "person_id": cell(person),
                    "role": cell("role.name"),
                    "signed_up_at": cell("dateCreated|createdDate"),
                    **_standing(status, name),
                },
                (only_when(f"NOT {is_one} AND NOT {refused}"),),
            ),
            _meetings(signup, person, starts, "{endTimeOverride|endTime}", status, (is_one,)),
            _asks(signup, person, declined_at, shift, (f"NOT {is_one}", refused)),
        ),
        mains=("signups", "meetings", "asks"),
        rules=status.not_yet(),
        passed_over=(
            "event.shortName",
            "role.roleId",
            "status.statusId",
            "person.middleName",
            "shift",
            "shift.name",
            "location.locationId",
        ),
    )


def _standing(status: _Statuses, raw: str) -> dict[str, Cell]:
    """Return the cells of a sign-up that its status fills: where it stands, and who came."""
    return {
        "status": cell(status.status, hint=_HINT),
        "status_raw": cell(raw),
        "attended": cell(status.attended),
        "is_walk_in": cell(status.is_walk_in),
    }


def _meetings(  # noqa: PLR0917
    signup: str, person: str, starts: str, ends: str, status: _Statuses, rules: tuple[str, ...]
) -> Feed:
    """Return the feed of 1:1s that are kept as sign-ups to an event of that name."""
    text = (
        "lower({event.name|eventName|event} || ' ' || coalesce({role.name|eventRoleName|role}, ''))"
    )
    kind = (
        f"CASE WHEN {text} LIKE '%escalat%' THEN 'escalation' "
        f"WHEN {text} LIKE '%mainten%' THEN 'maintenance' ELSE 'recruitment' END"
    )
    minutes = (
        f"datediff('minute', try_cast({starts} AS TIMESTAMPTZ), try_cast({ends} AS TIMESTAMPTZ))"
    )
    held, missed = status.is_any("attended", "walk_in"), status.is_any("no_show")
    off = status.is_any("cancelled", "declined")
    return Feed(
        "meetings",
        {
            "meeting_id": cell(signup),
            "person_id": cell(person),
            "kind": cell(kind, only_new=True),
            "scheduled_at": cell(starts),
            "status": cell(
                f"CASE WHEN {held} THEN 'held' WHEN {missed} THEN 'no_show' "
                f"WHEN {off} THEN 'cancelled' WHEN {status.meaning} IS NULL THEN {status.name} "
                "ELSE 'scheduled' END",
                hint=_HINT,
            ),
            "minutes": cell(f"CASE WHEN {held} THEN ({minutes})::VARCHAR END"),
        },
        tuple(only_when(rule) for rule in rules),
    )


def _asks(signup: str, person: str, at: str, shift: str, rules: tuple[str, ...]) -> Feed:
    """Return the feed of asks that were declined: a no whose kind nobody noted."""
    return Feed(
        "asks",
        {
            "ask_id": cell(signup),
            "asked_at": cell(at),
            "person_id": cell(person),
            "ask_kind": constant("event"),
            "ask_for": cell("coalesce({event.name|eventName|event}, 'event')"),
            "shift_id": cell(shift),
            "outcome": constant("no"),
        },
        tuple(only_when(rule) for rule in rules),
    )


def _api_events() -> Shape:
    event = _id("event", "{eventId}")
    return Shape(
        SOURCE,
        "EveryAction events (API)",
        marks=("eventId", "name", "shifts.eventShiftId"),
        list_key="shifts",
        feeds=(
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("name"),
                    "event_type": cell("coalesce(lower({eventType.name}), 'event')"),
                    "location": cell("locations.displayName|locations.name"),
                    "deleted_at": cell(
                        "CASE WHEN lower({name}) LIKE '[cancel%' THEN {startDate} END"
                    ),
                },
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(_id("shift", "{shifts.eventShiftId}")),
                    "event_id": cell(event),
                    "starts_at": cell("shifts.startTime"),
                    "ends_at": cell("shifts.endTime"),
                },
            ),
        ),
        mains=("shifts",),
        rules=(
            skip_when("{shifts.eventShiftId} IS NULL", "an event without shifts"),
            skip_when(_is_one_on_one("{name}"), "the calendar entry of 1:1s, not an event"),
        ),
    )


def _participant_list(meanings: dict[str, str]) -> Shape:
    name = "{Status}"
    # A list is the state of today; what stood before is in the store, under the same id.
    place = ("{Event|Event Name}", "{Date|Event Date}", "{Time|Start Time}")
    signup = key_of("everyaction-list:signup", "{VANID|VanID|MyVoterFile VANID}", *place, "{Role}")
    person = _id("person", "{VANID|MyVoterFile VANID}")
    event = key_of("everyaction-list:event", "{Event|Event Name}")
    shift = key_of("everyaction-list:shift", *place)
    status = _Statuses(meanings, name=name, was_signed_up="{was signed up}")
    starts = "{Date|Event Date} || ' ' || trim(split_part({Time|Start Time}, ' - ', 1))"
    ends = (
        "CASE WHEN {Time|Start Time} LIKE '% - %' "
        "THEN {Date|Event Date} || ' ' || trim(split_part({Time|Start Time}, ' - ', 2)) END"
    )
    recruiter_key = key_of("everyaction-list:user", "{Recruited By}")
    recruiter = f"CASE WHEN {{Recruited By}} IS NOT NULL THEN {recruiter_key} END"
    is_one = _is_one_on_one("{Event|Event Name}", "{Role}")
    signed_up = "{Signup Date|Sign Up Date|Date Created}"
    refused_at = f"coalesce({signed_up}, {starts})"
    return Shape(
        SOURCE,
        "EveryAction Event Participant List",
        marks=("VANID|MyVoterFile VANID", "Event|Event Name", "Date|Event Date", "Status"),
        join=Join(
            own=signup,
            partner="store:signups",
            key="signup_id",
            columns={"was signed up": "any_value('true')"},
        ),
        feeds=_feeds(
            event,
            refused_at,
            Feed(
                "people",
                {
                    "person_id": cell(person),
                    "given_name": cell(_given("{Name|Contact Name}")),
                    "family_name": cell(_family("{Name|Contact Name}")),
                    "email": cell("Email|Email Address"),
                    "phone": cell("coalesce({Cell Phone|Mobile Phone}, {Phone|Home Phone})"),
                },
            ),
            Feed(
                "people",
                {
                    "person_id": cell(recruiter),
                    "given_name": cell(_given("{Recruited By}")),
                    "family_name": cell(_family("{Recruited By}")),
                },
                (only_when("{Recruited By} IS NOT NULL"),),
            ),
            Feed(
                "events",
                {
                    "event_id": cell(event),
                    "title": cell("Event|Event Name"),
                    "event_type": cell(
                        "coalesce(lower({Event Type|Calendar}), 'event')", only_new=True
                    ),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "shifts",
                {
                    "shift_id": cell(shift),
                    "event_id": cell(event),
                    "starts_at": cell(starts),
                    "ends_at": cell(ends),
                },
                (only_when(f"NOT {is_one}"),),
            ),
            Feed(
                "signups",
                {
                    "signup_id": cell(signup),
                    "shift_id": cell(shift),
                    "person_id": cell(person),
                    "recruiter_id": cell(recruiter),
                    "role": cell("Role"),
                    "signed_up_at": cell(signed_up),
                    **_standing(status, "Status"),
                },
                (only_when(f"NOT {is_one} AND NOT {status.is_refused}"),),
            ),
            _meetings(signup, person, starts, ends, status, (is_one,)),
            _asks(signup, person, refused_at, shift, (f"NOT {is_one}", status.is_refused)),
        ),
        mains=("signups", "meetings", "asks"),
        rules=status.not_yet(),
    )


def _given(name: str) -> str:
    """Return the first name in "Last, First", or of a name in the usual order."""
    return (
        f"nullif(trim(CASE WHEN contains({name}, ',') THEN split_part({name}, ',', 2) "
        f"WHEN contains({name}, ' ') THEN regexp_extract({name}, '^(.*) [^ ]+$', 1) "
        f"ELSE {name} END), '')"
    )


def _family(name: str) -> str:
    return (
        f"nullif(trim(CASE WHEN contains({name}, ',') THEN split_part({name}, ',', 1) "
        f"WHEN contains({name}, ' ') THEN regexp_extract({name}, '([^ ]+)$', 1) END), '')"
    )


def _warehouse_signups(meanings: dict[str, str]) -> Shape:
    status = _Statuses(meanings, name="{status name}", was_signed_up="{was signed up}")
    signup, person = _id("signup", "{eventsignupid}"), _id("person", "{vanid}")
    event = _id("event", "{eventid}")
    shift = f"coalesce({_id('shift', '{eventshiftid}')}, {_id('event-shift', '{eventid}')})"
    starts, ends = "{datetimeoffsetbegin}", "{datetimeoffsetend}"
    is_one = _is_one_on_one("{eventname}", "{eventrolename}")
    known = _Statuses(meanings, name="{eventstatusname}", was_signed_up="NULL")
    is_signup = known.is_any("registered", "confirmed", "attended", "walk_in", "no_show")
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
                f"FILTER ({live} AND {known.is_any('confirmed')})",
                "was signed up": f"CASE WHEN count(*) FILTER ({live} AND "
                f"{known.is_any('registered', 'confirmed')}) > 0 THEN 'true' END",
            },
        ),
        feeds=_feeds(
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
                    **_standing(status, "status name"),
                    "confirmed_at": cell("confirmed"),
                    "cancelled_at": cell(
                        f"CASE WHEN {status.is_any('cancelled', 'declined')} "
                        "THEN {status set} END"
                    ),
                },
                (only_when(f"NOT {is_one} AND NOT {status.is_refused}"),),
            ),
            _meetings(signup, person, starts, ends, status, (is_one,)),
            Feed(
                "asks",
                {
                    **_asks(signup, person, "{status set}", shift, ()).cells,
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


def _warehouse_statuses(meanings: dict[str, str]) -> Shape:
    status = _Statuses(meanings, name="{eventstatusname}", was_signed_up="'true'")
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
                    "signup_id": cell(_id("signup", "{eventsignupid}")),
                    "status": cell(status.status, hint=_HINT),
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
