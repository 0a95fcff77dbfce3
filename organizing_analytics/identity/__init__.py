"""Who and what is the same across tools: people, and their sign-ups.

    keys.py       what people are compared by: e-mail, phone and name, each in one form
    ranks.py      how much the word of each list counts where two lists disagree
    matching.py   which records are one person; which a human must look at
    signups.py    which sign-ups are one, kept in two tools
    views.py      the tables as measures see them: one row a person, one a sign-up
    refresh.py    all of the above, worked out again from all records
    finding.py    a person by id, e-mail, phone or name

The records that the tools gave stay as they are. What is the same is worked out again from all of
them after each load, so the order of loading does not matter and a merge can be undone. What a
human does about people is in `people`, which says how much each source's word counts.
"""

from organizing_analytics.identity.ranks import Ranks
from organizing_analytics.identity.refresh import refresh

__all__ = ["Ranks", "refresh"]
