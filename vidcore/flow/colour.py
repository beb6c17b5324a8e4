"""The Middlebury colour code: hue is the direction of motion, saturation its length.

Still is white. The wheel gives 55 hues to directions, more where eyes tell more of them apart.
Baker et al., A Database and Evaluation Methodology for Optical Flow, IJCV 2011; the steps are those
of their `colorcode.cpp`.
"""

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow.warp import check_flow

STEPS = (15, 6, 4, 11, 13, 6)  # red-yellow, yellow-green, green-cyan, cyan-blue, blue-magenta, -red
TOO_LONG = 0.75  # brightness of what exceeds `largest`
UNKNOWN = 0.0  # black, as in the data set


def colour_wheel() -> Float[np.ndarray, "55 3"]:
    """Return the hues as RGB in [0, 1], from red by yellow, green, cyan, blue and magenta."""
    corners = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]], float)
    following = np.roll(corners, -1, axis=0)
    return np.concatenate(
        [
            corner + (next_ - corner) * np.arange(n)[:, None] / n
            for corner, next_, n in zip(corners, following, STEPS, strict=True)
        ]
    )


def to_colour(
    flow: np.ndarray, *, largest: float | None = None, valid: np.ndarray | None = None
) -> Float[np.ndarray, "H W 3"]:
    """Paint a field.

    Parameters
    ----------
    flow
        `(H, W, 2)` in pixels.
    largest
        Length painted in full colour, in pixels; longer ones are darkened. The longest valid one
        if left out. Name one to compare two pictures.
    valid
        `(H, W)`: elsewhere black is painted.

    Returns
    -------
    picture
        RGB in [0, 1], float32.

    Raises
    ------
    ShapeError
        If the flow is not a finite `(H, W, 2)` field, or `largest` is not above 0.
    """
    check_flow(flow)
    if largest is not None and not largest > 0:
        raise ShapeError(f"largest is a length above 0 pixels; got {largest}.")
    known = np.ones(flow.shape[:2], bool) if valid is None else valid
    u, v = flow[..., 0], flow[..., 1]
    length = np.hypot(u, v)
    scale = largest if largest is not None else length[known].max(initial=0)
    radius = (length / (scale or 1))[..., None]

    wheel = colour_wheel()
    place = (np.arctan2(-v, -u) / np.pi + 1) / 2 * (len(wheel) - 1)
    below = np.floor(place).astype(int)
    share = (place - below)[..., None]
    hue = (1 - share) * wheel[below] + share * wheel[(below + 1) % len(wheel)]
    picture: np.ndarray = np.where(radius <= 1, 1 - radius * (1 - hue), TOO_LONG * hue)
    picture[~known] = UNKNOWN
    return picture.astype(np.float32)
