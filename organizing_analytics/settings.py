"""The settings of a store, kept in its `store.json`.

A setting is what the definitions leave to the campaign: whose clock counts, and the windows
that a campaign may want to move. Defaults are those of docs/definitions.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from organizing_analytics.errors import OptionError, unknown

if TYPE_CHECKING:
    from datetime import date


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
    """

    timezone: str = "UTC"
    follow_up_hours: int = 48

    def today(self) -> date:
        """Return today's date by the campaign's clock."""
        return datetime.now(ZoneInfo(self.timezone)).date()

    def with_timezone(self, timezone: str) -> Settings:
        """Return the same settings in another time zone."""
        return replace(self, timezone=check_timezone(timezone))


def check_timezone(name: str) -> str:
    """Return `name` if it is an IANA time zone.

    Raises
    ------
    OptionError
        It is none; the nearest names are offered.
    """
    zones = available_timezones()
    if name not in zones:
        raise OptionError(unknown("time zone", name, sorted(zones), most=3))
    return name


def settings_of(kept: dict[str, object]) -> Settings:
    """Return settings from what a store has written down; what is missing is the default.

    Raises
    ------
    OptionError
        A value is not allowed. Settings that this version does not know are passed over.
    """
    return changed(Settings(), [f"{name}={kept[name]}" for name in MEANINGS if name in kept])


MEANINGS = {
    "timezone": "the campaign's time zone: dates of asks, contacts, 1:1s and sign-ups",
    "follow_up_hours": "how soon a follow-up counts, in hours",
}


def described(settings: Settings) -> list[tuple[str, object, str]]:
    """Return each setting's name, value and meaning."""
    return [(name, value, MEANINGS[name]) for name, value in asdict(settings).items()]


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
    return settings


def _with(settings: Settings, name: str, value: str) -> Settings:
    if name == "timezone":
        return settings.with_timezone(value)
    if not value.isdigit() or int(value) < 1:
        raise OptionError(f'{name} is "{value}"; a whole number from 1 is allowed.')
    return replace(settings, **{name: int(value)})  # type: ignore[arg-type]
