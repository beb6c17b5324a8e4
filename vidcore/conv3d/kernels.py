r"""Kernels with a name: what a 3 x 3 x 3 filter can look for.

A detector of a moving edge is an edge filter whose place follows the motion. With the direction
n = (cos, sin) of travel (right and down are positive) and v pixels per frame,

    k(t, y, x) = -z g(z) g(w)     z = n . (x, y) - v t: along the motion, in its own frame
                                  w: across it;  g a Gaussian

with the mean taken off, so that flat areas answer 0, and the sum of absolute weights set to 1, so
that answers stay within -1 and 1.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Cube = Float[np.ndarray, "3 3 3"]
DIRECTIONS = {  # degrees, clockwise from right, as y points down
    "right": 0.0,
    "down right": 45.0,
    "down": 90.0,
    "down left": 135.0,
    "left": 180.0,
    "up left": 225.0,
    "up": 270.0,
    "up right": 315.0,
}
SPEEDS = (0.5, 1.0)  # pixels per frame; at 1 the pattern reaches the kernel's border
ALONG, ACROSS = 0.7, 1.0  # pixels: an edge is thin along its motion and long across
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float64) / 8


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A kernel with a name and a group."""

    group: str
    name: str
    kernel: Cube


def moving_edge(degrees: float, speed: float) -> Cube:
    """Return the detector of an edge that travels in a direction, clockwise from right.

    Parameters
    ----------
    speed
        Pixels per frame.
    """
    t, y, x = np.mgrid[-1:2, -1:2, -1:2].astype(np.float64)
    nx, ny = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    z = nx * x + ny * y - speed * t
    w = nx * y - ny * x
    k = -z * np.exp(-(z**2) / (2 * ALONG**2) - w**2 / (2 * ACROSS**2))
    k -= k.mean()
    cube: np.ndarray = k / np.abs(k).sum()
    return cube


def only_now(plane: Float[np.ndarray, "3 3"]) -> Cube:
    """Put a 2-D filter into the middle frame."""
    cube = np.zeros((3, 3, 3))
    cube[1] = plane
    return cube


def presets() -> list[Named]:
    """Return the named kernels: nothing moves, something changes, something travels."""
    time = np.zeros((3, 3, 3))
    time[:, 1, 1] = -0.5, 0, 0.5
    one = np.zeros((3, 3))
    one[1, 1] = 1
    still = [
        Named("space", "vertical edge", only_now(SOBEL)),
        Named("space", "horizontal edge", only_now(SOBEL.T)),
        Named("space", "the frame itself", only_now(one)),
        Named("time", "change over time", time),
        Named("time", "blur in space and time", np.full((3, 3, 3), 1 / 27)),
    ]
    return still + [
        Named(f"moving edge, {speed:g} px/frame", name, moving_edge(degrees, speed))
        for speed in SPEEDS
        for name, degrees in DIRECTIONS.items()
    ]
