"""Measurements for those who look: leakage against the ratio, targets of a frame."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.media.prepare import prepare
from vidcore.videomae import masking, target
from vidcore.videomae.leakage import leakage
from vidcore.videomae.reconstruct import FRAMES, SIDE, TUBELET

DRAWS = 8  # masks averaged
SHOWN_SPREAD = 3.0  # deviations of a normalised cube that reach from black to white
PAPER_GRID = (8, 14, 14)  # 16 frames of 224 pixels, cubes of 2 x 16 x 16


@dataclass(frozen=True, slots=True, eq=False)
class LeakageCurve:
    """Measured leakage of each kind of mask.

    Parameters
    ----------
    ratios
        Shares hidden.
    leakage
        Kind -> share of the hidden cubes whose place is visible in another slice, a mean over
        several masks.
    """

    ratios: Float[np.ndarray, " n"]
    leakage: dict[str, np.ndarray]


def leakage_curve(grid: tuple[int, int, int] = PAPER_GRID, *, seed: int = 0) -> LeakageCurve:
    """Draw masks of every kind and measure what they leak."""
    ratios = np.linspace(1 / grid[0], 0.98, 32)  # from where one slice is hidden
    found: dict[str, Any] = {kind: np.zeros(len(ratios)) for kind in masking.KINDS}
    for kind in masking.KINDS:
        for draw in range(DRAWS):
            rng = np.random.default_rng((seed, draw))
            order = masking.hiding_order(kind, grid, rng=rng)
            for k, ratio in enumerate(ratios):
                masked = masking.first_hidden(order, kind, grid, ratio=float(ratio))
                found[kind][k] += leakage(masked) / DRAWS
    return LeakageCurve(read_only(ratios), {k: read_only(v) for k, v in found.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The first frame of one slice, as pixels and as a normalised target.

    Parameters
    ----------
    raw, normalised
        `(H, W, 3)` in [0, 1]; of the normalised one, grey is 0 and black to white are three
        deviations to either side.
    gap
        `(H, 2, 3)` white, to lie between the two.
    level, spread
        Mean and standard deviation of the cubes' brightness: what normalising takes away.
    """

    raw: Float[np.ndarray, "H W 3"]
    normalised: Float[np.ndarray, "H W 3"]
    gap: Float[np.ndarray, "H 2 3"]
    level: Float[np.ndarray, "h w"]
    spread: Float[np.ndarray, "h w"]


def targets_of(clip: Clip, slice_: int = 0, *, patch: int = 6) -> Targets:
    """Cut a clip into cubes and show what each kind of target asks for.

    Parameters
    ----------
    slice_
        Which slice of two frames, from 0 to 7.
    patch
        Side of a cube, pixels; it divides 48.

    Raises
    ------
    ShapeError
        If there is no such slice, or the patch does not divide the frame.
    """
    grid = target.grid((FRAMES, SIDE, SIDE), tubelet=TUBELET, patch=patch)
    if not 0 <= slice_ < grid[0]:
        raise ShapeError(f"A slice is from 0 to {grid[0] - 1}; got {slice_}.")
    frames = prepare(clip)
    cubes = target.to_cubes(frames, tubelet=TUBELET, patch=patch)
    pattern = target.from_cubes(target.normalise(cubes), grid, tubelet=TUBELET, patch=patch)
    mine = cubes.reshape(*grid, *cubes.shape[1:])[slice_]
    t = slice_ * TUBELET
    return Targets(
        raw=read_only(frames[t]),
        normalised=read_only((pattern[t] / (2 * SHOWN_SPREAD) + 0.5).astype(np.float32)),
        gap=read_only(np.ones((SIDE, 2, 3), np.float32)),
        level=read_only(mine.mean(axis=(2, 3))),
        spread=read_only(mine.mean(axis=3).std(axis=2)),
    )
