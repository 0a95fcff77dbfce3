"""What a human does about people: joins and splits them, gives them to an organizer, forgets them.

    refreshing.py who is the same, worked out again with the trust that the sources declare
    deciding.py   what a human says: these are one, this is somebody else
    assigning.py  a person is given to an organizer
    forgetting.py a person taken out of everything
    removing.py   its steps: rows, ids, digests, rejected rows
    traces.py     names, e-mails, phones and ids in the texts of others
    texts.py      those texts, listed for a human
    emptying.py   one text, emptied by hand

Each makes a new snapshot, in which `identity` works out again who is the same.
"""

from organizing_analytics.people.refreshing import refresh_identity

__all__ = ["refresh_identity"]
