"""Who and what is the same across tools: people, and their sign-ups.

    keys.py       what people are compared by: e-mail, phone and name, each in one form
    people.py     which records are one person; which a human must look at
    signups.py    which sign-ups are one, kept in two tools
    views.py      the tables as measures see them: one row a person, one a sign-up
    deciding.py   what a human says: these are one, this is somebody else
    assigning.py  a person is given to an organizer
    refresh.py    all of the above, worked out again from all records
    finding.py    a person by id, e-mail, phone or name
    forgetting.py a person taken out of everything
    removing.py   its steps: rows, ids, digests, rejected rows
    traces.py     names, e-mails, phones and ids in the texts of others
    texts.py      those texts, listed for a human
    emptying.py   one text, emptied by hand

The records that the tools gave stay as they are. What is the same is worked out anew from all of
them after each load, so the order of loading does not matter and a merge can be undone.
"""

from organizing_analytics.identity.refresh import refresh

__all__ = ["refresh"]
