"""Retrieval: sort by similarity, and count how often the right one comes first."""

import numpy as np
from jaxtyping import Bool, Float, Int64


def ranking(similarity: Float[np.ndarray, "N M"]) -> Int64[np.ndarray, "N M"]:
    """Return the candidates of every query, the most similar first; of equals the earlier one."""
    return np.argsort(-similarity, axis=-1, kind="stable")


def recall(
    similarity: Float[np.ndarray, "N M"], fits: Bool[np.ndarray, "N M"], *, k: int = 1
) -> float:
    """Return the share of queries with a candidate that fits among the first `k`."""
    first = ranking(similarity)[:, :k]
    return float(np.take_along_axis(fits, first, axis=-1).any(axis=-1).mean())
