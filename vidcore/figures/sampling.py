"""Pictures of `vidcore.sampling`: what is taken, missed, seen backwards, paid and concluded."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.sampling import (
    PUBLISHED,
    PUBLISHED_VIEWS,
    TSN,
    AliasingResult,
    ConsensusResult,
    Dense,
    HitCurve,
    ModelViews,
    Pathway,
    SamplePlan,
    Settings,
    SlowFast,
    Uniform,
)

ROW_HEIGHT = 44  # pixels per strategy: large enough to touch
TICK = {"symbol": "line-ns-open", "size": 14}
CURVES = ("solid", "dash", "dot", "dashdot", "longdash")  # told apart without colour
SHOWN_LIMITS = 2.5  # of the turn that is still seen as it is: the true line leaves, then wraps
RULES = {"max": theme.AMBER, "average": theme.INDIGO, "weighted": theme.TEAL}


def colour_of(settings: Settings, pathway: str = "") -> str:
    """The colour of a strategy, the same in every figure."""
    match settings:
        case Dense():
            return theme.DENSE
        case Uniform():
            return theme.UNIFORM
        case TSN():
            return theme.TSN
        case SlowFast():
            return theme.FAST if pathway == "Fast" else theme.SLOW
        case _:
            return theme.VIEWS


def timeline(plans: Sequence[SamplePlan], *, event: tuple[float, float] | None = None) -> go.Figure:
    """One row of ticks per strategy and pathway, in seconds; tails nobody reaches are shaded.

    Parameters
    ----------
    plans
        Of one video.
    event
        First and last second of something that happens, drawn as a band.
    """
    rows = [(plan, pathway) for plan in plans for pathway in plan.pathways]
    names = [_row_name(plan, pathway) for plan, pathway in rows]
    ticks = [_ticks(plan, pathway, row) for row, (plan, pathway) in enumerate(rows)]
    tails = [_tail(plan, row) for row, (plan, _) in enumerate(rows) if plan.unreachable_tail]
    seconds = max((plan.n_frames / plan.fps for plan in plans), default=1.0)
    return theme.base(
        ticks,
        x="time (s)",
        y="",
        height=ROW_HEIGHT * len(rows) + 2 * theme.LEGEND_HEIGHT,
        xaxis={"range": [-seconds / 50, seconds * 1.02], "zeroline": False},
        yaxis={
            "tickvals": list(range(len(rows))),
            "ticktext": names,
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
        },
        shapes=[*tails, *([theme.band(*event, theme.EVENT)] if event else [])],
    )


def hit_curves(curves: Sequence[HitCurve], *, event_length: int | None = None) -> go.Figure:
    """Probability of seeing an event against its length, one line per strategy."""
    hover = "%{x} frames: seen with %{y:.1%}"
    marks = [] if event_length is None else [theme.marker_line(float(event_length), theme.SLATE)]
    return theme.base(
        [
            theme.line(
                curve.lengths,
                curve.probability.astype(np.float32),
                curve.label,
                colour_of(curve.settings),
                hover,
                dash=CURVES[i % len(CURVES)],
            )
            for i, curve in enumerate(curves)
        ],
        x="length of the event (frames)",
        y="probability of being seen",
        legend=True,
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
        shapes=marks,
    )


def aliasing_curve(result: AliasingResult, *, stride: int | None = None) -> go.Figure:
    """How far a wheel turns between samples, and how far it seems to, against the stride."""
    strides = result.strides
    true = theme.line(
        strides,
        result.true.astype(np.float32),
        "true",
        theme.SLATE,
        "stride %{x}: turns %{y:.1f} degrees",
        dash="dash",
    )
    seen = theme.line(
        strides,
        result.apparent.astype(np.float32),
        "as seen",
        theme.CORAL,
        "stride %{x}: seems to turn %{y:.1f} degrees",
        mode="lines+markers",
    )
    reach = SHOWN_LIMITS * result.limit
    return theme.base(
        [true, seen],
        x="stride (frames between samples)",
        y="turn per sample (degrees)",
        legend=True,
        yaxis={"range": [-reach, reach]},
        shapes=[
            *(_level(y) for y in (-result.limit, result.limit)),
            *([] if stride is None else [theme.marker_line(float(stride), theme.SLATE)]),
        ],
    )


def views_cost_bars(models: Sequence[ModelViews] = PUBLISHED_VIEWS) -> go.Figure:
    """GFLOPs of a whole video as published models are tested; only those with a known cost."""
    known = [model for model in models if model.total is not None]
    return theme.base(
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": [f"{m.model}<br>{m.clips} x {m.crops} views" for m in known],
                "x": [m.total for m in known],
                "marker": {"color": theme.INDIGO},
                "customdata": [m.gflops for m in known],
                "hovertemplate": "%{customdata:,} GFLOPs a view, %{x:,} a video<extra></extra>",
            }
        ],
        x="GFLOPs per video (log scale)",
        y="",
        height=ROW_HEIGHT * len(known) + 2 * theme.LEGEND_HEIGHT,
        xaxis={"type": "log", "dtick": 1},
        yaxis={"autorange": "reversed"},
    )


def consensus_bars(result: ConsensusResult, classes: Sequence[str]) -> go.Figure:
    """The video's score of each class under the three rules, before any softmax."""
    combined = {"max": result.maximum, "average": result.average, "weighted": result.weighted}
    return theme.base(
        [
            _bars(list(classes), scores.astype(np.float32), rule, "%{x}: %{y:.4f}")
            for rule, scores in combined.items()
        ],
        x="class",
        y="score of the video",
        legend=True,
    )


