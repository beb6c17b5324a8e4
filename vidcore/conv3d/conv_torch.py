"""3-D convolution on tensors: as `conv`, for a batch, on any device, with gradients."""

import torch.nn.functional as F
from torch import Tensor

from vidcore.conv3d.conv import PADDINGS, Steps, _steps, borders, output_shape
from vidcore.errors import ShapeError


def conv3d(
    volume: Tensor,
    kernel: Tensor,
    *,
    padding: str = "valid",
    stride: Steps = 1,
    dilation: Steps = 1,
) -> Tensor:
    """Correlate each volume of a batch with its own kernel, or all with one.

    Parameters
    ----------
    volume
        `(B, T, H, W)`.
    kernel
        `(B, kT, kH, kW)`, or `(kT, kH, kW)` for all. The others as the reference.

    Returns
    -------
    tensor
        `(B, T', H', W')` on the volume's device; gradients reach both arguments.

    Raises
    ------
    ShapeError
        As the reference.
    """
    B = len(volume)
    if kernel.ndim == 3:
        kernel = kernel.expand(B, *kernel.shape)
    if volume.ndim != 4 or kernel.ndim != 4 or len(kernel) != B or 0 in kernel.shape:
        raise ShapeError(
            "conv3d needs volumes (B, T, H, W) and kernels (B, kT, kH, kW) or (kT, kH, kW); "
            f"got {tuple(volume.shape)} and {tuple(kernel.shape)}."
        )
    size = tuple(kernel.shape[1:])
    steps, gaps = _steps("stride", stride), _steps("dilation", dilation)
    x = pad(volume, size, padding, gaps)
    output_shape(tuple(x.shape[1:]), size, steps, gaps)  # refuses a kernel that fits nowhere
    # a group for each sample: torch shares kernels over the batch, not over groups
    return F.conv3d(x[None], kernel[:, None], stride=steps, dilation=gaps, groups=B)[0]


def pad(volume: Tensor, kernel: tuple[int, ...], padding: str, dilation: Steps = 1) -> Tensor:
    """Add the borders that `padding` asks for along the last three axes."""
    before_after = borders(kernel, padding, dilation)
    widths = [n for pair in reversed(before_after) for n in pair]  # torch counts from the last axis
    if padding == PADDINGS[2]:
        return F.pad(volume, widths, mode="replicate")
    return F.pad(volume, widths)
