"""The store: a folder of numbered DuckDB files, each a whole snapshot of the campaign.

    snapshots.py   which files there are, which one is current, which may go
    reading.py     open one snapshot read-only and ask it
    querying.py    SQL of one's own over it, that only asks
    writing.py     copy the current snapshot, change the copy, switch to it atomically

A reader never blocks a load and a load never disturbs a reader: nobody ever writes to a file
that has a number. See docs/data_model.md and docs/decisions/snapshots.md.
"""

from organizing_analytics.store.reading import Data, Store, open_store
from organizing_analytics.store.snapshots import store_folder
from organizing_analytics.store.writing import Draft, new_snapshot

__all__ = ["Data", "Draft", "Store", "new_snapshot", "open_store", "store_folder"]
