r"""Kernels with a name: what a 3 x 3 x 3 filter can look for.

A detector of a moving edge is an edge filter whose place follows the motion, less what a still edge
would get. With the direction n = (cos, sin) of travel (right and down are positive) and v pixels
per frame,

    e(t, y, x) = -z g(z) g(w)     z = n . (x, y) - v t: along the motion, in its own frame
    k = e - mean_t e              w: across it;  g a Gaussian

scaled to a largest weight of 1 and rounded to hundredths, to be read. What stands still is answered
by 0: each pixel's three weights add up to 0.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float
from safetensors.numpy import load_file

from vidcore.weights.card import FILES

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
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float64) / 4


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
    e = -z * np.exp(-(z**2) / (2 * ALONG**2) - w**2 / (2 * ACROSS**2))
    k = e - e.mean(axis=0)
    cube: np.ndarray = (k / np.abs(k).max()).round(2) + 0.0  # no minus zero
    cube[1] = -cube[0] - cube[2]  # again exactly 0 over time, after rounding
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
        Named("moving edge", f"{name}, {speed:g} px/frame", moving_edge(degrees, speed))
        for speed in SPEEDS
        for name, degrees in DIRECTIONS.items()
    ]


# ---- learned ones -----------------------------------------------------------------------------
FIRST_LAYER = "layers.0.0.weight"  # how its key ends in our small networks
SHOWN = 12  # learned kernels offered: those that change most over time


def learned(name: str) -> list[Named]:
    """Return the first layer of one of our trained 3-D networks, as it acts on a grey clip.

    On grey, where R = G = B, a kernel's three colours add up to one. Those that change most over
    time come first; none where the network is not there.
    """
    kernels = first_weights(name)
    if kernels is None:
        return []
    cubes = kernels.sum(axis=1)
    change = np.square(cubes - cubes.mean(axis=1, keepdims=True)).sum(axis=(1, 2, 3))
    change /= np.square(cubes).sum(axis=(1, 2, 3))
    best = change.argsort()[::-1][:SHOWN]
    return [Named(f"learned by {name}", f"filter {k}", cubes[k]) for k in best]


def learned_planes(name: str) -> list[Float[np.ndarray, "3 3"]]:
    """Return the first layer of one of our trained 2-D networks, as it acts on grey frames."""
    kernels = first_weights(name)
    return [] if kernels is None else list(kernels.sum(axis=1))


@lru_cache(maxsize=8)
def first_weights(name: str) -> np.ndarray | None:
    """Read a trained network's first convolution, `(O, C, ...)` float64, without loading torch."""
    path = FILES / f"{name}.safetensors"
    if not path.exists():
        return None
    tensors = load_file(path)
    key = next((key for key in sorted(tensors) if key.endswith(FIRST_LAYER)), None)
    return None if key is None else tensors[key].astype(np.float64)
