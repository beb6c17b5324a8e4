"""Queries and keys of our trained networks, read block by block from the states between them."""

from typing import cast

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, Float32
from torch import Tensor

from vidcore.attention.result import AttentionResult, Layer, Pattern, Step
from vidcore.attention.small_torch import SIDE, SLICES, Attention, Block, SmallTransformer
from vidcore.attention.track_torch import FRAMES, GRID, Copier
from vidcore.bridge_torch import to_video
from vidcore.media.clip import read_only
from vidcore.weights.load_torch import load

MOMENTS = 8  # frames the copying networks are shown, as in their cards


@torch.inference_mode()
def copier(frames: Float32[np.ndarray, "T H W 3"], name: str) -> AttentionResult:
    """Keep the attention of a colour-copying network on every second frame."""
    network = load(name)
    assert isinstance(network, Copier)  # noqa: S101 (the card's builder)
    chosen = tuple(range(0, FRAMES, FRAMES // MOMENTS))
    states = network.features(to_video(frames[list(chosen)]), torch.tensor(chosen))
    layers = [
        block_layer(cast(Block, block), x, f"block {k}", f"blocks.{k - 1}")
        for k, (block, x) in enumerate(zip(network.blocks, states, strict=False), start=1)
    ]
    return AttentionResult(
        name,
        network.scheme,
        "copy",
        (MOMENTS, GRID, GRID),
        1,
        chosen,
        (*layers, copying_layer(network, states[-1])),
    )


def copying_layer(network: Copier, x: Float[Tensor, "1 T N D"]) -> Layer:
    """Keep the last layer: the one that copies."""
    of = network.pointed(x)
    if of.q_time is None or of.k_time is None:
        steps = {"joint": _step("joint", "q, k of point(norm(x))", of.q, of.k, own=False)}
    else:
        steps = {
            "space": _step("space", "q, k of point(norm(x))", of.q, of.k),
            "time": _step("time", "q, k of point_time(norm(x))", of.q_time, of.k_time, own=False),
        }
    return Layer("copying layer", steps, paired=True, gate=array(of.gate))


@torch.inference_mode()
def classifier(frames: Float32[np.ndarray, "T H W 3"], name: str) -> AttentionResult:
    """Keep the attention of a small classifier."""
    network = load(name)
    assert isinstance(network, SmallTransformer)  # noqa: S101 (the card's builder)
    x, layers = network.tokens(to_video(frames)), []
    for k, block in enumerate(network.blocks, start=1):
        layers.append(block_layer(cast(Block, block), x, f"block {k}", f"blocks.{k - 1}"))
        x = block(x, {})
    if network.late:
        x = x.mean(2, keepdim=True) + network.moment
        for k, late in enumerate(network.late, start=1):
            block = cast(Block, late)
            step = attention_step(block.space, block.norm_space(x), "frames", f"late.{k - 1}.space")
            layers.append(Layer(f"late block {k}, slices", {"frames": step}))
            x = block(x, {})
    return AttentionResult(
        name,
        network.scheme,
        "classify",
        (SLICES, SIDE, SIDE),
        network.tubelet,
        network.shown,
        tuple(layers),
    )


def block_layer(block: Block, x: Float[Tensor, "1 T N D"], name: str, where: str) -> Layer:
    """Keep one block's attention, given the tokens that enter it."""
    steps = {}
    if block.scheme == "divided":
        normed = block.norm_time(x)
        steps["time"] = attention_step(block.time, normed, "time", f"{where}.time")
        columns = rearrange(normed, "b t n d -> (b n) t d")
        x = x + rearrange(block.time(columns), "n t d -> 1 t n d")
    pattern: Pattern = "joint" if block.scheme == "joint" else "space"
    steps[pattern] = attention_step(block.space, block.norm_space(x), pattern, f"{where}.space")
    return Layer(name, steps)


def attention_step(
    attention: Attention, normed: Float[Tensor, "1 T N D"], pattern: Pattern, where: str
) -> Step:
    """Project the tokens to queries and keys, as the attention itself does."""
    heads = "b t n (three h d) -> three b h t n d"
    q, k, _ = rearrange(attention.qkv(normed), heads, three=3, h=attention.heads)
    return _step(pattern, f"q, k of {where}.qkv", q, k)


def _step(pattern: Pattern, tensor: str, q: Tensor, k: Tensor, *, own: bool = True) -> Step:
    return Step(pattern, tensor, array(q), array(k), own)


def array(tensor: Tensor) -> np.ndarray:
    """Turn the first of a batch into a read-only float32 array."""
    half = (
        tensor[0].to(torch.float16).float()
    )  # as the page sends it: what is shown is what is kept
    return read_only(half.cpu().contiguous().numpy())
