"""Pictures of `vidcore.twostream`: who knows what, and what it costs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from vidcore.figures import theme
from vidcore.twostream.change import Change
from vidcore.twostream.layout import LayerCost
from vidcore.twostream.trained import TrainedFusion
from vidcore.twostream.watch import TwoStreamResult

SPATIAL, TEMPORAL, TOGETHER = theme.INDIGO, theme.CORAL, theme.TEAL
QUESTION_STYLE = {
    "colour": (theme.AMBER, "solid"),
    "shape": (theme.TEAL, "dash"),
    "action": (theme.CORAL, "dashdot"),
}
STREAMS = ("spatial", "temporal")
ROW = 30  # pixels of a matrix's row
GROUP_ABOVE = 30  # pixels from a matrix to the names of its groups
CELL = 0.75  # opacity of a matrix's cells: the page's ink is read on all of them, light and dark

SHARE = {"zmin": 0, "zmax": 1, "colorscale": theme.SEQUENTIAL, "showscale": False}
ROWS_DOWN = {"autorange": "reversed", "showgrid": False, "zeroline": False}
COLUMNS = {"showgrid": False, "zeroline": False}


def accuracies(
    rows: Mapping[str, Mapping[str, float]],
    *,
    chance: Mapping[str, float],
    spread: Mapping[str, Mapping[str, float]] | None = None,
) -> go.Figure:
    """How many clips each method gets right, question by question; guessing as a last row.

    Parameters
    ----------
    rows
        By method, then question: shares from 0 to 1.
    chance
        By question: what guessing gets.
    spread
        By method, then question: standard deviation over its seeds, where it has several.
    """
    questions = list(chance)
    shown = {**rows, "guessing": chance}
    values = np.array([[shown[name][q] for q in questions] for name in shown])
    around = [[(spread or {}).get(name, {}).get(q, 0.0) for q in questions] for name in shown]
    return _matrix(
        values,
        list(shown),
        questions,
        hover="%{y}, %{x}: %{z:.1%} right",
        digits=1,
        spread=np.array(around),
    )


def leaks(rows: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """How many actions each network gets right, by what the background of the test clips says."""
    columns = list(next(iter(rows.values())))
    values = np.array([[row[name] for name in columns] for row in rows.values()])
    hover = "%{y}, %{x}: %{z:.1%} of the actions right"
    return _matrix(values, list(rows), columns, hover=hover, digits=1)


def noticed(changes: Sequence[Change]) -> go.Figure:
    """How much each stream's answers moved with every change; questions as columns."""
    values = np.array([[*change.spatial.values(), *change.temporal.values()] for change in changes])
    return _moved(values, [change.name for change in changes], list(changes[0].spatial))


def usually_noticed(trained: TrainedFusion) -> go.Figure:
    """The same, as a mean over many clips."""
    by_change = {name: by for name, by in trained.changes.items() if name != "as it is"}
    questions = list(next(iter(by_change.values())))
    values = np.array(
        [
            [by[q][stream]["noticed"] for stream in STREAMS for q in questions]
            for by in by_change.values()
        ]
    )
    return _moved(values, list(by_change), questions)


def _moved(values: np.ndarray, rows: Sequence[str], questions: list[str]) -> go.Figure:
    hover = "%{y}, %{x}: %{z:.0%} of the answer moved"
    return _matrix(values, rows, 2 * questions, hover=hover, groups=STREAMS)


def still_right(trained: TrainedFusion) -> go.Figure:
    """Of many clips: how many each stream still gets right after every change."""
    questions = list(next(iter(trained.changes.values())))
    pairs = [(stream, q) for stream in STREAMS for q in questions]
    values = np.array(
        [[by[q][stream]["right"] for stream, q in pairs] for by in trained.changes.values()]
    )
    hover = "%{y}, %{x}: %{z:.0%} right"
    return _matrix(values, list(trained.changes), 2 * questions, hover=hover, groups=STREAMS)


