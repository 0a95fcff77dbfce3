"""Turn a Vega-Lite chart into SVG: in this process, unless another way is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[dict[str, Any]], str | None]

#: The ways to draw that are tried before this process draws for itself, the latest first.
_WAYS: list[Draw] = []


def draw_with(way: Draw) -> None:
    """Use another way to draw from now on in this process.

    Parameters
    ----------
    way : callable
        From a Vega-Lite specification to SVG, or None when it cannot draw this one.
    """
    _WAYS.insert(0, way)


def draw(spec: dict[str, Any]) -> str:
    """Return a Vega-Lite chart as SVG.

    Raises
    ------
    ValueError
        The specification is not one that vl-convert can draw.
    """
    for way in _WAYS:
        drawing = way(spec)
        if drawing is not None:
            return drawing
    import vl_convert  # noqa: PLC0415  # 20 MB that only reports need

    return str(vl_convert.vegalite_to_svg(spec))
