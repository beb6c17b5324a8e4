"""The small trained transformers: one encoder, four ways to pair its tokens.

    space       every frame by itself                               TimeSformer, space-only
    joint       every token with every other                        TimeSformer, joint
    divided     the same place at all times, then the same time     TimeSformer, divided
    factorised  every slice by itself, then one token per slice     ViViT, model 2

A linear patch embedding learns too slowly from some ten thousand clips, so tokens come from a stem:
the first two layers of a network that was trained before, held as they are, and one convolution.
Those that may see time take over the layers of `c3d`, 3x3x3 kernels: motion of a few frames is in
every token, as in a tubelet. The one that must not takes over those of `frame`, and sees frames
that are the same ones when the clip is played backwards: every second frame would not be, and half
a frame of shift tells right from left.

Positions are added after a LayerNorm, and are of its size: small ones leave the network blind to
order for hundreds of steps.
"""

from typing import Any, Literal

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.weights.heads_torch import Heads

Scheme = Literal["space", "joint", "divided", "factorised"]
TUBELET = 2  # frames from one slice of tokens to the next
SLICES, SIDE = 8, 6  # tokens along time, and along each side: 16 frames of 48 x 48
STEM = (24, 48)  # channels, as in the networks that the stem comes from
STRIDES = ((1, 2, 2), (TUBELET, 2, 2))  # time, height, width
MIRRORED = (0, 2, 4, 6, 9, 11, 13, 15)  # what is seen of 16 frames one at a time
POSITION = 0.5  # standard deviation of the positions at the start
LATE = 2  # layers over slices in the factorised encoder


