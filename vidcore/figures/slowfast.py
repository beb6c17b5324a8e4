"""Pictures of `vidcore.slowfast`: links over time, Fast's share, what stopping a part does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.slowfast import (
    VARIANTS,
    VIEWS,
    Clocks,
    Interventions,
    Layout,
    Responses,
    Trace,
    Verdicts,
    cost,
)

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")  # told apart without colour
TEST_SIDE = 256  # pixels: views are tested larger than the 224 of training
ROW = 38  # pixels for each bar
SHOWN = 4  # answers: the likeliest of each network
PATHWAY = {"slow": theme.SLOW, "fast": theme.FAST}


def links(seen: Clocks) -> go.Figure:
    """Fast's frames, those each link reads, and the frame Slow sees at that step.

    One row for each Slow frame: a bar over the Fast frames that its link reads, a diamond where
    Slow looks itself. Frames that no link reads are marked below.
    """
    T, F = seen.reads.shape
    windows = [np.flatnonzero(row) for row in seen.reads]
    unread = np.flatnonzero(~seen.reads.any(axis=0))
    rows = [f"Slow {t}" for t in range(T)]
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "the link reads",
        "y": rows,
        "base": [float(w[0]) - 0.5 for w in windows],
        "x": [float(len(w)) for w in windows],
        "width": 0.5,
        "marker": {"color": theme.FAST, "opacity": 0.65},
        "customdata": [f"{w[0]} to {w[-1]}" for w in windows],
        "hovertemplate": "%{y}: its link reads Fast frames %{customdata}<extra></extra>",
    }
    sees = _marks("Slow sees", seen.slow_at, rows, theme.SLOW, "diamond", "%{y} sees frame %{x}")
    lost = _marks(
        *("no link reads", unread, ["unread"] * len(unread), theme.SLATE, "x-thin-open"),
        "no first link reads frame %{x}",
    )
    return theme.base(
        [bars, sees, *([lost] if len(unread) else [])],
        x="Fast frame",
        y="",
        height=26 * (T + 1) + 2 * theme.LEGEND_HEIGHT + 20,
        legend=True,
        xaxis={"range": [-1, F], "zeroline": False},
        yaxis={
            "categoryarray": ["unread", *reversed(rows)],
            "categoryorder": "array",
            "showgrid": False,
        },
    )


def link_trace(result: Trace) -> go.Figure:
    """A pixel over Fast's frames, where Slow looks, and what the links report of it."""
    seen = result.clocks
    width = [0.5 + seen.layout.kernel // 2] * len(seen.link_at)
    windows = [
        theme.band(float(at - w), float(at + w), theme.FAST)
        for at, w in zip(seen.link_at, width, strict=True)
    ]
    fast = np.arange(len(result.fast))
    hover = "frame %{x}: %{y:.2f}"
    pale = {"opacity": 0.8}
    traces = [
        theme.line(fast, result.fast, "Fast sees", theme.FAST, hover, mode="lines+markers") | pale,
        _marks("Slow sees", seen.slow_at, result.slow, theme.SLOW, "diamond", hover),
        _marks("the link says", seen.link_at, result.link, theme.INDIGO, "square", hover),
    ]
    return theme.base(
        traces,
        x="Fast frame (shaded: what a link reads)",
        y="brightness, or its change per frame",
        legend=True,
        xaxis={"range": [-1, len(fast)], "zeroline": False},
        shapes=windows,
    )


def share_of_fast(
    alphas: Sequence[int], betas: Sequence[int], *, side: int = 224, chosen: int | None = None
) -> go.Figure:
    """Fast's and the links' share of all multiply-adds against 1 / beta, one line per alpha."""
    lines = []
    for k, alpha in enumerate(alphas):
        bills = [cost(Layout(1, alpha, alpha, beta, side)) for beta in betas]
        lines.append(
            theme.line(
                list(betas),
                np.array([bill.share("Fast", "Link") for bill in bills], np.float32),
                f"α = {alpha}",
                theme.FAST,
                "1/β = %{x}: %{y:.1%}",
                dash=DASHES[k % len(DASHES)],
                mode="lines+markers",
            )
        )
    return theme.base(
        lines,
        x="1 / β, Slow's channels for each of Fast's",
        y="share of Fast and links",
        legend=True,
        xaxis={"type": "log", "tickvals": list(betas), "ticktext": [str(b) for b in betas]},
        yaxis={"tickformat": ".0%", "rangemode": "tozero"},
        shapes=[] if chosen is None else [theme.marker_line(float(chosen), theme.SLATE)],
    )


def accuracy_against_cost() -> go.Figure:
    """The variants as published: top-1 against the multiply-adds of one view, counted here."""
    gigas = [cost(at_test(v.layout)).multiply_adds() / 1e9 for v in VARIANTS]
    places = ["middle right", "middle right", "middle right", "bottom center", "top center"]
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [v.gflops or counted for v, counted in zip(VARIANTS, gigas, strict=True)],
        "y": [v.top1 for v in VARIANTS],
        "text": [v.name for v in VARIANTS],
        "textposition": places,
        "marker": {
            "size": 11,
            "color": theme.INDIGO,
            "symbol": ["circle" if v.gflops else "circle-open" for v in VARIANTS],
        },
        "hovertemplate": "%{text}: %{y:.1f} % at %{x:.1f} billion<extra></extra>",
    }
    return theme.base(
        [points],
        x="billion multiply-adds of one view (log scale)",
        y=f"top-1, {VIEWS} views (%)",
        height=theme.TALL,
        xaxis={"type": "log", "range": [1.45, 2.65], "tickvals": [40, 60, 100, 200, 400]},
        yaxis={"range": [75, 80.6]},
    )


