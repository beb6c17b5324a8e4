"""Shapes as signed distances: negative inside, in pixels, exact along straight lines to the edge.

A pixel is covered by `clip(0.5 - distance, 0, 1)`: the share of a pixel on the inner side of an
edge that passes at that distance, exact for an edge along an axis. That is all the anti-aliasing
there is, so edges move by fractions of a pixel without an image ever being resampled.

After Inigo Quilez, "2D distance functions" (iquilezles.org/articles/distfunctions2d).
"""

from collections.abc import Callable
from functools import reduce

import numpy as np
from jaxtyping import Float32

Grid = Float32[np.ndarray, "*grid"]
Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]  # own coordinates x, y -> distance


def coverage(distance: Grid) -> Grid:
    """Return the share of each pixel that lies inside, from 0 to 1."""
    return np.clip(np.float32(0.5) - distance, 0, 1)


def norm(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the length of (x, y); np.hypot guards against overflow and is several times slower."""
    length: np.ndarray = np.sqrt(x * x + y * y)
    return length


def disc(radius: float, x: float = 0.0, y: float = 0.0) -> Shape:
    """Return a disc about (x, y)."""
    return lambda X, Y: norm(X - np.float32(x), Y - np.float32(y)) - np.float32(radius)


def ring(radius: float, width: float) -> Shape:
    """Return a ring of the given width, its middle line at `radius`."""
    return lambda X, Y: abs(norm(X, Y) - np.float32(radius)) - np.float32(width / 2)


def limb(
    start: tuple[float, float], end: tuple[float, float], r_start: float, r_end: float | None = None
) -> Shape:
    """Return a capsule between two points, round at both ends, tapering if the radii differ.

    A tapering limb's distance is measured across its axis: too small by less than 1/cos of the
    taper, which softens its edge by as much.
    """
    r_end = r_start if r_end is None else r_end
    a = np.asarray(start, dtype=np.float32)
    axis = np.asarray(end, dtype=np.float32) - a
    length2 = np.maximum(axis @ axis, np.finfo(np.float32).tiny)

    def distance(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        x, y = X - a[0], Y - a[1]
        along = np.clip((x * axis[0] + y * axis[1]) / length2, 0, 1)
        radius = np.float32(r_start) + np.float32(r_end - r_start) * along
        beside: np.ndarray = norm(x - along * axis[0], y - along * axis[1]) - radius
        return beside

    return distance


def equal_spokes(count: int, inner: float, outer: float, width: float) -> Shape:
    """Return `count` equal spokes from the inner to the outer radius, one of them along +x."""
    sector = np.float32(2 * np.pi / count)

    def distance(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        angle = np.arctan2(Y, X)
        angle -= sector * np.rint(angle / sector)  # every spoke folded onto the one along +x
        r = norm(X, Y)
        along = r * np.cos(angle)
        past = along - np.clip(along, np.float32(inner), np.float32(outer))
        return norm(past, r * np.sin(angle)) - np.float32(width / 2)

    return distance


def box(half_width: float, half_height: float) -> Shape:
    """Return an upright rectangle about the origin."""

    def outline(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        x, y = abs(X) - np.float32(half_width), abs(Y) - np.float32(half_height)
        inside: np.ndarray = np.minimum(np.maximum(x, y), 0)
        distance: np.ndarray = norm(np.maximum(x, 0), np.maximum(y, 0)) + inside
        return distance

    return outline


def polygon(corners: int, radius: float) -> Shape:
    """Return a regular polygon, one corner at the top, corners at `radius`; corners stay sharp."""
    sector = np.float32(2 * np.pi / corners)
    inner = np.float32(radius * np.cos(np.pi / corners))  # from the middle to the middle of a side

    def distance(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        angle = np.arctan2(X, Y)  # from straight down, where a side's middle is
        angle -= sector * np.rint(angle / sector)
        flat: np.ndarray = norm(X, Y) * np.cos(angle) - inner
        return flat

    return distance


def union(*shapes: Shape) -> Shape:
    """Join shapes: the distance to the nearest."""
    return lambda X, Y: reduce(np.minimum, (shape(X, Y) for shape in shapes))


def blend(softness: float, *shapes: Shape) -> Shape:
    """Join shapes with a fillet where they meet: a polynomial smooth minimum, `softness` pixels."""
    k = np.float32(softness)

    def soft_minimum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        h = np.maximum(k - abs(a - b), 0) / k
        joined: np.ndarray = np.minimum(a, b) - h * h * k / 4
        return joined

    return lambda X, Y: reduce(soft_minimum, (shape(X, Y) for shape in shapes))
