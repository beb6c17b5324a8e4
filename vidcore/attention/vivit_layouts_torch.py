"""ViViT's published weights: Hugging Face's layout of model 1, and the authors' of all four."""

import re
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from vidcore.attention.layout_torch import Source, count, fill, shape_of
from vidcore.attention.vivit_torch import KINDS, Vivit
from vidcore.errors import WeightsError

HEAD_WIDTH = 64  # in all published sizes, where neither shapes nor the config say
HF_PARTS = {  # ours, within a block -> Hugging Face's
    "norm1": ("layernorm_before",),
    "norm2": ("layernorm_after",),
    "attn.qkv": tuple(f"attention.attention.{part}" for part in ("query", "key", "value")),
    "attn.proj": ("attention.output.dense",),
    "mlp.fc1": ("intermediate.dense",),
    "mlp.fc2": ("output.dense",),
}
HF_ENDS = {
    "embedding": "vivit.embeddings.patch_embeddings.projection",
    "encoder.cls": "vivit.embeddings.cls_token",
    "encoder.positions": "vivit.embeddings.position_embeddings",
    "encoder.norm": "vivit.layernorm",
    "head": "classifier",
}
ENCODERS = {
    "encoder": "Transformer",
    "spatial": "SpatialTransformer",
    "temporal": "TemporalTransformer",
}


def from_state(state: Mapping[str, Tensor], config: Mapping[str, Any] | None = None) -> Vivit:
    """Build model 1 from Hugging Face's keys, sizes from the shapes, in eval mode.

    Parameters
    ----------
    config
        As a Hugging Face `config.json`: `num_attention_heads` (left out: heads of width 64) and
        `layer_norm_eps`.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    config = config or {}

    def shape(key: str) -> tuple[int, ...]:
        return shape_of(state, key, what="ViViT")

    width, channels, *patch = shape(f"{HF_ENDS['embedding']}.weight")
    layer = "vivit.encoder.layer."
    tokens = shape(HF_ENDS["encoder.positions"])[1] - 1
    network = Vivit(
        "spacetime",
        width=width,
        channels=channels,
        patch=(patch[0], patch[1], patch[2]),
        depth=count(state, layer),
        heads=int(config.get("num_attention_heads", max(1, width // HEAD_WIDTH))),
        hidden=shape(f"{layer}0.intermediate.dense.weight")[0],
        tokens=tokens,
        classes=shape("classifier.weight")[0],
        token=True,
        eps=float(config.get("layer_norm_eps", 1e-6)),
        bias=f"{layer}0.attention.attention.query.bias" in state,
    )
    sources = {ours: _from_hf(ours, t) for ours, t in network.state_dict().items()}
    fill(network, state, sources, what="ViViT")
    return network.eval()


def _from_hf(ours: str, tensor: Tensor) -> Source:
    for end, theirs in HF_ENDS.items():
        if ours.startswith(end) and "blocks" not in ours:
            return Source((theirs + ours[len(end) :],), tuple(tensor.shape))
    number, part, kind = _block(ours)
    keys = tuple(f"vivit.encoder.layer.{number}.{name}.{kind}" for name in HF_PARTS[part])
    return Source(keys, (tensor.shape[0] // len(keys), *tensor.shape[1:]))


def _block(ours: str) -> tuple[str, str, str]:
    """Split "encoder.blocks.3.attn.qkv.weight" into "3", "attn.qkv" and "weight"."""
    found = re.fullmatch(r"\w+\.blocks\.(\d+)\.(.+)\.(weight|bias)", ours)
    assert found is not None, ours  # noqa: S101 (our own parameter names)
    return found[1], found[2], found[3]


# ---- the authors' layout ---------------------------------------------------------------------
def from_scenic(state: Mapping[str, Tensor], config: Mapping[str, Any] | None = None) -> Vivit:
    """Build any of the four models from the released parameters, sizes from the shapes.

    Parameters
    ----------
    state
        Names joined with "/", as `Transformer/encoderblock_0/LayerNorm_0/scale`.
    config
        `attention_type`, because the keys cannot tell model 1 from model 4 (left out: model 1), and
        for model 3 `attention_order`, "time_space" (left out) or "space_time".

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    config = config or {}
    kind = _kind(state, config)

    def shape(key: str) -> tuple[int, ...]:
        return shape_of(state, key, what="ViViT")

    kT, pH, pW, channels, width = shape("embedding/kernel")
    first = "SpatialTransformer" if kind == "factorized_encoder" else "Transformer"
    block = f"{first}/encoderblock_0"
    alone = kind == "factorized_self_attention_block"
    attention = "MultiHeadDotProductAttention_" + ("time" if alone else "0")
    mlp = "MlpBlock" if alone else "MlpBlock_0"
    token = any(key == "cls" or key.startswith("cls_") for key in state)
    slices = 0
    if kind == "factorized_encoder":
        slices = shape("TemporalTransformer/posembed_input/pos_embedding")[1] - token
    order = str(config.get("attention_order") or "time_space").split("_")
    network = Vivit(
        kind,
        width=width,
        channels=channels,
        patch=(kT, pH, pW),
        depth=count(state, f"{first}/encoderblock_"),
        late_depth=count(state, "TemporalTransformer/encoderblock_"),
        heads=shape(f"{block}/{attention}/query/kernel")[1],
        hidden=shape(f"{block}/{mlp}/Dense_0/kernel")[1],
        tokens=shape(f"{first}/posembed_input/pos_embedding")[1] - token,
        slices=slices,
        classes=shape("output_projection/kernel")[1],
        token=token,
        order=order,
    )
    sources = {ours: _from_scenic(ours, t, network) for ours, t in network.state_dict().items()}
    fill(network, state, sources, what="ViViT")
    return network.eval()


