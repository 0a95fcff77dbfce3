"""Who looks after whom, what people care about and can do, and what was promised in 1:1s.

None of it changes what happens: each part draws from a stream of its own, after everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from organizing_analytics.sample.ladder import Crew, Meeting
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting

#: Share of the people whose organizer is on the list; of these, who was given to another later.
LISTED, REASSIGNED = 0.45, 0.03
REASSIGNED_DAYS = 60
#: Share of held 1:1s after which values, skills and times were written down.
NOTED = 0.5
#: Share of held 1:1s with a next step in which each side's promise was written down.
PROMISED = 0.6
VALUES = (
    "Housing that teachers can afford", "A school bus for her street", "Fair hours at the plant",
    "Clean water", "That her vote counts", "A clinic that is open on Sundays",
)  # fmt: skip
SKILLS = (
    "Drives a van", "Speaks Spanish", "Speaks Polish", "Keeps books", "Cooks for forty",
    "Knows everybody on Mill Street", "Ran a phone bank before",
)  # fmt: skip
AVAILABLE = ("Weekday evenings", "Weekends", "Saturday mornings", "Most afternoons", "Mondays")
WE_PROMISED = (
    "Send the training slides", "Introduce her to the canvass lead", "Find a ride for Saturday",
    "Call back with the date of the next meeting",
)  # fmt: skip
THEY_PROMISED = (
    "Bring her sister on Saturday", "Call five neighbors", "Think about the captain's role",
    "Read the script before Thursday",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assigned:
    """One person given to an organizer, from a day on."""

    person: Person
    organizer: Person
    day: int


def make_assignments(setting: Setting, people: Sequence[Person], crew: Crew) -> list[Assigned]:
    """Name the organizers of some people; return who was given to another one since."""
    dice, assigned = setting.dice("organizers"), list[Assigned]()
    for person in people:
        if not person.in_team or not dice.chance(LISTED):
            continue
        person.organizer = crew.someone(dice, person.team, but=person)
        if person.organizer is not None and dice.chance(REASSIGNED):
            other = crew.someone(dice, person.team, but=person)
            day = setting.last_day - dice.whole(0, REASSIGNED_DAYS)
            if other is not None and other is not person.organizer:
                assigned.append(Assigned(person, other, max(day, setting.first_day)))
    return assigned


def write_down_stories(setting: Setting, meetings: Sequence[Meeting]) -> None:
    """Write down what people care about and can do, and what was promised, for some 1:1s."""
    dice = setting.dice("stories")
    for meeting in meetings:
        if meeting.status != "held":
            continue
        if dice.chance(NOTED):
            person = meeting.person
            person.values, person.skills = dice.pick(VALUES), dice.pick(SKILLS)
            person.available = dice.pick(AVAILABLE)
        if meeting.next_step_in is not None and dice.chance(PROMISED):
            meeting.we_promised = dice.pick(WE_PROMISED)
            meeting.they_promised = dice.pick(THEY_PROMISED)
