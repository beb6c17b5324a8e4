"""The temporal stream, trained on flow of our own making, and the two streams fused."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.data import FLOWS, SHIFT, flow_pool, labelled, pool
from training.recipe import Tensors
from training.tasks.classify import SMOOTHING, Classify
from vidcore.media.synthetic.actions import MIRRORED, REVERSED


@dataclass(frozen=True, slots=True)
class ClassifyFlow(Classify):
    """Ask the three questions of the flow alone."""

    pool: int = FLOWS

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return flow `(B, 15, 48, 48, 2)` and labels; for training, changed together with them.

        Evaluation reads the frames as well, so that they can be put in another order.
        """
        if split != "train":
            batch = labelled(split, indices, seed, augment=False, world=self.world)
            flow = flow_pool(split, self.world)[np.sort(indices)].astype(np.float32)
            return batch | {"flow": torch.from_numpy(flow)}
        order = np.sort(indices)
        flow = flow_pool(split, self.world)[order].astype(np.float32)
        labels = pool(split, self.world).labels
        flow, action = changed(flow, labels["action"][order], np.random.default_rng((seed, 11)))
        return {
            "flow": torch.from_numpy(flow),
            "action": torch.from_numpy(action),
            **{name: torch.from_numpy(labels[name][order]) for name in ("colour", "shape")},
        }

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Add the cross-entropies of the questions."""
        scores = network(flow=batch["flow"])
        losses = {
            name: F.cross_entropy(scores[name].float(), batch[name], label_smoothing=SMOOTHING)
            for name in self.questions
        }
        total = torch.stack(list(losses.values())).sum()
        return total, {f"loss/{name}": float(loss.detach()) for name, loss in losses.items()}

    def reordered(self, batch: Tensors, order: str) -> Tensors:
        """Return the known flow, or the frames in another order, whose flow is another."""
        if order == "forward":
            return {"flow": batch["flow"]}
        return Classify.reordered(self, batch, order)

    def answer(self, network: nn.Module, batch: Tensors, device: torch.device) -> Tensors:
        """Run the network on flow where it is known, else on frames."""
        scores: Tensors = network(**{name: x.to(device) for name, x in batch.items()})
        return scores


def changed(
    flow: np.ndarray, action: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Mirror half of the clips, play half of them backwards, move all; labels follow.

    Backwards every motion has the other sign. It is that of the same pixels, not of those they
    came from: off by less than a frame's motion, which is what a shift by two pixels is as well.
    """
    flow, action = flow.copy(), action.copy()
    mirrored, backwards = (rng.random(len(action)) < 0.5 for _ in range(2))
    flow[mirrored] = flow[mirrored, :, :, ::-1] * np.float32([-1, 1])
    action[mirrored] = np.array(MIRRORED)[action[mirrored]]
    flow[backwards] = -flow[backwards, ::-1]
    action[backwards] = np.array(REVERSED)[action[backwards]]
    for k, (dy, dx) in enumerate(rng.integers(-SHIFT, SHIFT + 1, (len(action), 2))):
        flow[k] = np.roll(flow[k], (dy, dx), axis=(1, 2))
    return flow, action


@dataclass(frozen=True, slots=True)
class Fuse(ClassifyFlow):
    """Nothing to train: two trained streams, averaged."""

    def start_from(self, network: nn.Module, spatial: nn.Module, temporal: nn.Module) -> None:  # type: ignore[override]
        """Put the two streams together."""
        network.spatial.load_state_dict(spatial.state_dict())  # type: ignore[union-attr]
        network.temporal.load_state_dict(temporal.state_dict())  # type: ignore[union-attr]

    def reordered(self, batch: Tensors, order: str) -> Tensors:
        """Return the frames in another order, and the flow where it is known."""
        shown = Classify.reordered(self, batch, order)
        return shown | {"flow": batch["flow"]} if order == "forward" else shown

    def answer(self, network: nn.Module, batch: Tensors, device: torch.device) -> Tensors:
        """Fuse what the two streams say."""
        video = batch["video"].to(device)
        known = {"flow": batch["flow"].to(device)} if "flow" in batch else {"video": video}
        fused: Tensors = network.fuse(network.spatial(video), network.temporal(**known))  # type: ignore[operator]
        return fused
