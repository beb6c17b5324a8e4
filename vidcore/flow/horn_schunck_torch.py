"""Horn-Schunck on tensors: as `horn_schunck`, for a batch, on any device, with gradients."""

from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vidcore.flow.derivatives_torch import sobel
from vidcore.flow.frames import check_count
from vidcore.flow.frames_torch import brightness
from vidcore.flow.horn_schunck import NEIGHBOURS, WINDOW, check_alpha
from vidcore.flow.pyramid import SOLVABLE
from vidcore.flow.pyramid_torch import Flow, Level, coarse_to_fine, linearise
from vidcore.flow.structure_torch import structure_tensor, textured
from vidcore.flow.window_torch import correlate, window_sums

Field = Float[Tensor, "B H W"]


def horn_schunck(
    prev: Tensor, next_: Tensor, *, alpha: float = 0.1, iterations: int = 100
) -> tuple[Float[Tensor, "B H W 2"], Bool[Tensor, "B H W"]]:
    """Estimate dense flow by `iterations` Jacobi sweeps; arguments as the reference.

    Returns
    -------
    flow, valid
        `(B, H, W, 2)` in pixels, and where a window has texture in two directions.

    Raises
    ------
    ShapeError
        If the batches do not fit together, alpha is not above 0, or `iterations` is below 1.
    """
    I1, I2 = brightness(prev, next_)
    check_alpha(alpha)
    check_count(iterations, "iterations")

    Ix, Iy = sobel((I1 + I2) / 2)
    It = I2 - I1
    gain = 1 / (alpha**2 + Ix**2 + Iy**2)
    flow = sweep(I1.new_zeros((2, *I1.shape)), Ix, Iy, It, gain, times=iterations)
    valid = textured(*structure_tensor(Ix, Iy, window=WINDOW))
    return flow.movedim(0, -1), valid


def sweep(flow: Flow, Ix: Field, Iy: Field, It: Field, gain: Field, *, times: int) -> Flow:
    """Sweep `times`: from the neighbours' mean, a step along the gradient towards constancy."""
    gradient = torch.stack([Ix, Iy])
    for _ in range(times):
        mean = correlate(flow, NEIGHBOURS)
        r = gain * ((gradient * mean).sum(0) + It)
        flow = mean - gradient * r
    return flow


def pyramidal_horn_schunck(
    prev: Tensor, next_: Tensor, *, alpha: float = 0.5, iterations: int = 5, sweeps: int = 20
) -> tuple[Float[Tensor, "B H W 2"], Bool[Tensor, "B H W"]]:
    """Estimate dense flow by sweeps from coarse to fine; arguments as the reference.

    Returns
    -------
    flow, valid
        `(B, H, W, 2)` in pixels, and where agreeing pixels have texture in two directions.

    Raises
    ------
    ShapeError
        If the batches do not fit together, alpha is not above 0, or a count is below 1.
    """
    I1, I2 = brightness(prev, next_)
    check_alpha(alpha)
    check_count(iterations, "iterations")
    check_count(sweeps, "sweeps")
    step = partial(refine, alpha=alpha, sweeps=sweeps)
    return coarse_to_fine(I1, I2, step, times=iterations)


def refine(
    level: Level, flow: Flow, *, alpha: float, sweeps: int
) -> tuple[Flow, Bool[Tensor, "B H W"]]:
    """Sweep from the flow so far; a pixel's say is its weight `w`."""
    Ix, Iy, It, w = linearise(level, flow)
    u, v = flow
    It = It - Ix * u - Iy * v  # of the total flow, not of an increment
    gain = w / (alpha**2 + w * (Ix**2 + Iy**2))
    refined = sweep(flow, Ix, Iy, It, gain, times=sweeps)
    valid = textured(
        *window_sums(w * Ix * Ix, w * Ix * Iy, w * Iy * Iy, window=WINDOW), share=SOLVABLE
    )
    return refined, valid
