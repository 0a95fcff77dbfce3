"""Charts: a measure's frame in, an Altair chart out. Nothing is computed here.

    theme.py      colours, font, size; `Note` for when there is nothing to draw; `still` for a
                  notebook that must work without a network
    show_up.py    show-up by week and by lead time
    asks.py       what people said; what became of the noes
    cohorts.py    cohort retention as a heat map
    funnel.py     rates against sizes, with the limits of chance
    reliability.py  chances that were given, and what came of them
    upcoming.py   the shifts ahead: who is expected, who is needed

Every chart says in its title what it shows, carries its counts, draws the interval of every
rate, and is as wide as a phone, so that its words stay readable there.
"""

from organizing_analytics.charts.asks import after_no, asks_outcomes
from organizing_analytics.charts.cohorts import cohorts
from organizing_analytics.charts.funnel import funnel
from organizing_analytics.charts.reliability import reliability
from organizing_analytics.charts.show_up import show_up_by_lead, show_up_by_week
from organizing_analytics.charts.theme import Chart, Note, still
from organizing_analytics.charts.upcoming import upcoming

__all__ = [
    "Chart",
    "Note",
    "after_no",
    "asks_outcomes",
    "cohorts",
    "funnel",
    "reliability",
    "show_up_by_lead",
    "show_up_by_week",
    "still",
    "upcoming",
]
