"""What to do now: whom to thank, ask again, confirm, meet, and which shifts need people.

    standing.py     the campaign as it was known at the end of a date
    task.py         one thing to do, and the kinds of them
    thanking.py     follow up, thank, recognize
    asking.py       after a not_now, a not_that, a maybe: the next ask
    turning_up.py   confirm, record attendance, recruit for shifts that lack people
    growing.py      1:1s: newcomers, next steps, maintenance, the next rung
    staying.py      who came and has no next shift, whom the campaign is losing
    listing.py      all of it in one list: nobody twice for the same thing, no more than fits

Every task rests on a fact that its reason names.
"""

from __future__ import annotations

from organizing_analytics.to_do.listing import todo

__all__ = ["todo"]