def _kind(state: Mapping[str, Tensor], config: Mapping[str, Any]) -> str:
    told = config.get("attention_type")
    if told not in (None, *KINDS):
        raise WeightsError(f"attention_type is one of {', '.join(KINDS)}; got {told!r}.")
    if told:
        return str(told)
    if any(key.startswith("SpatialTransformer/") for key in state):
        return "factorized_encoder"
    split = any("MultiHeadDotProductAttention_time" in key for key in state)
    return "factorized_self_attention_block" if split else "spacetime"


def _from_scenic(ours: str, tensor: Tensor, network: Vivit) -> Source:
    """Find one of our parameters among the authors', whose kernels lie transposed."""
    ends = {"embedding": "embedding", "head": "output_projection"}
    top, _, rest = ours.partition(".")
    if top in ends:
        kernel = rest == "weight"
        key = f"{ends[top]}/{'kernel' if kernel else 'bias'}"
        if not kernel:
            return Source((key,), tuple(tensor.shape))
        if top == "head":
            return Source((key,), tuple(tensor.T.shape), _transposed)
        D, C, kT, P, Q = tensor.shape
        return Source((key,), (kT, P, Q, C, D), lambda t: t.permute(4, 3, 0, 1, 2))
    encoder = ENCODERS[top]
    if rest == "cls":
        key = "cls" if top == "encoder" else f"cls_{encoder}"
        return Source((key,), tuple(tensor.shape))
    if rest == "positions":
        return Source((f"{encoder}/posembed_input/pos_embedding",), tuple(tensor.shape))
    if rest.startswith("norm."):
        return Source((f"{encoder}/encoder_norm/{_scale(rest)}",), tuple(tensor.shape))
    return _block_from_scenic(ours, tensor, network, encoder)


def _scale(name: str) -> str:
    return "scale" if name.endswith("weight") else "bias"


def _transposed(tensor: Tensor) -> Tensor:
    return tensor.T


def _block_from_scenic(ours: str, tensor: Tensor, network: Vivit, encoder: str) -> Source:
    number, part, kind = _block(ours)
    at = f"{encoder}/encoderblock_{number}"
    alone = network.kind == "factorized_self_attention_block"
    if part.startswith("norm"):
        names = {"norm1": "0", "norm2": "mlp" if alone else "1"}
        which = names.get(part, part.removeprefix("norm_"))
        return Source((f"{at}/LayerNorm_{which}/{_scale(kind)}",), tuple(tensor.shape))
    if part.startswith("mlp"):
        dense = f"{at}/MlpBlock{'' if alone else '_0'}/Dense_{int(part[-1]) - 1}"
        if kind == "bias":
            return Source((f"{dense}/bias",), tuple(tensor.shape))
        return Source((f"{dense}/kernel",), tuple(tensor.T.shape), _transposed)
    owner, _, projection = part.partition(".")
    where = f"{at}/MultiHeadDotProductAttention_{owner.removeprefix('attn').strip('_') or '0'}"
    return _attention_from_scenic(where, projection, kind, tensor, network)


def _attention_from_scenic(
    where: str, projection: str, kind: str, tensor: Tensor, network: Vivit
) -> Source:
    """Unfold the heads: `(D, heads, d)` of query, key and value, `(heads, d, D)` of the output."""
    D = network.head.in_features
    heads = network.heads
    if projection == "proj":
        if kind == "bias":
            return Source((f"{where}/out/bias",), tuple(tensor.shape))
        shape = (heads, D // heads, D)
        return Source((f"{where}/out/kernel",), shape, lambda t: t.reshape(D, D).T)
    end = "kernel" if kind == "weight" else "bias"
    keys = tuple(f"{where}/{name}/{end}" for name in ("query", "key", "value"))
    if kind == "bias":
        return Source(keys, (heads, D // heads), lambda t: t.reshape(D))
    return Source(keys, (D, heads, D // heads), lambda t: t.reshape(D, D).T)
