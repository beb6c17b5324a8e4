"""OpenCV's dense flow, to stand beside ours: the same frames, 8-bit, as it reads them."""

import cv2
import numpy as np

from vidcore.flow.frames import brightness


def farneback(prev: np.ndarray, next_: np.ndarray) -> np.ndarray:
    """Return OpenCV's Farneback flow `(H, W, 2)`, with the settings of its tutorial.

    Farneback, SCIA 2003: each neighbourhood is a quadratic polynomial, and polynomials are moved.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size.
    """
    a, b = eight_bit(prev, next_)
    still = np.zeros((*a.shape, 2), np.float32)
    return np.asarray(cv2.calcOpticalFlowFarneback(a, b, still, 0.5, 3, 15, 3, 5, 1.2, 0))


def dis(prev: np.ndarray, next_: np.ndarray) -> np.ndarray:
    """Return OpenCV's dense inverse search `(H, W, 2)`, preset MEDIUM; as `farneback`.

    Kroeger et al., ECCV 2016: patches find their match by gradient descent, then a variational
    step smooths.
    """
    a, b = eight_bit(prev, next_)
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    still = np.zeros((*a.shape, 2), np.float32)  # where the search starts
    return np.asarray(search.calc(a, b, still))


def eight_bit(prev: np.ndarray, next_: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both images as grey bytes."""
    a, b = (
        np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8) for image in brightness(prev, next_)
    )
    return a, b
