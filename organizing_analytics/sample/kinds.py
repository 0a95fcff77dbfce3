"""Kinds of events that the made-up teams hold, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from organizing_analytics.sample.dice import Dice

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
HALLS = ("Union Hall", "St. Brigid's basement", "Main Library, room 2", "Café Löwe", "Mercado Azul")
STREETS = ("Corner of 5th & Elm", "Parkside gate", "Mill Street bridge", "Harbor Square")
HOMES = ("Aleisha's house", "The Nguyễns' porch", "Apt. 4B, 18 Garden Row", "Ortiz family kitchen")

Times = tuple[tuple[int, int], ...]


def _at(hour: int, minute: int, hours: float) -> tuple[int, int]:
    return hour * 60 + minute, int(hours * 60)


@dataclass(frozen=True)
class EventKind:
    """One kind of event.

    Attributes
    ----------
    event_type, title : str
        The type in the tables; what people call it.
    share : float
        Its part of all events.
    size : float
        Need of a shift, as a part of the team's usual need.
    weekdays : tuple of int
        When it is held; a day named twice is held twice as often.
    weekend, week : tuple of (start minute, minutes)
        Its shifts on Saturdays and Sundays; one of these on other days.
    lead_roles : tuple of str
        Roles that take one person each; the rest are `role`.
    role : str
        What most people do there.
    with_roles : float
        Share of shifts that list their roles.
    places : tuple of str
        Where.
    virtual : float
        Share held online.
    why : str
        One sentence on why it matters.
    """

    event_type: str
    title: str
    share: float
    size: float
    weekdays: tuple[int, ...]
    weekend: Times
    week: Times
    role: str
    lead_roles: tuple[str, ...] = ()
    with_roles: float = 0.6
    places: tuple[str, ...] = HALLS
    virtual: float = 0.0
    why: str = ""

    def times_on(self, day: int, dice: Dice) -> Times:
        """Return start minute and length of each shift on a weekday."""
        return self.weekend if day in (SAT, SUN) else (dice.pick(self.week),)

    def mean_shifts(self, day: int) -> int:
        """Return how many shifts it has on a weekday."""
        return len(self.weekend) if day in (SAT, SUN) else 1

    def roles_for(self, need: int) -> tuple[tuple[str, int], ...]:
        """Return how many people of each role a shift needs.

        Examples
        --------
        >>> KINDS[0].roles_for(12)
        (('Canvasser', 10), ('Greeter', 1), ('Trainer', 1))
        """
        ones = self.lead_roles[: max(0, need - 1)]
        return ((self.role, need - len(ones)), *((name, 1) for name in ones))


#: The kinds, the commonest first.
KINDS: tuple[EventKind, ...] = (
    EventKind(
        "canvass",
        "door-to-door canvass",
        0.36,
        1.0,
        (TUE, WED, THU, SAT, SAT, SAT, SUN, SUN),
        (_at(10, 0, 3), _at(13, 30, 3)),
        (_at(17, 0, 3), _at(17, 30, 2.5)),
        "Canvasser",
        ("Greeter", "Trainer"),
        places=STREETS,
        why="Every door we knock on is a neighbor who hears from us first.",
    ),
    EventKind(
        "phone_bank",
        "phone bank",
        0.28,
        0.8,
        (MON, TUE, WED, THU, THU, SUN),
        (_at(16, 0, 3),),
        (_at(17, 30, 3), _at(18, 0, 2)),
        "Caller",
        ("Phone bank captain",),
        virtual=0.4,
        why="Three calls out of ten reach somebody who has never been asked.",
    ),
    EventKind(
        "house_meeting",
        "house meeting",
        0.14,
        0.7,
        (TUE, WED, THU, SUN),
        (_at(15, 0, 2),),
        (_at(18, 30, 2), _at(19, 0, 1.5)),
        "Guest",
        ("Host",),
        0.3,
        HOMES,
        why="People join what their neighbors have joined.",
    ),
    EventKind(
        "training",
        "new volunteer training",
        0.08,
        0.8,
        (WED, SAT, SAT),
        (_at(9, 30, 3),),
        (_at(18, 0, 2),),
        "Trainee",
        ("Trainer", "Trainer's second"),
        virtual=0.2,
        why="Nobody should knock on a door without having practiced.",
    ),
    EventKind(
        "data_entry",
        "data entry night",
        0.1,
        0.5,
        (MON, WED, SUN),
        (_at(13, 0, 2),),
        (_at(16, 0, 2), _at(18, 0, 2)),
        "Data entry",
        (),
        0.1,
    ),
    EventKind(
        "rally",
        "rally",
        0.04,
        1.6,
        (FRI, SAT, SAT),
        (_at(12, 0, 2),),
        (_at(18, 0, 2),),
        "Marshal",
        ("Stage", "Press"),
        places=STREETS,
        why="The council counts heads before it counts votes.",
    ),
)

#: From 23:00 to 4:00 by the clock, whatever the clock does in between.
NIGHT_VIGIL = EventKind(
    "vigil", "night vigil", 0.0, 0.8, (SAT,), (_at(23, 0, 5),), (_at(23, 0, 5),), "Vigil keeper"
)
