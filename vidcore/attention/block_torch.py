"""Transformer blocks as published, in torch: as `block`, for a batch, with gradients."""

import torch
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.attention.attention_torch import Kept, Mlp, SelfAttention


class JointBlock(nn.Module):
    """All tokens of a row meet, the class token among them; space-only: a row is a frame.

    Parameters
    ----------
    width, heads, hidden
        D, heads, and the width inside the MLP.
    eps
        Of the LayerNorms.
    bias
        Whether query, key and value have biases.
    approximate
        "none" for the exact GELU, "tanh" for ViViT's.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        hidden: int,
        *,
        eps: float = 1e-6,
        bias: bool = True,
        approximate: str = "none",
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.attn = SelfAttention(width, heads, bias=bias)
        self.norm2 = nn.LayerNorm(width, eps=eps)
        self.mlp = Mlp(width, hidden, approximate=approximate)

    def forward(
        self, x: Float[Tensor, "b n D"], *, keep: bool = False
    ) -> tuple[Float[Tensor, "b n D"], Kept | None]:
        """Return the tokens, and what the attention computed where `keep` asks for it."""
        mixed, kept = self.attn(self.norm1(x), keep=keep)
        x = x + mixed
        return x + self.mlp(self.norm2(x)), kept


class DividedBlock(JointBlock):
    """First along time at every place, then across every frame; see `block.divided_block`."""

    def __init__(
        self, width: int, heads: int, hidden: int, *, eps: float = 1e-6, bias: bool = True
    ) -> None:
        super().__init__(width, heads, hidden, eps=eps, bias=bias)
        self.temporal_norm1 = nn.LayerNorm(width, eps=eps)
        self.temporal_attn = SelfAttention(width, heads, bias=bias)
        self.temporal_fc = nn.Linear(width, width)

    def step(
        self, cls: Float[Tensor, "b D"], x: Float[Tensor, "b t n D"], *, keep: bool = False
    ) -> tuple[Tensor, Tensor, Kept | None, Kept | None]:
        """Return the class token, the patches, and what each step computed."""
        B, T = x.shape[:2]
        columns = rearrange(self.temporal_norm1(x), "b t n d -> (b n) t d")
        moved, along = self.temporal_attn(columns, keep=keep)
        x = x + rearrange(self.temporal_fc(moved), "(b n) t d -> b t n d", b=B)

        frames = torch.cat([repeat(cls, "b d -> b t 1 d", t=T), x], dim=2)
        mixed, across = self.attn(rearrange(self.norm1(frames), "b t n d -> (b t) n d"), keep=keep)
        mixed = rearrange(mixed, "(b t) n d -> b t n d", b=B)
        cls, x = cls + mixed[:, :, 0].mean(dim=1), x + mixed[:, :, 1:]

        cls = cls + self.mlp(self.norm2(cls))
        return cls, x + self.mlp(self.norm2(x)), along, across
