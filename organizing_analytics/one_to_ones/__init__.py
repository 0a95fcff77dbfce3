"""1:1s ahead: a page before each, and a rota by which everybody is met.

records.py    what the store knows of the people, read once for all
history.py    what was: the last 1:1, promises, visits, asks, values
ahead.py      what comes: why to meet, the ladder, the agenda, the hard ask
agenda.py     the guide's 2, 20 and 10 minutes for each kind of 1:1
sentences.py  sentences that name the rows that they rest on
brief.py      all of it, for one person or for an organizer's week
page.py       the same as HTML for a phone and for paper
rota.py       maintenance 1:1s spread over organizers and days
calendars.py  the rota as calendar files
"""

from __future__ import annotations

from organizing_analytics.one_to_ones.brief import Brief, brief, briefs
from organizing_analytics.one_to_ones.rota import rota

__all__ = ["Brief", "brief", "briefs", "rota"]
