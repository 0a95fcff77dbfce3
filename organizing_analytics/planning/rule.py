"""The 50 % rule of thumb: schedule twice as many people as you need.

Everything else in planning starts from these constants and imports nothing to get them.
"""

from __future__ import annotations

RULE_RATE = 0.5
#: How many people the rule schedules for each one needed: 1 / `RULE_RATE`.
RULE_PER_NEED = 2

#: The rule as a prior, Beta(5, 5): as if 5 of 10 people had come. It is weak on purpose: thirty
#: counted people outweigh it three to one. A flat prior would not do: Beta(1, 1) schedules 39
#: people to get 4.
PRIOR_CAME = 5.0
PRIOR_MISSED = 5.0

#: The probabilities of enough people that every plan's table shows.
TABLE_SURES = (0.5, 0.8, 0.9, 0.95)
