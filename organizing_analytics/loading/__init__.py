"""Files → checked rows → store. Every row ends as new, updated, unchanged, skipped or rejected.

files.py     which files, how they are written; a table of raw text out of each
cells.py     raw text → typed value, as SQL
staging.py   one typed table per file and model table, with what is wrong in each row
checking.py  bad values, keys used twice, references to nothing → rejected rows
clocks.py    clock times without offset → UTC
merging.py   staged rows → the store's tables: new, updated, unchanged
noticing.py  what is only unlikely → warnings
rejects.py   rejected rows, kept in the store and in a CSV that can be corrected
load.py      the road from one to the next
records.py   rows that a script holds, by the same road
"""

from organizing_analytics.loading.load import load_files
from organizing_analytics.loading.records import load_records
from organizing_analytics.loading.result import FileCount, LoadResult, Reject

__all__ = ["FileCount", "LoadResult", "Reject", "load_files", "load_records"]
