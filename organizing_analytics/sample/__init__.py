"""A made-up campaign whose true rates are known, in the form of the templates.

    truth → people → shifts → sign-ups → 1:1s → asks → contacts → departures → tables → files

    setting.py      seed, truth, days and clocks, which all parts share
    truth.py        the true rates; statement.py writes them down
    dice.py         seeded chance
    clock.py        days and minutes of a time zone
    kinds.py, teams.py, names.py        what the campaign is made of
    people.py, shifts.py, signups.py    who, what, who comes
    asks.py, contacts.py, ladder.py, leaving.py, organizers.py  what people do with each other
    lifelike.py     full lists, late shifts, breaks and a holiday, for who asks for them
    campaign.py     all of it in order
    tables.py, write.py  as templates, as files

It is for trying things out, and for holding the measures against the truth: what they estimate
are the parameters in `Truth`. See docs/made_up_campaign.md.
"""

from organizing_analytics.sample.truth import Truth
from organizing_analytics.sample.write import SampleSummary, make_sample, write_sample

__all__ = ["SampleSummary", "Truth", "make_sample", "write_sample"]
