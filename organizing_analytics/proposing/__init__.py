"""A mapping file for a sheet that nothing knows: proposed from its header and a sample of rows.

roles.py      what a column may be: by its name in the field's words, checked by its content
proposal.py   which table the rows feed, and what cannot be told and is asked
sheets.py     the sheet as it is looked at, and how it would load
writing.py    the proposal as a commented TOML file
"""

from organizing_analytics.proposing.proposal import Proposal, Question, propose_mapping

__all__ = ["Proposal", "Question", "propose_mapping"]
