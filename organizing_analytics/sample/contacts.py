"""Calls, texts and words: confirming, reminding, thanking, following up.

How the truths are kept: who was drawn as followed up after the first visit has a follow-up
within 48 hours; who was not has no contact in these hours that could count as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from organizing_analytics.sample.asks import Ask
    from organizing_analytics.sample.ladder import Crew, Meeting
    from organizing_analytics.sample.people import Person
    from organizing_analytics.sample.setting import Setting
    from organizing_analytics.sample.signups import Signup, Trail

FOLLOW_UPS = ("follow_up", "thank_you", "reshift")
IN_VAIN = ("no_answer", "wrong_number")
#: The 48 hours, and an hour on either side.
WINDOW = 48 * 60
MARGIN = 60
RESULTS = {
    "reached": 0.45,
    "left_message": 0.25,
    "no_answer": 0.24,
    "wrong_number": 0.03,
    "refused": 0.03,
}
CHANNELS = {"phone": 0.5, "text": 0.35, "email": 0.1, "in_person": 0.05}
REASONS = {"follow_up": 0.5, "thank_you": 0.35, "reshift": 0.15}
TRIED_IN_VAIN, TRIED_LATE = 0.25, 0.3
THANKED_LATER_VISITS, RECOGNIZED = 0.22, 0.03
NOTED_CONFIRMATION, REMINDED = 0.5, 0.12
AFTER_MEETING, AFTER_YES = 0.55, 0.3


@dataclass(slots=True, eq=False)
class Contact:
    """One contact."""

    person: Person
    by: Person | None
    at: int
    channel: str
    reason: str
    result: str
    signup: Signup | None = None
    meeting: Meeting | None = None
    ask: Ask | None = None
    contact_id: str = ""


class ContactDraws:
    """Draws the contacts of all people."""

    def __init__(self, setting: Setting, crew: Crew, never_again: Mapping[int, int]) -> None:
        self.dice, self.clock, self.night = setting.dice("contacts"), setting.clock, setting.night
        self.crew, self.never_again = crew, never_again
        self.contacts: list[Contact] = []
        self._not_within: range = range(0)

    def follow(self, trail: Trail, meetings: Sequence[Meeting], asks: Sequence[Ask]) -> None:
        """Draw one person's contacts."""
        self._not_within = range(0)
        if trail.first is not None:
            self._after_first_visit(trail)
        for signup in trail.signups:
            self._about(signup, is_first=signup is trail.first)
        for meeting in meetings:
            if meeting.status == "held" and self.dice.chance(AFTER_MEETING):
                at = self._soon_after(meeting.scheduled_at + (meeting.minutes or 30))
                self._add(trail.person, at, self.dice.pick(FOLLOW_UPS[:2]), meeting=meeting)
        for ask in asks:
            if ask.outcome == "yes" and self.dice.chance(AFTER_YES):
                self._add(trail.person, self._soon_after(ask.asked_at), "follow_up", ask=ask)

    def _after_first_visit(self, trail: Trail) -> None:
        dice, first = self.dice, trail.first
        if first is None:
            return
        ends, person = first.shift.ends, trail.person
        reason = dice.weighted(REASONS)
        if trail.followed_up:
            result = dice.weighted({k: v for k, v in RESULTS.items() if k not in IN_VAIN})
            contact = self._contact(person, self._soon_after(ends), reason, signup=first)
            contact.result = result
            self._keep(contact)
            return
        self._not_within = range(ends - MARGIN, ends + WINDOW + MARGIN + 1)
        if dice.chance(TRIED_IN_VAIN):
            contact = self._contact(person, self._soon_after(ends), reason, signup=first)
            contact.result = dice.pick(IN_VAIN)
            self._keep(contact)
        if dice.chance(TRIED_LATE):
            self._add(person, self._days_after(ends, dice.whole(3, 9)), reason, signup=first)

    def _about(self, signup: Signup, *, is_first: bool) -> None:
        dice, person = self.dice, signup.person
        confirmed_at = signup.confirmed_at
        if confirmed_at is not None and confirmed_at < signup.shift.starts:
            if dice.chance(NOTED_CONFIRMATION):
                contact = self._contact(person, confirmed_at, "confirmation", signup=signup)
                contact.result = "reached"
                self._keep(contact)
        elif signup.signed_up_at is not None and dice.chance(REMINDED):
            at = signup.shift.starts - dice.whole(3, 8) * 60
            if at > signup.signed_up_at:
                self._add(person, at, dice.pick(("confirmation", "reminder")), signup=signup)
        if signup.attended and not is_first:
            self._after_visit(signup)

    def _after_visit(self, signup: Signup) -> None:
        chance = self.dice.uniform()
        at = self._soon_after(signup.shift.ends)
        if chance < RECOGNIZED:
            self._add(signup.person, at, "recognition", signup=signup)
        elif chance < RECOGNIZED + THANKED_LATER_VISITS:
            self._add(signup.person, at, self.dice.weighted(REASONS), signup=signup)

    # When

    def _soon_after(self, moment: int) -> int:
        """Return a daytime moment within 48 hours: the same evening or the next day."""
        day, minute = self.clock.local(moment)
        if minute < 18 * 60 and self.dice.chance(0.3):
            return moment + self.dice.whole(20, 150)
        return self.clock.moment(day + 1, self.dice.whole(9 * 60 + 30, 20 * 60 + 30))

    def _days_after(self, moment: int, days: int) -> int:
        day = self.clock.local(moment)[0]
        return self.clock.moment(day + days, self.dice.whole(9 * 60 + 30, 20 * 60 + 30))

    # Writing one down

    def _contact(
        self,
        person: Person,
        at: int,
        reason: str,
        *,
        signup: Signup | None = None,
        meeting: Meeting | None = None,
        ask: Ask | None = None,
    ) -> Contact:
        dice = self.dice
        by = meeting.organizer if meeting else self.crew.someone(dice, person.team, but=person)
        channel, result = dice.weighted(CHANNELS), dice.weighted(RESULTS)
        return Contact(person, by, at, channel, reason, result, signup, meeting, ask)

    def _add(
        self,
        person: Person,
        at: int,
        reason: str,
        *,
        signup: Signup | None = None,
        meeting: Meeting | None = None,
        ask: Ask | None = None,
    ) -> None:
        """Add a contact, unless it would follow up someone drawn as not followed up.

        People who must not be asked again are left alone, but for what `_keep` adds.
        """
        left_alone = self.never_again.get(person.number)
        counts = reason in FOLLOW_UPS and at in self._not_within
        if not counts and (left_alone is None or at < left_alone):
            self._keep(self._contact(person, at, reason, signup=signup, meeting=meeting, ask=ask))

    def _keep(self, contact: Contact) -> None:
        if contact.at <= self.night:
            self.contacts.append(contact)
