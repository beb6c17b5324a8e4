"""Tracking without labels: copy colour between frames of a grey video; measured: where it looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.data import clips, pool, to_video
from training.recipe import Tensors
from vidcore.attention.track_torch import (
    FRAMES,
    GRID,
    PATCH,
    SIZE,
    Copier,
    copying_loss,
    gated,
    weights_between,
)
from vidcore.media.synthetic.actions import World

WORLD = World(radius=(0.08, 0.2))  # from smaller objects than the classifiers see
SMALL = World(
    radius=(0.08, 0.17)
)  # what is measured on: after the choice below, 3 to 6 % of the pixels
AREA = (0.03, 0.06)
POOL = 2_800  # training clips
IN_TRAINING = 4  # frames of each clip and step, at random
MEASURED = tuple(range(0, FRAMES, 2))  # eight frames
ON = 1 / 3  # of its pixels: from here a patch is on the object
FAR = 16  # pixels between the object and where it was: a large displacement
CLIPS = {"validation": 112, "test": 1_000}
CHUNK = 14


@dataclass(frozen=True, slots=True)
class Track:
    """Train one copying network."""

    scheme: Literal["joint", "divided"]
    pool: int = POOL

    def network(self) -> nn.Module:
        """Return the network with fresh weights."""
        return Copier(self.scheme)

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return four frames of each clip, `(B, 3, 4, 48, 48)`, and when they were."""
        rng = np.random.default_rng((seed, 13))
        moments = np.sort(rng.permutation(FRAMES)[:IN_TRAINING])
        video = pool(split, WORLD, self.pool).video[np.sort(indices)][:, moments]
        return {"video": flipped(to_video(video), rng), "moments": torch.from_numpy(moments)}

    def one_clip(self) -> Tensors:
        """Return what the network is given for one clip of eight frames."""
        shape = (1, 3, len(MEASURED), SIZE, SIZE)
        return {"video": torch.rand(shape, generator=torch.Generator().manual_seed(0))}

    def card(self) -> dict[str, Any]:
        """Return what the card says of the input, beside the usual."""
        return {
            "input": {"frames": len(MEASURED), "size": SIZE, "channels": "grey", "range": [0, 1]},
            "notes": "Measured on clips whose object covers 3 to 6 % of the pixels. A patch is on "
            "the object where a third of its pixels are. The query is the patch with most object; "
            "only other frames count. `background`: the same ratio for queries beside the object. "
            "`far`: frames in which the object is 16 pixels or more from the query's.",
        }

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Compare the colours copied with the colours that were there."""
        out = network(batch["video"], batch["moments"])
        loss = copying_loss(out["predicted"].float(), out["colours"])
        return loss, {"loss/colour": float(loss.detach())}

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        """Return where the copying layer looks, for queries on the object and beside it."""
        found = [
            numbers
            for video, seen in small_objects(split, CLIPS[split])
            for numbers in measure(network, video, seen)
        ]
        known = {name: [row[name] for row in found if name in row] for name in found[0] | found[-1]}
        means = {name: float(np.mean(values)) for name, values in known.items()}
        heads = [name for name in means if name.startswith("head")]
        return summary({name: means[name] for name in means if name not in heads}) | {
            name: means[name] for name in heads
        }


def flipped(video: Tensor, rng: np.random.Generator) -> Tensor:
    """Mirror the batch left to right, up to down, or swap x and y, each at random."""
    for axis in (-1, -2):
        if rng.random() < 0.5:
            video = video.flip(axis)
    return video.transpose(-1, -2) if rng.random() < 0.5 else video


def small_objects(split: str, count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield chunks of video `(B, 8, 48, 48, 3)` and object `(B, 8, 48, 48)`, small objects only."""
    left, start = count, 0
    while left:
        drawn = clips(split, range(start, start + 2 * CHUNK), SMALL)
        start += 2 * CHUNK
        video, seen = drawn.video[:, MEASURED], drawn.object[:, MEASURED]
        area = seen.mean((1, 2, 3))
        chosen = np.flatnonzero((area >= AREA[0]) & (area <= AREA[1]))[:left]
        left -= len(chosen)
        if len(chosen):
            yield video[chosen], seen[chosen]


