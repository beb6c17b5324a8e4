"""Pictures of `vidcore.conv3d`: answers as films, tuning, borders, bills, and what was learned."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import plotly.graph_objects as go

from vidcore.conv3d import Budget, InflationResult, Separation, Tuning
from vidcore.figures import theme
from vidcore.zoo import Answer

NEGATIVE, POSITIVE = (103, 105, 219), (222, 87, 70)  # INDIGO and CORAL, as the workshop's stage
TILE, GAP = 64, 2  # pixels of a frame in a film, and between two
FILM_ROW = 58  # pixels on the page
ENDS = 4  # frames shown of each end of a clip
MOST_COLUMNS = 8  # frames side by side that a phone can still show
NEARLY_ALL = 0.995  # of the values lie below what is drawn at full strength
STYLE = ("solid", "dash", "dot", "dashdot", "longdash")
COLOURS = (theme.CORAL, theme.SLATE, theme.INDIGO, theme.TEAL, theme.AMBER)
KINDS = {"conv": theme.INDIGO, "dense": theme.CORAL, "pool": theme.SLATE}
ROW = 22  # pixels of a bar
MILLION, BILLION = 1e6, 1e9


def film(
    rows: Mapping[str, np.ndarray], *, frames: Sequence[int], limit: float | None = None
) -> go.Figure:
    """Frames side by side, one row for each volume, in the colours of negative and positive.

    Parameters
    ----------
    rows
        Label -> `(T, H, W)`, all of one shape.
    frames
        The number below each column.
    limit
        The absolute value drawn at full strength; where left out, nearly the largest of the first.
    """
    first = next(iter(rows.values()))
    if limit is None:
        limit = float(np.quantile(np.abs(first), NEARLY_ALL))
    small = [_small(volume) for volume in rows.values()]
    T, high, wide = small[0].shape
    canvas = np.zeros((len(rows) * (high + GAP), T * (wide + GAP), 4), np.uint8)
    for r, volume in enumerate(small):
        for t, frame in enumerate(volume):
            y, x = r * (high + GAP), t * (wide + GAP)
            canvas[y : y + high, x : x + wide] = coloured(frame, limit)
    ends = {"type": "scatter", "x": [0, T], "y": [0, len(rows)], "mode": "markers"}
    return theme.base(
        [{**ends, "marker": {"opacity": 0}, "hoverinfo": "skip"}],
        x="frame",
        y="",
        height=56 + FILM_ROW * len(rows),
        images=[
            {
                "source": _png(canvas),
                "xref": "x",
                "yref": "y",
                "x": 0,
                "y": 0,
                "sizex": T,
                "sizey": len(rows),
                "sizing": "stretch",
                "layer": "below",
            }
        ],
        xaxis={
            "tickvals": [t + 0.5 for t in range(T)],
            "ticktext": [str(n) for n in frames],
            "showgrid": False,
            "zeroline": False,
            "range": [0, T],
        },
        yaxis={
            "tickvals": [r + 0.5 for r in range(len(rows))],
            "ticktext": [name.replace(", ", ",<br>") for name in rows],
            "showgrid": False,
            "zeroline": False,
            "range": [len(rows), 0],
        },
    )


def inflation_film(result: InflationResult) -> go.Figure:
    """The 2-D answer, the 3-D one and their difference, at both ends of the clip."""
    T = len(result.response)
    shown = sorted({*range(min(T, ENDS)), *range(max(0, T - ENDS), T)})
    rows = {"2-D": result.flat, "3-D": result.response, "difference": result.difference}
    return film(
        {name: volume[shown] for name, volume in rows.items()},
        frames=[result.first + t for t in shown],
    )


def feature_film(volume: np.ndarray, *, channels: int) -> go.Figure:
    """The channels of a layer `(C, T, H, W)` that change most over time, one row each."""
    change = volume.std(axis=1).mean(axis=(1, 2))
    liveliest = np.sort(change.argsort()[::-1][:channels])
    rows = {f"channel {k}": volume[k] for k in liveliest}
    frames = range(0, volume.shape[1], -(-volume.shape[1] // MOST_COLUMNS))
    return film(
        {name: rows[name][frames] for name in rows},
        frames=frames,
        limit=float(np.quantile(volume[liveliest], NEARLY_ALL)),
    )


def coloured(values: np.ndarray, limit: float) -> np.ndarray:
    """Colour signed values; 0 is transparent, so that it fits light and dark pages."""
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = np.where((values < 0)[..., None], NEGATIVE, POSITIVE)
    pixels[..., 3] = np.clip(255 * np.abs(values) / max(limit, np.finfo(np.float32).tiny), 0, 255)
    return pixels


def _small(volume: np.ndarray) -> np.ndarray:
    step = max(1, -(-max(volume.shape[1:]) // TILE))
    return volume[:, ::step, ::step]


def _png(pixels: np.ndarray) -> str:
    """Encode RGBA pixels as a data URL."""
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA))
    return f"data:image/png;base64,{b64encode(data.tobytes()).decode()}"


def energy_kept(split: Separation, marked: int) -> go.Figure:
    """Share of a kernel's energy that 1, 2, 3 separable pairs keep."""
    pairs = [str(r + 1) for r in range(len(split.energy))]
    faint = [1.0 if r + 1 == marked else 0.45 for r in range(len(split.energy))]
    return theme.base(
        [
            {
                "type": "bar",
                "x": pairs,
                "y": 100 * split.energy,
                "marker": {"color": theme.INDIGO, "opacity": faint},
                "text": [f"{100 * e:.0f} %" for e in split.energy],
                "textposition": "outside",
                "hovertemplate": "%{x} pairs: %{y:.1f} %<extra></extra>",
            }
        ],
        x="separable pairs (12 weights each)",
        y="energy kept (%)",
        height=220,
        yaxis={"range": [0, 118], "tickvals": [0, 50, 100]},
        xaxis={"type": "category"},
    )


