"""What a planner's options may be; what is wrong is said with what is allowed."""

from __future__ import annotations

from math import inf
from numbers import Real
from operator import index

from organizing_analytics.errors import OptionError

#: Wanted probability of enough people, where nobody names one.
DEFAULT_SURE = 0.8
#: The most that P(more people than seats) may be, where nobody names another limit.
DEFAULT_LIMIT_OVER = 0.05


def whole(name: str, value: object, *, least: int = 1, most: int | None = None) -> int:
    """Return `value` as a whole number.

    Raises
    ------
    OptionError
        It is not whole, less than `least` or more than `most`.

    Examples
    --------
    >>> whole("need", 4)
    4
    """
    try:
        number = least - 1 if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if number >= least and (most is None or number <= most):
        return number
    allowed = f"{least} or more" if most is None else f"{least} to {most:,}"
    raise OptionError(f"{name} is {value!r}; it must be a whole number, {allowed}.")


def probability(name: str, value: object, *, one_allowed: bool = False) -> float:
    """Return `value` as a probability above 0 and below 1 (or at most 1).

    Raises
    ------
    OptionError
        It is out of range or no number; 80 instead of 0.8 is the usual slip.

    Examples
    --------
    >>> probability("show_rate", 1, one_allowed=True)
    1.0
    """
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else -1.0
    if 0 < number < 1 or (one_allowed and number == 1):
        return number
    allowed = "more than 0 and at most 1" if one_allowed else "more than 0 and less than 1"
    raise OptionError(f"{name} is {value!r}; it must be {allowed}, like 0.8 for 80 %.")


def cost(name: str, value: object) -> float:
    """Return what one person too few or too many costs, in any unit.

    Raises
    ------
    OptionError
        It is no number above 0.

    Examples
    --------
    >>> cost("cost_short", 9)
    9.0
    """
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else -1.0
    if 0 < number < inf:
        return number
    raise OptionError(f"{name} is {value!r}; it must be a number more than 0, like 9.")


def check_room(need: int, capacity: int | None, *, name: str = "capacity") -> None:
    """Refuse a capacity below the need; `name` says whose capacity it is.

    Raises
    ------
    OptionError
        There is room for fewer people than are needed.
    """
    if capacity is not None and capacity < need:
        raise OptionError(
            f"{name} is {capacity}, less than need {need}: there is no room for enough people."
            f" Give a capacity of {need} or more, or lower need."
        )
