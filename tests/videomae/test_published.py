"""vidcore.videomae.published_torch: weights of both published layouts give the published answers.

`tests/golden/videomae_*.npz` hold random weights, inputs and answers of transformers 4.46.3's
VideoMAEForPreTraining and VideoMAEForVideoClassification at small sizes. Renewed from
`../shared/golden/hf_tiny/videomae_pretrain_normpix` and `videomae_cls_meanpool`: every tensor of
`model.safetensors` under `state/`, `pixel_values`, the mask, the first eight rows of the answers.
The other sets, the authors' files, and the base model lie beside the checkout.
"""

import gzip
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from vidcore.errors import WeightsError
from vidcore.videomae.published_torch import Architecture, from_state

GOLDEN = Path(__file__).parents[1] / "golden"
SHARED = Path(__file__).parents[3] / "shared" / "golden"
CONFIG = {
    "num_frames": 8,
    "image_size": 32,
    "num_attention_heads": 4,
    "decoder_num_attention_heads": 3,
    "layer_norm_eps": 1e-12,
}
PRETRAINING: Architecture = "videomae_pretraining"


def golden(name: str) -> tuple[dict[str, torch.Tensor], Any]:
    file = np.load(GOLDEN / f"videomae_{name}.npz")
    state = {
        k.removeprefix("state/"): torch.from_numpy(file[k]) for k in file if k.startswith("state/")
    }
    return state, file


def video(pixel_values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixel_values).transpose(1, 2)


def close(ours: torch.Tensor, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-4 * abs(theirs).max())


def test_published_pretraining_weights_give_the_published_pixels() -> None:
    state, file = golden("pretraining")
    network = from_state(state, CONFIG, architecture=PRETRAINING)
    with torch.inference_mode():
        pixels = network(video(file["pixel_values"]), torch.from_numpy(file["masked"]))
    assert pixels.shape == (2, 56, 384)
    close(pixels[:, :8], file["logits"])
    assert not network.training


def test_published_classifying_weights_give_the_published_logits() -> None:
    state, file = golden("classify")
    with torch.inference_mode():
        logits = from_state(state, CONFIG)(video(file["pixel_values"]))
    close(logits, file["logits"])


@pytest.mark.parametrize("layout", ["hugging_face", "authors"])
@pytest.mark.parametrize(
    "name",
    [
        "videomae_cls_meanpool",
        "videomae_cls_firsttoken",
        "videomae_pretrain_normpix",
        "videomae_pretrain_rawpix",
    ],
)
def test_every_small_set_beside_the_checkout_agrees(name: str, layout: str) -> None:
    folder = SHARED / "hf_tiny" / name
    path = folder / ("model.safetensors" if layout == "hugging_face" else "original_layout.pth")
    if not path.exists():
        pytest.skip(f"needs {path.name} of ../shared/golden/hf_tiny/{name}: 0.2 MB each, not ours")
    state = (
        load_file(path) if layout == "hugging_face" else torch.load(path, weights_only=True)
    )  # the authors' file is wrapped: {"model": ...}
    config, file = json.loads((folder / "config.json").read_text()), np.load(folder / "golden.npz")
    classifies = "cls" in name
    network = from_state(
        state, config, architecture="videomae" if classifies else PRETRAINING
    ).double()
    given = [video(file["pixel_values"]).double()]
    if not classifies:
        given.append(torch.from_numpy(file["bool_masked_pos"]))
    with torch.inference_mode():
        close(network(*given).float(), file["logits"])
        np.testing.assert_allclose(network(*given).numpy(), file["logits_float64"], atol=1e-9)


@pytest.mark.slow
def test_the_base_model_sees_160_tokens_and_agrees() -> None:
    if not (SHARED / "layouts").is_dir():
        pytest.skip("needs ../shared/golden: keys and answers of the full-size model")
    spec = importlib.util.spec_from_file_location("keyfill", SHARED / "keyfill.py")
    assert spec is not None
    assert spec.loader is not None
    keyfill = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keyfill)
    name = "hf_videomae_base_pretrain"
    keys = json.loads(gzip.decompress((SHARED / f"layouts/{name}.keys.json.gz").read_bytes()))
    state = {k: torch.from_numpy(keyfill.fill(k, s)) for k, (s, _) in keys["keys"].items()}
    network = from_state(state, architecture=PRETRAINING)
    assert sum(p.numel() for p in network.parameters()) == 94_210_944
    places = np.zeros(196, np.bool_)
    places[np.argsort(keyfill.hash_uniform(f"mask:{name}", 196), kind="stable")[:176]] = True
    masked = torch.from_numpy(np.tile(places, 8))[None]
    clip = torch.from_numpy(keyfill.clip_input(name, 1, 3, 16, 224, 224))
    with torch.inference_mode():
        assert network.encoder(clip, masked).shape == (1, 160, 768)
        pixels = network(clip, masked)
    file = np.load(SHARED / f"full/{name}.npz")
    close(pixels[:, :16], file["logits_first16_tokens"])
    close(pixels[:, -16:], file["logits_last16_tokens"])


KEY = "videomae.encoder.layer.1.attention.attention.key.weight"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda s: s.pop(KEY), KEY),
        (lambda s: s.pop("decoder.head.bias"), "decoder.head.bias"),
        (lambda s: s.pop("mask_token"), "mask_token"),
        (lambda s: s.pop("videomae.embeddings.patch_embeddings.projection.weight"), "projection"),
        (lambda s: s.update(extra=torch.zeros(1)), "extra"),
        (lambda s: s.update({KEY: torch.zeros(3, 32)}), KEY),
        (lambda s: s.update({"decoder.norm.bias": torch.zeros(3)}), "decoder.norm.bias"),
    ],
)
def test_weights_that_do_not_fit_are_named_as_their_file_names_them(change, named: str) -> None:  # type: ignore[no-untyped-def]
    state, _ = golden("pretraining")
    change(state)
    with pytest.raises(WeightsError, match=named):
        from_state(state, CONFIG, architecture=PRETRAINING)


def test_absent_biases_are_none_and_a_keys_bias_changes_nothing() -> None:
    state, file = golden("classify")
    clip = video(file["pixel_values"])
    bare = {k: v for k, v in state.items() if not k.endswith(("q_bias", "v_bias"))}
    network = from_state(bare, CONFIG)
    zero = {k: v * 0 if k.endswith(("q_bias", "v_bias")) else v for k, v in state.items()}
    renamed = {
        k.replace("q_bias", "query.bias").replace("v_bias", "value.bias"): v
        for k, v in state.items()
    } | {
        f"videomae.encoder.layer.{n}.attention.attention.key.bias": torch.ones(32)
        for n in (0, 1, 2)
    }
    with torch.inference_mode():
        close(network(clip), from_state(zero, CONFIG)(clip).numpy())
        close(from_state(renamed, CONFIG)(clip), file["logits"])
    assert abs(network(clip).detach().numpy() - file["logits"]).max() > 1e-3
