"""The transformer block of VideoMAE: attend, then think, each on top of what came in.

    x = x + attention(norm(x)),    x = x + mlp(norm(x))

Names of parameters are the authors', so that their weights load with a table of a few lines.
"""

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.videomae.sizes import Stack


class Attention(nn.Module):
    """Attention among tokens; `keys` is how many of the first ones may be looked at."""

    def __init__(self, sizes: Stack) -> None:
        super().__init__()
        D = sizes.width
        self.heads = sizes.heads
        self.qkv = nn.Linear(D, 3 * D, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(D)) if sizes.biased else None
        self.v_bias = nn.Parameter(torch.zeros(D)) if sizes.biased else None
        self.proj = nn.Linear(D, D)

    def forward(
        self, x: Float[Tensor, "B N D"], *, keys: int | None = None
    ) -> Float[Tensor, "B N D"]:
        """Mix the values of the tokens that each token looks at."""
        wq, wk, wv = self.qkv.weight.chunk(3)
        seen = x[:, :keys]
        q, k, v = F.linear(x, wq, self.q_bias), F.linear(seen, wk), F.linear(seen, wv, self.v_bias)
        q, k, v = (rearrange(a, "b n (h d) -> b h n d", h=self.heads) for a in (q, k, v))
        mixed = attend(q, k, v)
        out: Tensor = self.proj(rearrange(mixed, "b h n d -> b n (h d)"))
        return out


def attend(
    q: Float[Tensor, "B h M d"], k: Float[Tensor, "B h N d"], v: Float[Tensor, "B h N d"]
) -> Float[Tensor, "B h M d"]:
    """Mix values by the softmax of scaled scores.

    PyTorch's fused kernel is for inference: on a CPU its backward pass took a third of a training
    step, four times what the plain products below take.
    """
    if not torch.is_grad_enabled():
        fused: Tensor = F.scaled_dot_product_attention(q, k, v)
        return fused
    weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(dim=-1)
    mixed: Tensor = weights.to(v.dtype) @ v
    return mixed


class Mlp(nn.Module):
    """Two linear layers with a GELU between, for each token alone."""

    def __init__(self, sizes: Stack) -> None:
        super().__init__()
        self.fc1 = nn.Linear(sizes.width, sizes.hidden)
        self.fc2 = nn.Linear(sizes.hidden, sizes.width)

    def forward(self, x: Float[Tensor, "B N D"]) -> Float[Tensor, "B N D"]:
        """Widen, bend, and narrow."""
        out: Tensor = self.fc2(F.gelu(self.fc1(x)))
        return out


class Block(nn.Module):
    """Attention and MLP, normalised before and added after."""

    def __init__(self, sizes: Stack) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(sizes.width, eps=sizes.eps)
        self.attn = Attention(sizes)
        self.norm2 = nn.LayerNorm(sizes.width, eps=sizes.eps)
        self.mlp = Mlp(sizes)

    def forward(
        self, x: Float[Tensor, "B N D"], *, keys: int | None = None
    ) -> Float[Tensor, "B N D"]:
        """Add what the block found."""
        x = x + self.attn(self.norm1(x), keys=keys)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out
