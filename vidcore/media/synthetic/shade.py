"""Soft shadows: light, not surfaces."""

import numpy as np
from jaxtyping import Float

from vidcore.media.synthetic.layer import Shade

STRENGTH = 0.42  # of the light taken by a ball that touches the ground
SPREAD = 0.55  # of the frame: height at which a shadow has lost 1 - 1/e of its strength
FLATTENED = 0.28  # height over width: the ground is seen from slightly above


def on_ground(centre: Float[np.ndarray, "T 2"], radius: float, floor: float, size: int) -> Shade:
    """Return the shadow of a ball under a high sun: wider and fainter the higher the ball is.

    Parameters
    ----------
    centre, radius
        Of the ball, pixels.
    floor
        Where it would touch the ground, share of the frame.
    """
    height = np.maximum(floor * size - radius - centre[:, 1], 0) / size
    width = radius * (0.75 + 0.8 * height)
    return Shade(
        np.stack([centre[:, 0], np.full(len(centre), floor * size)], axis=1),
        np.stack([width, FLATTENED * width], axis=1),
        STRENGTH * np.exp(-height / SPREAD),
    )


def standing(x: float, width: float, floor: float, size: int) -> Shade:
    """Return the shadow of something that stands still, in one frame; lengths share the frame."""
    radii = np.array([[width, FLATTENED / 2 * width]]) * size
    return Shade(np.array([[x, floor]]) * size, radii, np.array([STRENGTH]))
