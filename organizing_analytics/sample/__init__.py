"""A made-up campaign whose true rates are known, in the form of the templates.

    truth → people → shifts → sign-ups → 1:1s → asks → contacts → departures → tables → files

It is for trying things out, and for holding the measures against the truth: what they estimate
are the parameters in `Truth`. See docs/made_up_campaign.md.
"""

from organizing_analytics.sample.truth import Truth
from organizing_analytics.sample.write import SampleSummary, make_sample, write_sample

__all__ = ["SampleSummary", "Truth", "make_sample", "write_sample"]
