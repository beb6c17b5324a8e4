"""Pictures of `vidcore.motion`: what changes, in which order, how alike, how fast."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.motion import (
    LayoutResult,
    MotionResult,
    OrderResult,
    RedundancyResult,
    SliceSpeed,
    WindowResult,
)

ORDER_STYLE = {  # name of an ordering -> its colour and dash
    "forward": (theme.FORWARD, "solid"),
    "reversed": (theme.REVERSED, "dash"),
    "shuffled": (theme.SHUFFLED, "dot"),
    "frozen": (theme.FROZEN, "dashdot"),
}
BAR = 0.85  # frames
KIND_COLOUR = {"I": theme.INDIGO, "P": theme.TEAL, "B": theme.AMBER}
CHANNELS = (("R", theme.RED), ("G", theme.GREEN), ("B", theme.BLUE))
PER_ROW = 12  # addresses of memory in one row: a phone's width
TRACKS = 3  # lines that show the measured slope


def energy_timeline(result: MotionResult, *, t: int | None = None) -> go.Figure:
    """Motion energy of each pair of frames over time; `t` marks a pair."""
    hover = "%{x:.2f} s: %{y:.4f}"
    trace = theme.line(result.times, result.energy, "motion energy", theme.MOTION, hover)
    inside = t is not None and 0 <= t < len(result.times)
    return theme.base(
        [{**trace, "fill": "tozeroy", "fillcolor": "rgba(222,87,70,0.15)"}],
        x="time (s)",
        y="mean change (brightness)",
        yaxis={"rangemode": "tozero"},
        shapes=[theme.marker_line(float(result.times[t]), theme.SLATE)] if inside else [],
    )


def difference_map(result: MotionResult, t: int) -> go.Figure:
    """Where pair `t` changed, and by how much; pixels up to the threshold are left blank."""
    D = result.difference[t]
    shown = np.where(np.greater(D, result.threshold), D, np.float32(np.nan))
    return theme.base(
        [
            {
                "type": "heatmap",
                "z": shown,
                "zmin": 0,
                "zmax": max(result.largest, np.finfo(np.float32).tiny),
                "colorscale": theme.SEQUENTIAL,
                "colorbar": {"title": {"text": "change"}, "thickness": 10},
                "hovertemplate": "x %{x}, y %{y}: %{z:.3f}<extra></extra>",
                "hoverongaps": False,
            }
        ],
        x="x (pixels)",
        y="y (pixels)",
        height=theme.TALL,
        xaxis={"constrain": "domain", "constraintoward": "right"},
        yaxis={"autorange": "reversed", "scaleanchor": "x", "constrain": "domain"},
    )


def order_scores(result: OrderResult) -> go.Figure:
    """The score of each shown frame in four orders, with the mean that three of them share."""
    position = np.arange(len(result.forward.scores), dtype=np.float32)
    traces = []
    for ordering in result.orderings:
        colour, dash = ORDER_STYLE[ordering.name]
        scores = ordering.scores.astype(np.float32)
        hover = "position %{x}: %{y:.4f}"
        traces.append(theme.line(position, scores, ordering.name, colour, hover, dash=dash))
    mean = [result.forward.mean] * 2
    hover = "mean, frozen apart: %{y:.4f}"
    ends = [0, len(position) - 1]
    traces.append(theme.line(ends, mean, "mean", theme.BASELINE, hover, dash="longdash"))
    return theme.base(
        traces,
        x="position in the shown clip (frames)",
        y=f"{result.feature} ({result.unit})",
        legend=True,
    )


def order_verdicts(result: OrderResult) -> go.Figure:
    """What each way of pooling says about each order: the trend turns, the mean stays."""
    names = [ordering.name for ordering in result.orderings]
    scores = {
        "mean (blind to order)": [ordering.mean for ordering in result.orderings],
        "trend (sees order)": [ordering.trend for ordering in result.orderings],
    }
    return theme.base(
        [
            {
                "type": "bar",
                "x": names,
                "y": values,
                "name": name,
                "marker": {"color": colour, "pattern": {"shape": pattern}},
                "hovertemplate": "%{x}: %{y:.4f}<extra>" + name + "</extra>",
            }
            for (name, values), colour, pattern in zip(
                scores.items(), (theme.SLATE, theme.CORAL), ("", "/"), strict=True
            )
        ],
        x="order of the frames",
        y=f"score of the clip ({result.feature})",
        legend=True,
    )


def similarity(result: RedundancyResult) -> go.Figure:
    """Correlation of two frames against the gap between them, and in a shuffled clip."""
    known = np.where(result.decided, result.correlation, np.float32(np.nan))
    hover = "%{x} frames apart: %{y:.3f}"
    traces = [
        theme.line(result.gaps, known, "this clip", theme.INDIGO, hover, mode="lines+markers")
    ]
    if result.shuffled_decided and len(result.gaps):
        traces.append(_level(result, result.shuffled_correlation))
    return theme.base(traces, x="gap (frames)", y="correlation (1 is identical)", legend=True)


def difference_by_gap(result: RedundancyResult) -> go.Figure:
    """Mean change between two frames against the gap between them, and in a shuffled clip."""
    hover = "%{x} frames apart: %{y:.4f}"
    traces = [
        theme.line(
            result.gaps, result.difference, "this clip", theme.INDIGO, hover, mode="lines+markers"
        )
    ]
    if len(result.gaps):
        traces.append(_level(result, result.shuffled_difference))
    return theme.base(
        traces,
        x="gap (frames)",
        y="mean change (grey levels)",
        legend=True,
        yaxis={"rangemode": "tozero"},
    )


def bytes_per_frame(predicted: np.ndarray, independent: np.ndarray, kinds: list[str]) -> go.Figure:
    """Bytes each frame takes as part of a video, against the same frame as an image of its own.

    Parameters
    ----------
    predicted
        Bytes per frame in the video.
    independent
        Bytes per frame coded alone.
    kinds
        "I", "P" or "B" for each frame.
    """
    frame = np.arange(len(kinds))
    of_kind = {kind: np.flatnonzero(np.array(kinds) == kind) for kind in KIND_COLOUR}
    bars = [
        {
            "type": "bar",
            "x": frame[chosen],
            "y": np.asarray(predicted)[chosen],
            "name": f"{kind} frame",
            "width": BAR,  # else each kind's bars are as wide as its frames lie apart
            "marker": {"color": KIND_COLOUR[kind]},
            "hovertemplate": f"frame %{{x}}, {kind}: %{{y:,}} bytes<extra></extra>",
        }
        for kind, chosen in of_kind.items()
        if len(chosen)
    ]
    hover = "frame %{x} alone: %{y:,} bytes"
    alone = np.asarray(independent)
    return theme.base(
        [*bars, theme.line(frame, alone, "coded alone", theme.SLATE, hover, dash="dot")],
        x="frame",
        y="bytes",
        legend=True,
        barmode="overlay",
        yaxis={"rangemode": "tozero"},
    )


def slice_image(section: np.ndarray, speed: SliceSpeed | None = None) -> go.Figure:
    """A space-time slice, time running down, with lines of the measured slope if it is decided."""
    T, W = section.shape[:2]
    pixels = (np.clip(section, 0, 1) * 255).round().astype(np.uint8)
    image = {
        "type": "image",
        "z": pixels,
        "hovertemplate": "x %{x}, frame %{y}: %{z}<extra></extra>",
    }
    tracks = _tracks(speed.speed, T, W) if speed is not None and speed.decided else []
    return theme.base(
        [image, *tracks],
        x="position along the row (pixels)",
        y="time (frames, downwards)",
        height=theme.TALL,
        xaxis={"range": [-0.5, W - 0.5], "constrain": "domain"},
        yaxis={"range": [T - 0.5, -0.5], "scaleanchor": None},
    )


def speed_search(speed: SliceSpeed) -> go.Figure:
    """How well each speed explains the slice, and the one that was chosen, if any."""
    hover = "%{x} px per frame: %{y:.3f}"
    curve = speed.match.astype(np.float32)
    return theme.base(
        [theme.line(speed.candidates.astype(np.float32), curve, "match", theme.INDIGO, hover)],
        x="speed (pixels per frame, right is positive)",
        y="correlation",
        shapes=[theme.marker_line(speed.speed, theme.CORAL)] if speed.decided else [],
    )


def window_bar(result: WindowResult) -> go.Figure:
    """The clip's motion energy, with the window that a model sees."""
    fps = result.n_frames / result.clip_seconds
    start = result.start / fps
    hover = "%{x:.2f} s: %{y:.4f}"
    trace = theme.line(result.times, result.energy, "motion energy", theme.MOTION, hover)
    return theme.base(
        [trace],
        x="time (s)",
        y="mean change (brightness)",
        xaxis={"range": [0, result.clip_seconds]},
        yaxis={"rangemode": "tozero"},
        shapes=[theme.band(start, start + result.seconds, theme.INDIGO)],
    )


