"""A sheet as people keep it → the one table in it: its header, and the rows that are records.

visible.py   characters that cannot be seen, and how a message shows them
header.py    where the header is: below titles, notes, blank rows
lines.py     rows that are no records: totals, headings, notes, the header once more
errors.py    error values of a spreadsheet, like #REF!
sections.py  reports with several tables, one below the other
screening.py the rows of an opened sheet that are left out or held back, and why
"""
