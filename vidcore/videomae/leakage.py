r"""Leakage: what a hidden cube could be guessed from without understanding the clip.

    leakage = share of the masked cubes whose place is visible in another slice

Neighbouring frames are nearly the same, so a cube whose place is visible at another time can be
copied. A tube leaves none; a random mask leaves about 1 - r^(T - 1) of them, whole frames all. Two
ways to fill a hole that know nothing stand for the cheat: the mean colour of what is visible, and
the nearest visible cube. Tong et al. 2022, section 3, call it information leakage.
"""

from math import floor, prod

import numpy as np
from jaxtyping import Bool, Float, Int


def leakage(masked: Bool[np.ndarray, "T H W"]) -> float:
    """Share of the masked cubes whose place is visible in another slice; 0 where none is masked."""
    seen_sometime = ~masked.all(axis=0)
    hidden = int(masked.sum())
    return int((masked & seen_sometime).sum()) / hidden if hidden else 0.0


def expected_random_leakage(shape: tuple[int, int, int], *, ratio: float) -> float:
    """Leakage of a random mask on average: 1 - the chance that its T - 1 other slices hide it."""
    T, cubes = shape[0], prod(shape)
    hidden = floor(ratio * cubes)
    if hidden == 0:
        return 0.0
    return 1 - prod(max(0, hidden - k) / (cubes - k) for k in range(1, T))


def nearest_visible(
    masked: Bool[np.ndarray, "T H W"], *, patch: int = 1, tubelet: int = 1
) -> Int[np.ndarray, " N"]:
    """Return, for each cube, the number of the visible cube nearest to it; its own where visible.

    Parameters
    ----------
    masked
        True is masked; at least one cube must be visible.
    patch, tubelet
        A cube's side in pixels and its length in frames. A frame counts as one pixel, so that a
        neighbour in time, where the picture is nearly the same, comes before one in space.
    """
    at = np.indices(masked.shape).reshape(3, -1).T * (tubelet, patch, patch)  # (N, 3)
    visible = np.flatnonzero(~masked)
    squared = ((at[:, None] - at[visible]) ** 2).sum(axis=-1)  # (N, visible)
    nearest: np.ndarray = visible[squared.argmin(axis=1)]  # equally near: the first in order
    return nearest


def copy_nearest(
    cubes: Float[np.ndarray, "N pixels C"],
    masked: Bool[np.ndarray, "T H W"],
    *,
    patch: int,
    tubelet: int,
) -> Float[np.ndarray, "N pixels C"]:
    """Fill each masked cube with the nearest visible one."""
    copied: np.ndarray = cubes[nearest_visible(masked, patch=patch, tubelet=tubelet)]
    return copied


def mean_colour(
    cubes: Float[np.ndarray, "N pixels C"], masked: Bool[np.ndarray, "T H W"]
) -> Float[np.ndarray, "N pixels C"]:
    """Fill each masked cube with the mean colour of all that is visible."""
    hidden = masked.ravel()[:, None, None]
    mean = cubes[~masked.ravel()].mean(axis=(0, 1)).astype(cubes.dtype)
    return np.where(hidden, mean, cubes)
