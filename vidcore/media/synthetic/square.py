"""The moving square of a first lesson on frame differences: whole pixels, two colours."""

from typing import Annotated

import numpy as np

from vidcore.media.clip import Clip
from vidcore.media.synthetic.knob import Fps, Frames, Knob, Size, door
from vidcore.media.synthetic.scene import Scene

SIDE, TOP, LEFT = 15, 20, 5  # px: its width and height, first row, and first column at t = 0
BLUE_GREY, WHITE = np.array([[0.2, 0.3, 0.4], [1.0, 1.0, 1.0]], dtype=np.float32)


@door
def moving_square(
    T: Frames = 10,
    size: Size = 64,
    step: Annotated[int, Knob("Step", 0, 12, 1, "px/frame", "Whole pixels to the right.")] = 5,
    *,
    fps: Fps = 10.0,
) -> Scene:
    """Slide a white square right by whole pixels; the border clips it, as slicing would.

    Rows 20 to 34, columns from 5 + step t, whatever the size. Every pixel is one of two colours:
    where the square overlaps its next place, nothing changes.
    """
    rows = (np.arange(size) >= TOP) & (np.arange(size) < TOP + SIDE)
    offset = np.arange(size) - (LEFT + step * np.arange(T)[:, None])  # (T, W): column in the square
    square = ((offset >= 0) & (offset < SIDE))[:, None, :] & rows[:, None]  # (T, H, W)
    frames = np.where(square[..., None], WHITE, BLUE_GREY)
    flow = np.zeros((T - 1, size, size, 2), dtype=np.float32)
    flow[..., 0] = step * square[:-1]
    target = np.arange(size) + step
    valid = np.where(square[:-1], (target >= 0) & (target < size), ~square[1:])
    middle = np.array([LEFT, TOP]) + SIDE // 2 + np.arange(T)[:, None] * [step, 0]
    tracks = {"square": middle.astype(np.float64)}
    return Scene(Clip(frames, float(fps)), lambda: (flow, valid), tracks)
