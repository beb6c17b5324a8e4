"""The structure tensor on tensors: as `structure`, with a leading batch axis."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vidcore.flow.structure import TEXTURED
from vidcore.flow.window_torch import window_sums

Field = Float[Tensor, "B H W"]


def structure_tensor(Ix: Field, Iy: Field, *, window: int) -> tuple[Field, Field, Field]:
    """Return the window sums (Sxx, Sxy, Syy) around every pixel, in squared grey levels."""
    Sxx, Sxy, Syy = window_sums(Ix * Ix, Ix * Iy, Iy * Iy, window=window)
    return Sxx, Sxy, Syy


def eigenvalues(Sxx: Field, Sxy: Field, Syy: Field) -> tuple[Field, Field]:
    """Return (l1, l2), the larger first: half the trace, plus and minus the half distance."""
    middle = (Sxx + Syy) / 2
    apart = torch.sqrt(((Sxx - Syy) / 2) ** 2 + Sxy**2)
    return middle + apart, middle - apart


@torch.no_grad()  # a yes or no has no slope
def textured(
    Sxx: Field, Sxy: Field, Syy: Field, *, share: float = TEXTURED
) -> Bool[Tensor, "B H W"]:
    """Mark where l2 exceeds a `share` of the largest l1 of the same image."""
    l1, l2 = eigenvalues(Sxx, Sxy, Syy)
    return l2 > share * l1.amax(dim=(1, 2), keepdim=True)
