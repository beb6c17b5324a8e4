"""Pictures of `vidcore.flow`: fields as arrows and colours, errors, and what a window knows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.figures import theme
from vidcore.flow import FlowResult, Smoothness, eigenvalues, to_colour
from vidcore.flow.metrics import check_known

ARROWS = 16  # across the longer side: more cannot be told apart on a phone
HEAD, DOT = 9, 3  # pixels on the screen
SHORTEST = 0.1  # of the longest: below, a dot; a head would say more than is known
WHEEL = 65  # pixels across
LINES_SHOWN = 225  # a window of 15 x 15
ROUND = np.linspace(0, 2 * np.pi, 73)  # an ellipse, every five degrees

IMAGE_X = {"constrain": "domain", "showgrid": False, "zeroline": False}
IMAGE_Y = {"autorange": "reversed", "scaleanchor": "x", "constrain": "domain", "showgrid": False}


def quiver(result: FlowResult, *, largest: float | None = None) -> go.Figure:
    """Arrows at the centres of a grid; none where the method did not decide.

    Parameters
    ----------
    largest
        Length in pixels that is drawn as long as the grid is wide. The longest arrow if left out.
    """
    H, W = result.valid.shape
    step = max(1, max(H, W) // ARROWS)
    y, x = np.mgrid[step // 2 : H : step, step // 2 : W : step]
    known = result.valid[y, x]
    x, y = x[known], y[known]
    u, v = result.flow[y, x].T.astype(np.float32)
    length = np.hypot(u, v)
    longest = largest or float(length.max(initial=0)) or 1.0  # any, where nothing moves
    long = length > SHORTEST * longest
    tip_x, tip_y = x + step / longest * u, y + step / longest * v
    gap = np.full_like(tip_x, np.nan)
    shafts = {
        "type": "scatter",
        "mode": "lines",
        "x": np.column_stack([x, tip_x, gap]).ravel(),
        "y": np.column_stack([y, tip_y, gap]).ravel(),
        "line": {"color": theme.CORAL, "width": 2},
        "hoverinfo": "skip",
    }
    heads = {
        "type": "scatter",
        "mode": "markers",
        "x": tip_x,
        "y": tip_y,
        "marker": {
            "symbol": np.where(long, "arrow", "circle"),
            "angle": np.degrees(np.arctan2(u, -v)),  # clockwise from up
            "size": np.where(long, HEAD, DOT),
            "color": theme.CORAL,
            "line": {"width": 0},
            "opacity": 1,
        },
        "customdata": np.column_stack([x, y, u, v]),
        "hovertemplate": "x %{customdata[0]}, y %{customdata[1]}: u %{customdata[2]:.2f}, "
        "v %{customdata[3]:.2f} pixels<extra></extra>",
    }
    return _image([shafts, heads], H, W)


def colours(result: FlowResult, *, largest: float | None = None) -> go.Figure:
    """The field in Middlebury's colours; blank where the method did not decide."""
    H, W = result.valid.shape
    picture = to_colour(result.flow, largest=largest, valid=result.valid)
    return _image([_picture(picture, result.valid, result.flow)], H, W)


def wheel(largest: float) -> go.Figure:
    """The key to `colours`: every motion up to `largest` pixels."""
    axis = np.linspace(-largest, largest, WHEEL)
    field = np.stack(np.meshgrid(axis, axis), axis=-1)
    inside = np.hypot(field[..., 0], field[..., 1]) <= largest
    picture = _picture(to_colour(field, largest=largest), inside, field)
    step = float(axis[1] - axis[0])
    trace = {**picture, "x0": -largest, "y0": -largest, "dx": step, "dy": step}
    return theme.base(
        [trace],
        x="u, right (pixels per frame)",
        y="v, down (pixels per frame)",
        xaxis=IMAGE_X,
        yaxis=IMAGE_Y,
    )


