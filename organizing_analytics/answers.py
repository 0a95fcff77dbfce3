"""An answer: a frame, and what it rests on.

The package passes an `Answer` around, and the public functions return its frame. So a client gets
a plain pandas frame: it slices, merges and pickles like any other, which a subclass of DataFrame
does not promise (pandas drops such metadata in most operations). `DataFrame.attrs` says the same
for those who read it, but nothing in the package depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from organizing_analytics.catalog.declaration import Column, Kind
from organizing_analytics.catalog.formatting import plain, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a measure, a plan or a list answers.

    Attributes
    ----------
    frame : DataFrame
        One row per group, or per thing listed.
    measure : str
        What was asked, as the command line names it.
    as_of : str
        The local date that it stands at, like 2026-09-30.
    snapshot : int or None
        Number of the store's snapshot; None for data that is in no store.
    columns : tuple of Column
        What each of the frame's columns is and means.
    sentence : str
        The answer in words; empty where only the rows say it.
    details : mapping
        What else its JSON holds, like the strength of pooling.
    """

    frame: pd.DataFrame
    measure: str
    as_of: str
    snapshot: int | None
    columns: tuple[Column, ...]
    sentence: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what it rests on: measure, as-of date, snapshot, details."""
        return {
            "measure": self.measure,
            "as_of": self.as_of,
            "snapshot": self.snapshot,
            **self.details,
        }

    @property
    def kinds(self) -> dict[str, Kind]:
        """Return the kind of each column of the frame."""
        declared = {column.name: column.kind for column in self.columns}
        return {str(name): declared.get(str(name), Kind.TEXT) for name in self.frame.columns}

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as plain values; what is empty is None."""
        return plain_rows(self.frame, self.kinds)

    def as_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON."""
        return {**self.facts, "rows": self.rows()}

    def as_frame(self) -> pd.DataFrame:
        """Return the frame, with the facts in its `attrs`."""
        self.frame.attrs = dict(self.facts.items())
        return self.frame

    def readable(self) -> pd.DataFrame:
        """Return the frame as a person reads it: each value as text, formatted by its kind."""
        import pandas as pd  # noqa: PLC0415  # the command line imports this module to start

        kinds = self.kinds
        texts = [{n: readable(value, kinds[n]) for n, value in row.items()} for row in self.rows()]
        return pd.DataFrame(texts, columns=list(kinds), dtype="str")

    def _repr_html_(self) -> str:
        title = f"{self.measure}, as of {self.as_of}, snapshot {self.snapshot}"
        table = self.readable().to_html(index=False, border=0)
        return f"<p>{escape(title)}</p>{table}<p>{escape(self.sentence)}</p>"

    def __str__(self) -> str:
        return self.sentence or f"{self.measure}, as of {self.as_of}: {len(self.frame):,} rows"


def plain_rows(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> list[dict[str, Any]]:
    """Return a frame's rows as plain values; what is empty is None."""
    columns = {
        str(name): [plain(value, kinds[str(name)]) for value in frame[name].tolist()]
        for name in frame.columns
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
