"""Masked autoencoding: hide most of a clip, predict it, and compare with two ways of not knowing.

No label is used. A step hides all its clips by one kind of mask and one ratio, drawn from the
task's mix, and asks for a few of the hidden cubes only: the decoder looks at visible tokens alone,
so what it says of one cube does not depend on which others it is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from training.data import TRAIN, labelled
from training.recipe import Tensors
from vidcore.videomae import masking
from vidcore.videomae.leakage import copy_nearest, leakage, mean_colour
from vidcore.videomae.small_torch import FRAMES, SIDE, SPREAD, TUBELET, SmallMasked
from vidcore.videomae.target_torch import to_cubes
from vidcore.videomae.videomae_torch import gather

CHUNK = 28  # clips evaluated at once
WHILE_TRAINING = 56  # validation clips looked at between steps
TESTED = 140  # test clips for each mask: ten of each action
RATIOS = {  # of eight slices, 95 % are as many as 90 %
    **dict.fromkeys(("tube", "random"), (0.75, 0.9, 0.95)),
    "frame": (0.75, 0.9),
}
MAIN = ("tube", 0.9)  # what is watched while training


@dataclass(frozen=True, slots=True)
class Mask:
    """One entry of a mix: a kind, a ratio, and how often it is drawn."""

    kind: str
    ratio: float
    weight: float


@dataclass(frozen=True, slots=True)
class Masked:
    """Train a small masked autoencoder.

    Parameters
    ----------
    settings
        Of `SmallMasked`.
    mix
        The masks to draw from.
    ask
        Hidden cubes of each clip that a step predicts, at most.
    """

    settings: Mapping[str, int]
    mix: Sequence[Mask]
    ask: int = 128
    pool: int = TRAIN

    def network(self) -> SmallMasked:
        """Return the network with fresh weights."""
        return SmallMasked(**self.settings)

    def start_from(self, network: nn.Module, trained: nn.Module) -> None:
        """Take over all that another network has learned."""
        network.load_state_dict(trained.state_dict())

    def batch(self, split: str, indices: np.ndarray, seed: int) -> Tensors:
        """Return clips in [0, 1], what is hidden of them, and what is asked for."""
        video = labelled(split, indices, seed, augment=split == "train")["video"]
        rng = np.random.default_rng((seed, 3))
        weights = np.array([mask.weight for mask in self.mix])
        drawn = self.mix[int(rng.choice(len(self.mix), p=weights / weights.sum()))]
        masked = hide(self.grid, drawn.kind, drawn.ratio, len(video), rng)
        return {"video": video, "masked": masked, "asked": some_of(masked, self.ask, rng)}

    @property
    def grid(self) -> tuple[int, int, int]:
        """Cubes along time, rows and columns."""
        side = SIDE // self.settings["patch"]
        return FRAMES // TUBELET, side, side

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, float]]:
        """Mean squared error of the cubes asked for, in units of the network's own scale."""
        predicted = network(batch["video"], batch["masked"], batch["asked"])
        target = gather(self.cubes(batch["video"]), batch["asked"])
        mse = ((predicted - target) ** 2).mean()
        return mse / SPREAD**2, {"mse": float(mse.detach())}

    def evaluate(self, network: nn.Module, split: str) -> dict[str, float]:
        """Return squared errors on hidden cubes; on the test split beside both baselines."""
        if split == "validation":
            return {"mse": self.error(network, split, *MAIN, count=WHILE_TRAINING)}
        found: dict[str, float] = {"clips": TESTED}
        for kind, ratios in RATIOS.items():
            for ratio in ratios:
                name = f"{kind}_{round(100 * ratio)}"
                mse = self.error(network, split, kind, ratio, count=TESTED)
                baselines = self.baselines(split, kind, ratio, count=TESTED)
                best = min(baselines["mean"], baselines["copy"])
                found |= {f"{name}_{k}": v for k, v in baselines.items()}
                found |= {f"{name}_mse": mse, f"{name}_ratio": mse / best}
        return found

    @torch.inference_mode()
    def error(
        self, network: nn.Module, split: str, kind: str, ratio: float, *, count: int
    ) -> float:
        """Return the mean squared error on hidden cubes, pixels in [0, 1]."""
        errors = []
        for start in range(0, count, CHUNK):
            part = np.arange(start, min(start + CHUNK, count))
            video = labelled(split, part, 0, augment=False)["video"]
            masked = masks_of(self.grid, kind, ratio, part)
            truth = gather(self.cubes(video), masked)
            errors.append(((network(video, masked) - truth) ** 2).mean(dim=(1, 2)))
        return float(torch.cat(errors).mean())

    def baselines(self, split: str, kind: str, ratio: float, *, count: int) -> dict[str, float]:
        """Return the errors of the mean visible colour and of the nearest visible cube."""
        part = np.arange(count)
        video = labelled(split, part, 0, augment=False)["video"]
        cubes = self.cubes(video).unflatten(2, (-1, 3)).numpy()
        masks = masks_of(self.grid, kind, ratio, part).numpy().reshape(-1, *self.grid)
        size = {"patch": self.settings["patch"], "tubelet": TUBELET}
        found = {"mean": 0.0, "copy": 0.0, "leakage": 0.0}
        for clip, masked in zip(cubes, masks, strict=True):
            hidden = masked.ravel()
            for name, filled in (
                ("mean", mean_colour(clip, masked)),
                ("copy", copy_nearest(clip, masked, **size)),
            ):
                found[name] += float(((filled - clip)[hidden] ** 2).mean()) / count
            found["leakage"] += leakage(masked) / count
        return found

    def cubes(self, video: Tensor) -> Tensor:
        """Cut clips `(B, 3, T, H, W)` into cubes `(B, N, values)`."""
        return to_cubes(video, tubelet=TUBELET, patch=self.settings["patch"]).flatten(2)

    def one_clip(self) -> Tensors:
        """Return what the network is given for one clip."""
        generator = torch.Generator().manual_seed(0)
        video = torch.rand(1, 3, FRAMES, SIDE, SIDE, generator=generator)
        return {"video": video, "masked": masks_of(self.grid, *MAIN, np.arange(1))}


def hide(
    grid: tuple[int, int, int], kind: str, ratio: float, count: int, rng: np.random.Generator
) -> Tensor:
    """Draw `count` masks `(B, N)` of one kind."""
    draw = {
        "tube": masking.tube_mask,
        "random": masking.random_mask,
        "frame": masking.frame_mask,
    }[kind]
    masks = [draw(grid, ratio=ratio, rng=rng).ravel() for _ in range(count)]
    return torch.from_numpy(np.stack(masks))


def masks_of(grid: tuple[int, int, int], kind: str, ratio: float, indices: np.ndarray) -> Tensor:
    """Return the mask that each clip of a split is tested with: the same for every network."""
    return torch.cat(
        [hide(grid, kind, ratio, 1, np.random.default_rng((5, int(i)))) for i in indices]
    )


def some_of(masked: Tensor, most: int, rng: np.random.Generator) -> Tensor:
    """Choose up to `most` of each clip's hidden cubes, equally many of each."""
    B, N = masked.shape
    count = min(most, int(masked[0].sum()))
    lot = np.where(masked.numpy(), rng.random((B, N)), 2.0)  # who is visible is never drawn
    chosen = np.zeros((B, N), np.bool_)
    np.put_along_axis(chosen, np.argpartition(lot, count - 1, axis=1)[:, :count], True, axis=1)
    return torch.from_numpy(chosen)
