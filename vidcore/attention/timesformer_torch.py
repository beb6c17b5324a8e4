"""TimeSformer as a network, in the authors' layout, from their weights or Hugging Face's.

Bertasius, Wang, Torresani, Is Space-Time Attention All You Need for Video Understanding?, ICML
2021; facebookresearch/TimeSformer, `vit.py`. Its blocks are explained one by one in `block`.
"""

import re
from collections.abc import Mapping
from math import isqrt
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.attention.attention_torch import Kept
from vidcore.attention.block_torch import DividedBlock, JointBlock
from vidcore.attention.layout_torch import Source, count, fill, shape_of
from vidcore.errors import WeightsError

TYPES = ("divided_space_time", "joint_space_time", "space_only")
HEAD_WIDTH = 64  # in all published sizes, where the config does not say
HF_LAYER = r"timesformer.encoder.layer.\1."
HF_NAMES = (  # ours, the authors', -> Hugging Face's; the first that fits
    (r"cls_token$", "timesformer.embeddings.cls_token"),
    (r"pos_embed$", "timesformer.embeddings.position_embeddings"),
    (r"time_embed$", "timesformer.embeddings.time_embeddings"),
    (r"patch_embed\.proj", "timesformer.embeddings.patch_embeddings.projection"),
    (r"blocks\.(\d+)\.temporal_norm1", HF_LAYER + "temporal_layernorm"),
    (r"blocks\.(\d+)\.temporal_attn\.qkv", HF_LAYER + "temporal_attention.attention.qkv"),
    (r"blocks\.(\d+)\.temporal_attn\.proj", HF_LAYER + "temporal_attention.output.dense"),
    (r"blocks\.(\d+)\.temporal_fc", HF_LAYER + "temporal_dense"),
    (r"blocks\.(\d+)\.norm1", HF_LAYER + "layernorm_before"),
    (r"blocks\.(\d+)\.norm2", HF_LAYER + "layernorm_after"),
    (r"blocks\.(\d+)\.attn\.qkv", HF_LAYER + "attention.attention.qkv"),
    (r"blocks\.(\d+)\.attn\.proj", HF_LAYER + "attention.output.dense"),
    (r"blocks\.(\d+)\.mlp\.fc1", HF_LAYER + "intermediate.dense"),
    (r"blocks\.(\d+)\.mlp\.fc2", HF_LAYER + "output.dense"),
    (r"norm\.", "timesformer.layernorm."),
    (r"head\.", "classifier."),
)


class Looked(NamedTuple):
    """A forward pass with all that happened on its way.

    Parameters
    ----------
    logits
        `(B, K)`.
    states
        Class token and patches after the embedding and after every block: `(B, T, D)` or `(B, D)`,
        and `(B, T, N, D)`. In the space-only scheme every frame has its own class token.
    along, across
        What each block's steps computed: along time (divided only), and across space or over all.
    """

    logits: Float[Tensor, "B K"]
    states: list[tuple[Tensor, Tensor]]
    along: list[Kept]
    across: list[Kept]


