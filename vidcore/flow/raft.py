"""RAFT's front door: two images in, the flow that our own trained network finds out.

The parts are explained in `raft_parts`, the network is in `raft_torch`.
"""

import numpy as np

from vidcore.errors import LimitError, ShapeError
from vidcore.flow.frames import check_count, check_image
from vidcore.flow.result import FlowResult

SMALLEST = 16  # pixels: two features at 1/8 resolution, the least there is to compare
MOST_PIXELS = 1280 * 720  # all pairs of (1/8)^2 of them: 829 MB as float32, and 1.33 of it in all


def raft(
    prev: np.ndarray, next_: np.ndarray, *, iterations: int = 12, iterates: bool = False
) -> FlowResult:
    """Estimate dense flow with our own trained network.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1]; H and W from 16, padded and cropped inside.
    iterations
        Corrections, from 1.
    iterates
        Also return the field after each of them.

    Returns
    -------
    FlowResult
        `valid` where the target lies inside the next frame.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size from 16 x 16, or `iterations` is
        below 1.
    LimitError
        If an image exceeds 1280 x 720 pixels: memory grows with their square.
    WeightsError
        If the trained weights are missing or damaged.
    """
    check_pair(prev, next_)
    check_count(iterations, "iterations")
    from vidcore.flow.raft_torch import infer, trained  # torch is heavy: only where it is used

    fields = infer(trained(), prev, next_, iterations=iterations, every=iterates)
    H, W = prev.shape[:2]
    y, x = np.indices((H, W))
    x, y = x + fields[-1][..., 0], y + fields[-1][..., 1]
    inside = (x >= 0) & (x <= W - 1) & (y >= 0) & (y <= H - 1)
    return FlowResult(fields[-1], inside, iterates=fields if iterates else None)


def check_pair(prev: np.ndarray, next_: np.ndarray) -> None:
    """Refuse what the network cannot compare: other sizes, too small, too large."""
    for image in (prev, next_):
        check_image(image)
    H, W = prev.shape[:2]
    if prev.shape != next_.shape or min(H, W) < SMALLEST:
        raise ShapeError(
            f"RAFT needs two images of one size from {SMALLEST} x {SMALLEST}; "
            f"got {prev.shape} and {next_.shape}. Resize them."
        )
    if H * W > MOST_PIXELS:
        raise LimitError(
            f"RAFT compares all pairs of pixels, up to {MOST_PIXELS} of them; got {H} x {W}. "
            "Decode with a smaller height."
        )