def interventions(result: Interventions, names: Sequence[str]) -> go.Figure:
    """Probability of the likeliest actions, whole and with parts stopped."""
    likely = np.argsort(result.action[0])[::-1][:SHOWN]
    others = [int(a) for a in result.action.argmax(axis=1) if a not in likely]
    shown = [*likely.tolist(), *dict.fromkeys(others)]
    colours = (theme.INDIGO, theme.SLATE, theme.SLOW, theme.FAST)
    patterns = ("", "/", "x", ".")  # told apart without colour
    bars = [
        {
            "type": "bar",
            "name": way,
            "x": [names[a] for a in shown],
            "y": result.action[k, shown],
            "marker": {"color": colours[k], "pattern": {"shape": patterns[k], "size": 5}},
            "hovertemplate": f"%{{x}}: %{{y:.1%}}<extra>{way}</extra>",
        }
        for k, way in enumerate(result.ways)
    ]
    return theme.base(
        bars,
        x="",
        y="probability",
        legend=True,
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
        barmode="group",
    )


def responses(result: Responses) -> go.Figure:
    """How far each pathway's features move under each change of the clip."""
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name.capitalize(),
            "y": list(result.changes),
            "x": values,
            "marker": {"color": PATHWAY[name], "pattern": {"shape": pattern, "size": 5}},
            "hovertemplate": f"{name.capitalize()}, %{{y}}: moves by %{{x:.0%}}<extra></extra>",
        }
        for name, values, pattern in (("slow", result.slow, ""), ("fast", result.fast, "/"))
    ]
    return theme.base(
        bars,
        x="features move by (share of their length)",
        y="",
        height=2 * ROW * len(result.changes) + theme.LEGEND_HEIGHT,
        legend=True,
        xaxis={"tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"autorange": "reversed"},
        barmode="group",
    )


def accuracies(table: Mapping[str, Mapping[str, float]], chance: float) -> go.Figure:
    """Accuracy on the test split, whole and with parts stopped: a dot for each way and question."""
    questions = list(next(iter(table.values())))
    styles = zip(
        questions,
        (theme.INDIGO, theme.CORAL, theme.TEAL),
        ("circle", "diamond", "square"),
        strict=False,
    )
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": question,
            "x": [row[question] for row in table.values()],
            "y": list(table),
            "marker": {"size": 12, "color": colour, "symbol": symbol},
            "hovertemplate": f"%{{y}}: {question} %{{x:.1%}}<extra></extra>",
        }
        for question, colour, symbol in styles
    ]
    return theme.base(
        dots,
        x="accuracy on unseen clips",
        y="",
        height=ROW * len(table) + 2 * theme.LEGEND_HEIGHT,
        legend=True,
        xaxis={"range": [0, 1.03], "tickformat": ".0%"},
        yaxis={"autorange": "reversed"},
        shapes=[theme.marker_line(chance, theme.SLATE)],
    )


def verdicts(results: Sequence[Verdicts], names: Sequence[str]) -> go.Figure:
    """One mark for each clip of each pair: how surely a network says "clockwise".

    Right verdicts lie above one half for the first of a pair, below for the second.
    """
    marks = []
    for k, label in enumerate(("whirls clockwise", "whirls counter-clockwise")):
        xs, ys = zip(
            *(_spread(row, r.clockwise[:, k]) for row, r in enumerate(results)), strict=True
        )
        marks.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label,
                "x": np.concatenate(xs),
                "y": np.concatenate(ys),
                "marker": {
                    "size": 9,
                    "opacity": 0.75,
                    "color": (theme.INDIGO, theme.CORAL)[k],
                    "symbol": ("circle", "x")[k],
                },
                "hovertemplate": f"{label}: said with %{{x:.1%}}<extra></extra>",
            }
        )
    return theme.base(
        marks,
        x="said to be clockwise",
        y="",
        height=ROW * 2 * len(results) + 2 * theme.LEGEND_HEIGHT,
        legend=True,
        xaxis={"range": [-0.03, 1.03], "tickformat": ".0%", "zeroline": False},
        yaxis={
            "tickvals": list(range(len(results))),
            "ticktext": list(names),
            "range": [len(results) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
        },
        shapes=[theme.marker_line(0.5, theme.SLATE)],
    )


def _spread(row: int, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place the marks of a row, moved up and down a little so that none hides another."""
    offsets = (np.arange(len(values)) % 5 - 2) * 0.09
    return values.astype(np.float32), (row + offsets).astype(np.float32)


def _marks(
    name: str, x: np.ndarray, y: Any, colour: str, symbol: str, hover: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": list(y),
        "marker": {"size": 11, "color": colour, "symbol": symbol, "line": {"width": 2}},
        "hovertemplate": f"{hover}<extra></extra>",
    }


def at_test(layout: Layout) -> Layout:
    """Return a layout at the size its views are tested with."""
    return replace(layout, side=TEST_SIDE)