def error_map(flow: np.ndarray, truth: np.ndarray, valid: np.ndarray) -> go.Figure:
    """The endpoint error of each pixel; blank where the truth is unknown.

    Raises
    ------
    ShapeError
        If the three do not fit together, or no pixel is valid.
    """
    known = check_known(flow, truth, valid)
    error = np.where(
        known, np.linalg.norm(flow - np.where(known[..., None], truth, 0), axis=-1), np.nan
    )
    trace = {
        "type": "heatmap",
        "z": error.astype(np.float32),
        "zmin": 0,
        "colorscale": theme.SEQUENTIAL,
        "colorbar": {"title": {"text": "pixels"}, "thickness": 10},
        "hovertemplate": "x %{x}, y %{y}: off by %{z:.2f} pixels<extra></extra>",
        "hoverongaps": False,
    }
    return _image([trace], *valid.shape)


def constraints(
    lines: np.ndarray, *, reach: float, estimate: tuple[float, float] | None = None
) -> go.Figure:
    """One line in the plane of (u, v) for each pixel of a window, and the point nearest to all.

    Parameters
    ----------
    lines
        Rows (Ix, Iy, It), from `vidcore.flow.constraint_lines`.
    reach
        Half the width of the plane, in pixels per frame.
    estimate
        The least-squares answer; left out where there is none.
    """
    gradient = np.hypot(lines[:, 0], lines[:, 1])
    steep = np.argsort(-gradient)[:LINES_SHOWN]
    steep = steep[gradient[steep] > 0]  # a pixel without gradient says nothing: no line
    nx, ny = (lines[steep, :2] / gradient[steep, None]).T
    offset = (
        -lines[steep, 2] / gradient[steep]
    )  # the normal flow: the line's distance from stillness
    far = 4 * reach
    ends_u = np.column_stack(
        [nx * offset - far * ny, nx * offset + far * ny, np.full_like(nx, np.nan)]
    )
    ends_v = np.column_stack(
        [ny * offset + far * nx, ny * offset - far * nx, np.full_like(nx, np.nan)]
    )
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": ends_u.ravel(),
            "y": ends_v.ravel(),
            "name": "what one pixel allows",
            "line": {"color": theme.INDIGO, "width": 1},
            "opacity": 0.6,
            "hoverinfo": "skip",
        }
    ]
    if estimate is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [estimate[0]],
                "y": [estimate[1]],
                "name": "least squares",
                "marker": {"symbol": "x", "size": 12, "color": theme.CORAL},
                "hovertemplate": "u %{x:.2f}, v %{y:.2f} pixels<extra>least squares</extra>",
            }
        )
    return _velocity_plane(traces, reach, legend=True)


def structure_ellipse(Sxx: float, Sxy: float, Syy: float, *, noise: float = 0.1) -> go.Figure:
    """How surely a window knows its motion: the (u, v) that fit about as well as the best.

    Long across an edge's direction of ignorance, small at a corner, everywhere where it is flat.

    Parameters
    ----------
    Sxx, Sxy, Syy
        One pixel's structure tensor.
    noise
        Misfit that cannot be told from the best, in grey levels; sets the size alone.
    """
    l1, l2 = (float(x[0, 0]) for x in eigenvalues(*(np.full((1, 1), s) for s in (Sxx, Sxy, Syy))))
    angle = np.arctan2(2 * Sxy, Sxx - Syy) / 2  # of the larger eigenvalue's axis
    small, large = (noise / np.sqrt(max(eigenvalue, noise**2)) for eigenvalue in (l1, l2))
    along, across = small * np.cos(ROUND), large * np.sin(ROUND)
    hover = f"eigenvalues {l1:.3g} and {l2:.3g}"
    outline = theme.line(
        np.cos(angle) * along - np.sin(angle) * across,
        np.sin(angle) * along + np.cos(angle) * across,
        "fits as well",
        theme.TEAL,
        hover,
    )
    return _velocity_plane([{**outline, "fill": "toself"}], 1.1)


def energy_curve(result: FlowResult) -> go.Figure:
    """What Horn-Schunck minimises, sweep by sweep."""
    energy = np.zeros(0) if result.energy is None else result.energy
    hover = "after %{x} sweeps: %{y:.4g}"
    return theme.base(
        [theme.line(np.arange(len(energy)), energy, "energy", theme.INDIGO, hover)],
        x="sweeps",
        y="energy (squared grey levels)",
        yaxis=theme.log_axis(energy),
    )


