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


def window_mean(x: Float[np.ndarray, "H W"], window: int) -> Float[np.ndarray, "H W"]:
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
    filled = flow.copy()
    filled[~valid] = 0
    counts, sums = cv2.integral(valid.view(np.uint8)), cv2.integral(filled, sdepth=cv2.CV_64F)
    y, x = np.nonzero(~valid & valid.any())
    reach = 1  # pixels to each side
    while len(y):
        top, bottom = np.maximum(y - reach, 0), np.minimum(y + reach + 1, H)
        left, right = np.maximum(x - reach, 0), np.minimum(x + reach + 1, W)
        count, total = (
            table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
            for table in (counts, sums)
        )
        found = count > 0
        filled[y[found], x[found]] = total[found] / count[found, None]
        y, x = y[~found], x[~found]
        reach *= 2
    return filled
