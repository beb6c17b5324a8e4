"""Learning optical flow from drawn pairs: small motions first, then longer ones.

    loss = sum_k 0.8^(n-1-k) |flow_k - truth| + a * (cross-entropy of the all-pairs matching)

All corrections but the last are compared at 1/8 resolution, where they live, the last one in full.
The second term asks every feature to be most like the one its pixel moved to: so the correlations
say something long before the recurrent unit has learned to read them.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from training.pairs import Pairs, draw
from training.recipe import Tensors
from training.recorded import Pair, pairs
from vidcore.flow.metrics import endpoint_error
from vidcore.flow.raft_parts import FACTOR
from vidcore.flow.raft_torch import Raft, infer, ours

SIZE = (96, 128)  # pixels: of the pairs it learns on
LARGE = (128, 176)  # and at the end
MEASURED = (160, 224)  # and is measured on
SPLITS = {"train": 0, "validation": 1, "test": 2}
COUNT = {"validation": 16, "test": 96}
SHORT, FIRST, LONG = 0.5, 4.0, 28.0  # pixels: of motion; the longest at the start and later
LONGER = 40.0  # and in the finish
GROUPS = (0.0, 1.0, 3.0, 8.0, 16.0, 32.0)  # pixels: edges of the displacement groups
STEPS_SEED = 1_000_003  # the loop's: seed * this + step
ATLAS_STEPS = 500  # that share their textures
PLAIN, PLAIN_FROM = 0.3, 3100  # share of pairs without texture, and the step they come in at
DECAY = 0.8  # of the loss from correction to correction, backwards
UNSEEN = 0.2  # weight of pixels that vanish: their motion is known, but not from what is seen
ITERATIONS = 12  # when measured


@dataclass(frozen=True, slots=True)
class Flow:
    """Train RAFT.

    Parameters
    ----------
    steps
        Length of the run: motions grow over its first half, matching alone leads its first 5 %.
    finish
        Go on from a trained network instead: larger pairs, all motions, more corrections, other
        textures more often.
    """

    steps: int
    finish: bool = False
    pool: int = 2**31 - 1  # every index is another pair

    def network(self) -> nn.Module:
        """Return the network with fresh weights."""
        return ours()

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return one pair for each index; how far it moves and how it is trained say `seed`."""
        step = seed % STEPS_SEED
        done = 1.0 if self.finish else step / self.steps
        rng = np.random.default_rng([SPLITS[split], 0, *indices])
        longest = LONGER if self.finish else FIRST * (LONG / FIRST) ** min(1.0, 2 * done)
        reach = np.exp(rng.uniform(np.log(SHORT), np.log(longest), len(indices)))
        pairs = draw(
            [SPLITS[split], *indices],
            reach,
            **self.look(step, seed),
        )
        return {
            "prev": pairs.prev,
            "next": pairs.next_,
            "flow": pairs.flow,
            "valid": pairs.valid,
            "iterations": torch.tensor(corrections(done, rng) + 2 * self.finish),
            "matching": torch.tensor(1.0 if done < 0.05 else 0.1),
        }

    def look(self, step: int, seed: int) -> dict[str, Any]:
        """Return what the pairs of a step look like."""
        if self.finish:
            return {"size": LARGE, "atlas": 1_000 + seed // (ATLAS_STEPS // 5), "plain": PLAIN}
        plain = PLAIN if step >= PLAIN_FROM else 0.0
        return {"size": SIZE, "atlas": seed // ATLAS_STEPS, "plain": plain}

    def start_from(self, network: nn.Module, trained: nn.Module) -> None:
        """Take over the weights of another network."""
        network.load_state_dict(trained.state_dict())

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Compare every correction with the truth, and the correlations with the true matches."""
        network = checked(network)
        truth, valid = batch["flow"], batch["valid"]
        weight = UNSEEN + (1 - UNSEEN) * valid.float()
        seen = network.look(2 * batch["prev"] - 1, 2 * batch["next"] - 1)
        n, total = int(batch["iterations"]), torch.zeros(())
        coarse = np.s_[..., ::FACTOR, ::FACTOR]
        for k, (flow, h, _) in enumerate(network.correct(seen, n)):
            if k < n - 1:
                error = (FACTOR * flow - truth[coarse]).abs().sum(1) * weight[coarse]
            else:
                field = network.upsample(flow, h)
                error = (field - truth).abs().sum(1) * weight
            total = total + DECAY ** (n - 1 - k) * error.mean()
        matched = matching(seen.pyramid[0], truth, valid)
        epe = (field.detach() - truth).norm(dim=1)[valid].mean()
        return total + batch["matching"] * matched, {
            "epe": float(epe),
            "matching": float(matched.detach()),
        }

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        """Return endpoint errors by displacement, of the network and of zero flow."""
        network = checked(network)
        every, lengths = (
            np.concatenate(a, -1) for a in zip(*measured(network, split), strict=True)
        )
        errors = every[-1]
        metrics = {"epe": float(errors.mean()), "zero": float(lengths.mean())}
        for low, high in pairwise(GROUPS):
            inside = (lengths >= low) & (lengths < high)
            name = f"{low:g}-{high:g}px"
            metrics[f"epe_{name}"] = float(errors[inside].mean())
            metrics[f"gain_{name}"] = float(1 - errors[inside].mean() / lengths[inside].mean())
        metrics["least_gain"] = min(v for name, v in metrics.items() if name.startswith("gain_"))
        if split == "test":
            plain, long = (
                np.concatenate(a, -1) for a in zip(*measured(network, split, 1.0), strict=True)
            )
            metrics |= {"plain_epe": float(plain[-1].mean()), "plain_zero": float(long.mean())}
            metrics |= {f"after_{k + 1}": float(e.mean()) for k, e in enumerate(every)}
            metrics |= {f"epe, {kind}": of_others(network, each) for kind, each in pairs().items()}
        return metrics

    def one_clip(self) -> Tensors:
        """Return what the network is given for one pair of 240 x 320."""
        pair = torch.rand((2, 1, 3, 240, 320), generator=torch.Generator().manual_seed(0))
        return {"image1": 2 * pair[0] - 1, "image2": 2 * pair[1] - 1}

    def card(self) -> dict[str, Any]:
        """Return what the card says of input and data."""
        return {
            "input": {"frames": 2, "size": "from 16 x 16", "channels": "RGB", "range": [-1, 1]},
            "data": "Pairs drawn by training.pairs; no recording is used.",
            "notes": ""
            if not self.finish
            else "Finish of raft_start: larger pairs, longer motions, kernels stepped by Muon. A "
            "finish of 3000 steps by AdamW gave 0.066 px on the ten textured pairs, 4.21 on "
            "FlyingChairs and 0.72 on RubberWhale; one of 1000 left pairs without texture worse "
            "than stillness (plain_epe 0.96, plain_zero 0.59).",
        }


def checked(network: nn.Module) -> Raft:
    """Return the network, which must be ours.

    Raises
    ------
    TypeError
        If it is another.
    """
    if not isinstance(network, Raft):
        raise TypeError(f"The flow task trains Raft; got {type(network).__name__}.")
    return network


def corrections(done: float, rng: np.random.Generator) -> int:
    """Return how many corrections a step trains: one, then some, then more."""
    if done < 0.05:
        return 1
    return int(rng.integers(2, 4 if done < 0.3 else 5 if done < 0.7 else 7))


def matching(
    volume: Float[Tensor, "n 1 h w"],
    flow: Float[Tensor, "B 2 H W"],
    valid: Bool[Tensor, "B H W"],
) -> Tensor:
    """Return the cross-entropy of each map's softmax with the four features around its target."""
    n, _, h, w = volume.shape
    motion = flow[..., ::FACTOR, ::FACTOR] / FACTOR
    rows, columns = torch.arange(h), torch.arange(w)
    y, x = motion[:, 1] + rows[:, None], motion[:, 0] + columns
    down, right = (
        (1 - (at[..., None] - places).abs()).clamp(min=0)
        for at, places in ((y, rows), (x, columns))
    )
    target = torch.einsum("bijk,bijl->bijkl", down, right).reshape(n, h * w)
    likely = volume.reshape(n, h * w).log_softmax(-1)
    counts = (valid[..., ::FACTOR, ::FACTOR].reshape(n) & (target.sum(-1) > 0.999)).float()
    return -((target * likely).sum(-1) * counts).sum() / counts.sum().clamp(min=1)


@torch.inference_mode()
def measured(
    network: Raft, split: str, plain: float = 0.0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield every fresh pair's errors and true lengths, over its valid pixels."""
    for k in range(COUNT[split]):
        seed = [SPLITS[split], k]
        reach = np.exp(np.random.default_rng(seed).uniform(np.log(SHORT), np.log(LONG), 1))
        atlas = 10_000 + k // 16  # none that is trained on
        yield error_of(network, draw(seed, reach, size=MEASURED, atlas=atlas, plain=plain))


def error_of(network: Raft, pair: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Return the error after each correction `(K, n)` and the length `(n,)` at valid pixels."""
    fields = network(2 * pair.prev - 1, 2 * pair.next_ - 1, ITERATIONS)
    error = (fields - pair.flow).norm(dim=2)
    return error[:, pair.valid].numpy(), pair.flow.norm(dim=1)[pair.valid].numpy()


def of_others(network: Raft, recorded: list[Pair]) -> float:
    """Return the mean error on pairs that others made."""
    return statistics.mean(
        endpoint_error(estimated(network, pair), pair.truth, pair.valid) for pair in recorded
    )


def estimated(network: Raft, pair: Pair) -> np.ndarray:
    """Return the network's flow of a pair."""
    return infer(network, pair.prev, pair.next_, iterations=ITERATIONS, every=False)[-1]