@torch.inference_mode()
def measure(network: nn.Module, video: np.ndarray, seen: np.ndarray) -> Iterator[dict[str, float]]:
    """Yield, for each clip and frame whose object fills a patch, where attention goes to."""
    assert isinstance(network, Copier)  # noqa: S101 (this task's network)
    device = next(network.parameters()).device
    pointed = network.pointed(network.features(to_video(video).to(device))[-1])
    mixed, heads = gated(pointed).cpu().numpy(), weights_between(pointed).cpu().numpy()
    covered = cover(seen)
    centres = [centre_of(c) for c in covered]
    for b, frames in enumerate(covered):
        for t, here in enumerate(frames):
            n = int(here.argmax())
            if here[n] < ON or not (np.delete(frames, t, 0) >= ON).any():
                continue
            row = looks(mixed[b, t, n], frames, t)
            row |= far(mixed[b, t, n], frames, centres[b], t)
            beside = np.flatnonzero(here == 0)[:: GRID + 1]
            off = [looks(mixed[b, t, m], frames, t)["ratio"] for m in beside]
            row["background"] = float(np.mean(off))
            for h, weights in enumerate(heads[b, :, t, n]):
                row[f"head{h}"] = looks(weights, frames, t)["share"]
            yield row


def cover(seen: np.ndarray) -> np.ndarray:
    """Return the share of each patch's pixels that is object: `(B, T, N)`."""
    return F.avg_pool2d(torch.from_numpy(seen).float(), PATCH).flatten(2).numpy()


def looks(weights: np.ndarray, covered: np.ndarray, t: int) -> dict[str, float]:
    """Return how much of one query's attention in other frames is on the object.

    Parameters
    ----------
    weights, covered
        `(T, N)`: of the query, and the object's share of each patch.
    t
        The query's frame.
    """
    others = np.delete(weights, t, 0)
    others = others / others.sum()
    on = np.delete(covered, t, 0)
    pixels = float((others * on).sum())
    share, uniform = float(others[on >= ON].sum()), float((on >= ON).mean())
    return {
        "share": share,
        "ratio": share / uniform,
        "top1": float(on.flat[others.argmax()] >= ON),
        "top1_each_frame": float((on[np.arange(len(on)), others.argmax(1)] >= ON).mean()),
        "pixel_share": pixels,
        "pixel_ratio": pixels / float(on.mean()),
    }


def far(weights: np.ndarray, covered: np.ndarray, centres: np.ndarray, t: int) -> dict[str, float]:
    """Return the same for the frames alone in which the object is far from where it is now."""
    away = np.hypot(*(centres - centres[t]).T) >= FAR
    away &= (covered >= ON).any(axis=1)
    if not away.any():
        return {}
    chosen = np.concatenate([np.flatnonzero(away), [t]])
    found = looks(weights[chosen], covered[chosen], len(chosen) - 1)
    return {f"far_{name}": found[name] for name in ("share", "ratio", "top1")}


def centre_of(covered: np.ndarray) -> np.ndarray:
    """Return the object's centre in every frame, pixels `(T, 2)`."""
    y, x = np.divmod(np.arange(GRID * GRID), GRID)
    total = covered.sum(1, keepdims=True).clip(1e-9)
    return np.stack([covered @ x, covered @ y], axis=1) / total * PATCH


def summary(means: dict[str, float]) -> dict[str, float]:
    """Order the numbers: the object's, the background's, the far ones."""
    first = ("share", "ratio", "top1", "background")
    return {name: means[name] for name in first} | {
        name: value for name, value in sorted(means.items()) if name not in first
    }
