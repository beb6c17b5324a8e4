"""Derivatives on tensors: as `derivatives`, with a leading batch axis."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

from vidcore.flow.derivatives import FIVE_POINT
from vidcore.flow.window_torch import correlate

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8


def sobel(
    image: Float[Tensor, "B H W"],
) -> tuple[Float[Tensor, "B H W"], Float[Tensor, "B H W"]]:
    """Return (Ix, Iy) by Sobel / 8: a ramp of slope 1 gives 1."""
    return correlate(image, SOBEL), correlate(image, SOBEL.T)


def five_point(
    image: Float[Tensor, "B H W"],
) -> tuple[Float[Tensor, "B H W"], Float[Tensor, "B H W"]]:
    """Return (Ix, Iy) by the five-point rule."""
    return correlate(image, FIVE_POINT), correlate(image, FIVE_POINT.T)
