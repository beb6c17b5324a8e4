r"""Transformer blocks as published, in NumPy: what one layer of TimeSformer does to its tokens.

    joint    x <- x + Attention(LN x)          divided    x <- x + Linear(AttentionTime(LN x))
             x <- x + MLP(LN x)                           x <- x + AttentionSpace(LN x)
                                                          x <- x + MLP(LN x)

Weights go by the authors' names (facebookresearch/TimeSformer, `vit.py`), so a checkpoint's block
can be put in as it is. The class token joins the step across space, copied into every frame and
averaged over them after, and takes no part in the step along time.
"""

from collections.abc import Mapping
from functools import partial
from math import erf, sqrt

import numpy as np
from einops import rearrange
from jaxtyping import Float

from vidcore.attention.attention import multi_head

ERF = np.vectorize(erf, otypes=[np.float64])  # NumPy has none
Weights = Mapping[str, np.ndarray]  # "norm1.weight", "attn.qkv.weight", "mlp.fc1.bias", ...


def layer_norm(
    x: Float[np.ndarray, "*batch D"], weights: Weights, name: str, *, eps: float = 1e-6
) -> Float[np.ndarray, "*batch D"]:
    """Bring every token to mean 0 and variance 1, then scale and shift each number of it."""
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    normed: np.ndarray = (x - mean) / np.sqrt(variance + eps)
    return np.asarray(normed * weights[f"{name}.weight"] + weights[f"{name}.bias"])


def linear(x: Float[np.ndarray, "*batch D"], weights: Weights, name: str) -> np.ndarray:
    """Multiply by a matrix and add a bias."""
    return np.asarray(x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])


def mlp(x: Float[np.ndarray, "*batch D"], weights: Weights) -> Float[np.ndarray, "*batch D"]:
    """Widen, GELU, narrow: at every token by itself."""
    return np.asarray(linear(gelu(linear(x, weights, "mlp.fc1")), weights, "mlp.fc2"))


def gelu(x: np.ndarray) -> np.ndarray:
    """x times the normal distribution function, exact."""
    return np.asarray(0.5 * x * (1 + ERF(x / sqrt(2))))


def attention(
    x: Float[np.ndarray, "*batch N D"], weights: Weights, name: str, *, heads: int
) -> tuple[np.ndarray, np.ndarray]:
    """Attend within the token axis and project; returns the maps as well."""
    qkv, bias = weights[f"{name}.qkv.weight"], weights.get(f"{name}.qkv.bias")
    mixed, maps = multi_head(x, qkv, bias, heads=heads)
    return linear(mixed, weights, f"{name}.proj"), maps


def joint_block(
    x: Float[np.ndarray, "*batch N D"], weights: Weights, *, heads: int, eps: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Let all tokens of the last token axis meet, the class token among them.

    Space-only is the same block with the frames as a batch.
    """
    normed = partial(layer_norm, weights=weights, eps=eps)
    mixed, maps = attention(normed(x, name="norm1"), weights, "attn", heads=heads)
    x = x + mixed
    return x + mlp(normed(x, name="norm2"), weights), maps


def divided_block(
    cls: Float[np.ndarray, " D"],
    x: Float[np.ndarray, "T N D"],
    weights: Weights,
    *,
    heads: int,
    eps: float = 1e-6,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Look along time at every place, then across every frame.

    Returns
    -------
    cls, x, time_maps, space_maps
        The class token and the patches after the block; `(N, heads, T, T)` and
        `(T, heads, 1+N, 1+N)`, the class token first.
    """
    normed = partial(layer_norm, weights=weights, eps=eps)
    columns = rearrange(normed(x, name="temporal_norm1"), "t n d -> n t d")
    moved, time_maps = attention(columns, weights, "temporal_attn", heads=heads)
    x = x + rearrange(linear(moved, weights, "temporal_fc"), "n t d -> t n d")

    frames = np.concatenate([np.broadcast_to(cls, (len(x), 1, len(cls))), x], axis=1)
    mixed, space_maps = attention(normed(frames, name="norm1"), weights, "attn", heads=heads)
    cls, x = cls + mixed[:, 0].mean(axis=0), x + mixed[:, 1:]

    cls = cls + mlp(normed(cls, name="norm2"), weights)
    return cls, x + mlp(normed(x, name="norm2"), weights), time_maps, space_maps
