"""Pictures of `vidcore.videomae`: what leaks, what it costs, how well it fills in, what it buys."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.videomae import Cost, EncoderTimes, LeakageCurve, Reconstruction, Targets

KIND_STYLE = {  # a mask's kind -> its colour and dash
    "tube": (theme.INDIGO, "solid"),
    "random": (theme.CORAL, "dash"),
    "frame": (theme.AMBER, "dot"),
}
WAY_STYLE = {  # a way to fill a hole -> its colour and pattern
    "model": (theme.INDIGO, ""),
    "mean colour": (theme.SLATE, "/"),
    "nearest copy": (theme.AMBER, "x"),
}
LEARNER_STYLE = {  # how a few labels were used -> its name, colour and dash
    "probe": ("frozen, pretrained", theme.INDIGO, "solid"),
    "probe_random": ("frozen, random", theme.INDIGO, "dot"),
    "finetune": ("fine-tuned, pretrained", theme.CORAL, "solid"),
    "scratch": ("trained from scratch", theme.CORAL, "dot"),
}
GIGA = 1e9
_BARE = {"showticklabels": False, "ticks": "", "constrain": "domain"}  # an axis of a picture


def leakage_curve(curve: LeakageCurve, *, ratio: float | None = None) -> go.Figure:
    """Share of the hidden cubes whose place is visible at another time, against the ratio."""
    hover = "%{x:.0%} hidden: %{y:.1%} leak"
    traces = [
        theme.line(curve.ratios, curve.leakage[kind], kind, colour, hover, dash=dash)
        for kind, (colour, dash) in KIND_STYLE.items()
    ]
    return theme.base(
        traces,
        x="share hidden",
        y="hidden cubes seen at another time",
        legend=True,
        xaxis={"tickformat": ".0%"},
        yaxis={"tickformat": ".0%", "range": [-0.03, 1.05]},
        shapes=[theme.marker_line(ratio, theme.SLATE)] if ratio is not None else [],
    )


def errors(result: Reconstruction) -> go.Figure:
    """Squared error on the hidden pixels of a clip: the network, and two that know nothing."""
    return theme.base(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": [way],
                "x": [error],
                "name": way,
                "marker": {"color": WAY_STYLE[way][0], "pattern": {"shape": WAY_STYLE[way][1]}},
                "hovertemplate": "%{x:.5f}<extra>" + way + "</extra>",
            }
            for way, error in reversed(result.errors.items())
        ],
        x="squared error where hidden",
        y="",
        height=theme.HEIGHT // 2 + theme.LEGEND_HEIGHT,
        xaxis={"rangemode": "tozero"},
    )


def card_errors(metrics: Mapping[str, Any], *, ratio: int = 90) -> go.Figure:
    """Squared error on test clips for each kind of mask, from a model card."""
    kinds = [kind for kind in KIND_STYLE if f"{kind}_{ratio}_mse" in metrics]
    columns = {"model": "mse", "mean colour": "mean", "nearest copy": "copy"}
    return theme.base(
        [
            {
                "type": "bar",
                "x": kinds,
                "y": [metrics[f"{kind}_{ratio}_{column}"] for kind in kinds],
                "name": way,
                "marker": {"color": WAY_STYLE[way][0], "pattern": {"shape": WAY_STYLE[way][1]}},
                "hovertemplate": "%{x}: %{y:.5f}<extra>" + way + "</extra>",
            }
            for way, column in columns.items()
        ],
        x=f"mask, {ratio} % hidden",
        y="mean squared error where hidden",
        legend=True,
        yaxis={"rangemode": "tozero"},
    )


def encoder_times(times: EncoderTimes) -> go.Figure:
    """Time of the encoder for one clip against the share hidden, beside the tokens it sees."""
    full = float(times.seconds[0])
    hover = "%{x:.0%} hidden: %{y:.0%} of the time"
    seen = "%{x:.0%} hidden: %{y:.0%} of the tokens"
    return theme.base(
        [
            theme.line(
                times.ratios, times.seconds / full, "time, measured now", theme.INDIGO, hover,
                mode="lines+markers",
            ),
            theme.line(
                times.ratios, times.visible / times.visible[0], "tokens seen", theme.BASELINE, seen,
                dash="dash",
            ),
        ],
        x="share hidden",
        y="of the whole clip's",
        legend=True,
        xaxis={"tickformat": ".0%", "dtick": 0.25},
        yaxis={"tickformat": ".0%", "rangemode": "tozero"},
    )  # fmt: skip


def multiply_adds(costs: Sequence[Cost], ratios: Sequence[float]) -> go.Figure:
    """Multiply-adds of encoder and decoder against the share hidden, in billions."""
    parts = {
        "encoder, linear": ([c.embedding + c.linear for c in costs], theme.INDIGO, ""),
        "encoder, attention": ([c.attention for c in costs], theme.CORAL, "/"),
        "decoder": ([c.decoder for c in costs], theme.SLATE, "x"),
    }
    return theme.base(
        [
            {
                "type": "bar",
                "x": [f"{ratio:.0%}" for ratio in ratios],
                "y": [value / GIGA for value in values],
                "name": name,
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "hovertemplate": "%{x} hidden: %{y:.1f} billion<extra>" + name + "</extra>",
            }
            for name, (values, colour, pattern) in parts.items()
        ],
        x="share hidden",
        y="multiply-adds (billions)",
        legend=True,
        barmode="stack",
        xaxis={"type": "category"},
    )


def target_pair(targets: Targets) -> go.Figure:
    """One slice as pixels, and as what a normalised target asks for."""
    both = np.concatenate([targets.raw, targets.gap, targets.normalised], axis=1)
    pixels = (np.clip(both, 0, 1) * 255).round().astype(np.uint8)
    side = targets.raw.shape[1]
    return theme.base(
        [{"type": "image", "z": pixels, "hovertemplate": "%{z}<extra></extra>"}],
        x="pixels as they are · the same, normalised cube by cube",
        y="",
        height=theme.TALL,
        xaxis={
            "showticklabels": False,
            "ticks": "",
            "constrain": "domain",
            "range": [-0.5, 2 * side + 1.5],
        },
        yaxis={"showticklabels": False, "ticks": "", "constrain": "domain"},
    )


def few_labels(rows: Sequence[Mapping[str, Any]], question: str) -> go.Figure:
    """Accuracy on a question against labels per class, for each way of using them."""
    traces = []
    for learner, (name, colour, dash) in LEARNER_STYLE.items():
        mine = [r for r in rows if r["learner"] == learner and r["question"] == question]
        line = theme.line(
            [r["labels"] for r in mine], [r["mean"] for r in mine], name, colour,
            "%{x} per class: %{y:.1%}", dash=dash, mode="lines+markers",
        )  # fmt: skip
        spread = {"type": "data", "array": [r["spread"] for r in mine], "color": colour}
        traces.append({**line, "error_y": spread})
    chance = next((r["chance"] for r in rows if r["question"] == question), 0.0)
    ends = [min(r["labels"] for r in rows), max(r["labels"] for r in rows)]
    traces.append(
        theme.line(ends, [chance] * 2, "chance", theme.BASELINE, "%{y:.1%}", dash="longdash")
    )
    return theme.base(
        traces,
        x="labelled clips per class",
        y=f"accuracy, {question}",
        legend=True,
        xaxis={"type": "log", "tickvals": sorted({r["labels"] for r in rows})},
        yaxis={"tickformat": ".0%", "rangemode": "tozero"},
    )


def ablation(rows: Sequence[tuple[str, float, float]]) -> go.Figure:
    """The published accuracies of four ways to hide, on two data sets."""
    names = [name for name, _, _ in rows]
    sets = (("Something-Something V2", theme.INDIGO, ""), ("Kinetics-400", theme.TEAL, "/"))
    return theme.base(
        [
            {
                "type": "bar",
                "x": names,
                "y": [row[k + 1] for row in rows],
                "name": name,
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "text": [f"{row[k + 1]:.1f}" for row in rows],
                "textposition": "outside",
                "cliponaxis": False,
                "hovertemplate": "%{x}: %{y:.1f} %<extra>" + name + "</extra>",
            }
            for k, (name, colour, pattern) in enumerate(sets)
        ],
        x="mask while pretraining",
        y="top-1 accuracy (%)",
        legend=True,
        yaxis={"range": [55, 85]},
    )
