"""A recipe: every number of a run, in one frozen dataclass. A task: what those numbers train."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from torch import Tensor, nn

Tensors = dict[str, Tensor]


class Task(Protocol):
    """What is learned. Every method is a pure function of its arguments, so a run can resume."""

    pool: int  # clips of the training split that `batch` may be asked for

    def network(self) -> nn.Module:
        """Return the network with fresh weights, drawn from torch's generator."""
        ...

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return the clips `indices` of a split as tensors; `seed` is of augmentation only."""
        ...

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Return the loss, and numbers worth logging."""
        ...

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        """Return the metrics on a split: a part of "validation" while training, all of "test"."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """One trained model.

    Parameters
    ----------
    name
        Of the recipe, the run and the shipped file.
    about
        One sentence for the card.
    builder, settings
        What the card names: `room.module:Class` below vidcore, and its arguments.
    steps, batch
        Length of the run, and clips per step over all processes together.
    rate, decay, warmup
        AdamW: peak learning rate, weight decay, steps of linear warm-up before the cosine.
    muon
        What the names of those weights contain that are stepped by Muon instead: matrices, and
        kernels as matrices with a row for each output. Empty for none.
    clip
        Largest norm of the gradient.
    ema
        Decay of the average of the weights that is evaluated and shipped; 0 for none.
    bf16
        Run the network under bfloat16 autocast.
    every
        Steps between evaluations.
    patience
        Evaluations without improvement of `watch` after which the run stops early; 0 for never.
    watch
        The metric that early stopping looks at; larger is better.
    floor
        Least values of metrics at which the weights may be shipped; metrics that must stay small
        are given negative, under their negative (`-mse`).
    starts_from
        The recipe whose shipped weights this one starts from.
    ships
        Whether the weights of seed 0 go into the library. Those of a comparison stay in its run.
    """

    name: str
    about: str
    task: Task
    builder: str
    settings: Mapping[str, object] = field(default_factory=dict)
    kind: str = "classify"
    steps: int = 1600
    batch: int = 32
    rate: float = 3e-3
    decay: float = 0.02
    warmup: int = 100
    muon: str = ""
    clip: float = 1.0
    ema: float = 0.0
    bf16: bool = True
    every: int = 200
    patience: int = 0
    watch: str = "action"
    floor: Mapping[str, float] = field(default_factory=dict)
    starts_from: str = ""
    ships: bool = True
