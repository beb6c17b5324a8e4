"""Pictures of our RAFT: what each correction gains, and how it stands beside the classics."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.flow import Rival

OURS, CLASSIC, PEER = theme.CORAL, theme.INDIGO, theme.TEAL
DASHES = ("dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
ROW, FRAME = 30, 90  # pixels: of a scene's row, and of everything around the rows


def corrections(errors: Sequence[float], others: Mapping[str, float]) -> go.Figure:
    """The error after each correction, from none on, with other methods' as level lines."""
    steps = np.arange(len(errors))
    traces = [
        theme.line(
            steps, errors, "RAFT, our own", OURS, "after %{x}: %{y:.3f} px", mode="lines+markers"
        )
    ]
    for (name, error), dash in zip(others.items(), DASHES, strict=False):
        colour = PEER if name.startswith("OpenCV") else CLASSIC
        ends = [0, len(errors) - 1]
        traces.append(theme.line(ends, [error] * 2, name, colour, "%{y:.3f} px", dash=dash))
    return theme.base(
        traces,
        x="corrections",
        y="mean error (pixels)",
        legend=True,
        height=theme.TALL,
        yaxis=theme.log_axis(errors, list(others.values())),
    )


def scoreboard(scenes: Mapping[str, Sequence[Rival]]) -> go.Figure:
    """One row for each scene, one mark for each method's error, on a logarithmic axis."""
    names = [rival.name for rival in next(iter(scenes.values()))]
    colours = (OURS, CLASSIC, PEER, theme.AMBER)
    traces = []
    for name, colour, symbol in zip(names, colours, SYMBOLS, strict=False):
        found = {scene: _error_of(rivals, name) for scene, rivals in scenes.items()}
        known = {scene: error for scene, error in found.items() if error is not None}
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [max(error, 1e-3) for error in known.values()],
                "y": list(known),
                "name": name,
                "marker": {"color": colour, "symbol": symbol, "size": 11, "opacity": 0.9},
                "hovertemplate": "%{y}: %{x:.3f} px<extra>" + name + "</extra>",
            }
        )
    return theme.base(
        traces,
        x="mean error (pixels)",
        y="",
        legend=True,
        height=ROW * len(scenes) + FRAME,
        xaxis=theme.log_axis(*(trace["x"] for trace in traces)),
        yaxis={"autorange": "reversed", "type": "category"},
    )


def _error_of(rivals: Sequence[Rival], name: str) -> float | None:
    return next((rival.error for rival in rivals if rival.name == name), None)


def displacements(errors: Mapping[str, float], stillness: Mapping[str, float]) -> go.Figure:
    """The error by how far pixels move, beside that of saying that nothing moves."""
    return theme.base(
        [
            {
                "type": "bar",
                "x": list(values),
                "y": list(values.values()),
                "name": name,
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "hovertemplate": "%{x}: %{y:.3f} px<extra>" + name + "</extra>",
            }
            for name, values, colour, pattern in (
                ("zero flow", stillness, theme.SLATE, "/"),
                ("RAFT, our own", errors, OURS, ""),
            )
        ],
        x="true motion (pixels)",
        y="mean error (pixels)",
        legend=True,
        yaxis=theme.log_axis(list(errors.values()), list(stillness.values())),
    )


def learning(curve: Sequence[Mapping[str, Any]], groups: Sequence[str]) -> go.Figure:
    """The error on validation pairs over the run, one line for each displacement group.

    Parameters
    ----------
    curve
        One entry for each evaluation: `step`, and `epe_<group>` for each group.
    """
    steps = [entry["step"] for entry in curve]
    colours = (theme.INDIGO, theme.TEAL, theme.AMBER, theme.CORAL, theme.ROSE)
    return theme.base(
        [
            theme.line(
                steps,
                [entry[f"epe_{group}"] for entry in curve],
                group.replace("px", " px").replace("-", "–"),
                colour,
                "step %{x}: %{y:.3f} px",
                dash=dash,
            )
            for group, colour, dash in zip(groups, colours, ("solid", *DASHES), strict=False)
        ],
        x="training step",
        y="mean error (pixels)",
        legend=True,
        height=theme.TALL,
        yaxis=theme.log_axis(*([e[f"epe_{group}"] for e in curve] for group in groups)),
    )
