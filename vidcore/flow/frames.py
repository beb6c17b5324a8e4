"""The room's door: two images become two equal brightness fields, or an error that helps."""

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media.clip import grey

SMALLEST_SIDE = 2  # pixels: below, a frame has no derivative along that axis


def brightness(
    prev: np.ndarray, next_: np.ndarray
) -> tuple[Float[np.ndarray, "H W"], Float[np.ndarray, "H W"]]:
    """Return both images as grey `(H, W)`; float64 where both are float64, float32 otherwise.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1].

    Raises
    ------
    ShapeError
        If the shapes differ or are no images, a side is below 2 pixels, the values are integers
        (8-bit differences wrap around: 0 - 255 is 1), or one of them is not finite.
    """
    for image in (prev, next_):
        check_image(image)
    if prev.shape[:2] != next_.shape[:2]:
        raise ShapeError(
            f"Flow needs two images of one height and width; got {prev.shape} and {next_.shape}. "
            "Resize one of them."
        )
    dtype = np.float64 if prev.dtype == next_.dtype == np.float64 else np.float32
    I1, I2 = (image.astype(dtype, copy=False) for image in (prev, next_))
    return tuple(grey(image) if image.ndim == 3 else image for image in (I1, I2))  # type: ignore[return-value]


def check_image(image: np.ndarray) -> None:
    """Refuse what is not one finite floating-point image of at least 2 x 2 pixels."""
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise ShapeError(
            f"An image is (H, W) or (H, W, 3); got {image.shape}. Take one frame, or move the axes."
        )
    if min(image.shape[:2]) < SMALLEST_SIDE:
        raise ShapeError(
            f"An image needs at least {SMALLEST_SIDE} x {SMALLEST_SIDE} pixels; got {image.shape}."
        )
    if image.dtype.kind != "f":
        raise ShapeError(
            f"An image holds floats in [0, 1]; got {image.dtype}. "
            "Convert with image.astype('float32'), and divide 8-bit values by 255."
        )
    if not np.isfinite(image).all():
        raise ShapeError("An image holds finite numbers; got NaN or infinity. Replace them first.")


def check_count(count: int, name: str) -> None:
    """Refuse to do something less than once."""
    if count < 1:
        raise ShapeError(f"{name} is a count from 1; got {count}.")


def check_window(window: int) -> None:
    """Refuse a window that has no centre pixel or no neighbours."""
    if window < 3 or window % 2 == 0:
        raise ShapeError(f"A window is an odd number of pixels from 3; got {window}.")
