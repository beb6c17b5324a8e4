"""The flow of a whole clip, in bounded time: every pair of neighbours, there and back."""

from dataclasses import dataclass

import cv2
import numpy as np

from vidcore.errors import ShapeError
from vidcore.flow.camera import remove_camera_motion
from vidcore.flow.consistency import forward_backward
from vidcore.flow.estimate import (
    HornSchunck,
    LucasKanade,
    PyramidalHornSchunck,
    PyramidalLucasKanade,
    Raft,
    Settings,
    estimate,
)
from vidcore.media import Clip
from vidcore.media.clip import read_only

SECONDS = 8.0  # on two cores of a small server, for the whole clip, there and back
COST = {  # seconds per million pixels of one field, as measured at 240 x 320 on such cores
    LucasKanade: 0.04,
    PyramidalLucasKanade: 0.25,
    HornSchunck: 1.2,
    PyramidalHornSchunck: 0.7,
    Raft: 6.0,
}
MOST = 1.5e6  # pixels of all fields together: what is sent to a phone, 6 MB as float16
SMALLEST = 32  # pixels: no side is made smaller than this
TYPICAL, SHORTEST = 0.99, 0.25  # share of the lengths below `longest`, and pixels it never is below
SAMPLED = 800  # pixels that the camera's six numbers are fitted to


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """The flow of every pair of neighbouring frames.

    Parameters
    ----------
    flow
        `(T-1, h, w, 2)` pixels of this size, from each frame to the next.
    consistent
        `(T-1, h, w)`: True where going there and back arrives near the start.
    camera
        `(T-1, 2, 3)`: the affine field most of each picture agrees with; see `camera`.
    longest
        A length in pixels that most of the fields stay below: the scale of their colours.
    shrunk
        How many times smaller than the clip it was computed, to keep its time.
    """

    flow: np.ndarray
    consistent: np.ndarray
    camera: np.ndarray
    longest: float
    shrunk: float

    def __post_init__(self) -> None:
        for name in ("flow", "consistent", "camera"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def film(clip: Clip, settings: Settings) -> Film:
    """Estimate the flow of a whole clip.

    The frames are first made smaller where there are more than `MOST` pixels, or the method would
    take longer than about `SECONDS`.

    Raises
    ------
    ShapeError
        If the clip has a single frame, or a setting is out of its range.
    WeightsError
        If RAFT is asked for and its weights are missing.
    """
    if len(clip.frames) < 2:
        raise ShapeError("Flow needs two frames; got 1. Take a longer part of the clip.")
    small, shrunk = shrink(clip, min(MOST, SECONDS / (2 * COST[type(settings)]) * 1e6))
    back = Clip(small.frames[::-1], small.fps)
    T = len(small.frames)
    fields, agree, cameras = [], [], []
    for t in range(T - 1):
        there = estimate(small, t, settings)
        home = estimate(back, T - 2 - t, settings)
        fields.append(there.flow)
        agree.append(forward_backward(there.flow, home.flow)[1])
        cameras.append(remove_camera_motion(there.flow, sampled(there.valid)).parameters)
    flow = np.stack(fields)
    longest = max(float(np.quantile(np.linalg.norm(flow, axis=-1), TYPICAL)), SHORTEST)
    parameters = np.stack(cameras).astype(np.float32)
    return Film(flow, np.stack(agree), parameters, longest, shrunk)


def shrink(clip: Clip, most: float) -> tuple[Clip, float]:
    """Make frames smaller until the clip has at most `most` pixels; returns it and by how much."""
    T, H, W, _ = clip.frames.shape
    factor = min(max(1.0, np.sqrt(T * H * W / most)), max(1.0, min(H, W) / SMALLEST))
    if factor == 1:
        return clip, 1.0
    size = (max(1, round(W / factor)), max(1, round(H / factor)))
    frames = [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in clip.frames]
    return Clip(np.stack(frames).astype(np.float32), clip.fps), float(factor)


def sampled(valid: np.ndarray) -> np.ndarray:
    """Keep a grid of about `SAMPLED` pixels of a mask; all of the grid where too few are valid."""
    step = max(1, int(np.sqrt(valid.size / SAMPLED)))
    grid = np.zeros_like(valid)
    grid[::step, ::step] = True
    chosen: np.ndarray = grid & valid
    return chosen if chosen.sum() > valid.size / (step * step) / 10 else grid
