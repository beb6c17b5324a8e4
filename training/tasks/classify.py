"""Classification: what colour, what shape, which action; and what is left of it out of order."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.data import TRAIN, WORLD, labelled, sizes
from training.recipe import Tensors
from vidcore.media.synthetic.actions import ACTIONS, PAIRS, REVERSED, World
from vidcore.weights.heads_torch import QUESTIONS

CHUNK = 56  # clips evaluated at once
OUT_OF_ORDER = 1_400  # test clips looked at in each other order
WHILE_TRAINING = 420  # validation clips looked at between steps
SMOOTHING = 0.05  # label smoothing


@dataclass(frozen=True, slots=True)
class Classify:
    """Train one network on the three questions at once.

    Parameters
    ----------
    build
        Returns the network.
    frames
        Frames of each training clip that are used: all, or so many, one from each of equal
        segments, at random (TSN).
    questions
        Those that are asked in training.
    """

    build: Callable[[], nn.Module]
    frames: int = 0
    questions: tuple[str, ...] = tuple(QUESTIONS)
    world: World = field(default_factory=lambda: WORLD)
    pool: int = TRAIN
    start: Callable[[nn.Module, nn.Module], Any] | None = None

    def network(self) -> nn.Module:
        """Return the network with fresh weights."""
        return self.build()

    def start_from(self, network: nn.Module, trained: nn.Module) -> None:
        """Take over what another network has learned."""
        if self.start is not None:
            self.start(network, trained)

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return clips `(B, 3, T, 48, 48)` and their labels."""
        batch = labelled(split, indices, seed, augment=split == "train", world=self.world)
        if split == "train" and self.frames:
            batch["video"] = segments(batch["video"], self.frames, np.random.default_rng((seed, 5)))
        return batch

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Add the cross-entropies of the questions."""
        scores = network(batch["video"])
        losses = {
            name: F.cross_entropy(scores[name].float(), batch[name], label_smoothing=SMOOTHING)
            for name in self.questions
        }
        total = torch.stack(list(losses.values())).sum()
        return total, {f"loss/{name}": float(loss.detach()) for name, loss in losses.items()}

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        """Return accuracies, from 0 to 1; of the test split also out of order."""
        count = WHILE_TRAINING if split == "validation" else sizes(self.world)[split]
        scores, labels = self.answers(network, split, range(count))
        metrics = accuracies(scores, labels)
        if split == "test":
            metrics |= self.out_of_order(network, split, range(OUT_OF_ORDER))
            if self.world.leak:
                honest = replace(self, world=WORLD)
                found = accuracies(*honest.answers(network, split, range(OUT_OF_ORDER)))
                metrics["action_without_leak"] = found["action"]
        return metrics

    @torch.inference_mode()
    def answers(
        self, network: nn.Module, split: str, indices: range, *, order: str = "forward"
    ) -> tuple[dict[str, Tensor], Tensors]:
        """Return the logits of many clips, shown in some order, and their labels."""
        parts, labels = [], []
        device = next(network.parameters()).device
        for start in range(indices.start, indices.stop, CHUNK):
            part = np.arange(start, min(start + CHUNK, indices.stop))
            batch = self.batch(split, part, 0)
            shown = self.reordered(batch, order)
            parts.append(
                {k: v.float().cpu() for k, v in self.answer(network, shown, device).items()}
            )
            labels.append({name: batch[name] for name in QUESTIONS})
        return _joined(parts), _joined(labels)

    def reordered(self, batch: Tensors, order: str) -> Tensors:
        """Return the batch with its frames in another order."""
        T = batch["video"].shape[2]
        return {"video": batch["video"][:, :, ORDERS[order](T)]}

    def answer(self, network: nn.Module, batch: Tensors, device: torch.device) -> Tensors:
        """Run the network."""
        scores: Tensors = network(batch["video"].to(device))
        return scores

    def out_of_order(self, network: nn.Module, split: str, indices: range) -> dict[str, float]:
        """Return what the network says of clips played backwards, shuffled and frozen."""
        found = {}
        for order in ("reversed", "shuffled", "frozen"):
            scores, labels = self.answers(network, split, indices, order=order)
            found[f"action_{order}"] = _share(scores["action"].argmax(1) == labels["action"])
            if order == "reversed":
                partner = torch.tensor(REVERSED)[labels["action"]]
                paired = partner != labels["action"]
                said = scores["action"].argmax(1)
                found["reversed_to_partner"] = _share((said == partner)[paired])
        return found


ORDERS: dict[str, Callable[[int], np.ndarray]] = {
    "forward": lambda T: np.arange(T),
    "reversed": lambda T: np.arange(T)[::-1].copy(),
    "shuffled": lambda T: np.random.default_rng(T).permutation(T),
    "frozen": lambda T: np.full(T, T // 2),
}


def segments(video: Tensor, count: int, rng: np.random.Generator) -> Tensor:
    """Take one frame from each of `count` equal segments, at random, the same for the batch."""
    edges = np.linspace(0, video.shape[2], count + 1).astype(int)
    return video[:, :, [int(rng.integers(a, b)) for a, b in pairwise(edges)]]


def accuracies(scores: dict[str, Tensor], labels: Tensors) -> dict[str, float]:
    """Return the accuracy of each question, of colour and action together, and inside the pairs."""
    right = {name: scores[name].argmax(1) == labels[name] for name in QUESTIONS}
    found = {name: _share(hits) for name, hits in right.items()}
    found["both"] = _share(right["colour"] & right["action"])
    inside = [inside_pair(scores["action"], labels["action"], pair) for pair in PAIRS]
    found["pairs"] = _share(torch.cat(inside))
    for pair, hits in zip(PAIRS, inside, strict=True):
        found[f"pair {ACTIONS[pair[0]]}/{ACTIONS[pair[1]]}"] = _share(hits)
    return found


def inside_pair(scores: Tensor, action: Tensor, pair: tuple[int, int]) -> Tensor:
    """Return, for the clips of a pair, whether the right one of the two scores higher."""
    of = (action == pair[0]) | (action == pair[1])
    first = scores[of, pair[0]] > scores[of, pair[1]]
    return first == (action[of] == pair[0])


def _share(hits: Tensor) -> float:
    return float(hits.float().mean())


def _joined(parts: list[Tensors]) -> Tensors:
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
