"""What the definitions leave to a campaign: its time zone, and how long its windows are.

Each setting is declared once, by a field of `Settings`. `oa settings`, the check of a new value,
what a store keeps and docs/settings.md follow from it. Defaults are those of docs/definitions.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from organizing_analytics.dates import AUTO, CLOCKS, DATE_STYLES, ENGLISH, DateWords, date_words
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.model import LADDER, STATUS_MEANINGS
from organizing_analytics.private_files import SHARE_MODES
from organizing_analytics.settings.declaring import declared_settings, setting
from organizing_analytics.settings.values import (
    check_timezone,
    country,
    date_language,
    days_by_rung,
    link_template,
    mail_address,
    meaning_by_word,
    one_of,
    time_zone,
    whole_number,
    words,
    written,
)
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Settings:
    """What a campaign may set; docs/settings.md lists what each setting means."""

    timezone: str = setting(
        "UTC",
        "the campaign's time zone: dates of asks, contacts, 1:1s and sign-ups, and clock times "
        "without a UTC offset",
        time_zone(),
    )
    follow_up_hours: int = setting(
        48, "how soon a follow-up must come to count, in hours", whole_number()
    )
    ladder: tuple[str, ...] = setting(
        LADDER, "the rungs of the ladder of engagement, low to high", words()
    )
    maintenance_roles: tuple[str, ...] = setting(
        ("team_member", "team_leader", "organizer"),
        "the rungs whose people need maintenance 1:1s",
        words(),
        names_rungs=True,
    )
    maintenance_days: int = setting(14, "how often they need one, in days", whole_number())
    lapse_days: int = setting(
        60, "after how many days without a visit a person counts as lapsed", whole_number()
    )
    tier_short_days: int = setting(
        14, "within how many days two visits make a person super active", whole_number()
    )
    tier_long_days: int = setting(
        30,
        "within how many days two visits make a person active, and one visit almost active",
        whole_number(),
    )
    todo_days: int = setting(7, "how many days ahead the to-do list looks", whole_number())
    todo_most: int = setting(
        12,
        "how many things one organizer can do in that time; the to-do list only counts the rest, "
        "but shows every promise with a date",
        whole_number(),
    )
    organizer_most: int = setting(
        50, "how many active people an organizer can look after", whole_number()
    )
    todo_contact: str = setting(
        "phone",
        "how to reach a person from a report's to-do list",
        one_of(("phone", "email", "none")),
    )
    log_to: str = setting(
        "",
        "where answers to the to-do list are mailed to: each line on the page and in the weekly "
        "mail gets links that write such a mail",
        mail_address(),
    )
    log_url: str = setting(
        "",
        "the address of a form for answers: each line gets a link to it, with the line's code in "
        "place of {code} and the kind of answers it takes in place of {kind}",
        link_template("{code}", "https://forms.example.org/x?d[/data/code]={code}"),
    )
    try_again_times: int = setting(
        3, "how often to ask again after a maybe or no answer", whole_number()
    )
    ask_cooldown_days: int = setting(
        3,
        "for how many days after an ask a person is on no list of whom to ask first or win back",
        whole_number(),
    )
    ask_goal: str = setting(
        "fewest_unfilled",
        "which shift to ask somebody for: the one where the ask fills most places, or the one "
        "that needs the fewest asks to have enough (most_enough)",
        one_of(("fewest_unfilled", "most_enough")),
    )
    asks_a_month: int = setting(
        6,
        "how often a person may be asked in 30 days; whoever was asked as often is on no list to "
        "ask, but for a date that they named",
        whole_number(),
    )
    chase_minutes: int = setting(
        20,
        "how long after the start of a shift to call people who confirmed and are not there",
        whole_number(),
    )
    recognize_visits: int = setting(
        4,
        "recognize people who came on at least this many days in the last 30",
        whole_number(),
    )
    escalation_visits: int = setting(
        3,
        "suggest an escalation 1:1 with people who came on at least this many days in the last 30",
        whole_number(),
    )
    escalation_visits_by_rung: dict[str, int] = setting(
        {},
        "the same for single rungs of the ladder",
        days_by_rung("volunteer=4; team_leader=6"),
        names_rungs=True,
    )
    phone_region: str = setting(
        "US", "the country of phone numbers that are written without one", country()
    )
    share_mode: str = setting(
        "private",
        "who on this machine may read written reports: only their owner (private), the owner's "
        "group, or all",
        one_of(SHARE_MODES),
    )
    date_order: str = setting(
        "month_first",
        "how to read dates like 3/7/2026 if no date of their column fits only one order",
        one_of(("month_first", "day_first")),
    )
    clock: str = setting(
        AUTO,
        "how times of day are written for people: 5 PM (12) or 17:00 (24); auto is as the country "
        "of the time zone does",
        one_of(CLOCKS),
    )
    date_style: str = setting(
        AUTO,
        "how dates are written for people: Sat, Nov 28 (month_first) or Sat 28 Nov (day_first); "
        "auto is as the country of the time zone does. JSON and CSV keep ISO dates, and a week "
        "runs from Monday to Sunday for everybody",
        one_of(DATE_STYLES),
    )
    date_language: str = setting(
        ENGLISH,
        "the language of dates; sentences stay English",
        date_language(),
    )
    keep_snapshots: int = setting(
        5,
        "how many snapshots to keep to go back to, the current one included",
        whole_number(2, reason="with only one there is no way back"),
    )
    everyaction_statuses: dict[str, str] = setting(
        {},
        "what a committee's own statuses in VAN or EveryAction mean, beside the usual ones",
        meaning_by_word(STATUS_MEANINGS, "Booked=registered; Ghosted=no_show"),
    )

    def today(self) -> date:
        """Return today's date by the campaign's clock."""
        return datetime.now(zone_rules(self.timezone)).date()

    @property
    def dates(self) -> DateWords:
        """Return how dates and times are written for people."""
        return date_words(self.timezone, self.clock, self.date_style, self.date_language)

    def with_timezone(self, timezone: str) -> Settings:
        """Return the same settings in another time zone."""
        return replace(self, timezone=check_timezone(timezone))


#: Every setting by its name, in the order in which `oa settings` shows them.
SETTINGS = declared_settings(Settings)


def settings_of(stored: dict[str, object]) -> Settings:
    """Return the settings that a store has kept; a setting that it does not have is the default.

    Raises
    ------
    OptionError
        A value is not allowed. Settings that this version does not have are ignored.
    """
    return changed(
        Settings(), [f"{name}={written(stored[name])}" for name in SETTINGS if name in stored]
    )


def described(settings: Settings) -> list[tuple[str, object, str]]:
    """Return each setting's name, value, and what it means and may be."""
    values = {name: getattr(settings, name) for name in SETTINGS}
    return [
        (
            name,
            value if isinstance(value, int) else written(value),
            f"{SETTINGS[name].meaning} ({SETTINGS[name].kind.allowed})",
        )
        for name, value in values.items()
    ]


def changed(settings: Settings, assignments: list[str]) -> Settings:
    """Return the settings after `NAME=VALUE` assignments.

    Raises
    ------
    OptionError
        There is no such setting, or the value is not allowed.
    """
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if name not in SETTINGS:
            raise OptionError(unknown("setting", name, list(SETTINGS)))
        if not equals:
            raise OptionError(f"Write {name}=VALUE to change it.")
        value = SETTINGS[name].kind.read(name, text.strip(), getattr(settings, name))
        settings = replace(settings, **{name: value})
    _check_rungs(settings)
    return settings


def _check_rungs(settings: Settings) -> None:
    """Refuse settings that name a rung which the ladder does not have.

    This waits until all assignments are made, since one of them may change the ladder.
    """
    for declared in SETTINGS.values():
        rungs = getattr(settings, declared.name) if declared.names_rungs else ()
        for rung in rungs:
            if rung not in settings.ladder:
                no_rung = unknown("rung of the ladder", rung, settings.ladder)
                raise OptionError(
                    f"{no_rung} The setting {declared.name} names it: change both together."
                )
