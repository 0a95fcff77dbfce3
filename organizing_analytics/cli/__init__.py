"""The command line: parse, call, print. Everything it does is a Python call away.

    app.py        the commands' tree and how errors end
    help.py       panels, examples, types and mistakes in words
    examples.py   the examples of each command's help
    options.py    the options that commands share
    output.py     an answer as table, CSV or JSON
    campaign.py   sample, templates, load, sources, export, settings
    mapping.py    map
    asking.py     every measure of the catalog
    comparing.py  compare, experiment
    planning.py   plan, backtest
    one_to_ones.py brief, rota
    to_do.py      todo
    logbook.py    log, list, answers
    reporting.py  report
    weekly.py     weekly, schedule
    lab.py        lab, planner
    history.py    history, undo
    people.py     people, twins, forget

Modules of the package are imported inside the commands: `oa plan --need 4` needs none of the
heavy ones.
"""

from organizing_analytics.cli.app import main

__all__ = ["main"]
