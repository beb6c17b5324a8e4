"""(2+1)D on tensors: as `factorize`, for a batch, on any device, with gradients."""

from torch import Tensor

from vidcore.conv3d.conv_torch import conv3d
from vidcore.conv3d.factorize import check


def r2plus1d(volume: Tensor, spatial: Tensor, temporal: Tensor, *, relu: bool = True) -> Tensor:
    """Filter every frame, cut at zero, and filter along time; valid borders.

    Parameters
    ----------
    volume
        `(B, T, H, W)`.
    spatial
        `(B, kH, kW)`, or `(kH, kW)` for all.
    temporal
        `(B, kT)`, or `(kT,)` for all.

    Returns
    -------
    tensor
        `(B, T - kT + 1, H - kH + 1, W - kW + 1)`.

    Raises
    ------
    ShapeError
        As the reference.
    """
    B = len(volume)
    spatial = spatial.expand(B, *spatial.shape) if spatial.ndim == 2 else spatial
    temporal = temporal.expand(B, *temporal.shape) if temporal.ndim == 1 else temporal
    check(volume.ndim - 1, spatial.ndim - 1, temporal.ndim - 1)
    planes = conv3d(volume, spatial[:, None])
    return conv3d(planes.relu() if relu else planes, temporal[:, :, None, None])
