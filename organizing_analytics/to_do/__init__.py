"""What to do now: whom to thank, ask again, confirm, meet, and which shifts need people.

    standing.py     the campaign as it was known at the end of a date
    task.py         one thing to do, and the kinds of them
    thanking.py     follow up, thank, recognize
    offering.py     the coming shift or role that somebody is asked for, and what to say
    asking.py       after a not_now, a not_that, a maybe: the next ask
    turning_up.py   confirm, record attendance, recruit for shifts that lack people
    absences.py     who was expected and did not come
    winning.py      the ask that wins: which shift fills most places
    scripts.py      what to say, as a hard ask
    growing.py      1:1s: newcomers, next steps, maintenance, the next rung
    staying.py      who came and has no next shift, whom the campaign is losing
    availability.py who may be asked for which shift
    noted.py        what was noted of a person when they were asked or met
    organizers.py   who looks after whom
    spans.py        how many people each organizer looks after
    snowflake.py    who leads whom, and which branches are bare
    fitting.py      what an organizer can do in a week, and in which order
    listing.py      all of it: a list for each organizer, nobody twice for the same thing

Every task rests on a fact that its reason names.
"""

from __future__ import annotations

from organizing_analytics.to_do.listing import todo, todo_now

__all__ = ["todo", "todo_now"]
