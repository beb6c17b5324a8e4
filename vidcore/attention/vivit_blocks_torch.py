"""ViViT's factorised blocks: two attentions one after the other, or half of the heads for each."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.attention.attention_torch import Kept, Mlp, SelfAttention, scaled_dot_product
from vidcore.attention.block_torch import JointBlock

AXES = {  # rows of tokens that meet: those of one place, or of one slice
    "time": ("b t n d -> (b n) t d", "(b n) t d -> b t n d"),
    "space": ("b t n d -> (b t) n d", "(b t) n d -> b t n d"),
}


class FactorisedBlock(nn.Module):
    """Model 3, factorised self-attention: along time and across space, each on a residual.

    Parameters
    ----------
    order
        "time" and "space", in the order of computation.
    """

    def __init__(
        self, width: int, heads: int, hidden: int, *, order: Sequence[str], eps: float = 1e-6
    ) -> None:
        super().__init__()
        self.order = tuple(order)
        for axis in AXES:
            setattr(self, f"norm_{axis}", nn.LayerNorm(width, eps=eps))
            setattr(self, f"attn_{axis}", SelfAttention(width, heads))
        self.norm2 = nn.LayerNorm(width, eps=eps)
        self.mlp = Mlp(width, hidden, approximate="tanh")

    def forward(
        self, x: Float[Tensor, "B T N D"], *, keep: bool = False
    ) -> tuple[Float[Tensor, "B T N D"], list[Kept]]:
        """Return the tokens, and what each step computed where `keep` asks for it."""
        B, T, N, _ = x.shape
        looked = []
        for axis in self.order:
            rows, back = AXES[axis]
            normed = rearrange(getattr(self, f"norm_{axis}")(x), rows)
            mixed, kept = getattr(self, f"attn_{axis}")(normed, keep=keep)
            x = x + rearrange(mixed, back, b=B, **({"n": N} if axis == "time" else {"t": T}))
            looked += [kept] if kept else []
        return x + self.mlp(self.norm2(x)), looked


class SplitHeadsBlock(JointBlock):
    """Model 4, factorised dot product: the first half of the heads looks along time, the second
    across space; the weights are those of a joint block.
    """

    def on_grid(
        self, x: Float[Tensor, "B T N D"], *, keep: bool = False
    ) -> tuple[Float[Tensor, "B T N D"], list[Kept]]:
        """Return the tokens, and what each half of the heads computed."""
        half = self.attn.heads // 2
        qkv = self.attn.qkv(self.norm1(x))
        mixed, looked = [], []
        for axis, heads in (("time", slice(half)), ("space", slice(half, None))):
            pattern = "b t n (three h d) -> three b " + ("n h t d" if axis == "time" else "t h n d")
            q, k, v = rearrange(qkv, pattern, three=3, h=self.attn.heads)[:, :, :, heads]
            if keep:
                out, weights = scaled_dot_product(q, k, v)
                looked.append(Kept(*(y.flatten(0, 1) for y in (q, k, weights))))
            else:
                out = F.scaled_dot_product_attention(q, k, v)
            back = "b n h t d -> b t n (h d)" if axis == "time" else "b t h n d -> b t n (h d)"
            mixed.append(rearrange(out, back))
        x = x + self.attn.proj(torch.cat(mixed, dim=-1))
        return x + self.mlp(self.norm2(x)), looked