def layout_picture(result: LayoutResult) -> go.Figure:
    """The first addresses of memory, and which channel of which pixel lies at each."""
    address = np.arange(len(result.head))
    return theme.base(
        [
            {
                "type": "scatter",
                "x": address[mine] % PER_ROW,
                "y": address[mine] // PER_ROW,
                "name": name,
                "mode": "markers+text",
                "text": name,
                "textfont": {"color": theme.ON_COLOUR},
                "marker": {"symbol": "square", "size": 22, "color": colour},
                "customdata": np.column_stack([result.head[mine], address[mine]]),
                "hovertemplate": "address %{customdata[4]}: frame %{customdata[0]}, "
                "y %{customdata[1]}, x %{customdata[2]}, channel " + name + "<extra></extra>",
            }
            for channel, (name, colour) in enumerate(CHANNELS)
            if (mine := result.head[:, 3] == channel).any()
        ],
        x="address (elements)",
        y="row of addresses",
        height=theme.HEIGHT // 2 + theme.LEGEND_HEIGHT,
        legend=True,
        xaxis={"range": [-0.6, PER_ROW - 0.4], "dtick": 1, "showgrid": False, "zeroline": False},
        yaxis={
            "range": [(len(address) - 1) // PER_ROW + 0.6, -0.6],
            "tickvals": list(range((len(address) - 1) // PER_ROW + 1)),
            "ticktext": [f"{row * PER_ROW} +" for row in range((len(address) - 1) // PER_ROW + 1)],
            "showgrid": False,
            "zeroline": False,
        },
    )


def _level(result: RedundancyResult, value: float) -> dict[str, Any]:
    """A level line: what any two frames of the clip have on average."""
    ends = [int(result.gaps[0]), int(result.gaps[-1])]
    hover = "any two frames: %{y:.4f}"
    return theme.line(ends, [value, value], "shuffled", theme.BASELINE, hover, dash="dash")


def _tracks(speed: float, T: int, W: int) -> list[dict[str, Any]]:
    """Parallel lines x = x0 + speed t, spread over the row."""
    t = np.array([0, T - 1], np.float32)
    middles = (np.arange(TRACKS) + 0.5) * W / TRACKS
    hover = f"{speed:.2f} px per frame"
    return [
        theme.line(x0 + speed * (t - (T - 1) / 2), t, "slope", theme.CORAL, hover, dash="dash")
        for x0 in middles
    ]
