"""Public checkpoints: small files in the real layouts give the outputs their authors' code gave."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from vidcore.errors import WeightsError
from vidcore.zoo import hub_torch

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
CLOSE = 1e-4  # of the largest value
CLASSIFIERS = (
    "videomae_cls_meanpool",
    "videomae_cls_firsttoken",
    "timesformer_divided",
    "timesformer_joint",
    "vivit_cls",
)


@pytest.fixture(scope="module", autouse=True)
def golden() -> Path:
    if not GOLDEN.is_dir():
        pytest.skip("needs ../shared/golden, which lies beside the checkout")
    return GOLDEN


def assert_close(found: torch.Tensor, expected: np.ndarray) -> None:
    apart = np.abs(found.detach().numpy() - expected).max() / np.abs(expected).max()
    assert apart < CLOSE


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_folder_gives_the_published_logits(name: str) -> None:
    folder = GOLDEN / "hf_tiny" / name
    known = np.load(folder / "golden.npz")
    video = torch.from_numpy(known["pixel_values"]).transpose(1, 2)
    assert_close(hub_torch.from_folder(folder)(video), known["logits"])


def test_space_only_averages_over_frames_as_its_authors_do() -> None:
    folder = GOLDEN / "hf_tiny" / "timesformer_space_only"
    known = np.load(folder / "golden.npz")
    video = torch.from_numpy(known["pixel_values"]).transpose(1, 2)
    assert_close(hub_torch.from_folder(folder)(video), known["logits_original_repo"])


@pytest.mark.parametrize("name", ["videomae_pretrain_normpix", "videomae_pretrain_rawpix"])
def test_pre_training_predicts_what_is_masked(name: str) -> None:
    folder = GOLDEN / "hf_tiny" / name
    known = np.load(folder / "golden.npz")
    video = torch.from_numpy(known["pixel_values"]).transpose(1, 2)
    masked = torch.from_numpy(known["bool_masked_pos"])
    assert_close(hub_torch.from_folder(folder)(video, masked), known["logits"])


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("c3d", "c3d"),
        ("i3d_inception", "i3d"),
        ("mc3_18", "mc3_18"),
        ("r2plus1d_18", "r2plus1d_18"),
        ("r3d_18", "r3d_18"),
    ],
)
def test_a_checkpoint_file_is_read_without_running_its_code(name: str, architecture: str) -> None:
    folder = GOLDEN / "cnn_tiny" / name
    network = hub_torch.from_file(folder / "weights.pth", architecture)
    again = hub_torch.from_file(folder / "weights.safetensors", architecture)
    assert not network.training
    for key, tensor in network.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[key])


@pytest.mark.parametrize(
    ("name", "architecture"),
    [("slowfast_a8_k5", "slowfast_r50_4x16"), ("slowfast_a4_k7", "slowfast_r50_8x8")],
)
def test_a_wrapped_slowfast_is_unwrapped(name: str, architecture: str) -> None:
    path = GOLDEN / "cnn_tiny" / name / "weights.pyth"
    state = torch.load(path, weights_only=True)
    plain = hub_torch.from_state_dict(architecture, state["model_state"])
    wrapped = hub_torch.from_file(path, architecture)
    for key, tensor in plain.state_dict().items():
        assert torch.equal(tensor, wrapped.state_dict()[key])


PUBLISHED = sorted((GOLDEN / "vivit_scenic").glob("*"))


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: path.name)
def test_the_four_vivit_models_load_from_their_authors_parameters(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    known = np.load(folder / "golden.npz")
    network = hub_torch.from_file(folder / "params.safetensors", "vivit_scenic", meta)
    video = torch.from_numpy(known["x"]).permute(0, 4, 1, 2, 3)
    assert_close(network(video), known["logits"])


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    state = load_file(GOLDEN / "cnn_tiny" / "r3d_18" / "weights.safetensors")
    with pytest.raises(WeightsError, match=r"fc\.bias"):
        hub_torch.from_state_dict("r3d_18", {k: v for k, v in state.items() if k != "fc.bias"})
    with pytest.raises(WeightsError, match="surplus"):
        hub_torch.from_state_dict("r3d_18", {**state, "surplus": torch.zeros(1)})
    with pytest.raises(WeightsError, match=r"fc\.bias"):
        hub_torch.from_state_dict("r3d_18", {**state, "fc.bias": torch.zeros(3)})
    with pytest.raises(WeightsError, match="no architecture 'resnet'"):
        hub_torch.from_state_dict("resnet", state)
    with pytest.raises(WeightsError, match="empty"):
        hub_torch.from_state_dict("r3d_18", {})


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"needs a readable config\.json"):
        hub_torch.from_folder(tmp_path)
    (tmp_path / "config.json").write_text('{"architectures": ["BertModel"]}')
    with pytest.raises(WeightsError, match="BertModel"):
        hub_torch.from_folder(tmp_path)
    shutil.copy(GOLDEN / "hf_tiny" / "vivit_cls" / "config.json", tmp_path)
    with pytest.raises(WeightsError, match=r"model\.safetensors cannot be read"):
        hub_torch.from_folder(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not tensors at all")
    with pytest.raises(WeightsError, match="cannot be read as safetensors"):
        hub_torch.from_folder(tmp_path)


def test_a_pickle_with_code_in_it_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": Path("x")}, tmp_path / "evil.pth")
    with pytest.raises(WeightsError, match="tensors alone"):
        hub_torch.from_file(tmp_path / "evil.pth", "c3d")
