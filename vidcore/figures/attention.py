"""Pictures of `vidcore.attention`: what each scheme costs, and where trained networks look."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.attention import CostResult
from vidcore.figures import theme

STYLE = {  # scheme -> its colour and dash
    "joint": (theme.CORAL, "solid"),
    "divided": (theme.INDIGO, "dash"),
    "space": (theme.SLATE, "dot"),
    "factorised": (theme.TEAL, "dashdot"),
}
METERS = {"pairs": "pairs to score, one layer", "multiply_adds": "multiply-adds in all (10⁹)"}
GIGA = 1e9


def cost_curves(result: CostResult, meter: str, *, T: int | None = None) -> go.Figure:
    """One meter against the clip's length, for all schemes; both axes logarithmic.

    Parameters
    ----------
    meter
        "pairs" or "multiply_adds".
    T
        A length to mark.
    """
    unit = GIGA if meter == "multiply_adds" else 1
    counted: Mapping[str, tuple[int, ...]] = getattr(result, meter)
    frames = np.asarray(result.frames)
    traces = []
    for scheme, values in counted.items():
        colour, dash = STYLE[scheme]
        hover = "%{x} frames: %{y:,.1f}" if unit > 1 else "%{x} frames: %{y:,}"
        traces.append(
            theme.line(frames, np.asarray(values) / unit, scheme, colour, hover, dash=dash)
        )
    marks = [] if T is None else [theme.marker_line(float(T), theme.SLATE)]
    cross = result.crossover
    if meter == "multiply_adds" and cross is not None and frames[0] <= cross <= frames[-1]:
        marks.append(theme.band(cross - 0.5, cross + 0.5, theme.AMBER))
    return theme.base(
        traces,
        x="length of the clip (frames)",
        y=METERS[meter],
        legend=True,
        xaxis={"type": "log", "tickvals": ticks(result.frames), "ticktext": _words(result.frames)},
        yaxis={**theme.log_axis(*(trace["y"] for trace in traces)), "exponentformat": "SI"},
        shapes=marks,
    )


def ticks(frames: tuple[int, ...]) -> list[int]:
    """Powers of two within a range of lengths."""
    return [2**k for k in range(12) if frames[0] <= 2**k <= frames[-1]]


def _words(frames: tuple[int, ...]) -> list[str]:
    return [str(t) for t in ticks(frames)]


def looks(rows: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Where trained networks look: queries on the object, and beside it, as multiples of chance.

    Parameters
    ----------
    rows
        By network: "ratio" and "background".
    """
    names = list(rows)
    bars: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "y": names,
            "x": [rows[name][key] for name in names],
            "name": label,
            "marker": {"color": colour, "pattern": {"shape": pattern}},
            "hovertemplate": "%{y}, " + label + ": %{x:.2f} × an even share<extra></extra>",
        }
        for key, label, colour, pattern in (
            ("ratio", "asked from the object", theme.INDIGO, ""),
            ("background", "asked from beside it", theme.AMBER, "/"),
        )
    ]
    return theme.base(
        bars,
        x="attention on the object (× an even share)",
        y="",
        legend=True,
        height=theme.HEIGHT,
        yaxis={"autorange": "reversed"},
        shapes=[theme.marker_line(1.0, theme.SLATE)],
        barmode="group",
    )


def timings(rows: Mapping[str, tuple[list[int], list[float], float]]) -> go.Figure:
    """Measured time of one layer against the clip's length, with the fitted slope in the legend.

    Parameters
    ----------
    rows
        By scheme: lengths in frames, milliseconds, fitted exponent.
    """
    traces = []
    lengths = sorted({T for frames, _, _ in rows.values() for T in frames})
    for scheme, (frames, milliseconds, slope) in rows.items():
        colour, dash = STYLE[scheme]
        name = f"{scheme}, T^{slope:.2f}"
        hover = "%{x} frames: %{y:.1f} ms"
        x, y = np.asarray(frames), np.asarray(milliseconds)
        traces.append(theme.line(x, y, name, colour, hover, dash=dash, mode="lines+markers"))
    return theme.base(
        traces,
        x="length of the clip (frames)",
        y="one block (ms)",
        legend=True,
        xaxis={"type": "log", "tickvals": lengths},
        yaxis=theme.log_axis(*(milliseconds for _, milliseconds, _ in rows.values())),
    )
