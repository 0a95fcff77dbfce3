"""The settings of a store, kept in its `store.json`.

A setting is what the definitions leave to the campaign: whose clock counts, and the windows
that a campaign may want to move. Defaults are those of docs/definitions.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.model import LADDER
from organizing_analytics.private_files import SHARE_MODES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


EVERYACTION_MEANINGS = (
    "not_yet",
    "registered",
    "confirmed",
    "cancelled",
    "declined",
    "attended",
    "walk_in",
    "no_show",
)
MIN_SNAPSHOTS = 2
CONTACT_WAYS = ("phone", "email", "none")
DATE_ORDERS = ("month_first", "day_first")
#: The usual statuses; every committee can make its own.
EVERYACTION = {
    "Invited": "not_yet",
    "Left Msg": "not_yet",
    "Texted": "not_yet",
    "Tentative": "not_yet",
    "Scheduled": "registered",
    "Sched-Web": "registered",
    "Confirmed": "confirmed",
    "Conf Twice": "confirmed",
    "Conf Thrice": "confirmed",
    "Cancelled": "cancelled",
    "Cancel-Web": "cancelled",
    "Excused": "cancelled",
    "Resched": "cancelled",
    "Declined": "declined",
    "Completed": "attended",
    "Walk In": "walk_in",
    "No Show": "no_show",
}


@dataclass(frozen=True)
class Settings:
    """What a campaign may set.

    Attributes
    ----------
    timezone : str
        The campaign's time zone (IANA name). Dates of asks, contacts, 1:1s and sign-ups, and
        clock times without an offset, are read by it.
    follow_up_hours : int
        How soon a follow-up counts, in hours after the visit, ask or 1:1.
    ladder : tuple of str
        The rungs of the ladder of engagement, low to high.
    maintenance_roles : tuple of str
        The rungs whose people need maintenance 1:1s.
    maintenance_days : int
        How often they need one, in days.
    lapse_days : int
        After how many days without a visit a person counts as lapsed.
    tier_short_days, tier_long_days : int
        In how many days two visits make a person super active, and active.
    todo_days : int
        How many days ahead the to-do list looks.
    todo_most : int
        How many things a team can do in that time; the rest is only counted.
    todo_contact : str
        How a person on the list is reached from the report's page: phone, email or none.
    try_again_times : int
        How often somebody who said maybe, or did not answer, is tried again.
    ask_cooldown_days : int
        For how many days after an ask a person is on no list of whom to ask first or win back.
    recognize_visits : int
        Who came on so many days in the last 30 is recognized for it.
    escalation_visits : int
        Who came on so many days in the last 30 is ready for an escalation 1:1.
    escalation_visits_by_rung : dict
        The same for single rungs of the ladder.
    share_mode : str
        Who on this machine may read written reports: private (their owner), group or all.
    phone_region : str
        The country of phone numbers that are written without one (ISO code, like US).
    date_order : str
        How dates like 3/7/2026 are read where no date of their column fits only one order:
        `month_first` or `day_first`.
    keep_snapshots : int
        How many snapshots stay to go back to, the current one included.
    everyaction_statuses : dict
        What each status of VAN or EveryAction means, by `EVERYACTION_MEANINGS`.
    """

    timezone: str = "UTC"
    follow_up_hours: int = 48
    ladder: tuple[str, ...] = LADDER
    maintenance_roles: tuple[str, ...] = ("team_member", "team_leader", "organizer")
    maintenance_days: int = 14
    lapse_days: int = 60
    tier_short_days: int = 14
    tier_long_days: int = 30
    todo_days: int = 7
    todo_most: int = 40
    todo_contact: str = "phone"
    try_again_times: int = 3
    ask_cooldown_days: int = 3
    recognize_visits: int = 4
    escalation_visits: int = 3
    escalation_visits_by_rung: dict[str, int] = field(default_factory=dict)
    phone_region: str = "US"
    share_mode: str = "private"
    date_order: str = "month_first"
    keep_snapshots: int = 5
    everyaction_statuses: dict[str, str] = field(default_factory=lambda: dict(EVERYACTION))

    def today(self) -> date:
        """Return today's date by the campaign's clock."""
        return datetime.now(ZoneInfo(self.timezone)).date()

    def with_timezone(self, timezone: str) -> Settings:
        """Return the same settings in another time zone."""
        return replace(self, timezone=check_timezone(timezone))


def check_timezone(name: str) -> str:
    """Return the IANA time zone of this name, in whatever case it is written.

    Raises
    ------
    OptionError
        It is none; the nearest names are offered.
    """
    zones = available_timezones()
    if name not in zones:
        same = [zone for zone in zones if zone.casefold() == name.strip().casefold()]
        if same:
            return same[0]
        raise OptionError(unknown("time zone", name, sorted(zones), most=3))
    return name


def settings_of(kept: dict[str, object]) -> Settings:
    """Return settings from what a store has written down; what is missing is the default.

    Raises
    ------
    OptionError
        A value is not allowed. Settings that this version does not know are passed over.
    """
    return changed(
        Settings(), [f"{name}={_written(kept[name])}" for name in MEANINGS if name in kept]
    )


def _written(value: object) -> str:
    """Return a setting's value as `NAME=VALUE` takes it."""
    if isinstance(value, dict):
        return "; ".join(f"{word}={meaning}" for word, meaning in value.items())
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


