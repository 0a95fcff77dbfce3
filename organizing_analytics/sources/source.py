"""A tool whose files can be loaded, declared once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from organizing_analytics.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from organizing_analytics.settings import Settings
    from organizing_analytics.sources.shapes import Shape


class Trust(IntEnum):
    """Whose word counts where two sources disagree about a person or a sign-up: the lowest.

    A source from another package picks one of these; equal ones are settled by the record's id.
    """

    OWN_FILES = 0
    #: A spreadsheet that the campaign keeps, read by a mapping file.
    SPREADSHEET = 1
    #: The tool in which shifts are closed: who came is recorded there first.
    CLOSES_SHIFTS = 2
    #: A tool in which people sign up, with who came written down now and then.
    SIGN_UPS = 3
    #: A tool that knows only who meant to come.
    RSVPS = 4
    #: A list that somebody typed at the door.
    AT_THE_DOOR = 5


@dataclass(frozen=True)
class Source:
    """A tool whose files can be loaded.

    Attributes
    ----------
    name : str
        How `--source` and the loaded rows call it: small letters and underscores. Ids of its
        records begin with it and a colon.
    title : str
        The tool's own name.
    shapes : callable
        From the campaign's settings to the kinds of file that the tool writes, each a `Shape`
        with this source's name.
    trust : Trust
        How much its word counts against that of other sources.
    page : str
        Where its documentation is: a page of docs/ without its ending, or an address.
    is_told : bool
        Whether `auto` tells its files from others by their header. A list of who came is never
        guessed: it says nothing without its shift.

    Raises
    ------
    SourceError
        The name or the trust cannot be used.
    """

    name: str
    title: str
    shapes: Callable[[Settings], tuple[Shape, ...]]
    trust: Trust
    page: str
    is_told: bool = True

    def __post_init__(self) -> None:
        """Check what other packages may get wrong."""
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", self.name):
            raise SourceError(
                f'A source is named "{self.name}"; allowed are small letters and underscores, like'
                " my_tool."
            )
        if not isinstance(self.trust, Trust) or self.trust is Trust.OWN_FILES:
            allowed = ", ".join(trust.name for trust in Trust if trust is not Trust.OWN_FILES)
            raise SourceError(
                f"The source {self.name} has the trust {self.trust!r}; allowed are {allowed}."
            )
