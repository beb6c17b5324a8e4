"""Colours, sizes and the frame of every figure: the only place where they are chosen.

The page lays its own theme under a figure, light or dark. So nothing here sets a background, text
is in `INK`, for which the page puts its own, and every line colour has a contrast of 3 or more on
white and on near-black. Colour is never the only difference: lines also differ by dash, marks by
shape or by their row.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

INDIGO = "#6769db"
TEAL = "#0f9488"
AMBER = "#c27a00"
CORAL = "#de5746"
ROSE = "#b565a7"
SLATE = "#7b8494"  # what is only there for comparison

FORWARD, REVERSED, SHUFFLED, FROZEN = INDIGO, CORAL, AMBER, TEAL
DENSE, UNIFORM, TSN, SLOW, FAST, VIEWS = INDIGO, TEAL, CORAL, AMBER, ROSE, SLATE
MOTION, EVENT, BASELINE = CORAL, AMBER, SLATE
RED, GREEN, BLUE = CORAL, TEAL, INDIGO  # the channels of a pixel, in colours that can be told apart

INK = "#000037"  # the page puts its ink in its place, light or dark; elsewhere nearly black
ON_COLOUR = (
    "#000000"  # text on a bar or a mark: 4.5 or more on each colour above, which white is not
)

SEQUENTIAL = (  # from the page's background to full: 0 disappears, in light and in dark
    (0.0, "rgba(103,105,219,0)"),
    (0.5, "rgba(176,92,140,0.85)"),
    (1.0, "rgba(222,87,70,1)"),
)
DIVERGING = ((0.0, INDIGO), (0.5, "rgba(123,132,148,0)"), (1.0, CORAL))

HEIGHT = 280  # pixels: two figures and their words fit a laptop's screen
TALL = 320  # pixels: for images
LEGEND_HEIGHT = 40  # pixels kept free above the axes
NARROW, WIDE = 5, 1000  # ratios of a logarithmic axis's ends; see log_axis
SHADE = 0.18  # opacity of a band behind lines

Traces = Sequence[dict[str, Any]]


def base(
    data: Traces,
    *,
    x: str,
    y: str,
    height: int = HEIGHT,
    legend: bool = False,
    xaxis: dict[str, Any] | None = None,
    yaxis: dict[str, Any] | None = None,
    shapes: Traces = (),
    annotations: Traces = (),
    **layout: Any,
) -> go.Figure:
    """Frame traces: two titled axes, a legend on top where asked, room for a phone.

    Traces and layout are plain dicts, validated once: adding traces and updating the layout one by
    one takes several times as long (benchmarks/results/motion.json).

    Parameters
    ----------
    data
        Traces, as plain dicts.
    x, y
        Axis titles, with units.
    height
        Pixels; the width is the page's.
    legend
        Whether to show one, in a row above the axes.
    xaxis, yaxis
        More settings of the axes.
    shapes, annotations
        As in plotly.
    layout
        More settings of the layout.
    """
    return go.Figure(
        {
            "data": list(data),
            "layout": {
                "template": "none",  # the page has one; plotly's own is 6 kB a figure
                "height": height,
                "margin": {"l": 8, "r": 8, "t": LEGEND_HEIGHT if legend else 8, "b": 8},
                "showlegend": legend,
                "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
                "dragmode": False,  # a finger that scrolls the page must not select
                "font": {"color": INK},
                "xaxis": {**_axis(x), **(xaxis or {})},
                "yaxis": {**_axis(y), **(yaxis or {})},
                "shapes": list(shapes),
                "annotations": list(annotations),
                **layout,
            },
        }
    )


def _axis(title: str) -> dict[str, Any]:
    """A titled axis in ink."""
    ink = {"color": INK}
    return {"title": {"text": title, "font": ink}, "tickfont": ink, "automargin": True}


def log_axis(*series: Iterable[Any]) -> dict[str, Any]:
    """A logarithmic axis that writes each label out, at 1, 2 and 5 times the powers of ten.

    By itself plotly shortens 0.2 to a small 2. Over a wide range only the powers have labels; over
    a narrow one plotly's own are fine.

    Parameters
    ----------
    series
        What the axis has to hold.
    """
    drawn = [value for values in series for value in values if value > 0]
    if not drawn or max(drawn) < NARROW * min(drawn):
        return {"type": "log"}
    steps = (1, 2, 5) if max(drawn) < WIDE * min(drawn) else (1,)
    powers = range(*(math.floor(math.log10(end)) for end in (min(drawn), 10 * max(drawn))))
    return {"type": "log", "tickvals": [step * 10.0**k for k in powers for step in steps]}


def line(
    x: Any, y: Any, name: str, colour: str, hover: str, *, dash: str = "solid", mode: str = "lines"
) -> dict[str, Any]:
    """A line trace; `hover` is a plotly template with units."""
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "mode": mode,
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"color": colour, "size": 6},
        "hovertemplate": f"{hover}<extra>{name}</extra>",
    }


def band(x0: float, x1: float, colour: str) -> dict[str, Any]:
    """A shaded stretch of the x axis, over the full height."""
    return {
        "type": "rect",
        "x0": x0,
        "x1": x1,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "fillcolor": colour,
        "opacity": SHADE,
        "line": {"width": 0},
        "layer": "below",
    }


def marker_line(x: float, colour: str) -> dict[str, Any]:
    """A thin dotted line across the full height at one x."""
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": colour, "width": 2, "dash": "dot"},
    }