MEANINGS = {
    "timezone": "the campaign's time zone: dates of asks, contacts, 1:1s and sign-ups",
    "follow_up_hours": "how soon a follow-up counts, in hours",
    "ladder": "the rungs of the ladder of engagement, low to high, with spaces between",
    "maintenance_roles": "the rungs whose people need maintenance 1:1s, with spaces between",
    "maintenance_days": "how often they need one, in days",
    "lapse_days": "after how many days without a visit a person counts as lapsed",
    "tier_short_days": "in how many days two visits make a person super active",
    "tier_long_days": "in how many days two visits make a person active, one almost active",
    "todo_days": "how many days ahead the to-do list looks",
    "todo_most": "how many things a team can do in that time; the rest is only counted",
    "todo_contact": "how to reach a person from a report's to-do list: phone, email or none",
    "try_again_times": "how often somebody who said maybe, or did not answer, is tried again",
    "ask_cooldown_days": "for how many days after an ask nobody else asks that person first",
    "recognize_visits": "who came on so many days in the last 30 is recognized for it",
    "escalation_visits": "who came on so many days in the last 30 is ready for an escalation 1:1",
    "escalation_visits_by_rung": (
        "the same for single rungs; rung=days, several with a semicolon, like"
        " volunteer=4; team_leader=6"
    ),
    "share_mode": "who on this machine may read written reports: private, group or all",
    "phone_region": "the country of phone numbers written without one (ISO code)",
    "date_order": (
        "how dates like 3/7/2026 are read where nothing in their column tells: month_first or "
        "day_first"
    ),
    "keep_snapshots": "how many snapshots stay to go back to, the current one included (from 2)",
    "everyaction_statuses": (
        "what each status of VAN or EveryAction means; Status=meaning adds or changes one, "
        f"several with a semicolon; meanings: {', '.join(EVERYACTION_MEANINGS)}"
    ),
}


def described(settings: Settings) -> list[tuple[str, object, str]]:
    """Return each setting's name, value and meaning."""
    return [
        (name, value if isinstance(value, int) else _written(value), MEANINGS[name])
        for name, value in asdict(settings).items()
    ]


def changed(settings: Settings, assignments: list[str]) -> Settings:
    """Return the settings after `NAME=VALUE` assignments.

    Raises
    ------
    OptionError
        There is no such setting, or the value is not allowed.
    """
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if name not in MEANINGS:
            raise OptionError(unknown("setting", name, list(MEANINGS)))
        if not equals:
            raise OptionError(f"Write {name}=VALUE to change it.")
        settings = _with(settings, name, value.strip())
    _check_rungs(settings)
    return settings


