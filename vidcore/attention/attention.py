r"""Scaled dot-product attention: every query mixes all values, weighted by how well the keys fit.

    scores  = q k^T / sqrt(D)              one number for each pair (query, key)
    weights = softmax(scores)              over the keys: each row sums to 1
    mixed   = weights v

Vaswani et al., Attention Is All You Need, NIPS 2017, equation 1.
"""

from math import sqrt

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError

AXES = 2  # (N, D) at least


def scaled_dot_product(
    q: np.ndarray, k: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mix the values by how well each query fits each key.

    Parameters
    ----------
    q
        Queries `(..., N, D)`.
    k
        Keys `(..., M, D)`; leading axes as those of `q`, or such that they broadcast.
    v
        Values `(..., M, E)`, one for each key.

    Returns
    -------
    mixed, weights
        `(..., N, E)` and `(..., N, M)`; each row of the weights is positive and sums to 1.

    Raises
    ------
    ShapeError
        If there is no key, the widths of `q` and `k` differ, or there are not as many values as
        keys.
    """
    check_qkv(q.shape, k.shape, v.shape)
    scores = q @ np.swapaxes(k, -1, -2) / sqrt(q.shape[-1])
    weights = softmax(scores)
    return weights @ v, weights


def softmax(scores: Float[np.ndarray, "*batch M"]) -> Float[np.ndarray, "*batch M"]:
    """Turn scores into weights that sum to 1 over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)  # the same weights, and no overflow
    e: np.ndarray = np.exp(shifted)
    e /= e.sum(axis=-1, keepdims=True)
    return e


def multi_head(
    x: Float[np.ndarray, "*batch N D"],
    qkv: Float[np.ndarray, "D3 D"],
    bias: Float[np.ndarray, " D3"] | None,
    *,
    heads: int,
) -> tuple[Float[np.ndarray, "*batch N D"], Float[np.ndarray, "*batch heads N N"]]:
    """Attend within the last token axis, in `heads` subspaces at once.

    Parameters
    ----------
    qkv, bias
        The projections to query, key and value, one below the other, as published checkpoints
        keep them; `bias` may be absent.

    Returns
    -------
    mixed, weights
        The heads side by side, before the output projection; and each head's weights.
    """
    projected = x @ qkv.T if bias is None else x @ qkv.T + bias
    q, k, v = (split_heads(part, heads) for part in np.split(projected, 3, axis=-1))
    mixed, weights = scaled_dot_product(q, k, v)
    return join_heads(mixed), weights


def split_heads(x: Float[np.ndarray, "*batch N D"], heads: int) -> np.ndarray:
    """`(..., N, heads d)` to `(..., heads, N, d)`."""
    return np.swapaxes(x.reshape(*x.shape[:-1], heads, -1), -2, -3)


def join_heads(x: np.ndarray) -> np.ndarray:
    """`(..., heads, N, d)` to `(..., N, heads d)`."""
    x = np.swapaxes(x, -2, -3)
    return x.reshape(*x.shape[:-2], -1)


def check_qkv(q: tuple[int, ...], k: tuple[int, ...], v: tuple[int, ...]) -> None:
    """Refuse shapes that do not fit, by name; shared with the torch path.

    Raises
    ------
    ShapeError
        As `scaled_dot_product` says.
    """
    if min(len(q), len(k), len(v)) < AXES or 0 in (q[-1], k[-2]):
        raise ShapeError(
            f"Attention needs q (..., N, D), k (..., M, D) and v (..., M, E) with M, D >= 1; "
            f"got {q}, {k} and {v}. Add the token axis: x[None]."
        )
    if q[-1] != k[-1]:
        raise ShapeError(
            f"Queries and keys need the same width; got q {q} and k {k}. Project both to one D."
        )
    if k[-2] != v[-2]:
        raise ShapeError(f"Every key needs one value; got {k[-2]} keys and {v[-2]} values.")
