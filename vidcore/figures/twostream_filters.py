"""Pictures of what the first layers of both streams have learned."""

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.figures.twostream import COLUMNS, ROWS_DOWN, TEMPORAL
from vidcore.twostream.filters import FirstLayers

GAP = 1  # pixels between filters
ACROSS = 8  # filters in a row: a phone's width
SHEET = 210  # pixels: three rows of eight filters, half a page wide
BLANK = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
SQUARE = {"scaleanchor": "x", "constrain": "domain", "constraintoward": "top"}


def spatial_filters(layers: FirstLayers) -> go.Figure:
    """The spatial stream's filters as small pictures; grey is zero, each scaled to its largest."""
    filters = layers.spatial
    largest = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
    tiles = 0.5 + 0.5 * filters / np.maximum(largest, np.finfo(np.float32).tiny)
    N, k, _, _ = tiles.shape
    across = min(ACROSS, N)
    down, pitch = -(-N // across), k + GAP
    sheet = np.zeros((down * pitch - GAP, across * pitch - GAP, 4), np.uint8)  # clear in between
    for n, tile in enumerate(tiles):
        y, x = n // across * pitch, n % across * pitch
        sheet[y : y + k, x : x + k, :3] = (tile * 255).round()
        sheet[y : y + k, x : x + k, 3] = 255
    trace = {
        "type": "image",
        "z": sheet,
        "colormodel": "rgba",
        "hovertemplate": "red, green, blue: %{z}<extra></extra>",
    }
    return theme.base(
        [trace],
        x=f"{N} filters, {k} × {k} pixels each, strongest first",
        y="",
        height=SHEET,
        xaxis={**BLANK, "constrain": "domain"},
        yaxis={**BLANK, **SQUARE, "autorange": "reversed"},
    )


def temporal_filters(layers: FirstLayers) -> go.Figure:
    """The temporal stream's filters over time: which motion each answers to, field by field."""
    N, L, _ = layers.course.shape
    rows = layers.course.reshape(N, 2 * L).T
    names = [f"{'uv'[k % 2]}{k // 2 + 1}" for k in range(2 * L)]
    reach = float(np.abs(rows).max()) or 1.0
    trace = {
        "type": "heatmap",
        "z": rows.astype(np.float32),
        "x": list(range(1, N + 1)),
        "y": names,
        "zmin": -reach,
        "zmax": reach,
        "colorscale": theme.DIVERGING,
        "colorbar": {"title": {"text": "weight"}, "thickness": 10},
        "hovertemplate": "filter %{x}, channel %{y}: %{z:+.3f}<extra></extra>",
    }
    return theme.base(
        [trace],
        x=f"{N} filters, strongest first",
        y="channel of the stack",
        height=theme.TALL + 140,
        xaxis=COLUMNS,
        yaxis=ROWS_DOWN,
    )


def filter_arrows(layers: FirstLayers) -> go.Figure:
    """Each temporal filter's favourite motion, as a path: one step per field, begun at the dot."""
    N = len(layers.course)
    across = min(ACROSS, N)
    paths = np.concatenate([np.zeros((N, 1, 2)), layers.course.cumsum(axis=1)], axis=1)
    paths -= (paths.max(axis=1, keepdims=True) + paths.min(axis=1, keepdims=True)) / 2
    size = np.abs(paths).max(axis=(1, 2), keepdims=True)
    paths = 0.4 * paths / np.maximum(size, np.finfo(np.float32).tiny)
    cell = np.stack([np.arange(N) % across, np.arange(N) // across], axis=1)
    x, y = (paths + cell[:, None]).transpose(2, 0, 1).astype(np.float32)
    gap = np.full((N, 1), np.nan, np.float32)
    traces = [
        {
            **theme.line(np.hstack([x, gap]).ravel(), np.hstack([y, gap]).ravel(), "path",
                         TEMPORAL, "", mode="lines"),
            "hoverinfo": "skip",
            "hovertemplate": None,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": x[:, 0],
            "y": y[:, 0],
            "marker": {"color": theme.SLATE, "size": 7},
            "text": [f"filter {n + 1}" for n in range(N)],
            "hovertemplate": "%{text} starts here<extra></extra>",
        },
    ]  # fmt: skip
    down = -(-N // across)
    return theme.base(
        traces,
        x=f"{N} filters, strongest first; right is right, down is down",
        y="",
        height=SHEET,
        xaxis={**BLANK, "range": [-0.5, across - 0.5], "constrain": "domain"},
        yaxis={**BLANK, **SQUARE, "range": [down - 0.5, -0.5]},
    )
