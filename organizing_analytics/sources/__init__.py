"""What each file's rows mean: which table a row feeds, and from which of its cells.

    feeds.py       the words in which a source says it: `Feed`, `Cell`, `Rule`
    templates.py   our own templates: a file is a table, a column is a column
    mapping.py     any spreadsheet, by a mapping file (TOML)

A source only describes. Reading, checking and merging is the business of `loading`.
"""

from organizing_analytics.sources.feeds import Cell, Feed, Reading, Rule
from organizing_analytics.sources.mapping import Mapping, read_mapping
from organizing_analytics.sources.templates import read_template

__all__ = ["Cell", "Feed", "Mapping", "Reading", "Rule", "read_mapping", "read_template"]
