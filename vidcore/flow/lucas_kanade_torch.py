"""Lucas-Kanade on tensors: as `lucas_kanade`, for a batch, on any device, with gradients."""

from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vidcore.flow.derivatives_torch import sobel
from vidcore.flow.frames import check_count, check_window
from vidcore.flow.frames_torch import brightness
from vidcore.flow.lucas_kanade import DAMPING, LEAST_WEIGHT, SURROUNDINGS
from vidcore.flow.pyramid import SOLVABLE
from vidcore.flow.pyramid_torch import Flow, Level, coarse_to_fine, linearise
from vidcore.flow.structure_torch import textured
from vidcore.flow.window_torch import fill, window_sums


def lucas_kanade(
    prev: Tensor, next_: Tensor, *, window: int = 5
) -> tuple[Float[Tensor, "B H W 2"], Bool[Tensor, "B H W"]]:
    """Solve one 2 x 2 system per pixel; arguments as the reference, batches first.

    Parameters
    ----------
    prev, next_
        `(B, H, W)` or `(B, H, W, 3)` floats in [0, 1]. The system is solved in their dtype:
        float32 differs from the reference, which solves in float64, where windows are nearly flat.
    window
        Side of the window in pixels, odd.

    Returns
    -------
    flow, valid
        `(B, H, W, 2)` in pixels, and where the window could be solved.

    Raises
    ------
    ShapeError
        If the batches do not fit together, or the window is even or below 3.
    """
    I1, I2 = brightness(prev, next_)
    check_window(window)

    Ix, Iy = sobel(I1)
    It = I2 - I1
    Sxx, Sxy, Syy, Sxt, Syt = window_sums(
        Ix * Ix, Ix * Iy, Iy * Iy, Ix * It, Iy * It, window=window
    )

    valid = textured(Sxx, Sxy, Syy)
    det = torch.where(valid, Sxx * Syy - Sxy * Sxy, 1)
    u = (Sxy * Syt - Syy * Sxt) / det
    v = (Sxy * Sxt - Sxx * Syt) / det
    return fill(torch.stack([u, v], dim=-1), valid), valid


def pyramidal_lucas_kanade(
    prev: Tensor,
    next_: Tensor,
    *,
    window: int = 9,
    iterations: int = 3,
    levels: int | None = None,
) -> tuple[Float[Tensor, "B H W 2"], Bool[Tensor, "B H W"]]:
    """Take weighted Lucas-Kanade steps from coarse to fine; arguments as the reference.

    Returns
    -------
    flow, valid
        `(B, H, W, 2)` in pixels, and where the last window could be solved.

    Raises
    ------
    ShapeError
        If the batches do not fit together, the window is even or below 3, or `iterations` or
        `levels` is below 1.
    """
    I1, I2 = brightness(prev, next_)
    check_window(window)
    check_count(iterations, "iterations")
    check_count(1 if levels is None else levels, "levels")
    step = partial(refine, window=window)
    flow, valid = coarse_to_fine(I1, I2, step, times=iterations, most=levels)
    return fill(flow, valid), valid


def refine(level: Level, flow: Flow, *, window: int) -> tuple[Flow, Bool[Tensor, "B H W"]]:
    """Take one step: each window moves as its surroundings do, plus one (u, v) of its own."""
    Ix, Iy, It, w = linearise(level, flow)
    around = surroundings(flow, w)
    du, dv = flow - around
    Ib = It - Ix * du - Iy * dv  # the difference that would remain if the pixel moved as `around`
    wIx, wIy = w * Ix, w * Iy
    Sxx, Sxy, Syy, Sxb, Syb = window_sums(
        wIx * Ix, wIx * Iy, wIy * Iy, wIx * Ib, wIy * Ib, window=window
    )
    valid = textured(Sxx, Sxy, Syy, share=SOLVABLE)

    trace = (Sxx + Syy).mean(dim=(1, 2), keepdim=True)
    k = DAMPING * trace + torch.finfo(flow.dtype).eps  # where flat, the flow stays
    Sxx, Syy, Sxb, Syb = Sxx + k, Syy + k, Sxb - k * du, Syb - k * dv
    det = Sxx * Syy - Sxy * Sxy
    u = (Sxy * Syb - Syy * Sxb) / det
    v = (Sxy * Sxb - Sxx * Syb) / det
    return around + torch.stack([u, v]), valid


def surroundings(flow: Flow, w: Float[Tensor, "B H W"]) -> Flow:
    """Average the flow around each pixel; those that agree with their flow count more."""
    w = w + LEAST_WEIGHT
    wu, wv, total = window_sums(*(w * flow), w, window=SURROUNDINGS)
    return torch.stack([wu, wv]) / total
