"""Loading: what is altered, missing or misfit is refused, with a way out."""

import json
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import torch

from vidcore.errors import WeightsError
from vidcore.weights import load_torch

cards = import_module("vidcore.weights.card")  # the package gives the function of that name
SHIPPED = cards.FILES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of one shipped model, free to be damaged."""
    for suffix in ("json", "safetensors"):
        shutil.copy(SHIPPED / f"frame.{suffix}", tmp_path)
    monkeypatch.setattr(cards, "FILES", tmp_path)
    monkeypatch.setattr(load_torch, "FILES", tmp_path)
    cards.card.cache_clear()
    load_torch.load.cache_clear()
    yield tmp_path
    cards.card.cache_clear()
    load_torch.load.cache_clear()


def change(folder: Path, **fields: object) -> None:
    path = folder / "frame.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_sound_file_loads_once_in_eval_mode_and_float32(folder: Path) -> None:
    network = load_torch.load("frame")
    assert network is load_torch.load("frame")
    assert not network.training
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    assert not any(p.requires_grad for p in network.parameters())


def test_one_changed_byte_is_refused(folder: Path) -> None:
    path = folder / "frame.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match=r"needs the sha256 .* of its card; got .*train frame"):
        load_torch.load("frame")


def test_a_missing_file_or_model_is_named(folder: Path) -> None:
    (folder / "frame.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"frame\.safetensors is missing"):
        load_torch.load("frame")
    with pytest.raises(WeightsError, match="no trained model named 'nothing'; there are: frame"):
        load_torch.load("nothing")


@pytest.mark.parametrize("name", ["../frame", "frame/../frame", "", "."])
def test_a_name_is_no_path(folder: Path, name: str) -> None:
    with pytest.raises(WeightsError, match="no trained model"):
        cards.card(name)


def test_settings_that_do_not_fit_the_file_are_refused(folder: Path) -> None:
    change(folder, builder="conv3d.small_torch:SmallNet")
    with pytest.raises(WeightsError, match="does not fit its network"):
        load_torch.load("frame")
    cards.card.cache_clear()
    change(folder, builder="twostream.small_torch:Nothing")
    with pytest.raises(WeightsError, match="builder that does not work"):
        load_torch.load("frame")


def test_a_card_that_lacks_a_field_is_refused(folder: Path) -> None:
    path = folder / "frame.json"
    kept = json.loads(path.read_text())
    del kept["sha256"]
    path.write_text(json.dumps(kept))
    with pytest.raises(WeightsError, match="missing or unknown fields: sha256"):
        cards.card("frame")
