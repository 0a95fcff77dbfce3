"""The true rates of the made-up campaign: parameters, not results.

The campaign is drawn so that the package's measures estimate exactly these numbers. What
cannot be estimated without bias (who comes of a team, how many asks end in a yes) is habit,
not truth, and is not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import exp, isclose
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError
from organizing_analytics.lead_times import LABELS, LAST_DAYS
from organizing_analytics.model import DEPARTURE_REASONS, MEETING_KINDS, NO_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Nobody in the sample signs up more days ahead than this.
MAX_LEAD_DAYS = 60
#: Each bucket of lead time in the sample: name, fewest and most days.
LEADS: tuple[tuple[str, int, int], ...] = tuple(
    zip(LABELS, (0, *(last + 1 for last in LAST_DAYS)), (*LAST_DAYS, MAX_LEAD_DAYS), strict=False)
)


def lead_of(days: int) -> str:
    """Return the lead bucket of a sign-up made `days` before its shift's local date.

    Examples
    --------
    >>> lead_of(0), lead_of(7), lead_of(45)
    ('0', '4-7', '31+')
    """
    return next((name for name, _, most in LEADS if days <= most), LEADS[-1][0])


def logistic(log_odds: float) -> float:
    """Return the probability that has these log odds.

    Examples
    --------
    >>> logistic(0.0)
    0.5
    """
    return 1.0 / (1.0 + exp(-log_odds))


def _by_lead(*log_odds: float) -> dict[str, float]:
    return dict(zip(LABELS, log_odds, strict=True))


def _by_no(*values: float) -> dict[str, float]:
    return dict(zip(NO_TYPES, values, strict=True))


def _by_kind(*values: float) -> dict[str, float]:
    return dict(zip(MEETING_KINDS, values, strict=True))


@dataclass(frozen=True)
class Truth:
    """The true rates of the made-up campaign.

    Attributes
    ----------
    came, came_confirmed, came_first_timer : float
        Log odds that someone who is on the list when the shift starts comes: signed up 4-7
        days ahead, not confirmed, has come before; what is added when confirmed; what is
        added for a first-timer.
    came_lead : mapping of str to float
        What each lead bucket adds to these log odds.
    cancels, cancels_confirmed : float
        Log odds that a sign-up is cancelled before the start, and what confirming adds.
    cancels_lead : mapping of str to float
        What each lead bucket adds.
    returns_followed_up, returns_not_followed_up : float
        Share of first visits with another visit within 30 days, where a follow-up within 48
        hours reached the person, and where none did (nobody tried, or nobody answered).
    converted : mapping of str to float
        By kind of no: share with a yes to another ask within 30 days.
    reasked_in_vain : mapping of str to float
        By kind of no: share, of those who are not converted, who were asked again within 30
        days all the same.
    right_move_if_reasked : mapping of str to float
        Of those asked again after not_now or not_that, the share asked as the guide says.
    held, committed, complete_if_committed, good_length, next_step : mapping of str to float
        By kind of 1:1: held of held and no-show; a commitment of held; all four parts of
        those with a commitment; 30 to 60 minutes of those with a length; a next step of held.
    departure_reasons : mapping of str to float
        Shares of the reasons for leaving; they add up to 1.

    Raises
    ------
    OptionError
        A share is not between 0 and 1, a group is missing, or the reasons do not add up to 1.

    Examples
    --------
    >>> truth = Truth()
    >>> truth.comes(confirmed=True, first_timer=False, lead="1") > truth.comes(
    ...     confirmed=False, first_timer=True, lead="31+")
    True
    >>> round(Truth(came=0.0).comes(confirmed=False, first_timer=False, lead="4-7"), 2)
    0.5
    """

    came: float = 0.15
    came_confirmed: float = 0.8
    came_first_timer: float = -0.5
    came_lead: Mapping[str, float] = field(
        default_factory=lambda: _by_lead(0.8, 0.45, 0.2, 0.0, -0.25, -0.55, -0.9, -0.1)
    )
    cancels: float = -1.9
    cancels_confirmed: float = -0.6
    cancels_lead: Mapping[str, float] = field(
        default_factory=lambda: _by_lead(-1.2, -0.6, -0.3, 0.0, 0.3, 0.5, 0.7, 0.0)
    )
    returns_followed_up: float = 0.47
    returns_not_followed_up: float = 0.30
    converted: Mapping[str, float] = field(default_factory=lambda: _by_no(0.42, 0.33, 0.03, 0.16))
    reasked_in_vain: Mapping[str, float] = field(
        default_factory=lambda: _by_no(0.45, 0.40, 0.08, 0.25)
    )
    right_move_if_reasked: Mapping[str, float] = field(
        default_factory=lambda: {"not_now": 0.75, "not_that": 0.65}
    )
    held: Mapping[str, float] = field(default_factory=lambda: _by_kind(0.74, 0.9, 0.86))
    committed: Mapping[str, float] = field(default_factory=lambda: _by_kind(0.52, 0.65, 0.6))
    complete_if_committed: Mapping[str, float] = field(
        default_factory=lambda: _by_kind(0.6, 0.5, 0.7)
    )
    good_length: Mapping[str, float] = field(default_factory=lambda: _by_kind(0.72, 0.8, 0.85))
    next_step: Mapping[str, float] = field(default_factory=lambda: _by_kind(0.55, 0.7, 0.75))
    departure_reasons: Mapping[str, float] = field(
        default_factory=lambda: dict(
            zip(
                DEPARTURE_REASONS,
                (0.17, 0.16, 0.08, 0.11, 0.14, 0.07, 0.12, 0.1, 0.05),
                strict=True,
            )
        )
    )

    def __post_init__(self) -> None:
        groups = {
            "came_lead": LABELS,
            "cancels_lead": LABELS,
            "converted": NO_TYPES,
            "reasked_in_vain": NO_TYPES,
            "right_move_if_reasked": ("not_now", "not_that"),
            "held": MEETING_KINDS,
            "committed": MEETING_KINDS,
            "complete_if_committed": MEETING_KINDS,
            "good_length": MEETING_KINDS,
            "next_step": MEETING_KINDS,
            "departure_reasons": DEPARTURE_REASONS,
        }
        for name, wanted in groups.items():
            _check_groups(name, getattr(self, name), wanted)
        for parameter in fields(self):
            if not parameter.name.startswith(("came", "cancels")):
                _check_shares(parameter.name, getattr(self, parameter.name))
        if not isclose(sum(self.departure_reasons.values()), 1.0):
            raise OptionError("departure_reasons must add up to 1: one share for each reason.")

    def comes(self, *, confirmed: bool, first_timer: bool, lead: str) -> float:
        """Return the probability that someone still on the list at the start comes."""
        log_odds = self.came + self.came_lead[lead]
        return logistic(
            log_odds + self.came_confirmed * confirmed + self.came_first_timer * first_timer
        )

    def cancelled(self, *, confirmed: bool, lead: str) -> float:
        """Return the probability that a sign-up is cancelled before the start."""
        return logistic(self.cancels + self.cancels_lead[lead] + self.cancels_confirmed * confirmed)

    def flakes(self, *, confirmed: bool, first_timer: bool, lead: str) -> float:
        """Return the probability that someone who signed up does not come.

        Examples
        --------
        >>> cell = {"confirmed": True, "lead": "1"}
        >>> t = Truth()
        >>> stays = 1 - t.cancelled(**cell)
        >>> turnout = stays * t.comes(first_timer=False, **cell)
        >>> round(t.flakes(first_timer=False, **cell) + turnout, 12)
        1.0
        """
        stays = 1.0 - self.cancelled(confirmed=confirmed, lead=lead)
        return 1.0 - stays * self.comes(confirmed=confirmed, first_timer=first_timer, lead=lead)

    def returns(self, *, followed_up: bool) -> float:
        """Return the probability of another visit within 30 days of the first."""
        return self.returns_followed_up if followed_up else self.returns_not_followed_up

    def reasked(self, no_type: str) -> float:
        """Return the probability of another ask within 30 days of a no."""
        converted = self.converted[no_type]
        return converted + (1.0 - converted) * self.reasked_in_vain[no_type]

    def right_move(self, no_type: str) -> float | None:
        """Return the probability that what follows a no is what the guide says; None after no."""
        if no_type == "not_ever":
            return 1.0 - self.reasked(no_type)
        share = self.right_move_if_reasked.get(no_type)
        return None if share is None else self.reasked(no_type) * share

    def complete(self, kind: str) -> float:
        """Return the probability that a held 1:1 has all four parts of the guide."""
        return self.committed[kind] * self.complete_if_committed[kind]


def _check_groups(name: str, shares: Mapping[str, float], wanted: tuple[str, ...]) -> None:
    if set(shares) != set(wanted):
        raise OptionError(
            f"{name} has {', '.join(shares) or 'nothing'}; it needs one number for each of "
            f"{', '.join(wanted)}."
        )


def _check_shares(name: str, shares: float | Mapping[str, float]) -> None:
    values = [shares] if isinstance(shares, int | float) else list(shares.values())
    for value in values:
        if not 0.0 <= value <= 1.0:
            raise OptionError(f"{name} is {value}; a share lies between 0 and 1.")
