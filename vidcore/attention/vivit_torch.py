"""ViViT as a network: four ways to factorise, in one class.

    spacetime                          1  all tubelets of the clip meet
    factorized_encoder                 2  those of each slice, then one token per slice
    factorized_self_attention_block    3  along time, then across space, in every block
    factorized_dot_product_attention   4  half of the heads along time, half across space

Arnab et al., ViViT: A Video Vision Transformer, ICCV 2021; google-research/scenic. Model 1 is the
unfactorised one. Names are those of the released code.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.attention.attention_torch import Kept
from vidcore.attention.block_torch import JointBlock
from vidcore.attention.vivit_blocks_torch import FactorisedBlock, SplitHeadsBlock

Kind = Literal[
    "spacetime",
    "factorized_encoder",
    "factorized_self_attention_block",
    "factorized_dot_product_attention",
]
KINDS = (
    "spacetime",
    "factorized_encoder",
    "factorized_self_attention_block",
    "factorized_dot_product_attention",
)
EPS = 1e-6


class Looked(NamedTuple):
    """A forward pass with all that happened on its way.

    Parameters
    ----------
    logits
        `(B, K)`.
    states
        Tokens after the embedding, with positions, and after every block of every encoder.
    kept
        What every attention step computed, in order.
    """

    logits: Float[Tensor, "B K"]
    states: list[Tensor]
    kept: list[Kept]


class Encoder(nn.Module):
    """Class token, positions, blocks, LayerNorm.

    Parameters
    ----------
    tokens
        How many have a position, the class token included.
    token
        Whether there is a class token; else the mean is the answer.
    """

    def __init__(
        self, blocks: Sequence[nn.Module], width: int, tokens: int, *, token: bool
    ) -> None:
        super().__init__()
        self.cls = nn.Parameter(torch.zeros(1, 1, width)) if token else None
        self.positions = nn.Parameter(torch.zeros(1, tokens, width))
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(width, eps=EPS)

    def forward(
        self, x: Float[Tensor, "B T N D"], *, keep: bool = False
    ) -> tuple[Float[Tensor, "B D"], list[Tensor], list[Kept]]:
        """Return one token for the whole, the states and what was kept."""
        T = x.shape[1]
        row = rearrange(x, "b t n d -> b (t n) d")
        if self.cls is not None:
            row = torch.cat([self.cls.expand(len(row), -1, -1), row], dim=1)
        row = row + self.positions
        states, looked = [row], list[Kept]()
        for block in self.blocks:
            if isinstance(block, (FactorisedBlock, SplitHeadsBlock)):
                grid = rearrange(row, "b (t n) d -> b t n d", t=T)
                step = block.on_grid if isinstance(block, SplitHeadsBlock) else block
                grid, kept = step(grid, keep=keep)
                row, looked = rearrange(grid, "b t n d -> b (t n) d"), looked + kept
            else:
                row, one = block(row, keep=keep)
                looked += [one] if one else []
            states.append(row)
        normed = self.norm(row)
        return normed.mean(1) if self.cls is None else normed[:, 0], states, looked


class Vivit(nn.Module):
    """The whole network; its sizes are given, the published ones are read by `vivit_layouts_torch`.

    Parameters
    ----------
    patch
        Of a tubelet: frames, rows, columns.
    tokens
        How many have a position: of the clip, or of a slice in model 2, class tokens left out.
    slices
        Of the clip; only model 2 has positions for them.
    order
        Of the two attentions in a block of model 3.
    """

    def __init__(
        self,
        kind: str,
        *,
        width: int,
        depth: int,
        heads: int,
        hidden: int,
        patch: tuple[int, int, int],
        tokens: int,
        classes: int,
        token: bool,
        slices: int = 0,
        late_depth: int = 4,
        channels: int = 3,
        order: Sequence[str] = ("time", "space"),
        eps: float = EPS,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.kind, self.heads = kind, heads
        extra = int(token)

        def joint(count: int) -> list[nn.Module]:
            return [
                JointBlock(width, heads, hidden, eps=eps, bias=bias, approximate="tanh")
                for _ in range(count)
            ]

        self.embedding = nn.Conv3d(channels, width, patch, patch)
        if kind == "factorized_encoder":
            self.spatial = Encoder(joint(depth), width, tokens + extra, token=token)
            self.temporal = Encoder(joint(late_depth), width, slices + extra, token=token)
        else:
            blocks: list[nn.Module] = joint(depth)
            if kind == "factorized_self_attention_block":
                blocks = [
                    FactorisedBlock(width, heads, hidden, order=order, eps=eps)
                    for _ in range(depth)
                ]
            elif kind == "factorized_dot_product_attention":
                blocks = [
                    SplitHeadsBlock(width, heads, hidden, eps=eps, approximate="tanh")
                    for _ in range(depth)
                ]
            self.encoder = Encoder(blocks, width, tokens + extra, token=token)
        self.head = nn.Linear(width, classes)

    def forward(self, video: Float[Tensor, "B C T H W"]) -> Float[Tensor, "B K"]:
        """Return the logits."""
        return self.look(video, keep=False).logits

    def look(self, video: Float[Tensor, "B C T H W"], *, keep: bool = True) -> Looked:
        """Return the logits, every state, and with `keep` every map."""
        x = rearrange(self.embedding(video), "b d t h w -> b t (h w) d")
        if self.kind != "factorized_encoder":
            one, states, kept = self.encoder(x, keep=keep)
            return Looked(self.head(one), states, kept)
        B = len(x)
        slices, states, kept = self.spatial(rearrange(x, "b t n d -> (b t) 1 n d"), keep=keep)
        one, late, later = self.temporal(rearrange(slices, "(b t) d -> b 1 t d", b=B), keep=keep)
        return Looked(self.head(one), states + late, kept + later)
