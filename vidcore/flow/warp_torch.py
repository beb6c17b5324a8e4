"""Backward warp on tensors: as `warp`, with a leading batch axis and gradients."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from vidcore.errors import ShapeError


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """Sample each image at its pixels' targets, bilinearly, borders replicated.

    Parameters
    ----------
    image
        `(B, H, W)` or `(B, H, W, 3)`.
    flow
        `(B, H, W, 2)`: u, right, and v, down, in pixels.

    Returns
    -------
    warped
        The shape, dtype and device of `image`; gradients reach both arguments.

    Raises
    ------
    ShapeError
        If the two do not fit together.
    """
    if image.ndim not in (3, 4) or flow.shape != (*image.shape[:3], 2):
        raise ShapeError(
            "warp needs images (B, H, W) or (B, H, W, 3) and a flow (B, H, W, 2) of their size; "
            f"got {tuple(image.shape)} and {tuple(flow.shape)}."
        )
    _, H, W = image.shape[:3]
    y, x = torch.meshgrid(
        torch.arange(H, device=flow.device, dtype=flow.dtype),
        torch.arange(W, device=flow.device, dtype=flow.dtype),
        indexing="ij",
    )
    target_x, target_y = x + flow[..., 0], y + flow[..., 1]
    if image.ndim == 3:
        return sample(image[:, None], target_x, target_y)[:, 0]
    return sample(image.movedim(3, 1), target_x, target_y).movedim(1, 3)


def sample(
    image: Float[Tensor, "B C H W"],
    x: Float[Tensor, "B i j"],
    y: Float[Tensor, "B k l"],
    *,
    padding: str = "border",
) -> Float[Tensor, "B C h w"]:
    """Sample at points in pixels, centres at integers; x and y broadcast to one grid.

    `grid_sample` wants -1 to 1. We measure from the outer edges (align_corners=False), which says
    the same and does not divide by W - 1: RAFT's coarsest level can be one pixel wide.
    """
    H, W = image.shape[-2:]
    x, y = x * (2 / W) + (1 / W - 1), y * (2 / H) + (1 / H - 1)
    grid = torch.stack(torch.broadcast_tensors(x, y), dim=-1)  # type: ignore[no-untyped-call]
    return F.grid_sample(image, grid.to(image), padding_mode=padding, align_corners=False)