def direction_tuning(curves: Mapping[str, Tuning]) -> go.Figure:
    """Answer to a drifting grating against the direction of its drift."""
    hover = "drift towards %{x}°: %{y:.3f}"
    traces = [
        theme.line(
            np.append(tuned.degrees, 360),
            np.append(tuned.response, tuned.response[0]),
            name,
            colour,
            hover,
            dash=dash,
        )
        for (name, tuned), colour, dash in zip(curves.items(), COLOURS, STYLE, strict=False)
    ]
    return theme.base(
        traces,
        x="direction of the drift",
        y="answer (amplitude)",
        legend=True,
        xaxis={
            "tickvals": [0, 90, 180, 270, 360],
            "ticktext": ["right", "down", "left", "up", "right"],
            "range": [0, 360],
        },
        yaxis={"rangemode": "tozero"},
    )


def frame_gain(result: InflationResult) -> go.Figure:
    """What is left of the 2-D answer in each frame, after inflation."""
    frames = np.arange(len(result.gain)) + result.first
    off = result.worst > 0.01
    return theme.base(
        [
            {
                "type": "bar",
                "x": frames,
                "y": 100 * result.gain,
                "marker": {
                    "color": [theme.CORAL if o else theme.TEAL for o in off],
                    "pattern": {"shape": ["/" if o else "" for o in off]},
                },
                "hovertemplate": "frame %{x}: %{y:.1f} % of the 2-D answer<extra></extra>",
            }
        ],
        x="frame",
        y="of the 2-D answer (%)",
        height=200,
        yaxis={"range": [0, 112]},
        shapes=[_level(100.0)],
    )


def stacked_gain(gains: Mapping[int, np.ndarray]) -> go.Figure:
    """The same after several layers: the damage multiplies and spreads."""
    hover = "frame %{x}: %{y:.1f} %"
    traces = [
        theme.line(
            np.arange(len(gain)),
            100 * gain,
            f"{layers} layer{'s' * (layers > 1)}",
            colour,
            hover,
            dash=dash,
        )
        for (layers, gain), colour, dash in zip(gains.items(), COLOURS, STYLE, strict=False)
    ]
    return theme.base(
        traces,
        x="frame",
        y="of the 2-D answer (%)",
        legend=True,
        height=240,
        yaxis={"rangemode": "tozero"},
    )


def _level(y: float) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y,
        "y1": y,
        "line": {"color": theme.SLATE, "width": 1, "dash": "dot"},
    }


