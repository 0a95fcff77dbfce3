"""Files → checked rows → store. Every row ends as new, updated, unchanged, skipped or rejected.

In the order in which a load meets them:

load.py             `load_files`: options, files, a draft
one_load.py         the road of one load: stage, check, merge, record
files.py            which files there are, and each as a table of text
opening.py          the format of a file, recognized by its beginning
text.py             CSV and its like
workbook.py         workbooks; workbook_parts.py: merged cells, formulas without a result
json_rows.py        JSON
older_workbooks.py  error cells of .xls, .xlsb and .ods, which look empty, and hidden rows
tables/             where the header is, which rows are no records, what cannot be seen
same_bytes.py       what is stored was checked, even if a file is replaced during the load
rewriting.py        files that must be rewritten row by row before they can be read
preparing.py        columns that another file of the same load adds
reshaping.py        rows that hold several records
numbered_lists.py   lists that are spread over numbered columns: a row for each item
refused_words.py    words that a mapping file rejects
attendance.py       which columns of a list say who came
marks.py            the marks in them; settling_marks.py: marks in sign-up sheets
check_in.py         a list of who came → the sign-ups of a shift
staging.py          one typed table per file and model table, with what is wrong in each row
same_shifts.py      one shift that a sheet writes in several ways
same_people.py      one person whom a sheet spells in several ways, in one shift
cells.py            raw text → typed value, as SQL
quantities.py       numbers out of text; settling_quantities.py: in staged tables
settling_zones.py   names of time zones in staged tables
dates/              dates and times as people write them, decided for a whole column
known_ids.py        ids that the store keeps in a keyed form
blocking.py         rows of forgotten people do not come back
checking.py         bad values, keys used twice, references to nothing → rejected rows
counting.py         where the rows of each file went
clocks.py           clock times without offset → UTC
merging.py          staged rows → the store's tables: new, updated, unchanged
noticing.py         unlikely values → warnings
team_lines.py       each team with all teams above it
rejects.py          rejected rows, kept in the store and in a CSV that can be corrected
recording.py        the load in the store's own tables, and its correction files
result.py           the result of a load

records.py          rows that a script holds, by the same road
settings_change.py  settings that change what was loaded
"""

from organizing_analytics.loading.load import load_files
from organizing_analytics.loading.records import load_records
from organizing_analytics.loading.result import FileCount, LoadResult, Reject

__all__ = ["FileCount", "LoadResult", "Reject", "load_files", "load_records"]
