"""How many people came, in this week and the eight before: a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from organizing_analytics.reports.parts import Part, safe
from organizing_analytics.reports.section import section
from organizing_analytics.reports.spark import spark_bars
from organizing_analytics.reports.team_week import WEEKS_BEFORE
from organizing_analytics.wording import plural

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek


@section
def came(team: TeamWeek) -> Part | None:
    """Return who came in each of nine weeks, walk-ins included; None where nobody did."""
    mondays = [team.monday - pd.Timedelta(weeks=n) for n in range(WEEKS_BEFORE, -1, -1)]
    weeks = team.show_up_by_week
    by_week = dict(zip(weeks["week"], weeks["attended"] + weeks["walk_in"], strict=True))
    counts = [int(by_week.get(f"{day:%G-W%V}", 0)) for day in mondays]
    if not any(counts):
        return None
    label = "People who came, walk-ins included, in this week and the eight before"
    spoken = ", ".join(
        f"week of {team.dates.day(day)}: {n:,}" for day, n in zip(mondays, counts, strict=True)
    )
    picture = spark_bars(counts, label=f"{label}. {spoken}.", with_numbers=True)
    words = f"{plural(counts[-1], 'person', 'people')} came, walk-ins included"
    html = f'<figure class="weeks"><figcaption>{safe(words)}</figcaption>{picture}</figure>'
    return Part(html, f"{words}. {spoken}.")