def confusion(table: Int[np.ndarray, "K K"], labels: Sequence[str]) -> go.Figure:
    """What was said of each class, as shares of its clips; rows are the truth."""
    share = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    trace = {
        "type": "heatmap",
        "z": share.astype(np.float32),
        "x": list(labels),
        "y": list(labels),
        "customdata": table,
        "hovertemplate": "%{y} called %{x}: %{z:.0%}, %{customdata} clips<extra></extra>",
        **SHARE,
    }
    return theme.base(
        [trace],
        x="what was said",
        y="what it was",
        height=120 + 22 * len(labels),
        xaxis={**COLUMNS, "tickangle": -60},
        yaxis=ROWS_DOWN,
    )


def by_weight(trained: TrainedFusion) -> go.Figure:
    """Accuracy on the test clips against the share of the spatial stream."""
    traces = []
    for question, accuracy in trained.by_weight.items():
        colour, dash = QUESTION_STYLE[question]
        share = np.linspace(0, 1, len(accuracy), dtype=np.float32)
        hover = "%{x:.0%} spatial: %{y:.1%} right"
        values = accuracy.astype(np.float32)
        traces.append(theme.line(share, values, question, colour, hover, dash=dash))
    return theme.base(
        traces,
        x="share of the spatial stream",
        y="clips answered right",
        legend=True,
        xaxis={"tickformat": ".0%"},
        yaxis={"tickformat": ".0%", "range": [0, 1.02]},
    )


def per_frame(result: TwoStreamResult, question: str, labels: Sequence[str]) -> go.Figure:
    """What the spatial stream says of each frame alone: probabilities, class by class."""
    logits = result.per_frame[question]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = (e / e.sum(axis=1, keepdims=True)).T
    trace = {
        "type": "heatmap",
        "z": p.astype(np.float32),
        "y": list(labels),
        "hovertemplate": "frame %{x}: %{y} %{z:.0%}<extra></extra>",
        **SHARE,
    }
    return theme.base(
        [trace],
        x="frame",
        y=question,
        height=90 + 20 * len(labels),
        xaxis={**COLUMNS, "dtick": 5},
        yaxis=ROWS_DOWN,
    )


def believed(
    rows: Mapping[str, Float[np.ndarray, " K"]],
    *,
    motion: int,
    background: int | None,
    labels: Sequence[str],
) -> go.Figure:
    """How probable each network finds the action of the motion, of the background, and the rest."""
    parts: dict[str, tuple[list[float], str, str]] = {
        f"the motion: {labels[motion]}": ([float(p[motion]) for p in rows.values()], theme.TEAL, "")
    }
    if background is not None and background != motion:
        values = [float(p[background]) for p in rows.values()]
        parts[f"the background: {labels[background]}"] = (values, theme.CORAL, "/")
    known = np.sum([values for values, _, _ in parts.values()], axis=0)
    parts["anything else"] = ((1 - known).tolist(), "rgba(123,132,148,0.3)", "")
    return theme.base(
        [
            {
                "type": "bar",
                "orientation": "h",
                "x": values,
                "y": list(rows),
                "name": name,
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "hovertemplate": "%{y}: %{x:.0%}<extra>" + name + "</extra>",
            }
            for name, (values, colour, pattern) in parts.items()
        ],
        x="probability",
        y="",
        legend=True,
        barmode="stack",
        xaxis={"range": [0, 1], "tickformat": ".0%"},
        yaxis={"autorange": "reversed"},
    )


