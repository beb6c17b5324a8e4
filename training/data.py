"""The training data: clips of the learned world, split by seed, drawn once and kept.

A clip is a pure function of `(split, index)`: no clip of one split can occur in another, because
the split is part of its seed. Labels are balanced: every block of 14 indices has each action once.
What was drawn is kept in `runs/pools` as memory-mapped arrays, so that it is drawn once for all
recipes and seeds; delete the folder and it comes back the same.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from training.recipe import Tensors
from vidcore.media.synthetic.actions import (
    ACTIONS,
    COLOURS,
    MIRRORED,
    REVERSED,
    SHAPES,
    Batch,
    Spec,
    World,
    render,
)
from vidcore.media.synthetic.actions.spec import VERSION

POOLS = Path("runs/pools")
SPLITS = {"train": 0, "validation": 1, "test": 2}
TRAIN, VALIDATION, TEST = 14_000, 1_400, 5_040  # clips; multiples of 14
SIZES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
FLOWS = 7_000  # training clips whose flow is estimated: 30 ms each, and a mirror doubles them
WORLD = World()
LEAKY = World(leak=0.9)  # where the background's hue gives the action away, nine times in ten
SHIFT = 2  # pixels a training clip may be moved either way
CHUNK = 140  # clips drawn at a time


def sizes(world: World = WORLD) -> dict[str, int]:
    """Return the number of clips in each split; a world that only makes a point has fewer."""
    if world == WORLD:
        return SIZES
    return {"train": 2_800, "validation": 420, "test": 1_400}


def specs(split: str, indices: Sequence[int] | np.ndarray, world: World = WORLD) -> list[Spec]:
    """Return what the clips `indices` of a split show."""
    made = []
    for index in indices:
        seed = (SPLITS[split], int(index))
        rng = np.random.default_rng((*seed, 7))
        colour, shape = int(rng.integers(len(COLOURS))), int(rng.integers(len(SHAPES)))
        made.append(Spec(int(index) % len(ACTIONS), colour, shape, seed, world))
    return made


def clips(
    split: str, indices: Sequence[int] | np.ndarray, world: World = WORLD, *, flow: bool = False
) -> Batch:
    """Draw clips of a split, on the fly."""
    return render(specs(split, indices, world), flow=flow)


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The clips of a split: video `(N, T, H, W, 3)` uint8, memory-mapped, and `(N,)` labels."""

    video: np.ndarray
    labels: dict[str, np.ndarray]


@lru_cache(maxsize=8)
def pool(split: str, world: World = WORLD, size: int | None = None) -> Pool:
    """Return the first `size` clips of a split, drawn now if they have not been."""
    count = size or sizes(world)[split]
    path = POOLS / f"{split}-{count}-{_key(world)}.npy"
    if not path.exists():
        _draw(path, split, count, world)
    known = specs(split, range(count), world)
    labels = {
        name: np.array([getattr(spec, name) for spec in known])
        for name in ("colour", "shape", "action")
    }
    return Pool(np.load(path, mmap_mode="r"), labels)


def _key(world: World) -> str:
    return hashlib.sha256(repr((VERSION, astuple(world))).encode()).hexdigest()[:8]


def _draw(path: Path, split: str, count: int, world: World) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")  # two processes may draw at once: the last wins
    shape = (count, world.frames, world.size, world.size, 3)
    video = np.lib.format.open_memmap(draft, mode="w+", dtype=np.uint8, shape=shape)
    for start in tqdm(range(0, count, CHUNK), desc=f"drawing {path.name}"):
        part = range(start, min(start + CHUNK, count))
        video[start : part.stop] = clips(split, part, world).video
    video.flush()
    os.replace(draft, path)


@lru_cache(maxsize=4)
def flow_pool(split: str, world: World = WORLD) -> np.ndarray:
    """Return our own estimate of the flow of a split's first clips, `(N, T-1, H, W, 2)` float16."""
    from vidcore.twostream.small_torch import flow_of

    of = pool(split, world).video
    of = of[:FLOWS] if split == "train" else of
    path = POOLS / f"flow-{split}-{len(of)}-{_key(world)}.npy"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        N, T, H, W, _ = of.shape
        kept = np.lib.format.open_memmap(
            draft, mode="w+", dtype=np.float16, shape=(N, T - 1, H, W, 2)
        )
        for start in tqdm(range(0, N, CHUNK), desc=f"estimating {path.name}"):
            part = slice(start, start + CHUNK)
            kept[part] = flow_of(to_video(of[part])).numpy()
        kept.flush()
        os.replace(draft, path)
    return np.load(path, mmap_mode="r")


def to_video(frames: np.ndarray) -> Tensor:
    """Turn `(B, T, H, W, 3)` uint8 into `(B, 3, T, H, W)` float32 in [0, 1]."""
    tensor = torch.from_numpy(np.array(np.moveaxis(frames, -1, 1)))
    return tensor.float() / 255


def labelled(
    split: str, indices: np.ndarray, seed: int, *, augment: bool, world: World = WORLD
) -> Tensors:
    """Return clips with their labels; augmented ones with the labels that the change gives them.

    Half of the augmented clips are played backwards, half are mirrored, and all are moved by up to
    two pixels: `throw` becomes `catch`, and what turned clockwise turns the other way.
    """
    of = pool(split, world)
    order = np.sort(indices)  # a memory-mapped file is read from front to back
    video, action = of.video[order], of.labels["action"][order].copy()
    if augment:
        rng = np.random.default_rng((seed, 11))
        video = np.stack([_augment(clip, action, k, rng) for k, clip in enumerate(video)])
    tensors = {"video": to_video(video), "action": torch.from_numpy(action)}
    return tensors | {
        name: torch.from_numpy(of.labels[name][order]) for name in ("colour", "shape")
    }


def _augment(clip: np.ndarray, action: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Change one clip, and its entry in `action` with it."""
    if rng.random() < 0.5:
        clip, action[k] = clip[::-1], REVERSED[action[k]]
    if rng.random() < 0.5:
        clip, action[k] = clip[:, :, ::-1], MIRRORED[action[k]]
    dy, dx = rng.integers(-SHIFT, SHIFT + 1, 2)
    padded = np.pad(clip, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    H, W = clip.shape[1:3]
    return padded[:, SHIFT + dy : SHIFT + dy + H, SHIFT + dx : SHIFT + dx + W]
