"""Inflation on tensors: as `inflation`, with any leading axes, on any device, with gradients."""

import torch
from torch import Tensor

from vidcore.conv3d.inflation import check


def inflate(kernel: Tensor, kT: int, *, how: str = "mean") -> Tensor:
    """Give 2-D filters `(..., kH, kW)` an extent of `kT` frames; arguments as the reference.

    Returns
    -------
    tensor
        `(..., kT, kH, kW)`: `(B, kT, kH, kW)` from a batch, `(O, C, kT, kH, kW)` from a layer.

    Raises
    ------
    ShapeError
        As the reference.
    """
    check(kernel.ndim, kT, how)
    frames = torch.full((kT,), 1 / kT, dtype=kernel.dtype, device=kernel.device)
    if how == "centre":
        frames = torch.zeros_like(frames)
        frames[kT // 2] = 1
    return frames[:, None, None] * kernel[..., None, :, :]
