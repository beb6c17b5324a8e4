"""Small networks with random weights, shipped as trained ones are, for tests that need any."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save

from vidcore.slowfast.small_torch import SmallSlowFast
from vidcore.weights import load_torch
from vidcore.weights.card import ModelCard, card

cards = sys.modules[
    ModelCard.__module__
]  # the module; the package exports its function of that name

NETWORKS: dict[str, dict[str, Any]] = {
    "slowfast": {},
    "slowfast_alpha8": {"alpha": 8},
    "slow": {"pathways": "slow"},
    "fast": {"pathways": "fast"},
}


def ship(folder: Path, name: str, settings: dict[str, Any]) -> None:
    """Write a random network and its card."""
    torch.manual_seed(len(name))
    net = SmallSlowFast(**settings)
    for key, value in net.state_dict().items():
        if key.endswith("running_var"):
            value.fill_(0.05)  # so that features are not all but zero
    data = save({key: value.contiguous() for key, value in net.state_dict().items()})
    (folder / f"{name}.safetensors").write_bytes(data)
    of = ModelCard(
        *(name, "classify", "random", "slowfast.small_torch:SmallSlowFast", settings),
        {"frames": 16, "size": 48}, ("a",), {}, {}, {}, 0, 0.0, 1, 1,
        hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    (folder / f"{name}.json").write_text(of.to_json())


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of networks that stands in for the trained ones."""
    for name, settings in NETWORKS.items():
        ship(tmp_path, name, settings)
    for module in (cards, load_torch):
        monkeypatch.setattr(module, "FILES", tmp_path)
    card.cache_clear()
    load_torch.load.cache_clear()
    yield tmp_path
    card.cache_clear()
    load_torch.load.cache_clear()
