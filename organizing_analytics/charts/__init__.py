"""Charts: a measure's frame in, an Altair chart out. Nothing is computed here.

    theme.py      colours, font, size; `Note` for when there is nothing to draw; `still` for a
                  notebook that must work without a network
    dots.py, bars.py  rates as dots with intervals, counts as bars: what the others are made of
    show_up.py    show-up by week and by lead time
    weeks_by_team.py  people who came, a small picture for each team
    half_rule.py  the 50 % rule against the campaign's own record
    asks.py       what people said; hard asks; what became of the noes, and the right next moves
    returning.py  who came again after the first visit, and after later ones
    lapse.py      how long people stay
    leaving.py    who is active now, and why people left
    one_to_ones.py  who had a 1:1 lately, what came of the 1:1s
    cohorts.py    cohort retention as a heat map
    funnel.py     rates against sizes, with the limits of chance
    reliability.py  chances that were given, and what came of them
    snowflake.py  who leads whom, and which branches are bare
    turnout.py    how many will come when so many are scheduled
    pictures.py   charts as inline SVG, drawn without a browser
    upcoming.py   the shifts ahead: who is expected, who is needed

Every chart says in its title what it shows, carries its counts, draws the interval of every
rate, and is as wide as a phone, so that its words stay readable there.
"""

from organizing_analytics.charts.asks import after_no, asks_outcomes, hard_asks, right_moves
from organizing_analytics.charts.cohorts import cohorts
from organizing_analytics.charts.funnel import funnel
from organizing_analytics.charts.half_rule import half_rule
from organizing_analytics.charts.lapse import lapse
from organizing_analytics.charts.leaving import departures, tiers
from organizing_analytics.charts.one_to_ones import commitments_by_week, coverage, one_to_ones
from organizing_analytics.charts.reliability import reliability
from organizing_analytics.charts.returning import came_back, came_back_by_visit
from organizing_analytics.charts.show_up import show_up_by_lead, show_up_by_week
from organizing_analytics.charts.snowflake import snowflake
from organizing_analytics.charts.theme import Chart, Note, finish, still
from organizing_analytics.charts.turnout import turnout
from organizing_analytics.charts.upcoming import upcoming
from organizing_analytics.charts.weeks_by_team import weeks_by_team

__all__ = [
    "Chart",
    "Note",
    "after_no",
    "asks_outcomes",
    "came_back",
    "came_back_by_visit",
    "cohorts",
    "commitments_by_week",
    "coverage",
    "departures",
    "finish",
    "funnel",
    "half_rule",
    "hard_asks",
    "lapse",
    "one_to_ones",
    "reliability",
    "right_moves",
    "show_up_by_lead",
    "show_up_by_week",
    "snowflake",
    "still",
    "tiers",
    "turnout",
    "upcoming",
    "weeks_by_team",
]
