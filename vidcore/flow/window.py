"""Sums over a window around every pixel, each at the cost of a few additions: a running box sum."""

import cv2
import numpy as np
from jaxtyping import Bool, Float


def window_sum(x: Float[np.ndarray, "H W"], window: int) -> Float[np.ndarray, "H W"]:
    """Sum `x` over `window` x `window` pixels around each one; borders are replicated."""
    return cv2.boxFilter(x, -1, (window, window), normalize=False, borderType=cv2.BORDER_REPLICATE)


def window_mean(x: Float[np.ndarray, "H W"], window: int) -> Float[np.ndarray, "H W"]:
    """Average `x` over `window` x `window` pixels around each one; borders are replicated."""
    return cv2.blur(x, (window, window), borderType=cv2.BORDER_REPLICATE)


def fill(
    flow: Float[np.ndarray, "H W 2"], valid: Bool[np.ndarray, "H W"]
) -> Float[np.ndarray, "H W 2"]:
    """Give each pixel that is not `valid` the mean of the smallest window that holds an answer.

    Windows are 3, 5, 9, 17, ... pixels wide. Zero where nothing is valid: nothing is known.
    """
    known = valid.copy()
    filled = np.where(valid[..., None], flow, 0)
    answers = [np.where(valid, flow[..., c], 0) for c in (0, 1)]
    reach = 1  # pixels to each side
    while known.any() and not known.all():
        size = (2 * reach + 1, 2 * reach + 1)
        count, *sums = (
            cv2.boxFilter(x, -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
            for x in (valid.astype(flow.dtype), *answers)
        )
        reached = ~known & (count > 0.5)  # a whole number, but summed in floating point
        for c in (0, 1):
            filled[reached, c] = sums[c][reached] / count[reached]
        known |= reached
        reach *= 2
    return filled
