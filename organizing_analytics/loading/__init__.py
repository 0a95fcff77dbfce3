"""Files → checked rows → store. Every row ends as new, updated, unchanged, skipped or rejected.

In the order in which a load meets them:

load.py             the road from one to the next
files.py            which files, and how each is read or written anew
opening.py          told by how it begins: text.py, workbook.py or json_rows.py
tables/             where the header is, which rows are no records, what cannot be seen
dates/              dates and times as people write them, decided for a whole column
marks.py            marks of who came; attendance.py: which columns of a list are marks
settling_marks.py   marks in sign-up sheets
workbook_parts.py   merged cells, formulas without a result
preparing.py        columns that another file of the same load adds
check_in.py         a list of who came → the sign-ups of a shift
staging.py          one typed table per file and model table, with what is wrong in each row
cells.py            raw text → typed value, as SQL
blocking.py         rows of forgotten people do not come back
checking.py         bad values, keys used twice, references to nothing → rejected rows
rejects.py          rejected rows, kept in the store and in a CSV that can be corrected
clocks.py           clock times without offset → UTC
merging.py          staged rows → the store's tables: new, updated, unchanged
noticing.py         what is only unlikely → warnings
result.py           what a load says of itself

records.py          rows that a script holds, by the same road
settings_change.py  settings that change what was loaded
sql.py              how a foreign text enters a statement
"""

from organizing_analytics.loading.load import load_files
from organizing_analytics.loading.records import load_records
from organizing_analytics.loading.result import FileCount, LoadResult, Reject

__all__ = ["FileCount", "LoadResult", "Reject", "load_files", "load_records"]
