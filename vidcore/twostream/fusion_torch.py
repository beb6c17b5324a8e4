"""Late fusion on tensors: as `fusion`, for a batch, with gradients."""

from jaxtyping import Float
from torch import Tensor


def fuse(
    spatial_logits: Float[Tensor, "B K"],
    temporal_logits: Float[Tensor, "B K"],
    *,
    weight: float = 0.5,
) -> Float[Tensor, "B K"]:
    """Average the answers of two streams; arguments as the reference, batches first."""
    spatial, temporal = spatial_logits.softmax(dim=-1), temporal_logits.softmax(dim=-1)
    return weight * spatial + (1 - weight) * temporal


def fuse_logits(
    spatial_logits: Float[Tensor, "B K"],
    temporal_logits: Float[Tensor, "B K"],
    *,
    weight: float = 0.5,
) -> Float[Tensor, "B K"]:
    """Average the logits, then take one softmax; arguments as the reference, batches first."""
    mixed = weight * spatial_logits + (1 - weight) * temporal_logits
    return mixed.softmax(dim=-1)
