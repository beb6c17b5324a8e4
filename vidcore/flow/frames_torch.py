"""The room's door for tensors: as `frames`, with a leading batch axis."""

import torch
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow.frames import SMALLEST_SIDE

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as `media.grey`


def brightness(
    prev: torch.Tensor, next_: torch.Tensor
) -> tuple[Float[torch.Tensor, "B H W"], Float[torch.Tensor, "B H W"]]:
    """Return both batches as grey `(B, H, W)`, on their device, in their dtype.

    Values are not searched for NaN: on a GPU that would wait for everything before it.

    Raises
    ------
    ShapeError
        If the shapes differ or are no batch of images, a side is below 2 pixels, or the values are
        integers.
    """
    if prev.shape != next_.shape or not _is_batch(prev):
        raise ShapeError(
            "The torch paths need two batches (B, H, W) or (B, H, W, 3) of one shape, with H and W "
            f"from {SMALLEST_SIDE}; got {tuple(prev.shape)} and {tuple(next_.shape)}. "
            "Add the batch axis with x[None]."
        )
    if not (prev.is_floating_point() and next_.is_floating_point()):
        raise ShapeError(f"Images hold floats in [0, 1]; got {prev.dtype} and {next_.dtype}.")
    return _grey(prev), _grey(next_)


def _is_batch(x: torch.Tensor) -> bool:
    is_image = x.ndim == 3 or (x.ndim == 4 and x.shape[3] == 3)
    return is_image and min(x.shape[1:3]) >= SMALLEST_SIDE


def _grey(x: torch.Tensor) -> torch.Tensor:
    return x @ torch.tensor(LUMA, dtype=x.dtype, device=x.device) if x.ndim == 4 else x
