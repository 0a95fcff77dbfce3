"""What each file's rows mean: which table a row feeds, and from which of its cells.

    feeds.py           the words in which a source says it: `Reading`, `Feed`, `Cell`, `Rule`
    templates.py       our own templates: a file is a table, a column is a column
    mapping.py         any spreadsheet, by a mapping file (TOML)
    shapes.py          the files of a tool: how each is told, and what its rows feed
    mobilize.py        … Mobilize
    everyaction.py     … NGP VAN and EveryAction
    action_network.py  … Action Network
    check_in.py        … lists of who came: sign-in sheets, Zoom, Eventbrite, Meetup
    recognising.py     which of them a file is

A source only describes. Reading, checking and merging is the business of `loading`.
"""

from organizing_analytics.sources.feeds import Cell, Feed, Join, Reading, Rule
from organizing_analytics.sources.mapping import Mapping, read_mapping
from organizing_analytics.sources.recognising import Recogniser, recogniser
from organizing_analytics.sources.templates import read_template

__all__ = [
    "Cell",
    "Feed",
    "Join",
    "Mapping",
    "Reading",
    "Recogniser",
    "Rule",
    "read_mapping",
    "read_template",
    "recogniser",
]
