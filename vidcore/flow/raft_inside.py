"""RAFT opened: what it compared, how each correction moved the field, and how it was enlarged."""

from dataclasses import dataclass, fields

import numpy as np

from vidcore.errors import ShapeError
from vidcore.flow.frames import check_count
from vidcore.flow.raft import check_pair
from vidcore.media import Clip
from vidcore.media.clip import read_only


@dataclass(frozen=True, slots=True, eq=False)
class RaftInside:
    """One run of our network. Cell (i, j) at 1/8 resolution stands at pixel (8 i, 8 j).

    Parameters
    ----------
    features1, features2
        `(h, w, D)` of the two frames; their products are the correlations.
    coarse
        `(K, h, w, 2)`: the flow after each correction, in pixels at 1/8 resolution.
    trust
        `(K, h, w)`: how much of its Lucas-Kanade step each correction took, 0 to 1.
    iterates
        `(K, H, W, 2)`: the same fields enlarged, in pixels.
    shares
        `(h, w, 9, 8, 8)`: of the 3 x 3 coarse cells in each fine pixel, after the last correction.
    levels, radius
        Of the correlation pyramid, and of what is looked up in it.
    """

    features1: np.ndarray
    features2: np.ndarray
    coarse: np.ndarray
    trust: np.ndarray
    iterates: np.ndarray
    shares: np.ndarray
    levels: int
    radius: int

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, field.name, read_only(value))


def raft_inside(clip: Clip, t: int, *, iterations: int = 12) -> RaftInside:
    """Run our network from frame `t` to frame `t + 1` and keep what it saw.

    Raises
    ------
    ShapeError
        If there is no frame `t` or `t + 1`, they are below 16 x 16, or `iterations` is below 1.
    LimitError
        If a frame exceeds 1280 x 720 pixels.
    WeightsError
        If the trained weights are missing or damaged.
    """
    T = len(clip.frames)
    if not 0 <= t <= T - 2:
        raise ShapeError(f"RAFT needs frames t and t + 1 of {T}; got t = {t}. Choose another.")
    prev, next_ = clip.frames[t], clip.frames[t + 1]
    check_pair(prev, next_)
    check_count(iterations, "iterations")
    from vidcore.flow.raft_torch import follow, trained  # torch is heavy: only where it is used

    network = trained()
    seen = follow(network, prev, next_, iterations=iterations)
    return RaftInside(*seen, network.widths.levels, network.widths.radius)
