"""Charts as inline SVG: drawn here, without a browser, a script or a request.

Vega's ids (`gradient_1`) count per process and would meet those of other charts on the same
page, so each picture numbers its ids from 1 and adds a mark made from its own content: a chart
is the same wherever it is drawn. Its colours become variables
of the page's style, so that a page can be dark, or printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from organizing_analytics.charts.theme import BLUE, GREY, INK, LINES, ORANGE, QUIET
from organizing_analytics.drawing import draw

if TYPE_CHECKING:
    import altair as alt

SVG = "http://www.w3.org/2000/svg"
COLOURS = {INK: "ink", QUIET: "quiet", LINES: "lines", BLUE: "blue", ORANGE: "orange", GREY: "grey"}
PAINTS = ("fill", "stroke")
#: Attributes to remove: the picture has one description, so screen readers need none of its parts.
NEEDLESS = ("role", "aria-roledescription", "aria-hidden", "pointer-events", "class")
#: Begins the words that `OnHover` gave a mark; Vega's own are dropped.
HOVER_MARK = "said: "
NAMED = re.compile(r'\bid="([^"]+)"')
NAME = re.compile(r'(\bid="|#)([^")\s]+)(?=[")])')
REFERENCE = re.compile(r"url\(#([^)]+)\)")
#: What Vega writes although nothing is drawn by it, or it is so anyhow.
NOTHING_DRAWN = ("", "M0,0h0v0h0Z")
AS_USUAL = {"opacity": "1", "fill-opacity": "1", "stroke-opacity": "1"}
#: Said once for the whole picture, by the value that most texts have.
FONT = ("font-family", "font-size")
#: No screen and no printer shows a thousandth of a pixel.
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True)
class Picture:
    """A drawn chart.

    Attributes
    ----------
    svg : str
        An `<svg>` element, named for who cannot see it.
    title, subtitle, description : str
        Its words.
    """

    svg: str
    title: str
    subtitle: str
    description: str


@dataclass(frozen=True)
class OnHover:
    """What the marks of a chart say when the pointer rests on them.

    Attributes
    ----------
    says : str
        An expression of Vega over the mark's `datum`.
    marks : tuple of str
        Which kinds of marks say it.
    """

    says: str
    marks: tuple[str, ...]


def picture(chart: alt.LayerChart, *, hover: OnHover | None = None) -> Picture:
    """Draw a chart; its title is taken out, to be set by the page where it can wrap."""
    # Tests hold every chart against the schema; doing it here takes as long as drawing.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    if hover is not None:
        _let_say(spec, hover)
    words = spec.pop("title", {})
    title, subtitle = _joined(words.get("text", "")), _joined(words.get("subtitle", ""))
    description = spec.get("description", "")
    drawn = _numbered(draw(spec))
    label = f"{title}. {description}" if description else title
    return Picture(_for_page(drawn, label), title, subtitle, description)


def _let_say(spec: dict[str, Any], hover: OnHover) -> None:
    """Let marks carry words, as Vega gives them to screen readers; `_mend` makes them titles."""
    spec["config"]["aria"] = True
    for layer in spec["layer"]:
        if layer["mark"]["type"] in hover.marks:
            say = {"calculate": f"'{HOVER_MARK}' + {hover.says}", "as": "said"}
            layer["transform"] = [*layer.get("transform", []), say]
            layer["encoding"]["description"] = {"field": "said", "type": "nominal"}


def _joined(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else " ".join(lines)


def _numbered(drawn: str) -> str:
    names = {name: f"n{place}" for place, name in enumerate(dict.fromkeys(NAMED.findall(drawn)))}
    return NAME.sub(lambda match: match[1] + names.get(match[2], match[2]), drawn)


def _for_page(drawn: str, label: str) -> str:
    root = ET.fromstring(drawn)  # noqa: S314  # drawn a line ago by vl-convert, from our own chart
    mark = f"c{sha256(drawn.encode()).hexdigest()[:10]}-"
    _drop_ground(root)
    for element in list(root.iter()):
        _mend(element, mark)
    _drop_what_draws_nothing(root)
    fonts = {name: _said_once(root, name) for name in FONT}
    font = "".join(f' {name}="{escape(value)}"' for name, value in fonts.items() if value)
    size = f'viewBox="{escape(root.get("viewBox", ""))}" width="{escape(root.get("width", ""))}"'
    inner = "".join(ET.tostring(child, encoding="unicode") for child in root)
    return f'<svg role="img" aria-label="{escape(label)}" {size}{font}>{inner}</svg>'


def _drop_what_draws_nothing(root: ET.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "path" and child.get("d", "") in NOTHING_DRAWN and len(child) == 0:
                parent.remove(child)


def _said_once(root: ET.Element, name: str) -> str:
    """Take the value that most texts have out of them, and return it for the whole picture."""
    texts = [element for element in root.iter("text") if name in element.attrib]
    values = [element.attrib[name] for element in texts]
    if not values:
        return ""
    usual = max(dict.fromkeys(values), key=values.count)
    for element in texts:
        if element.attrib[name] == usual:
            del element.attrib[name]
    return usual


def _drop_ground(root: ET.Element) -> None:
    ground = root.find(f"{{{SVG}}}rect")
    if ground is not None:
        root.remove(ground)  # white: the page has its own


def _mend(element: ET.Element, mark: str) -> None:
    # Inside a page SVG needs no name space.
    element.tag = element.tag.removeprefix(f"{{{SVG}}}")
    for name in NEEDLESS:
        element.attrib.pop(name, None)
    label = element.attrib.pop("aria-label", "")
    if label.startswith(HOVER_MARK):
        title = ET.Element("title")  # browsers show it on hover
        title.text = label.removeprefix(HOVER_MARK)
        element.insert(0, title)
    if "id" in element.attrib:
        element.set("id", mark + element.attrib["id"])
    for name, value in list(element.attrib.items()):
        if name.endswith("href"):
            del element.attrib[name]
            element.set("href", f"#{mark}{value.removeprefix('#')}")
        elif "url(#" in value:
            element.set(name, REFERENCE.sub(rf"url(#{mark}\1)", value))
        elif name in PAINTS and value in COLOURS:
            element.set(name, f"var(--{COLOURS[value]}, {value})")
        elif AS_USUAL.get(name) == value:
            del element.attrib[name]
        elif name not in ("id", "font-family"):
            element.set(name, LONG_NUMBER.sub(lambda match: f"{float(match[0]):.2f}", value))
