r"""What a stream is: filters over an image. A stream is spatial or temporal by what it is fed.

    F[y, x, n] = max(0, sum over dy, dx, c of  I[y + dy, x + dx, c] K[n, dy, dx, c])

For the spatial stream I is one RGB frame, 3 channels: what is there. For the temporal stream I is a
stack of L flow fields, 2L channels: how it moves. Nothing else differs, up to the last layer.
Simonyan & Zisserman, Two-Stream Convolutional Networks, NIPS 2014.
"""

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.twostream.stack import stack_flow


def spatial_features(frame: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """Run the filters of a spatial stream's first layer over one frame.

    Parameters
    ----------
    frame
        `(H, W, C)`: RGB in [0, 1], from the filters' size.
    filters
        `(N, k, k, C)`: N filters, each as deep as the frame has channels.

    Returns
    -------
    features
        `(H - k + 1, W - k + 1, N)`, none below zero.

    Raises
    ------
    ShapeError
        If the two do not fit together.
    """
    check_filters(frame, filters)
    return relu(correlate(frame, filters))


def temporal_features(
    flow: np.ndarray, filters: np.ndarray, *, subtract_mean: bool = False
) -> np.ndarray:
    """Run the filters of a temporal stream's first layer over a stack of flow fields.

    Parameters
    ----------
    flow
        `(L, H, W, 2)`: u, right, and v, down, in pixels per frame.
    filters
        `(N, k, k, 2L)`: N filters; a stack's channels are u1, v1, u2, v2, ...
    subtract_mean
        See `stack_flow`.

    Returns
    -------
    features
        `(H - k + 1, W - k + 1, N)`, none below zero.

    Raises
    ------
    ShapeError
        If the two do not fit together.
    """
    stack = stack_flow(flow, subtract_mean=subtract_mean)
    check_filters(stack, filters)
    return relu(correlate(stack, filters))


def correlate(
    image: Float[np.ndarray, "H W C"], filters: Float[np.ndarray, "N k k C"]
) -> Float[np.ndarray, "h w N"]:
    """Slide N filters over an image: k x k shifted copies, each mixed from C channels to N.

    Instead of visiting every pixel, visit every tap: one matrix product for all pixels at once.
    """
    H, W, _ = image.shape
    N, k, _, _ = filters.shape
    h, w = H - k + 1, W - k + 1
    response = np.zeros((h, w, N), np.result_type(image, filters))
    for dy in range(k):
        for dx in range(k):
            response += image[dy : dy + h, dx : dx + w] @ filters[:, dy, dx].T
    return response


def relu(x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Keep what is positive: a filter says how much it found, or nothing."""
    kept: np.ndarray = np.maximum(x, 0)
    return kept


def check_filters(image: np.ndarray, filters: np.ndarray) -> None:
    """Raise `ShapeError` unless the filters are square, as deep as the image, and fit inside."""
    if image.ndim != 3 or filters.ndim != 4 or filters.shape[1] != filters.shape[2]:
        raise ShapeError(
            "A stream needs an image (H, W, C) and filters (N, k, k, C); "
            f"got {image.shape} and {filters.shape}."
        )
    if image.shape[2] != filters.shape[3]:
        raise ShapeError(
            f"The filters are {filters.shape[3]} channels deep, the image has {image.shape[2]}. "
            "RGB has 3; a stack of L flow fields has 2 L."
        )
    if min(image.shape[:2]) < filters.shape[1] or 0 in filters.shape:
        raise ShapeError(
            f"Filters of {filters.shape[1]} x {filters.shape[1]} do not fit into "
            f"{image.shape[0]} x {image.shape[1]} pixels. Take a larger image."
        )
