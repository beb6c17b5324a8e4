"""Sums over a window around every pixel, each at the cost of a few additions: a running box sum."""

import cv2
import numpy as np
from jaxtyping import Bool, Float


def window_sum(x: Float[np.ndarray, "H W"], window: int) -> Float[np.ndarray, "H W"]:
    """Sum `x` over `window` x `window` pixels around each one; borders are replicated."""
    return cv2.boxFilter(x, -1, (window, window), normalize=False, borderType=cv2.BORDER_REPLICATE)


def window_sums(*products: Float[np.ndarray, "H W"], window: int) -> Float[np.ndarray, "n H W"]:
    """Sum each of the products over its windows, into one block of memory.

    One block on purpose: many arrays of this size would go back to the system after every call
    and be fetched again, which costs more than the arithmetic.
    """
    size = (window, window)
    sums = np.empty((len(products), *products[0].shape), products[0].dtype)
    for product, out in zip(products, sums, strict=True):
        cv2.boxFilter(product, -1, size, out, normalize=False, borderType=cv2.BORDER_REPLICATE)
    return sums


def window_mean(x: Float[np.ndarray, "H W *C"], window: int) -> Float[np.ndarray, "H W *C"]:
    """Average `x` over `window` x `window` pixels around each one; borders are replicated."""
    return cv2.blur(x, (window, window), borderType=cv2.BORDER_REPLICATE)


def fill(
    flow: Float[np.ndarray, "H W 2"], valid: Bool[np.ndarray, "H W"]
) -> Float[np.ndarray, "H W 2"]:
    """Give each pixel that is not `valid` the mean of the smallest window that holds an answer.

    Windows are 3, 5, 9, 17, ... pixels wide and cut at the border. Zero where nothing is valid at
    all. Any window's sum is four look-ups in a summed-area table, so known pixels cost nothing.
    """
    H, W = valid.shape
    filled = flow.reshape(-1, 2).copy()
    unknown = np.flatnonzero(~valid)
    filled[unknown] = 0
    if len(unknown) == H * W:
        return filled.reshape(flow.shape)
    counts = cv2.integral(valid.view(np.uint8))[..., None]
    sums = cv2.integral(filled.reshape(flow.shape), sdepth=cv2.CV_64F)
    table = np.concatenate([counts, sums], axis=-1).reshape(-1, 3)  # one row more, one column more
    reach = 1  # pixels to each side
    while len(unknown):
        y, x = np.divmod(unknown, W)
        top, bottom = (np.clip(y + end, 0, H) * (W + 1) for end in (-reach, reach + 1))
        left, right = (np.clip(x + end, 0, W) for end in (-reach, reach + 1))
        total = table.take(bottom + right, 0) - table.take(top + right, 0)
        total += table.take(top + left, 0) - table.take(bottom + left, 0)
        found = total[:, 0] > 0
        filled[unknown[found]] = total[found, 1:] / total[found, :1]
        unknown = unknown[~found]
        reach *= 2
    return filled.reshape(flow.shape)
