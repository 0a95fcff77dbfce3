"""The sections of a weekly team report, in the order in which a lead needs them.

    opening.py      whose report, for which day; the week in a sentence
    today.py        what is short today and tomorrow, whom to ask, what to say
    ahead.py        the shifts of the week, and whom to ask first; later ones folded
    shift_line.py   one shift as a line
    to_do.py        my people: a list for each organizer, promises first
    came.py         how many came, week by week
    goals.py        what the team set out to reach
    turnout.py      show-up against the team's own past and all teams
    asking.py       what people said; what became of the noes
    coming_back.py  newcomers, who returned, whom the team is losing, cohorts
    one_to_ones.py  1:1s by kind, and who is overdue
    following_up.py who heard from the team soon after
    unrecorded.py   what nobody wrote down, and what it could change
    meanings.py     what the numbers mean
    everyone.py     the whole list of whom to call, a page of its own

Each takes a `TeamWeek` and returns a part of the page, or None when the team has nothing at all:
then the opening says so, once. A section that has nothing to show says in a sentence why; goals,
which a team may set or not, are left out where there are none.
"""

from organizing_analytics.reports.sections.ahead import upcoming
from organizing_analytics.reports.sections.asking import after_no, asks
from organizing_analytics.reports.sections.came import came
from organizing_analytics.reports.sections.coming_back import cohorts, newcomers
from organizing_analytics.reports.sections.everyone import everyone
from organizing_analytics.reports.sections.following_up import follow_up
from organizing_analytics.reports.sections.goals import goals
from organizing_analytics.reports.sections.meanings import definitions
from organizing_analytics.reports.sections.one_to_ones import one_to_ones
from organizing_analytics.reports.sections.opening import in_short, title
from organizing_analytics.reports.sections.to_do import to_do
from organizing_analytics.reports.sections.today import today
from organizing_analytics.reports.sections.turnout import show_up
from organizing_analytics.reports.sections.unrecorded import unrecorded
from organizing_analytics.reports.team_week import TeamWeek, team_week

__all__ = [
    "TeamWeek",
    "after_no",
    "asks",
    "came",
    "cohorts",
    "definitions",
    "everyone",
    "follow_up",
    "goals",
    "in_short",
    "newcomers",
    "one_to_ones",
    "show_up",
    "team_week",
    "title",
    "to_do",
    "today",
    "unrecorded",
    "upcoming",
]
