"""Lucas-Kanade on tensors: `lucas_kanade` for a batch, on any device, with gradients."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vidcore.flow.derivatives_torch import sobel
from vidcore.flow.frames import check_window
from vidcore.flow.frames_torch import brightness
from vidcore.flow.structure_torch import structure_tensor, textured
from vidcore.flow.window_torch import fill, window_sum


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
    Sxx, Sxy, Syy = structure_tensor(Ix, Iy, window=window)
    Sxt, Syt = window_sum(Ix * It, window), window_sum(Iy * It, window)

    valid = textured(Sxx, Sxy, Syy)
    det = torch.where(valid, Sxx * Syy - Sxy * Sxy, 1)
    u = (Sxy * Syt - Syy * Sxt) / det
    v = (Sxy * Sxt - Sxx * Syt) / det
    return fill(torch.stack([u, v], dim=-1), valid), valid
