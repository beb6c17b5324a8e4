"""Published VideoMAE weights: the authors' files and Hugging Face's, into our networks.

Our parameters carry the authors' names. A table translates each to the keys that hold it in the
other layout, so that a missing or misshapen tensor is named as its own file names it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from torch import Tensor, nn

from vidcore.attention.layout_torch import Source, fill
from vidcore.errors import WeightsError
from vidcore.videomae.sizes import Sizes, Stack
from vidcore.videomae.videomae_torch import Classifier, PreTraining
from vidcore.weights.state_torch import unwrap

Architecture = Literal["videomae", "videomae_pretraining"]
Layout = Literal["authors", "hugging_face"]

BLOCK = {  # ours, inside a block -> Hugging Face's; three keys are stacked
    "norm1": ("layernorm_before",),
    "attn.qkv": tuple(f"attention.attention.{name}" for name in ("query", "key", "value")),
    "attn.q_bias": ("attention.attention.q_bias",),
    "attn.v_bias": ("attention.attention.v_bias",),
    "attn.proj": ("attention.output.dense",),
    "norm2": ("layernorm_after",),
    "mlp.fc1": ("intermediate.dense",),
    "mlp.fc2": ("output.dense",),
}
TRUNK = {
    "encoder.patch_embed.proj": "videomae.embeddings.patch_embeddings.projection",
    "encoder.norm": "videomae.layernorm",
    "encoder.blocks": "videomae.encoder.layer",
    "decoder.blocks": "decoder.decoder_layers",
    "head": "classifier",
}
BIASES = {"query.bias": "q_bias", "value.bias": "v_bias"}  # a plain linear layer's names for them


def from_state(
    state: Mapping[str, Any],
    config: Mapping[str, Any] | None = None,
    *,
    architecture: Architecture = "videomae",
) -> Classifier | PreTraining:
    """Build the network whose sizes the tensors' shapes tell, load it, in eval mode.

    Parameters
    ----------
    state
        Keys and tensors of either layout; a wrapper `{"model": ...}` is unwrapped.
    config
        What shapes cannot tell, under the keys of a Hugging Face `config.json`: `num_frames`,
        `image_size`, `num_attention_heads`, `decoder_num_attention_heads`, `layer_norm_eps`,
        `use_mean_pooling`. Left out, they are the published base model's.
    architecture
        "videomae" classifies, "videomae_pretraining" reconstructs.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    state, config = _plain(state), dict(config or {})
    layout: Layout = "hugging_face" if any(k.startswith("videomae.") for k in state) else "authors"
    try:
        network = _build(state, config, architecture, layout)
    except KeyError as missing:
        raise WeightsError(f"VideoMAE needs {missing}; it is not among the keys.") from missing
    _load(network, state, layout)
    return network.eval()


def keys_of(name: str, layout: Layout, *, classifies: bool) -> tuple[str, ...]:
    """Return the keys of a file that hold our parameter `name`, stacked in this order."""
    if layout == "authors":  # their classifier is its own encoder
        return (name.removeprefix("encoder.") if classifies else name,)
    if found := re.fullmatch(r"(\w+\.blocks)\.(\d+)\.(.+?)(\.weight|\.bias)?", name):
        trunk, number, part, leaf = found.groups()
        return tuple(f"{TRUNK[trunk]}.{number}.{key}{leaf or ''}" for key in BLOCK[part])
    for ours, theirs in TRUNK.items():
        if name.startswith(f"{ours}."):
            return (theirs + name.removeprefix(ours),)
    return (name,)


def _plain(state: Mapping[str, Any]) -> dict[str, Tensor]:
    plain = {}
    for key, tensor in unwrap(state).items():
        for theirs, ours in BIASES.items():
            key = key.replace(f"attention.{theirs}", f"attention.{ours}")
        if not key.endswith("attention.key.bias"):  # adds the same to all scores of a query
            plain[key] = tensor
    return plain


def _build(
    state: Mapping[str, Tensor], config: Mapping[str, Any], architecture: str, layout: Layout
) -> Classifier | PreTraining:
    """Read every width from the shapes; raises KeyError with the key that is missing."""
    classifies = architecture == "videomae"

    def shape(name: str) -> tuple[int, ...]:
        key = keys_of(name, layout, classifies=classifies)[0]
        return tuple(state[key].shape)

    def has(name: str) -> bool:
        return keys_of(name, layout, classifies=classifies)[0] in state

    def stack(trunk: str, heads: int) -> Stack:
        hidden, width = shape(f"{trunk}.blocks.0.mlp.fc1.weight")
        depth = 1
        while has(f"{trunk}.blocks.{depth}.norm1.weight"):
            depth += 1
        return Stack(
            width,
            depth,
            heads,
            hidden,
            eps=float(config.get("layer_norm_eps", 1e-12)),
            biased=has(f"{trunk}.blocks.0.attn.q_bias"),
        )

    _, channels, tubelet, patch, _ = shape("encoder.patch_embed.proj.weight")
    sizes = Sizes(
        frames=int(config.get("num_frames", 16)),
        side=int(config.get("image_size", 224)),
        tubelet=tubelet,
        patch=patch,
        channels=channels,
        encoder=stack("encoder", int(config.get("num_attention_heads", 12))),
        norm=has("encoder.norm.weight"),
    )
    if classifies:
        averages = bool(config.get("use_mean_pooling", has("fc_norm.weight")))
        return Classifier(replace(sizes, norm=not averages), shape("head.weight")[0])
    decoder = stack("decoder", int(config.get("decoder_num_attention_heads", 6)))
    return PreTraining(replace(sizes, decoder=decoder))


def _load(network: nn.Module, state: Mapping[str, Tensor], layout: Layout) -> None:
    """Fill every parameter from its keys, and insist that no key is left over."""
    classifies = isinstance(network, Classifier)
    sources = {}
    for name, parameter in network.state_dict().items():
        keys = keys_of(name, layout, classifies=classifies)
        sources[name] = Source(keys, (len(parameter) // len(keys), *parameter.shape[1:]))
    fill(network, state, sources, what="VideoMAE")