def bill(budget: Budget, what: str = "parameters") -> go.Figure:
    """One bar for each layer: its parameters, or its multiply-adds."""
    unit, name = (MILLION, "million parameters") if what == "parameters" else (BILLION, "GMACs")
    rows = [row for row in budget.rows if row.kind != "pool"]
    traces = []
    for kind, colour in KINDS.items():
        mine = [row for row in rows if row.kind == kind]
        if mine:
            traces.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "y": [row.name for row in mine],
                    "x": [getattr(row, what) / unit for row in mine],
                    "name": kind,
                    "marker": {"color": colour, "pattern": {"shape": "/" * (kind == "dense")}},
                    "hovertemplate": "%{y}: %{x:.3f} " + name + "<extra></extra>",
                }
            )
    return theme.base(
        traces,
        x=name,
        y="",
        height=70 + ROW * len(rows),
        legend=True,
        yaxis={
            "categoryorder": "array",
            "categoryarray": [row.name for row in rows][::-1],
            "dtick": 1,
        },
    )


def reach(budget: Budget) -> go.Figure:
    """How far one output of each layer sees, in frames and in pixels."""
    rows = [row for row in budget.rows if row.kind != "dense"]
    names = [row.name for row in rows]
    return theme.base(
        [
            theme.line(
                names,
                [row.frames for row in rows],
                "frames",
                theme.CORAL,
                "%{x}: %{y} frames, %{customdata:.2f} s",
                mode="lines+markers",
            )
            | {"customdata": [row.seconds for row in rows]},
            theme.line(
                names,
                [row.pixels for row in rows],
                "pixels",
                theme.INDIGO,
                "%{x}: %{y} pixels",
                dash="dash",
                mode="lines+markers",
            ),
        ],
        x="after the layer",
        y="sees (frames, pixels)",
        legend=True,
        yaxis={"rangemode": "tozero"},
        xaxis={"tickangle": -60, "showticklabels": len(rows) <= MOST_LABELS},
    )


MOST_LABELS = 20  # names below an axis that a phone can still show


def scores(answers: Mapping[str, Answer], question: str = "action") -> go.Figure:
    """Probabilities of one question's answers, for each order or network."""
    labels = list(next(iter(answers.values())).of[question].labels)
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": labels,
            "x": 100 * answer.of[question].scores,
            "name": name,
            "marker": {"color": colour, "pattern": {"shape": shape}},
            "hovertemplate": "%{y}: %{x:.1f} %<extra>" + name + "</extra>",
        }
        for (name, answer), colour, shape in zip(
            answers.items(), (theme.INDIGO, theme.CORAL, theme.TEAL), ("", "/", "."), strict=False
        )
    ]
    return theme.base(
        traces,
        x="probability (%)",
        y="",
        height=90 + 20 * len(labels),
        legend=True,
        barmode="group",
        xaxis={"range": [0, 100]},
        yaxis={"autorange": "reversed", "dtick": 1},
    )


def learning_curves(
    models: Mapping[str, Sequence[Mapping[str, Any]]], metric: str = "action"
) -> go.Figure:
    """Accuracy on validation clips against training steps: the mean over a model's seeds.

    Parameters
    ----------
    models
        Label -> its runs, each with a "curve" of points; with several, bars span their extremes.
    """
    hover = "step %{x}: %{y:.1f} %"
    traces = []
    for (label, runs), colour, dash in zip(models.items(), COLOURS, STYLE, strict=False):
        steps, low, mean, high = seed_band([run["curve"] for run in runs if run["curve"]], metric)
        trace = theme.line(steps, mean, label, colour, hover, dash=dash, mode="lines+markers")
        bars = {"array": high - mean, "arrayminus": mean - low, "thickness": 1, "width": 3}
        traces.append(trace | ({"error_y": bars} if len(runs) > 1 else {}))
    return theme.base(
        traces,
        x="training step",
        y=f"{metric} right (%)",
        legend=True,
        yaxis={"rangemode": "tozero"},
    )


def seed_band(
    curves: Sequence[Sequence[Mapping[str, Any]]], metric: str
) -> tuple[list[int], np.ndarray, np.ndarray, np.ndarray]:
    """Return the steps that all curves share, and the least, mean and largest percent there."""
    by_step = [{point["step"]: 100 * point[metric] for point in curve} for curve in curves]
    steps = sorted(set.intersection(*(set(curve) for curve in by_step)))
    values = np.array([[curve[step] for step in steps] for curve in by_step])
    return steps, values.min(axis=0), values.mean(axis=0), values.max(axis=0)
