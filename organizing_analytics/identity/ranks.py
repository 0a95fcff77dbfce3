"""How much the word of each list counts where two lists disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from organizing_analytics.sql import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Added to the rank of ids that were made up from an e-mail or a name.
_MADE_UP = 10


@dataclass(frozen=True)
class Ranks:
    """How much the word of each list counts: that of the lowest rank counts most.

    Attributes
    ----------
    own : str
        The source of the campaign's own files, whose rank is 0.
    tools : mapping of str to int
        The rank of each tool. Its lists are named by the tool, then a colon or a hyphen.
    others : int
        The rank of every other list: a spreadsheet, read by a mapping file.
    """

    own: str
    tools: Mapping[str, int]
    others: int

    def of(self, space: str) -> str:
        """Return SQL for the rank of a list (see `keys.space_of`).

        Ids that were made up from an e-mail or a name count less than a tool's own.
        """
        whens = " ".join(
            f"WHEN starts_with({space}, {literal(f'{tool}:')}) "
            f"OR starts_with({space}, {literal(f'{tool}-')}) THEN {rank}"
            for tool, rank in self.tools.items()
        )
        return (
            f"(CASE WHEN {space} = {literal(self.own)} THEN 0 {whens} ELSE {self.others} END "
            f"+ CASE WHEN regexp_matches({space}, ':(contact|unknown)$|-list:') "
            f"THEN {_MADE_UP} ELSE 0 END)"
        )
