"""TimeSformer and ViViT at published layouts, against outputs of the published code."""

import copy
import os
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from einops import rearrange
from torch import Tensor, nn

from tests.attention.golden import GOLDEN, published, told
from vidcore.attention import timesformer_torch, vivit_layouts_torch
from vidcore.attention.block import divided_block, joint_block
from vidcore.errors import WeightsError

TOLERANCE = 1e-4  # of the largest value
KINDS = ("divided", "joint", "space_only")
SCENIC = sorted(os.listdir(GOLDEN / "vivit_scenic")) if GOLDEN.is_dir() else ["absent"]


def close(found: Tensor | np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(np.asarray(found), expected, atol=TOLERANCE * abs(expected).max())


def recorded(golden: Mapping[str, np.ndarray], name: str) -> list[np.ndarray]:
    """Return the arrays `name_0`, `name_1`, ... in order."""
    return [golden[f"{name}_{k}"] for k in range(sum(key.startswith(name) for key in golden))]


def timesformer(kind: str) -> tuple[timesformer_torch.TimeSformer, Tensor, dict[str, np.ndarray]]:
    state, golden = published(f"hf_tiny/timesformer_{kind}")
    network = timesformer_torch.from_state(state, told(f"hf_tiny/timesformer_{kind}"))
    return network, torch.from_numpy(golden["pixel_values"]).transpose(1, 2), golden


@torch.inference_mode()
@pytest.mark.parametrize("kind", KINDS)
def test_timesformer_computes_what_the_published_code_computes(kind: str) -> None:
    network, video, golden = timesformer(kind)
    looked = network.look(video)
    logits = golden["logits_original_repo" if kind == "space_only" else "logits"]
    close(looked.logits, logits)
    close(network(video), logits)  # the fused path
    for (cls, x), hidden_states in zip(
        looked.states, recorded(golden, "hidden_states"), strict=True
    ):
        if kind == "space_only":
            hidden = torch.cat([cls[:, :, None], x], 2).flatten(0, 1)
        else:
            hidden = torch.cat([cls[:, None], rearrange(x, "b t n d -> b (n t) d")], 1)
        close(hidden, hidden_states)
    for kept, maps in zip(looked.across, recorded(golden, "attentions"), strict=True):
        close(kept.weights, maps)
    for kept, maps in zip(looked.along, recorded(golden, "temporal_attentions"), strict=True):
        close(kept.weights, maps)


@torch.inference_mode()
def test_the_authors_layout_and_other_sizes_give_their_answers() -> None:
    _, golden = published("hf_tiny/timesformer_divided")
    file = GOLDEN / "hf_tiny/timesformer_divided/original_layout.pyth"
    state = torch.load(file, weights_only=True)["model_state"]
    network = timesformer_torch.from_state(state, {"num_attention_heads": 4})
    close(network(torch.from_numpy(golden["pixel_values"]).transpose(1, 2)), golden["logits"])
    resized = np.load(file.with_name("resized_golden.npz"))  # 6 frames of 48 x 48, made for 4 of 32
    close(network(torch.from_numpy(resized["input_bcthw"])), resized["logits"])


@torch.inference_mode()
def test_the_reference_block_turns_recorded_states_into_the_next_ones() -> None:
    """`vidcore.attention.block`, in NumPy, with a published block's weights under their names."""
    network, _, golden = timesformer("divided")
    for k in range(3):
        weights = {n: p.double().numpy() for n, p in network.blocks[k].state_dict().items()}
        states = golden[f"hidden_states_{k}"][0].astype(np.float64)
        x = rearrange(states[1:], "(n t) d -> t n d", t=4)
        cls, x, along, across = divided_block(states[0], x, weights, heads=4)
        close(
            np.concatenate([cls[None], rearrange(x, "t n d -> (n t) d")]),
            golden[f"hidden_states_{k + 1}"][0],
        )
        close(along, golden[f"temporal_attentions_{k}"][:16])
        close(across, golden[f"attentions_{k}"][:4])


@torch.inference_mode()
def test_the_reference_joint_block_does_too() -> None:
    network, _, golden = timesformer("joint")
    weights = {n: p.double().numpy() for n, p in network.blocks[0].state_dict().items()}
    x, maps = joint_block(golden["hidden_states_0"].astype(np.float64), weights, heads=4)
    close(x, golden["hidden_states_1"])
    close(maps, golden["attentions_0"])


@torch.inference_mode()
def test_vivit_computes_what_hugging_face_computes() -> None:
    state, golden = published("hf_tiny/vivit_cls")
    network = vivit_layouts_torch.from_state(state, told("hf_tiny/vivit_cls"))
    video = torch.from_numpy(golden["pixel_values"]).transpose(1, 2)
    looked = network.look(video)
    close(looked.logits, golden["logits"])
    close(network(video), golden["logits"])
    for states, hidden_states in zip(looked.states, recorded(golden, "hidden_states"), strict=True):
        close(states, hidden_states)
    for kept, maps in zip(looked.kept, recorded(golden, "attentions"), strict=True):
        close(kept.weights, maps)


@torch.inference_mode()
@pytest.mark.parametrize("name", SCENIC)
def test_vivits_four_models_compute_what_the_authors_code_computes(name: str) -> None:
    state, golden = published(f"vivit_scenic/{name}", "params.safetensors")
    settings = told(f"vivit_scenic/{name}", "meta.json")
    network = vivit_layouts_torch.from_scenic(state, settings)
    video = torch.from_numpy(golden["x"]).permute(0, 4, 1, 2, 3)
    close(network(video), golden["logits"])
    looked = network.look(video)
    close(looked.logits, golden["logits"])
    L, late = settings["config"]["L"], settings["config"]["Lt"]
    steps = {"spacetime": L, "factorized_encoder": L + late}
    assert len(looked.kept) == steps.get(
        settings["attention_type"], 2 * L
    )  # the others: twice in every block
    for kept in looked.kept:
        np.testing.assert_allclose(kept.weights.sum(-1), 1, atol=1e-5)
    last = "TemporalTransformer" if "encoder_" in name else "Transformer"
    norm = (network.temporal if "encoder_" in name else network.encoder).norm
    close(
        norm(looked.states[-1]),
        golden[f"inter/{last}/encoder_norm"].reshape(looked.states[-1].shape),
    )


@torch.inference_mode()
def test_absent_qkv_biases_are_none_and_not_an_error() -> None:
    state, golden = published("hf_tiny/timesformer_divided")
    fewer = {k: v for k, v in state.items() if "qkv.bias" not in k}
    network = timesformer_torch.from_state(fewer, told("hf_tiny/timesformer_divided"))
    zeros = {k: torch.zeros_like(v) if "qkv.bias" in k else v for k, v in state.items()}
    same = timesformer_torch.from_state(zeros, told("hf_tiny/timesformer_divided"))
    video = torch.from_numpy(golden["pixel_values"]).transpose(1, 2)
    close(network(video), same(video).numpy())


LAYOUTS: dict[str, tuple[Callable[..., nn.Module], str, str]] = {
    "timesformer": (timesformer_torch.from_state, "hf_tiny/timesformer_divided", "config.json"),
    "vivit": (vivit_layouts_torch.from_state, "hf_tiny/vivit_cls", "config.json"),
    "scenic": (vivit_layouts_torch.from_scenic, "vivit_scenic/spacetime_gap", "meta.json"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_key_that_is_missing_unexpected_or_misshapen_is_named(layout: str) -> None:
    build, name, settings = LAYOUTS[layout]
    state, _ = published(name, "model.safetensors" if "hf" in name else "params.safetensors")
    config = told(name, settings)
    for key in list(state)[:: max(1, len(state) // 12)]:
        without = {k: v for k, v in state.items() if k != key}
        if "qkv.bias" not in key and "query/bias" not in key and "query.bias" not in key:
            with pytest.raises(WeightsError, match=key.split("/")[-1]):
                build(without, config)
    with pytest.raises(WeightsError, match="surprise"):
        build(state | {"surprise": torch.zeros(1)}, config)
    last = next(k for k in state if k.endswith(("norm.weight", "encoder_norm/scale")))
    wrong = copy.copy(state) | {last: torch.zeros(3)}
    with pytest.raises(WeightsError, match=r"shape .*\(3,\)"):
        build(wrong, config)