# ---- cost --------------------------------------------------------------------------------------
def spent(seconds: Mapping[str, float]) -> go.Figure:
    """Where the time of one clip went: flow, and the two networks."""
    colours = {"flow": theme.AMBER, "temporal": TEMPORAL, "spatial": SPATIAL}
    names = {
        "flow": "estimating the flow",
        "temporal": "temporal network",
        "spatial": "spatial network",
    }
    order = [name for name in colours if name in seconds][::-1]
    return theme.base(
        [
            {
                "type": "bar",
                "orientation": "h",
                "x": [1e3 * seconds[name] for name in order],
                "y": [names[name] for name in order],
                "marker": {"color": [colours[name] for name in order]},
                "text": [f"{1e3 * seconds[name]:.1f} ms" for name in order],
                "textposition": "auto",
                "insidetextfont": {"color": theme.ON_COLOUR},
                "hovertemplate": "%{y}: %{x:.1f} ms<extra></extra>",
            }
        ],
        x="milliseconds for one clip",
        y="",
        height=180,
        xaxis={"rangemode": "tozero"},
    )


def layers(streams: Mapping[str, Sequence[LayerCost]], *, what: str) -> go.Figure:
    """Parameters or multiply-adds of each layer of the published network.

    Parameters
    ----------
    streams
        "spatial" and "temporal".
    what
        "parameters" or "multiply_adds".
    """
    title = f"million {what.replace('_', '-')}"
    styles = {"spatial": (SPATIAL, ""), "temporal": (TEMPORAL, "/")}
    return theme.base(
        [
            {
                "type": "bar",
                "x": [cost.name for cost in costs],
                "y": [getattr(cost, what) / 1e6 for cost in costs],
                "name": f"{name} stream",
                "marker": {"color": styles[name][0], "pattern": {"shape": styles[name][1]}},
                "hovertemplate": "%{x}: %{y:.2f} " + title + "<extra>" + name + "</extra>",
            }
            for name, costs in streams.items()
        ],
        x="layer",
        y=title,
        legend=True,
    )


def _matrix(
    values: Float[np.ndarray, "R C"],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    hover: str,
    groups: Sequence[str] = (),
    digits: int = 0,
    spread: Float[np.ndarray, "R C"] | None = None,
) -> go.Figure:
    """Shares from 0 to 1 as coloured cells with their number; `groups` name parts of columns."""
    trace = {
        "type": "heatmap",
        "z": values.astype(np.float32),
        "y": list(rows),
        "hovertext": np.tile(columns, (len(rows), 1)),
        "hovertemplate": f"{hover}<extra></extra>".replace("%{x}", "%{hovertext}"),
        "xgap": 2,
        "ygap": 2,
        "opacity": CELL,
        **SHARE,
    }
    top = 2 * GROUP_ABOVE if groups else GROUP_ABOVE
    return theme.base(
        [trace],
        x="",
        y="",
        height=top + 10 + ROW * len(rows),
        margin={"l": 8, "r": 8, "t": top, "b": 8},
        xaxis={
            **COLUMNS,
            "side": "top",
            "tickvals": np.arange(len(columns)),
            "ticktext": list(columns),
            "ticks": "",
        },
        yaxis={**ROWS_DOWN, "ticks": ""},
        annotations=[*_numbers(values, digits, spread), *_heads(groups)],
    )


def _heads(groups: Sequence[str]) -> list[dict[str, Any]]:
    """Names of groups of columns, above the columns' own."""
    return [
        {
            "x": (k + 0.5) / len(groups),
            "y": 1,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "center",
            "yanchor": "bottom",
            "yshift": GROUP_ABOVE - 8,
            "text": f"<b>{group} stream</b>",
            "showarrow": False,
            "font": {"color": theme.INK},
        }
        for k, group in enumerate(groups)
    ]


def _numbers(
    values: Float[np.ndarray, "R C"], digits: int, spread: Float[np.ndarray, "R C"] | None
) -> list[dict[str, Any]]:
    """The cells' numbers in the page's ink, with their spread where there is one."""
    around = np.zeros_like(values) if spread is None else spread
    return [
        {
            "x": column,
            "y": row,
            "text": f"{100 * value:.{digits}f}"
            + (f" ± {100 * around[row, column]:.1f}" if around[row, column] > 0 else " %"),
            "showarrow": False,
            "font": {"color": theme.INK, "size": 13},
        }
        for (row, column), value in np.ndenumerate(values)
    ]
