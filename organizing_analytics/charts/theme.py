"""One look for all charts: Okabe and Ito's colours, one font, the width of a phone.

Colours are never the only sign: marks differ in shape, or carry their number, so a chart can be
read when it is printed grey or by someone who does not see colours.

Source
------
M. Okabe and K. Ito, Color Universal Design, 2008.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import isnan
from textwrap import wrap
from typing import TYPE_CHECKING, cast

import altair as alt

from organizing_analytics.wording import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

INK = "#1f2328"
QUIET = "#59636e"
LINES = "#d1d9e0"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREY = "#8c959f"
#: What every machine has, or has in the same widths: words are measured before they are drawn.
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"

#: Pixels in all. A phone shows it in full size; a wide page may show it larger.
WIDTH = 344
TITLE_LETTERS = 46
#: A rate of fewer people than this is not to be read as one: its dot is hollow.
FEW = 5
HOLLOW = f"hollow: fewer than {FEW} people, too few to tell"

PERCENT_AXIS = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True)
WHOLE_SCALE = alt.Scale(domain=[0, 1])
#: The frame's edges, for words that stand beside what they are about.
TOP, BOTTOM = alt.YValue(0), alt.YValue("height")  # type: ignore[no-untyped-call]
RIGHT = alt.XValue("width")  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Note:
    """What is shown instead of a chart when there is nothing to draw.

    Attributes
    ----------
    text : str
        A sentence that says why.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>"


Chart = alt.LayerChart | Note


def still() -> None:
    """Draw charts as pictures from now on: no script, and nothing fetched from the network."""
    alt.renderers.enable("svg")


def rate_words(rate: float) -> str:
    """Return a rate as a person reads it; a dash where nothing was counted.

    Examples
    --------
    >>> rate_words(0.636), rate_words(float("nan"))
    ('64 %', '-')
    """
    return "-" if isnan(rate) else percent(rate)


def whole_axis(counts: pd.Series) -> alt.Axis:
    """Return the axis of counts: whole numbers only, none twice."""
    return alt.Axis(format=",d", tickCount=int(min(5, max(1, counts.max()))))


def either(test: str, yes: str, no: str) -> alt.ColorValue:
    """Return one colour for the marks that pass a test and another for the rest.

    `alt.when` and `alt.value` say the same by a dict, as `y="rate:Q"` does by a string; for each
    Altair looks through its whole schema, some milliseconds. Objects of the channel (`alt.Y`,
    `alt.YValue`) are what that ends with.
    """
    return alt.ColorValue(no, condition={"test": test, "value": yes})


def finish(
    layers: Sequence[alt.Chart], *, title: str, description: str, height: int, subtitle: str = ""
) -> alt.LayerChart:
    """Return the layers as one chart in the house's look.

    Parameters
    ----------
    layers : sequence of Chart
        From the lowest to the topmost.
    title : str
        What the chart says; broken into lines here.
    description : str
        For who cannot see it: the numbers that matter, in words.
    height : int
        Pixels.
    subtitle : str
        What else must be said to read it.
    """
    chart = alt.layer(*layers).properties(
        width=WIDTH,
        height=height,
        title=_title(title, subtitle),
        description=description,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )
    axis = alt.AxisConfig(
        labelColor=INK,
        titleColor=QUIET,
        gridColor=LINES,
        domainColor=LINES,
        tickColor=LINES,
        labelFontSize=11,
        titleFontSize=11,
        titleFontWeight="normal",
        labelLimit=160,
    )
    looked = chart.configure(
        aria=False,
        font=FONT,
        padding={"left": 2, "right": 8, "top": 2, "bottom": 2},
        axis=axis,
        legend=alt.LegendConfig(
            labelColor=INK,
            labelFontSize=11,
            orient="top",
            title=None,
            symbolStrokeWidth=2,
            offset=4,
        ),
        text=alt.MarkConfig(color=INK, fontSize=11),
        title=alt.TitleConfig(
            anchor="start",
            frame="bounds",
            fontSize=13,
            fontWeight="bold",
            color=INK,
            offset=8,
            subtitleColor=QUIET,
            subtitleFontSize=11,
        ),
        view=alt.ViewConfig(stroke=None),
    )
    return cast("alt.LayerChart", looked)


def _title(title: str, subtitle: str) -> alt.TitleParams:
    lines = wrap(title, TITLE_LETTERS)
    if not subtitle:
        return alt.TitleParams(lines)
    return alt.TitleParams(lines, subtitle=wrap(subtitle, TITLE_LETTERS))