class PatchEmbed(nn.Module):
    """Each patch of each frame through one linear layer."""

    def __init__(self, channels: int, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(channels, width, patch, patch)

    def forward(self, video: Float[Tensor, "B C T H W"]) -> Float[Tensor, "B T D h w"]:
        """Return a grid of tokens for every frame."""
        frames = self.proj(rearrange(video, "b c t h w -> (b t) c h w"))
        grid: Tensor = rearrange(frames, "(b t) d h w -> b t d h w", b=len(video))
        return grid


class TimeSformer(nn.Module):
    """The whole network; its sizes are given, the published ones are read by `from_state`."""

    def __init__(
        self,
        attention_type: str,
        *,
        width: int,
        depth: int,
        heads: int,
        hidden: int,
        patch: int,
        places: int,
        frames: int,
        classes: int,
        channels: int = 3,
        eps: float = 1e-6,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.attention_type = attention_type
        block = DividedBlock if attention_type == "divided_space_time" else JointBlock
        self.patch_embed = PatchEmbed(channels, width, patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + places, width))
        if attention_type != "space_only":
            self.time_embed = nn.Parameter(torch.zeros(1, frames, width))
        self.blocks = nn.ModuleList(
            block(width, heads, hidden, eps=eps, bias=bias) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width, eps=eps)
        self.head = nn.Linear(width, classes)

    def forward(self, video: Float[Tensor, "B C T H W"]) -> Float[Tensor, "B K"]:
        """Return the logits; any number of frames, any multiple of the patch."""
        return self.look(video, keep=False).logits

    def look(self, video: Float[Tensor, "B C T H W"], *, keep: bool = True) -> Looked:
        """Return the logits, every state, and with `keep` every map."""
        cls, x = self.embed(video)
        states, along, across = [(cls, x)], [], []
        for block in self.blocks:
            if isinstance(block, DividedBlock):
                cls, x, time, space = block.step(cls, x, keep=keep)
                along += [time] if time else []
            else:
                cls, x, space = self.joint_step(block, cls, x, keep=keep)
            across += [space] if space else []
            states.append((cls, x))
        if self.attention_type == "space_only":
            cls = cls.mean(dim=1)  # over frames, before the last LayerNorm
        return Looked(self.head(self.norm(cls)), states, along, across)

    def joint_step(
        self, block: nn.Module, cls: Tensor, x: Float[Tensor, "B T N D"], *, keep: bool
    ) -> tuple[Tensor, Tensor, Kept | None]:
        """Let all tokens meet, or those of each frame."""
        B, T = x.shape[:2]
        if self.attention_type == "space_only":
            row = rearrange(torch.cat([cls[:, :, None], x], dim=2), "b t n d -> (b t) n d")
            row, kept = block(row, keep=keep)
            row = rearrange(row, "(b t) n d -> b t n d", b=B)
            return row[:, :, 0], row[:, :, 1:], kept
        # the authors' order: place by place, its times side by side
        row = torch.cat([cls[:, None], rearrange(x, "b t n d -> b (n t) d")], dim=1)
        row, kept = block(row, keep=keep)
        return row[:, 0], rearrange(row[:, 1:], "b (n t) d -> b t n d", t=T), kept

    def embed(self, video: Float[Tensor, "B C T H W"]) -> tuple[Tensor, Float[Tensor, "B T N D"]]:
        """Cut, project and place; tables of another size are stretched to the nearest entry."""
        grid = self.patch_embed(video)
        B, T, _, h, w = grid.shape
        cls = (self.cls_token + self.pos_embed[:, :1])[:, 0]
        x = rearrange(grid, "b t d h w -> b t (h w) d") + self.places(h, w)
        if self.attention_type == "space_only":
            return repeat(cls, "1 d -> b t d", b=B, t=T), x
        return cls.expand(B, -1), x + self.moments(T)

    def places(self, h: int, w: int) -> Float[Tensor, "1 N D"]:
        """Return one position for each patch of a frame."""
        table = self.pos_embed[:, 1:]
        if table.shape[1] == h * w:
            return table
        grid = rearrange(table, "1 (a b) d -> 1 d a b", a=isqrt(table.shape[1]))
        return rearrange(F.interpolate(grid, (h, w), mode="nearest"), "1 d h w -> 1 (h w) d")

    def moments(self, T: int) -> Float[Tensor, "1 T 1 D"]:
        """Return one position for each frame."""
        table: Tensor = self.time_embed
        if table.shape[1] != T:
            table = F.interpolate(table.transpose(1, 2), T, mode="nearest").transpose(1, 2)
        return table[:, :, None]


def from_state(state: Mapping[str, Tensor], config: Mapping[str, Any] | None = None) -> TimeSformer:
    """Build the network whose sizes the tensors tell, load it, in eval mode.

    Parameters
    ----------
    state
        Hugging Face's keys or the authors'. Biases of query, key and value may be absent.
    config
        As a Hugging Face `config.json`: `num_attention_heads` (left out: heads of width 64),
        `layer_norm_eps`, `attention_type` (left out: what the keys tell).

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    config = config or {}
    name = _naming(state)
    network = TimeSformer(_type(state, name, config), **_sizes(state, name, config))
    sources = {
        ours: Source((name(ours),), tuple(tensor.shape))
        for ours, tensor in network.state_dict().items()
    }
    fill(network, state, sources, what="TimeSformer")
    return network.eval()


class _naming:  # noqa: N801 (a function with a memory)
    """Our name of a parameter -> its key in the file."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self.hf = any(key.startswith("timesformer.") for key in state)
        self.prefix = "model." if any(key.startswith("model.") for key in state) else ""

    def __call__(self, ours: str) -> str:
        if not self.hf:
            return self.prefix + ours
        for pattern, theirs in HF_NAMES:
            if re.match(pattern, ours):
                return re.sub(f"^{pattern}", theirs, ours)
        return ours


def _type(state: Mapping[str, Tensor], name: _naming, config: Mapping[str, Any]) -> str:
    told = config.get("attention_type")
    if name("blocks.0.temporal_fc.weight") in state:
        found = "divided_space_time"
    else:
        found = "joint_space_time" if name("time_embed") in state else "space_only"
    if told not in (None, *TYPES):
        raise WeightsError(f"attention_type is one of {', '.join(TYPES)}; got {told!r}.")
    return str(told or found)


def _sizes(state: Mapping[str, Tensor], name: _naming, config: Mapping[str, Any]) -> dict[str, Any]:
    def shape(ours: str) -> tuple[int, ...]:
        return shape_of(state, name(ours), what="TimeSformer")

    width, channels, patch, _ = shape("patch_embed.proj.weight")
    timed = name("time_embed") in state
    return {
        "width": width,
        "channels": channels,
        "patch": patch,
        "depth": count(state, name("blocks.0.norm1.weight").split("0.")[0]),
        "heads": int(config.get("num_attention_heads", max(1, width // HEAD_WIDTH))),
        "hidden": shape("blocks.0.mlp.fc1.weight")[0],
        "places": shape("pos_embed")[1] - 1,
        "frames": shape("time_embed")[1] if timed else int(config.get("num_frames", 8)),
        "classes": shape("head.weight")[0],
        "eps": float(config.get("layer_norm_eps", 1e-6)),
        "bias": name("blocks.0.attn.qkv.bias") in state,
    }
