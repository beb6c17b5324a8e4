"""The self-test: a clip with one hot patch, and an attention that must point at nothing else.

Viewers of attention have drawn the right numbers in the wrong place: rows for columns, frames for
places. Here the answer is known before anything is drawn. The key of a patch is its brightness, so
every query must put its weight on the one bright patch, from any frame from where it can reach it.
"""

from dataclasses import dataclass

import numpy as np

from vidcore.attention.explore import FRAMES, SIZE
from vidcore.attention.result import AttentionResult, Layer, Step
from vidcore.attention.tokens import tubelets
from vidcore.media import Clip
from vidcore.media.clip import grey, read_only

GRID = (8, 8, 8)
PATCH = SIZE // GRID[1]
EVERY = FRAMES // GRID[0]
DARK, BRIGHT = 0.2, 0.95
WIDTH = 16  # of a head: the other numbers of q and k are 0
CERTAIN = 40.0  # score of a white patch; the hot one's share of all 512 is 1 - 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class HotPatch:
    """The clip, where it is hot, and the attention on it."""

    clip: Clip
    at: tuple[int, int, int]
    result: AttentionResult


def hot_patch(slice_: int = 5, row: int = 2, column: int = 6, *, scheme: str = "joint") -> HotPatch:
    """Make the clip and attend to it, by brightness.

    Parameters
    ----------
    slice_, row, column
        Of the hot patch, in an 8 x 8 x 8 grid.
    scheme
        "joint", "divided" or "space".
    """
    frames = np.full((FRAMES, SIZE, SIZE, 3), DARK, dtype=np.float32)
    y, x = PATCH * row, PATCH * column
    frames[EVERY * slice_, y : y + PATCH, x : x + PATCH] = BRIGHT
    shown = tuple(range(0, FRAMES, EVERY))
    tokens = tubelets(grey(frames[list(shown)])[..., None], tubelet=1, patch=PATCH)
    brightness = tokens.mean(axis=-1).astype(np.float32)  # (T, N)
    one = np.zeros((1, *brightness.shape, WIDTH), dtype=np.float32)
    q, k = one.copy(), one.copy()
    q[..., 0], k[0, ..., 0] = 1, CERTAIN * WIDTH**0.5 * brightness
    q, k = read_only(q), read_only(k)
    where = "q = 1, k = brightness of the patch"
    patterns = {"joint": ("joint",), "divided": ("time", "space"), "space": ("space",)}[scheme]
    steps = {p: Step(p, where, q, k) for p in patterns}  # type: ignore[arg-type]
    layer = Layer("by brightness", steps)
    result = AttentionResult(f"hot_{scheme}", scheme, "test", GRID, 1, shown, (layer,))
    return HotPatch(Clip(frames, 10.0), (slice_, row, column), result)
