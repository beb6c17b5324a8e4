"""Retrieval on tensors: as `retrieve`, for batches of galleries."""

from jaxtyping import Bool, Float, Int64
from torch import Tensor


def ranking(similarity: Float[Tensor, "B N M"]) -> Int64[Tensor, "B N M"]:
    """Return the candidates of every query, the most similar first; of equals the earlier one."""
    return (-similarity).argsort(dim=-1, stable=True)


def recall(
    similarity: Float[Tensor, "B N M"], fits: Bool[Tensor, "B N M"], *, k: int = 1
) -> Float[Tensor, " B"]:
    """Return the share of each gallery's queries with one that fits among the first `k`."""
    first = ranking(similarity)[..., :k]
    return fits.gather(-1, first).any(dim=-1).to(similarity.dtype).mean(dim=-1)
