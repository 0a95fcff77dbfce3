"""Small pictures that stand in a line or a cell: bars of weeks, drawn by hand as SVG."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR, GAP, HEIGHT, LETTERS = 26, 6, 44, 13


def spark_bars(counts: Sequence[int], *, label: str, with_numbers: bool = False) -> str:
    """Return bars of weeks as SVG, the last in the strong colour.

    Parameters
    ----------
    counts : sequence of int
        From the earliest to the latest.
    label : str
        For who cannot see it: every number, in words.
    with_numbers : bool
        Whether each bar carries its number.
    """
    top = max([1, *counts])
    above = LETTERS + 2 if with_numbers else 0
    bars = []
    for place, n in enumerate(counts):
        tall = max(1.0, HEIGHT * n / top)
        x, y = place * (BAR + GAP), above + HEIGHT - tall
        strong = "strong" if place == len(counts) - 1 else "pale"
        bars.append(
            f'<rect class="{strong}" x="{x}" y="{y:.1f}" width="{BAR}" height="{tall:.1f}"/>'
        )
        if with_numbers:
            bars.append(f'<text x="{x + BAR / 2:g}" y="{y - 3:.1f}">{n:,}</text>')
    wide, high = len(counts) * (BAR + GAP) - GAP, above + HEIGHT
    return (
        f'<svg class="spark" role="img" aria-label="{escape(label)}" viewBox="0 0 {wide} {high}">'
        f"{''.join(bars)}</svg>"
    )
