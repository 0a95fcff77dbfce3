"""The buckets of lead time (days from sign-up to shift) in measures, plans and the sample."""

from __future__ import annotations

#: The last day of each bucket but the two at the end: 31 days or more, and unknown.
LAST_DAYS = (0, 1, 3, 7, 14, 30)
UNKNOWN = "unknown"


def _labels() -> tuple[str, ...]:
    first_days = (0, *(last + 1 for last in LAST_DAYS))
    pairs = zip(first_days, LAST_DAYS, strict=False)
    days = (f"{first}" if first == last else f"{first}-{last}" for first, last in pairs)
    return (*days, f"{first_days[-1]}+", UNKNOWN)


#: The name of each bucket, in order.
LABELS: tuple[str, ...] = _labels()
