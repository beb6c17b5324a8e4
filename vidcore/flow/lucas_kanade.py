r"""Lucas-Kanade: neighbouring pixels move together.

    Ix u + Iy v + It = 0          one equation a pixel, two unknowns
    [Sxx Sxy] [u]     [Sxt]       least squares over a window; S.. are window sums,
    [Sxy Syy] [v] = - [Syt]       so Sxy = sum Ix Iy

Lucas & Kanade, An Iterative Image Registration Technique, IJCAI 1981. Ours is the one dense step,
a system for every pixel, with the derivatives of the first frame and It = next - prev.
"""

from functools import partial

import cv2
import numpy as np
from jaxtyping import Bool, Float

from vidcore.flow.derivatives import sobel
from vidcore.flow.frames import brightness, check_count, check_window
from vidcore.flow.pyramid import SOLVABLE, Level, coarse_to_fine, linearise
from vidcore.flow.result import FlowResult
from vidcore.flow.structure import textured
from vidcore.flow.window import fill, window_mean, window_sums

DAMPING = 1e-3  # of the mean trace: keeps a flat or one-way window near the flow it had
SURROUNDINGS = 11  # pixels: over this window the flow may turn and grow, and is still followed
LEAST_WEIGHT = 1e-3  # so that a place where nothing agrees still has a mean


def lucas_kanade(prev: np.ndarray, next_: np.ndarray, *, window: int = 5) -> FlowResult:
    """Estimate dense flow by solving one 2 x 2 system per pixel.

    Right for motions of about a pixel: beyond, the image is no longer linear in the motion.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1]; any contrast gives the same answer.
    window
        Side of the window in pixels, odd. Larger bridges flat areas and blurs motion boundaries.

    Returns
    -------
    FlowResult
        `valid` where the window's structure tensor can be inverted; elsewhere the flow is filled
        from the neighbours.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size, or the window is even or below 3.
    """
    I1, I2 = brightness(prev, next_)
    check_window(window)
    dtype = I1.dtype
    I1, I2 = I1.astype(np.float64), I2.astype(np.float64)  # det subtracts near equals

    Ix, Iy = sobel(I1)
    It = I2 - I1
    Sxx, Sxy, Syy, Sxt, Syt = window_sums(
        Ix * Ix, Ix * Iy, Iy * Iy, Ix * It, Iy * It, window=window
    )

    valid = textured(Sxx, Sxy, Syy)
    det = np.where(valid, Sxx * Syy - Sxy * Sxy, 1)
    u = (Sxy * Syt - Syy * Sxt) / det
    v = (Sxy * Sxt - Sxx * Syt) / det
    flow = fill(np.stack([u, v], axis=-1), valid)
    return FlowResult(flow.astype(dtype), valid)


def pyramidal_lucas_kanade(
    prev: np.ndarray,
    next_: np.ndarray,
    *,
    window: int = 9,
    iterations: int = 3,
    levels: int | None = None,
    iterates: bool = False,
) -> FlowResult:
    """Estimate dense flow by weighted Lucas-Kanade steps from coarse to fine.

    Finds motions of many pixels where there is texture, and fractions of one precisely.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1]; any contrast gives the same answer.
    window
        Side of the window in pixels, odd, the same on every level.
    iterations
        Steps on each level, from 1.
    levels
        Sizes at most, from 1: with 1 the frame alone is looked at, again and again, which follows
        motions of a few pixels only. As many as the frame allows if left out.
    iterates
        Also return the field after each level, enlarged to the frame.

    Returns
    -------
    FlowResult
        `valid` where the last window could be solved from pixels that agree with the flow;
        elsewhere it is filled from the neighbours.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size, the window is even or below 3, or
        `iterations` or `levels` is below 1.

    Notes
    -----
    Bouguet, Pyramidal Implementation of the Lucas Kanade Feature Tracker, 2000. Ours differs as
    `pyramid` says, and solves for the total flow, measured from the mean flow around a pixel rather
    than from its own: increments would add up every level's noise.
    """
    I1, I2 = brightness(prev, next_)
    check_window(window)
    check_count(iterations, "iterations")
    check_count(1 if levels is None else levels, "levels")
    step = partial(refine, window=window)
    result = coarse_to_fine(I1, I2, step, times=iterations, most=levels, iterates=iterates)
    return FlowResult(fill(result.flow, result.valid), result.valid, iterates=result.iterates)


def refine(
    level: Level, flow: Float[np.ndarray, "H W 2"], *, window: int
) -> tuple[Float[np.ndarray, "H W 2"], Bool[np.ndarray, "H W"]]:
    """Take one step: each window moves as its surroundings do, plus one (u, v) of its own."""
    Ix, Iy, It, w = linearise(level, flow)
    around = surroundings(flow, w)
    du, dv = flow[..., 0] - around[..., 0], flow[..., 1] - around[..., 1]
    Ib = It - Ix * du - Iy * dv  # the difference that would remain if the pixel moved as `around`
    wIx, wIy = w * Ix, w * Iy
    Sxx, Sxy, Syy, Sxb, Syb = window_sums(
        wIx * Ix, wIx * Iy, wIy * Iy, wIx * Ib, wIy * Ib, window=window
    )
    valid = textured(Sxx, Sxy, Syy, share=SOLVABLE)

    k = DAMPING * (Sxx + Syy).mean() + np.finfo(flow.dtype).eps  # where flat, the flow stays
    Sxx, Syy, Sxb, Syb = Sxx + k, Syy + k, Sxb - k * du, Syb - k * dv
    det = Sxx * Syy - Sxy * Sxy
    u = (Sxy * Syb - Syy * Sxb) / det
    v = (Sxy * Sxb - Sxx * Syb) / det
    return around + cv2.merge([u, v]), valid


def surroundings(
    flow: Float[np.ndarray, "H W 2"], w: Float[np.ndarray, "H W"]
) -> Float[np.ndarray, "H W 2"]:
    """Average the flow around each pixel; those that agree with their flow count more."""
    w = w + LEAST_WEIGHT
    weighted = window_mean(w[..., None] * flow, SURROUNDINGS)
    means: np.ndarray = weighted / window_mean(w, SURROUNDINGS)[..., None]
    return means
