"""The store: a folder of numbered DuckDB files, each a whole snapshot of the campaign.

    snapshots.py   which files there are, which one is current, which may go
    reading.py     open one snapshot read-only and ask it
    querying.py    SQL of one's own over it, that only asks
    locking.py     one change at a time
    replacing.py   a folder is written beside its place, then put there whole
    history.py     what each change was and brought
    undoing.py     back to a kept snapshot, as a change of its own
    unfinished.py  an operation that a kill stopped halfway
    corrections.py files with rejected rows
    exporting.py   the tables as Parquet
    backing_up.py  a whole copy of a store
    copies.py      where such copies are
    reports.py     where reports were written
    statements.py  compiled statements, kept for the next time
    frames.py      their rows as a frame, as Ibis would give it
    log_lines.py   the codes of to-do lists that were given out
    keyed_ids.py   ids and digests under a key of the store
    renaming.py    an id that changes, in every table
    rekeying.py    stores of format 2 get keyed ids
    writing.py     copy the current snapshot, change the copy, switch to it atomically

A reader never blocks a load and a load never disturbs a reader: nobody ever writes to a file
that has a number. See docs/data_model.md and docs/decisions/snapshots.md.
"""

from organizing_analytics.store.reading import Data, Store, open_store
from organizing_analytics.store.snapshots import store_folder
from organizing_analytics.store.writing import Draft, new_snapshot

__all__ = ["Data", "Draft", "Store", "new_snapshot", "open_store", "store_folder"]
