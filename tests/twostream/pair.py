"""Two streams with random weights, as files with cards: what the doors need, without training."""

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from vidcore.twostream import trained
from vidcore.twostream.small_torch import FlowNet, FrameNet
from vidcore.weights import card, load_torch
from vidcore.weights import card as card_function
from vidcore.weights.card import ModelCard

METRICS = {"colour": 0.9, "shape": 0.6, "action": 0.3}


def write(folder: Path, name: str, network: torch.nn.Module) -> None:
    data = save(network.state_dict())
    (folder / f"{name}.safetensors").write_bytes(data)
    made = ModelCard(
        name=name,
        task="classify",
        about="random weights",
        builder=f"twostream.small_torch:{type(network).__name__}",
        settings={},
        input={"frames": 16, "size": 48},
        classes=("a", "b"),
        metrics=METRICS,
        floor={},
        recipe={},
        seed=0,
        minutes=0.0,
        parameters=sum(p.numel() for p in network.parameters()),
        multiply_adds=0,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    (folder / f"{name}.json").write_text(made.to_json(), encoding="utf-8")


def clear() -> None:
    card.cache_clear()
    load_torch.load.cache_clear()
    trained.trained_fusion.cache_clear()


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the library reads, with both streams and both of the leak, untrained."""
    torch.manual_seed(0)
    for name, build in {"frame": FrameNet, "flow": FlowNet}.items():
        write(tmp_path, name, build())
        write(tmp_path, f"{name}_leak", build())
    point(monkeypatch, tmp_path)
    yield tmp_path
    clear()


@pytest.fixture
def nothing_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder where the library looks for weights."""
    point(monkeypatch, tmp_path)
    yield tmp_path
    clear()


def point(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    clear()
    module = __import__("sys").modules[card_function.__module__]
    monkeypatch.setattr(module, "FILES", folder)
    monkeypatch.setattr(load_torch, "FILES", folder)
    monkeypatch.setattr(trained, "FILE", folder / "fusion.json")
