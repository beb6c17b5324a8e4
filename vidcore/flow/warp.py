"""Backward warp: look up, for every pixel, the place its flow points to.

    warped(x) = image(x + flow(x))

If the flow from `prev` to `next_` is right, `warp(next_, flow)` looks like `prev`. Between pixels
the four nearest are mixed by area (bilinear); outside, the border is repeated.
"""

import cv2
import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow.frames import check_image


def warp(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Sample `image` at every pixel's target.

    Parameters
    ----------
    image
        `(H, W)` or `(H, W, 3)` floats.
    flow
        `(H, W, 2)`: u, right, and v, down, in pixels.

    Returns
    -------
    warped
        The shape and dtype of `image`.

    Raises
    ------
    ShapeError
        If the image is no finite float image, or the flow is not `(H, W, 2)` and finite.
    """
    check_image(image)
    check_flow(flow, image.shape[:2])
    y, x = np.indices(flow.shape[:2], dtype=np.result_type(flow, image))
    return bilinear(image, x + flow[..., 0], y + flow[..., 1]).astype(image.dtype)


def bilinear(
    image: Float[np.ndarray, "H W *C"], x: Float[np.ndarray, "h w"], y: Float[np.ndarray, "h w"]
) -> Float[np.ndarray, "h w *C"]:
    """Mix the four pixels around each (x, y) by area; a point outside moves to the border first."""
    H, W = image.shape[:2]
    x, y = np.clip(x, 0, W - 1), np.clip(y, 0, H - 1)
    left = np.minimum(x.astype(np.int64), W - 2)
    top = np.minimum(y.astype(np.int64), H - 2)
    right, down = x - left, y - top  # the fractions of the way to the next pixel
    if image.ndim == 3:
        right, down = right[..., None], down[..., None]
    above = (1 - right) * image[top, left] + right * image[top, left + 1]
    below = (1 - right) * image[top + 1, left] + right * image[top + 1, left + 1]
    mixed: np.ndarray = (1 - down) * above + down * below
    return mixed


def sample(
    image: Float[np.ndarray, "H W *C"], x: Float[np.ndarray, "h w"], y: Float[np.ndarray, "h w"]
) -> Float[np.ndarray, "h w *C"]:
    """`bilinear`, in float32 by OpenCV: the same answer, sooner, for the pyramids."""
    if image.dtype == np.float32:
        return cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return bilinear(image, x, y)


def check_flow(flow: np.ndarray, shape: tuple[int, ...] | None = None) -> None:
    """Refuse what is not a finite `(H, W, 2)` field, of the given height and width if any."""
    is_field = flow.ndim == 3 and flow.shape[2] == 2 and flow.size > 0 and flow.dtype.kind in "fiu"
    if not is_field or (shape is not None and flow.shape[:2] != shape):
        wanted = "(H, W, 2)" if shape is None else f"{(*shape, 2)}, as large as the image or truth"
        raise ShapeError(
            f"A flow field is an array of numbers {wanted}; got {flow.dtype} {flow.shape}. "
            "Resize the field and scale its values."
        )
    if not np.isfinite(flow).all():
        raise ShapeError("The flow must be finite; got NaN or infinity. Mask or fill it first.")
