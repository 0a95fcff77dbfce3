"""The measures once more, as somebody competent writes them in pandas, in Polars and in SQL.

Each takes the tables and gives the counts that the measure gives, or the run stops: a rival that
answers another question is none. Dates and joins are as the store has them, in memory for pandas
and Polars; the SQL runs on the store's own file.

    show_up.py, retention.py, asks.py, meetings.py    one rival in each library for each measure
"""

from rivals.answers import sums, sums_and_groups, sums_sql

__all__ = ["sums", "sums_and_groups", "sums_sql"]
