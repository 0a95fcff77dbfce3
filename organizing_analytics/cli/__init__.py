"""The command line: parse, call, print. Everything it does is a Python call away.

    app.py       the commands' tree and how errors end
    options.py   the options that commands share
    output.py    a frame as table, CSV or JSON
    campaign.py  sample, templates, load, export, settings
    asking.py    show-up, retention, asks, meetings
    planning.py  plan
    reporting.py report

Modules of the package are imported inside the commands: `oa plan --need 4` needs none of the
heavy ones.
"""

from organizing_analytics.cli.app import main

__all__ = ["main"]