def _check_rungs(settings: Settings) -> None:
    """Hold the settings that name rungs against the ladder, once all are known."""
    named = {
        "maintenance_roles": settings.maintenance_roles,
        "escalation_visits_by_rung": settings.escalation_visits_by_rung,
    }
    for name, rungs in named.items():
        for rung in rungs:
            if rung not in settings.ladder:
                said = unknown("rung of the ladder", rung, settings.ladder)
                raise OptionError(f"{said} The setting {name} names it: change both together.")


def _with(settings: Settings, name: str, value: str) -> Settings:
    if name == "timezone":
        return settings.with_timezone(value)
    if name == "phone_region" and value.upper() == settings.phone_region:
        return settings  # a store is opened far more often than its country is changed
    if name in _READERS:
        return replace(settings, **{name: _READERS[name](settings, value)})
    if not value.isdigit() or int(value) < 1:
        raise OptionError(f'{name} is "{value}"; a whole number from 1 is allowed.')
    return replace(settings, **{name: int(value)})  # type: ignore[arg-type]


def _kept_snapshots(value: str) -> int:
    if not value.isdigit() or int(value) < MIN_SNAPSHOTS:
        raise OptionError(
            f'keep_snapshots is "{value}"; a whole number from {MIN_SNAPSHOTS} is allowed: with '
            "only one there is no way back."
        )
    return int(value)


def _words(name: str, value: str) -> tuple[str, ...]:
    words = tuple(value.replace(",", " ").split())
    if not words or len(set(words)) < len(words):
        raise OptionError(f'{name} is "{value}"; write words with spaces between, each once.')
    return words


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise OptionError(unknown(name, value, allowed))
    return value


def _by_rung(value: str) -> dict[str, int]:
    given: dict[str, int] = {}
    for pair in filter(None, map(str.strip, value.split(";"))):
        rung, _, days = (part.strip() for part in pair.partition("="))
        if not rung or not days.isdigit() or int(days) < 1:
            raise OptionError(f'"{pair}" is no rung=days, like volunteer=4; days are from 1.')
        given[rung] = int(days)
    return given


def _region(value: str) -> str:
    import phonenumbers  # noqa: PLC0415  # only for those who change it

    region = value.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise OptionError(
            f'phone_region is "{value}"; the two letters of a country are allowed, like US or CA.'
        )
    return region


def _statuses(value: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in filter(None, map(str.strip, value.split(";"))):
        word, _, meaning = (part.strip() for part in pair.rpartition("="))
        if not word or meaning not in EVERYACTION_MEANINGS:
            raise OptionError(
                f'everyaction_statuses: "{pair}" is no Status=meaning. Meanings are '
                f"{', '.join(EVERYACTION_MEANINGS)}; an example: Booked=registered; Ghosted=no_show"
            )
        known = {plain_status(status): status for status in EVERYACTION}
        given[known.get(plain_status(word), word)] = meaning
    return given


def plain_status(word: str) -> str:
    """Return a status without case, spaces and hyphens: `Conf-Twice` is `conf twice`."""
    return "".join(c for c in word.casefold() if c not in " _-")


#: How a setting that is no number is read from text, given the settings so far.
_READERS: dict[str, Callable[[Settings, str], Any]] = {
    "ladder": lambda _, value: _words("ladder", value),
    "maintenance_roles": lambda _, value: _words("maintenance_roles", value),
    "todo_contact": lambda _, value: _one_of("todo_contact", value, CONTACT_WAYS),
    "escalation_visits_by_rung": lambda _, value: _by_rung(value),
    "share_mode": lambda _, value: _one_of("share_mode", value, tuple(SHARE_MODES)),
    "phone_region": lambda _, value: _region(value),
    "date_order": lambda _, value: _one_of("date_order", value, DATE_ORDERS),
    "keep_snapshots": lambda _, value: _kept_snapshots(value),
    "everyaction_statuses": lambda kept, value: kept.everyaction_statuses | _statuses(value),
}
