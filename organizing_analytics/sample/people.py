"""Who is in the made-up campaign: names, addresses, teams, when each turns up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from organizing_analytics.sample.names import FAMILY_NAMES, GIVEN_NAMES, phones, plain_letters
from organizing_analytics.sample.setting import check_least
from organizing_analytics.sample.teams import TEAMS

if TYPE_CHECKING:
    from organizing_analytics.sample.dice import Dice
    from organizing_analytics.sample.setting import Setting

#: Paid organizers and leaders whom the campaign starts with, as shares of its people.
STAFF_SHARE = 0.006
FIRST_LEADERS_SHARE = 0.008
#: Of those who ever sign up; the rest are only known through asks and 1:1s.
TAKES_PART = 0.86
WITHOUT_TEAM = 0.015
HYPHENATED = 0.04
WITHOUT_EMAIL = 0.13
WITHOUT_PHONE = 0.22
COUPLES = 0.006
THERE_FROM_THE_START = 0.13
START_DAYS = 20
DAYS_AFTER = 10
KNOWN_BEFORE_DAYS = 40


@dataclass(slots=True)
class Person:
    """One person; what happens to them is added part by part.

    Attributes
    ----------
    number : int
        Position in the list of people.
    person_id, given_name, family_name, email, phone : str
        As in the table; empty text where the campaign does not know it.
    team : int
        The team the person goes to (position in TEAMS).
    in_team : bool
        Whether the list says so.
    turns_up : int
        The day from which the person may sign up.
    takes_part : bool
        Whether the person ever signs up.
    role : str
        Rung of the ladder, as of the last day.
    since : int
        The first day on which anything is known of the person.
    is_staff, do_not_contact : bool
        A paid organizer, who signs up to nothing; asked to be left alone.
    organizer : Person or None
        Who looks after them, where the list says so.
    values, skills, available : str
        What they care about, what they can do, when they are free.
    """

    number: int
    person_id: str
    given_name: str
    family_name: str
    email: str
    phone: str
    team: int
    in_team: bool
    turns_up: int
    takes_part: bool
    role: str
    since: int
    is_staff: bool = False
    do_not_contact: bool = False
    organizer: Person | None = None
    values: str = ""
    skills: str = ""
    available: str = ""


def make_people(setting: Setting, people: int) -> list[Person]:
    """Return the campaign's people, staff first.

    Parameters
    ----------
    setting : Setting
        Seed, days, clocks.
    people : int
        How many, 1 or more.

    Raises
    ------
    OptionError
        There are none.
    """
    check_least("people", people, 1)
    dice = setting.dice("people")
    teams = _teams_of(people, dice)
    numbers = dice.shuffled(phones(people))
    n_staff = max(1, round(STAFF_SHARE * people))
    n_leaders = round(FIRST_LEADERS_SHARE * people)
    everybody = [_person(number, team, dice, setting) for number, team in enumerate(teams)]
    for person, phone in zip(everybody, numbers, strict=False):
        person.phone = "" if dice.chance(WITHOUT_PHONE) else phone
    for person in everybody[: n_staff + n_leaders]:
        _settle(person, dice, setting.first_day, is_staff=person.number < n_staff)
    _give_emails(everybody, dice)
    return everybody


def _person(number: int, team: int, dice: Dice, setting: Setting) -> Person:
    day = _turns_up(dice, setting)
    family = dice.pick(FAMILY_NAMES)
    if dice.chance(HYPHENATED):
        family = f"{family}-{dice.pick(FAMILY_NAMES)}"
    return Person(
        number=number,
        person_id=f"P{number + 1:05d}",
        given_name=dice.pick(GIVEN_NAMES),
        family_name=family,
        email="",
        phone="",
        team=team,
        in_team=not dice.chance(WITHOUT_TEAM),
        turns_up=day,
        takes_part=dice.chance(TAKES_PART),
        role="supporter",
        since=day - dice.whole(0, KNOWN_BEFORE_DAYS),
    )


def _teams_of(people: int, dice: Dice) -> list[int]:
    """Return each person's team: shares kept as exactly as whole people allow, then mixed."""
    ends = [round(share * people) for share in accumulate(team.share for team in TEAMS)]
    teams = [
        team
        for team, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
        for _ in range(end - start)
    ]
    return dice.shuffled(teams)


def _turns_up(dice: Dice, setting: Setting) -> int:
    if dice.chance(THERE_FROM_THE_START):
        return setting.first_day + dice.whole(0, START_DAYS)
    return dice.whole(setting.first_day, setting.last_day + DAYS_AFTER)


def _settle(person: Person, dice: Dice, first_day: int, *, is_staff: bool) -> None:
    """Make someone an organizer or leader whom the campaign starts with."""
    person.is_staff, person.in_team = is_staff, True
    person.role = "organizer" if is_staff else "team_leader"
    person.takes_part = not is_staff
    person.turns_up = first_day + dice.whole(0, START_DAYS)
    person.since = first_day - dice.whole(20, 200)


def _give_emails(people: list[Person], dice: Dice) -> None:
    taken: set[str] = set()
    for person in people:
        if dice.chance(WITHOUT_EMAIL):
            continue
        name = f"{plain_letters(person.given_name)}.{plain_letters(person.family_name)}"
        if name in taken:
            name = f"{name}{person.number + 1}"
        taken.add(name)
        person.email = f"{name}@example.org"
    for person, partner in pairwise(people):
        # Couples share an address; they are two people all the same.
        if person.email and person.given_name != partner.given_name and dice.chance(COUPLES):
            partner.email, partner.family_name = person.email, person.family_name
