"""Derivatives of an image, in grey levels per pixel; borders are replicated.

With a border of zeros a constant image would have an edge all around: gradients nobody sees.
"""

import cv2
import numpy as np
from jaxtyping import Float

FIVE_POINT = np.array([[1, -8, 0, 8, -1]]) / 12  # exact for polynomials up to the fourth degree


def sobel(
    image: Float[np.ndarray, "H W"],
) -> tuple[Float[np.ndarray, "H W"], Float[np.ndarray, "H W"]]:
    """Return (Ix, Iy) by Sobel / 8: a ramp of slope 1 gives 1."""
    border = cv2.BORDER_REPLICATE
    return (
        cv2.Sobel(image, -1, 1, 0, ksize=3, scale=1 / 8, borderType=border),
        cv2.Sobel(image, -1, 0, 1, ksize=3, scale=1 / 8, borderType=border),
    )


def five_point(
    image: Float[np.ndarray, "H W"],
) -> tuple[Float[np.ndarray, "H W"], Float[np.ndarray, "H W"]]:
    """Return (Ix, Iy) by the five-point rule, without Sobel's blur across the derivative."""
    border = cv2.BORDER_REPLICATE
    return (
        cv2.filter2D(image, -1, FIVE_POINT, borderType=border),
        cv2.filter2D(image, -1, FIVE_POINT.T, borderType=border),
    )
