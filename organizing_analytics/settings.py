"""The settings of a store: one small JSON file in the store's folder.

A setting is what the definitions leave to the campaign: whose clock counts, and the windows
that a campaign may want to move. Defaults are those of docs/definitions.md.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from organizing_analytics.errors import OptionError, StoreError, unknown

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

SETTINGS_FILE = "settings.json"


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


def read_settings(folder: Path) -> Settings:
    """Return the settings kept in a store's folder, or the defaults when there is no file."""
    path = folder / SETTINGS_FILE
    if not path.exists():
        return Settings()
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(f"{path}: not readable as JSON ({error}). Correct or remove it.") from error
    names = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in kept.items() if name in names})


def settings_text(settings: Settings) -> str:
    """Return the text of the settings file."""
    return json.dumps(asdict(settings), indent=2) + "\n"