def published_consensus() -> go.Figure:
    """Accuracy of the three rules as TSN reports them, UCF-101 split 1."""
    rules = list(PUBLISHED)
    return theme.base(
        [
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": [PUBLISHED[rule] for rule in rules],
                "y": rules,
                "text": [f"{PUBLISHED[rule]:.1f} %" for rule in rules],
                "textposition": "middle right",
                "marker": {"size": 12, "color": [RULES[rule] for rule in rules]},
                "hovertemplate": "%{y}: %{x:.1f} %<extra></extra>",
            }
        ],
        x="accuracy (%)",
        y="",
        height=ROW_HEIGHT * len(rules) + theme.LEGEND_HEIGHT,
        xaxis={"range": [91, 94]},
        yaxis={"autorange": "reversed"},
    )


def _row_name(plan: SamplePlan, pathway: Pathway) -> str:
    return plan.label if len(plan.pathways) == 1 else f"{plan.label.split(',')[0]}, {pathway.name}"


def _ticks(plan: SamplePlan, pathway: Pathway, row: int) -> dict[str, Any]:
    colour = colour_of(plan.settings, pathway.name)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": pathway.times.ravel().astype(np.float32),
        "y": np.full(pathway.times.size, row, np.float32),
        "customdata": pathway.indices.ravel(),
        "marker": {**TICK, "color": colour, "line": {"width": 2, "color": colour}},
        "hovertemplate": "frame %{customdata} at %{x:.2f} s<extra></extra>",
    }


def _tail(plan: SamplePlan, row: int) -> dict[str, Any]:
    """The end of the video that a strategy never takes."""
    end = plan.n_frames / plan.fps
    return {
        "type": "rect",
        "x0": end - plan.unreachable_tail / plan.fps,
        "x1": end,
        "y0": row - 0.4,
        "y1": row + 0.4,
        "fillcolor": theme.SLATE,
        "opacity": 2 * theme.SHADE,
        "line": {"width": 0},
        "layer": "below",
    }


def _level(y: float) -> dict[str, Any]:
    """Where direction flips: half the symmetry angle."""
    style = {"color": theme.AMBER, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": style}


def _bars(x: list[str], y: np.ndarray, name: str, hover: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": x,
        "y": y,
        "name": name,
        "marker": {"color": RULES[name]},
        "hovertemplate": f"{hover}<extra>{name}</extra>",
    }
