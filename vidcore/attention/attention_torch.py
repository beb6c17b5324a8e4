"""Attention on tensors: the explicit form, which returns its weights, and the fused one."""

from math import sqrt
from typing import NamedTuple

import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.attention.attention import check_qkv


def scaled_dot_product(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Mix the values by how well each query fits each key; as the reference, on tensors.

    Raises
    ------
    ShapeError
        If there is no key, or the shapes do not fit together.
    """
    check_qkv(tuple(q.shape), tuple(k.shape), tuple(v.shape))
    scores = q @ k.transpose(-1, -2) / sqrt(q.shape[-1])
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


class Kept(NamedTuple):
    """What one attention step computed on its way, for those who want to look.

    Parameters
    ----------
    q, k
        `(batch, heads, N, d)`, after projection and before scaling.
    weights
        `(batch, heads, N, N)`; rows sum to 1.
    """

    q: Float[Tensor, "b h n d"]
    k: Float[Tensor, "b h m d"]
    weights: Float[Tensor, "b h n m"]


class SelfAttention(nn.Module):
    """Project to q, k, v, attend in every head, project back.

    Parameters
    ----------
    width, heads
        D, and how many heads share it.
    bias
        Whether the three projections have biases; the output projection always has.
    """

    def __init__(self, width: int, heads: int, *, bias: bool = True) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=bias)
        self.proj = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "b n D"], *, keep: bool = False
    ) -> tuple[Float[Tensor, "b n D"], Kept | None]:
        """Attend within the middle axis: fused, or, with `keep`, by the explicit path."""
        q, k, v = rearrange(self.qkv(x), "b n (qkv h d) -> qkv b h n d", qkv=3, h=self.heads)
        kept = None
        if keep:
            mixed, weights = scaled_dot_product(q, k, v)
            kept = Kept(q, k, weights)
        else:
            mixed = F.scaled_dot_product_attention(q, k, v)
        return self.proj(rearrange(mixed, "b h n d -> b n (h d)")), kept


class Mlp(nn.Module):
    """Two layers at every token by itself."""

    def __init__(self, width: int, hidden: int, *, approximate: str = "none") -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        """Widen, GELU, narrow."""
        narrowed: Tensor = self.fc2(F.gelu(self.fc1(x), approximate=self.approximate))
        return narrowed