def smoothness(result: Smoothness, *, chosen: float | None = None) -> go.Figure:
    """The error of Horn-Schunck for each alpha, at motion boundaries and away from them.

    Parameters
    ----------
    chosen
        The alpha to mark.
    """
    hover = "alpha %{x}: %{y:.3f} pixels"
    lines = (
        ("at motion boundaries", result.boundary, theme.CORAL, "solid"),
        ("elsewhere", result.inside, theme.INDIGO, "dash"),
    )
    return theme.base(
        [
            theme.line(result.alphas, error, name, colour, hover, dash=dash, mode="lines+markers")
            for name, error, colour, dash in lines
        ],
        x="alpha, smoothness (grey levels per pixel)",
        y="mean error (pixels)",
        legend=True,
        xaxis=theme.log_axis(result.alphas),
        yaxis={"rangemode": "tozero"},
        shapes=[] if chosen is None else [theme.marker_line(chosen, theme.AMBER)],
    )


def speeds(true: np.ndarray, estimated: Mapping[str, np.ndarray]) -> go.Figure:
    """Estimated against true speed, one line a method: where the linear picture breaks."""
    styles = (
        (theme.CORAL, "dash"),
        (theme.AMBER, "dot"),
        (theme.INDIGO, "solid"),
        (theme.TEAL, "dashdot"),
    )
    hover = "true %{x:.1f}, found %{y:.2f} pixels"
    traces = [theme.line(true, true, "truth", theme.SLATE, hover, dash="longdash")]
    for k, (name, found) in enumerate(estimated.items()):
        colour, dash = styles[k % len(styles)]
        traces.append(theme.line(true, found, name, colour, hover, dash=dash))
    return theme.base(
        traces,
        x="true speed (pixels per frame)",
        y="estimated speed (pixels per frame)",
        legend=True,
        height=theme.TALL,
    )


def correlation_map(values: np.ndarray, *, point: tuple[float, float] | None = None) -> go.Figure:
    """How alike one pixel of the first frame is to each of the second, at one level of RAFT.

    Parameters
    ----------
    values
        `(h, w)`: one pixel's map, from `vidcore.flow.raft_parts.correlation_volume`.
    point
        (x, y) on the map: where the flow points.
    """
    largest = float(max(abs(values).max(), np.finfo(np.float32).tiny))
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "z": values.astype(np.float32),
            "zmin": -largest,
            "zmax": largest,
            "colorscale": theme.DIVERGING,
            "colorbar": {"title": {"text": "likeness"}, "thickness": 10},
            "hovertemplate": "x %{x}, y %{y}: %{z:.2f}<extra></extra>",
        }
    ]
    if point is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [point[0]],
                "y": [point[1]],
                "marker": {"symbol": "x", "size": 12, "color": theme.AMBER},
                "hovertemplate": "the flow points at x %{x:.1f}, y %{y:.1f}<extra></extra>",
            }
        )
    return _image(traces, *values.shape, unit="features")


def _image(traces: list[dict[str, Any]], H: int, W: int, *, unit: str = "pixels") -> go.Figure:
    return theme.base(
        traces,
        x=f"x ({unit})",
        y=f"y ({unit})",
        height=theme.TALL,
        xaxis={**IMAGE_X, "range": [-0.5, W - 0.5]},
        yaxis={**IMAGE_Y, "autorange": False, "range": [H - 0.5, -0.5]},
    )


def _picture(picture: np.ndarray, shown: np.ndarray, flow: np.ndarray) -> dict[str, Any]:
    pixels = np.dstack([np.rint(255 * picture), np.where(shown, 1, 0)])  # alpha from 0 to 1
    return {
        "type": "image",
        "colormodel": "rgba",
        "z": pixels.astype(np.uint8),
        "customdata": flow.astype(np.float32),
        "hovertemplate": "u %{customdata[0]:.2f}, v %{customdata[1]:.2f} pixels<extra></extra>",
    }


def _velocity_plane(
    traces: list[dict[str, Any]], reach: float, *, legend: bool = False
) -> go.Figure:
    return theme.base(
        traces,
        x="u, right (pixels per frame)",
        y="v, down (pixels per frame)",
        legend=legend,
        xaxis={"range": [-reach, reach], "constrain": "domain"},
        yaxis={"range": [reach, -reach], "scaleanchor": "x", "constrain": "domain"},
    )