class Attention(nn.Module):
    """Multi-head self-attention over axis 1; the weights are returned where they are asked for."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, x: Float[Tensor, "B N D"], maps: list[Tensor] | None = None
    ) -> Float[Tensor, "B N D"]:
        """Mix the tokens; append `(B, heads, N, N)` weights to `maps`."""
        q, k, v = rearrange(self.qkv(x), "b n (three h d) -> three b h n d", three=3, h=self.heads)
        if maps is None:
            with torch.autocast(x.device.type, enabled=False):  # half as fast in bfloat16 on a CPU
                mixed = F.scaled_dot_product_attention(q.float(), k.float(), v.float())
        else:  # what the fused kernel computes, with the weights in sight
            scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
            weights = scores.softmax(dim=-1)
            maps.append(weights)
            mixed = weights @ v
        out: Tensor = self.out(rearrange(mixed, "b h n d -> b n (h d)"))
        return out


class Block(nn.Module):
    """A pre-norm transformer block; a divided one attends over time first, then over space."""

    def __init__(self, width: int, heads: int, scheme: Scheme) -> None:
        super().__init__()
        self.scheme = scheme
        if scheme == "divided":
            self.norm_time, self.time = nn.LayerNorm(width), Attention(width, heads)
        self.norm_space, self.space = nn.LayerNorm(width), Attention(width, heads)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(
        self, x: Float[Tensor, "B T N D"], maps: dict[str, list[Tensor]]
    ) -> Float[Tensor, "B T N D"]:
        """Update every token from those its scheme pairs it with."""
        B, T = x.shape[:2]
        if self.scheme == "divided":
            columns = rearrange(self.norm_time(x), "b t n d -> (b n) t d")
            moved = self.time(columns, maps.get("time"))
            x = x + rearrange(moved, "(b n) t d -> b t n d", b=B)
        pattern = "b (t n) d" if self.scheme == "joint" else "(b t) n d"
        rows = rearrange(self.norm_space(x), f"b t n d -> {pattern}")
        moved = self.space(rows, maps.get("space"))
        x = x + rearrange(moved, f"{pattern} -> b t n d", b=B, t=T)
        updated: Tensor = x + self.mlp(self.norm_mlp(x))
        return updated


class SmallTransformer(nn.Module):
    """Tubelets, positions, blocks, the mean, the questions.

    Parameters
    ----------
    scheme
        Which tokens meet.
    reach
        Frames of the stem's kernels: 3, or 1 for tokens that each know a single frame.
    """

    def __init__(
        self, scheme: Scheme, reach: int = 3, *, width: int = 64, depth: int = 3, heads: int = 4
    ) -> None:
        super().__init__()
        self.scheme = scheme
        kernel, border = (reach, 3, 3), (reach // 2, 1, 1)
        self.tubelet = 1 if reach == 1 else TUBELET  # frames to a slice of tokens
        strides = [(1, 2, 2)] * len(STEM) if reach == 1 else STRIDES
        self.stem = nn.ModuleList(
            nn.Sequential(
                nn.Conv3d(c_in, c_out, kernel, stride, border, bias=False),
                nn.BatchNorm3d(c_out),
                nn.ReLU(),
            )
            for c_in, c_out, stride in zip((3, STEM[0]), STEM, strides, strict=True)
        )
        self.stem.requires_grad_(False)
        self.embed = nn.Conv2d(STEM[-1], width, 3, stride=2, padding=1)
        self.norm_stem = nn.LayerNorm(width)
        self.place = nn.Parameter(POSITION * torch.randn(1, 1, SIDE * SIDE, width))
        if scheme != "space":  # as published: a token that knew its time could tell an order alone
            self.moment = nn.Parameter(POSITION * torch.randn(1, SLICES, 1, width))
        self.blocks = nn.ModuleList(Block(width, heads, scheme) for _ in range(depth))
        late = LATE if scheme == "factorised" else 0
        self.late = nn.ModuleList(Block(width, heads, "joint") for _ in range(late))
        self.norm = nn.LayerNorm(width)
        self.heads = Heads(width)

    @property
    def shown(self) -> tuple[int, ...]:
        """The frame that stands for each slice of tokens."""
        return MIRRORED if self.tubelet == 1 else tuple(range(0, SLICES * TUBELET, TUBELET))

    def forward(self, video: Float[Tensor, "B 3 T H W"], *, keep: bool = False) -> dict[str, Any]:
        """Return the logits of each question.

        With `keep` also "features" by block `(B, 8, 36, D)`, and "maps", the weights of every
        block: "space" `(B, 8, heads, 36, 36)`, or `(B, heads, 288, 288)` where all tokens meet;
        "time" `(B, 36, heads, 8, 8)`; "late" `(B, heads, 8, 8)`.
        """
        maps: dict[str, list[Tensor]] = {"space": [], "time": [], "late": []} if keep else {}
        x = self.tokens(video)
        features = {"tokens": x}
        for k, block in enumerate(self.blocks, start=1):
            x = features[f"block{k}"] = block(x, maps)
        if self.late:
            x = x.mean(2, keepdim=True) + self.moment  # one token per slice
            for block in self.late:
                x = block(x, {"space": maps["late"]} if keep else {})
        scores: dict[str, Any] = self.heads(self.norm(x).mean((1, 2)))
        if not keep:
            return scores
        shaped = {name: [self._shaped(m, len(video)) for m in each] for name, each in maps.items()}
        return scores | {"features": features, "maps": shaped}

    @staticmethod
    def _shaped(weights: Tensor, B: int) -> Tensor:
        """Give the batch its own axis back, where frames or places were folded into it."""
        return weights if len(weights) == B else rearrange(weights, "(b n) ... -> b n ...", b=B)

    def train(self, mode: bool = True) -> "SmallTransformer":
        """Train everything but the stem, whose statistics stay as they came."""
        super().train(mode)
        self.stem.eval()
        return self

    def tokens(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B t n D"]:
        """Turn the clip into 8 slices of 6 x 6 tokens that know their place, most their time."""
        x = (video[:, :, list(self.shown)] if self.tubelet == 1 else video) - 0.5
        for layer in self.stem:
            x = layer(x)
        embedded = self.embed(rearrange(x, "b c t h w -> (b t) c h w"))
        seen = rearrange(embedded, "(b t) d h w -> b t (h w) d", b=len(video))
        placed: Tensor = self.norm_stem(seen) + self.place
        return placed + self.moment if self.scheme in {"joint", "divided"} else placed


@torch.no_grad()
def take_stem(network: SmallTransformer, layers: nn.ModuleList) -> SmallTransformer:
    """Take over the first two layers of a trained network, 2D ones as kernels of one frame."""
    for ours, theirs in zip(network.stem, layers, strict=False):
        state = theirs.state_dict()
        shape = ours.state_dict()["0.weight"].shape
        ours.load_state_dict(state | {"0.weight": state["0.weight"].reshape(shape)})
    return network
