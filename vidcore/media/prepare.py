"""From any clip to what our small trained models read: few frames, one square, few pixels."""

import cv2
import numpy as np
from jaxtyping import Float32

from vidcore.media.clip import Clip


def prepare(clip: Clip, *, frames: int = 16, size: int = 48) -> Float32[np.ndarray, "T H W 3"]:
    """Take frames at equal distances, their middle square, scaled.

    Parameters
    ----------
    frames
        The middles of so many equal segments of the whole clip; a shorter clip repeats frames.
    size
        Side of the square, pixels; averaged down, or interpolated up.
    """
    T, H, W, _ = clip.frames.shape
    middle = (2 * np.arange(frames) + 1) * T // (2 * frames)  # as vidcore.sampling.uniform
    side = min(H, W)
    top, left = (H - side) // 2, (W - side) // 2
    square = clip.frames[middle, top : top + side, left : left + side]
    if side == size:
        return np.ascontiguousarray(square)
    way = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.stack([cv2.resize(f, (size, size), interpolation=way) for f in square])
