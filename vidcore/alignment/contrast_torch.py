"""The contrastive loss on tensors: as `contrast`, for batches of batches, with gradients."""

import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def cosine(a: Float[Tensor, "B N D"], b: Float[Tensor, "B M D"]) -> Float[Tensor, "B N M"]:
    """Return the cosine of the angle between every two vectors, -1 to 1."""
    return F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).transpose(-1, -2)


def one_way(
    similarity: Float[Tensor, "B N M"],
    fits: Bool[Tensor, "B N M"],
    *,
    temperature: float | Float[Tensor, ""],
) -> Float[Tensor, " B"]:
    """Return the mean cross-entropy of the rows that fit anything."""
    asked = fits.any(dim=-1)
    target = fits.to(similarity.dtype) / fits.sum(dim=-1, keepdim=True).clamp(min=1)
    log_p = (similarity / temperature).log_softmax(dim=-1)
    return -(target * log_p).sum(dim=(-2, -1)) / asked.sum(dim=-1)


def info_nce(
    similarity: Float[Tensor, "B N M"],
    fits: Bool[Tensor, "B N M"],
    *,
    temperature: float | Float[Tensor, ""],
) -> Float[Tensor, " B"]:
    """Return the symmetric contrastive loss of each batch, in nats."""
    to_text = one_way(similarity, fits, temperature=temperature)
    to_clip = one_way(similarity.transpose(-1, -2), fits.transpose(-1, -2), temperature=temperature)
    return (to_text + to_clip) / 2
