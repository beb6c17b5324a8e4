"""A recipe small enough for a test: tell the sign of a noisy number, with dropout in between."""

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.recipe import Recipe, Tensors


@dataclass(frozen=True, slots=True)
class Signs:
    """Sixteen noisy numbers: is their mean above zero?"""

    pool: int = 1000

    def network(self) -> nn.Module:
        return nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        x = torch.stack([_numbers(split, int(i)) for i in indices])
        return {"x": x, "y": (x.mean(1) > 0).long()}

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        return F.cross_entropy(network(batch["x"]).float(), batch["y"]), {}

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        batch = self.batch(split, np.arange(200), 0)
        with torch.inference_mode():
            right = network(batch["x"]).argmax(1) == batch["y"]
        return {"right": float(right.float().mean())}


def _numbers(split: str, index: int) -> Tensor:
    seed = index if split == "train" else index + 10_000
    return torch.randn(16, generator=torch.Generator().manual_seed(seed))


TOY = Recipe(
    "toy",
    "Tells signs.",
    Signs(),
    "nowhere:Signs",
    kind="classify",
    steps=60,
    batch=16,
    rate=1e-2,
    warmup=5,
    ema=0.9,
    bf16=False,
    every=20,
    watch="right",
    floor={"right": 0.8},
)


class Blocks(Signs):
    """The same, with a matrix and a kernel that are named as in a transformer's blocks."""

    def network(self) -> nn.Module:
        layers = {
            "start": nn.Linear(16, 32),
            "blocks": nn.Sequential(
                nn.ReLU(),
                nn.Linear(32, 32),
                nn.Unflatten(1, (8, 4)),
                nn.Conv1d(8, 8, 3, padding=1),
                nn.Flatten(),
                nn.Dropout(0.2),
                nn.ReLU(),
            ),
            "head": nn.Linear(32, 2),
        }
        return nn.Sequential(OrderedDict(layers))


DEEP = replace(TOY, task=Blocks(), muon="blocks")
