"""What each file's rows mean: which table a row feeds, and from which of its cells.

    feeds.py           the words in which a source says it: `Reading`, `Feed`, `Cell`, `Rule`
    templates.py       our own templates: a file is a table, a column is a column
    mapping.py         any spreadsheet, by a mapping file (TOML)
    written_cells.py   the cells of a mapping file, as they are written
    binding.py         a mapping meets a file: its names → the file's columns
    shapes.py          the files of a tool: how each is told, and what its rows feed
    source.py          a tool, declared once: its name, its files, how much its word counts
    layout.py          where the records of a sheet are, as a mapping file says
    numbered.py        columns with a number in their name → one list
    name_parts.py      a name in one cell → given and family name
    named_people.py    people whom a column names: who recruited somebody, or looks after them
    action_network.py, everyaction/, mobilize.py, check_in.py  the tools
    registry.py        every tool: one module each, and those that other packages add
    recognising.py     which of them a file is

A source only describes. Reading, checking and merging is the business of `loading`.
"""

from organizing_analytics.sources.feeds import Cell, Feed, Join, Reading, Rule
from organizing_analytics.sources.mapping import Mapping, read_mapping
from organizing_analytics.sources.recognising import Recogniser, recogniser
from organizing_analytics.sources.registry import listed_sources, sources
from organizing_analytics.sources.source import Source, Trust
from organizing_analytics.sources.templates import read_template

__all__ = [
    "Cell",
    "Feed",
    "Join",
    "Mapping",
    "Reading",
    "Recogniser",
    "Rule",
    "Source",
    "Trust",
    "listed_sources",
    "read_mapping",
    "read_template",
    "recogniser",
    "sources",
]
