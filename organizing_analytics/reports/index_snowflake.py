"""The organizers' snowflake on the index: who leads whom, and which branches are bare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.charts.snowflake import snowflake
from organizing_analytics.reports.parts import figure, fold, sentence
from organizing_analytics.reports.words import called
from organizing_analytics.to_do.snowflake import organizer_snowflake
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from organizing_analytics.store import Data

#: With more leaders than this the picture is longer than anybody scrolls.
MAX_LEADERS = 120


def snowflake_part(store: Data, *, as_of: date, names: bool) -> str:
    """Return who leads whom as a fold of HTML; empty where nobody leads.

    Parameters
    ----------
    store : Data
        An open store.
    as_of : date
        The local date at whose end it stands.
    names : bool
        Whether people may be named; if not, neither names nor ids stand there.
    """
    leaders = organizer_snowflake(store, as_of=as_of)
    if leaders.empty:
        return ""
    bare = int(leaders["is_bare"].sum())
    leading = plural(len(leaders), "person leads", "people lead")
    shape = f"{leading}; {plural(bare, 'branch is bare', 'branches are bare')}"
    if len(leaders) > MAX_LEADERS:
        more = f"Only the first {MAX_LEADERS:,} are drawn. The notebook campaign_overview has all."
        drawn = leaders.head(MAX_LEADERS)
    else:
        more, drawn = "", leaders
    chart = snowflake(_labeled(drawn) if names else _without_ids(drawn), names=names)
    parts = [figure(chart, on_paper=False)]
    if more:
        parts.append(sentence(more, kind="quiet"))
    return fold(f"Who leads whom: {shape}", *parts).html


def _labeled(leaders: pd.DataFrame) -> pd.DataFrame:
    """Return leaders whose names turn nothing around them."""
    names = [called(n) if isinstance(n, str) and n else n for n in leaders["name"]]
    return leaders.assign(name=names)


def _without_ids(leaders: pd.DataFrame) -> pd.DataFrame:
    """Return leaders with a number in place of the id."""
    numbers = {person: f"Leader {n}" for n, person in enumerate(leaders["person_id"], start=1)}
    return leaders.assign(
        person_id=leaders["person_id"].map(numbers), led_by=leaders["led_by"].map(numbers)
    )
