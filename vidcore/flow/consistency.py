"""There and back again: follow the flow, then the backward flow, and see where you arrive.

    arrival(x) = forward(x) + backward(x + forward(x))        zero where both are right

A pixel that is covered in the next frame lands on a stranger, whose way back leads elsewhere. So
the check marks errors and many, not all, of the occluded pixels.
"""

import numpy as np
from jaxtyping import Bool, Float

from vidcore.flow.warp import bilinear, check_flow

RELATIVE = 0.01  # Sundaram, Brox & Keutzer, ECCV 2010, equation 5: of the squared lengths ...
ABSOLUTE = 0.5  # ... plus half a squared pixel


def forward_backward(
    forward: np.ndarray, backward: np.ndarray
) -> tuple[Float[np.ndarray, "H W"], Bool[np.ndarray, "H W"]]:
    """Return how far from home each pixel arrives, and whether that is near enough.

    Parameters
    ----------
    forward, backward
        `(H, W, 2)` in pixels: from the first frame to the second, and from the second to the first.

    Returns
    -------
    distance
        In pixels.
    consistent
        True where the squared distance is below 0.01 (|forward|^2 + |backward|^2) + 0.5 (Sundaram
        et al. 2010) and the pixel does not leave the frame.

    Raises
    ------
    ShapeError
        If the two are not finite `(H, W, 2)` fields of one size.
    """
    check_flow(forward)
    check_flow(backward, forward.shape[:2])
    H, W = forward.shape[:2]
    dtype = np.result_type(forward, backward, np.float32)
    forward, backward = forward.astype(dtype), backward.astype(dtype)
    y, x = np.indices((H, W), dtype=dtype)
    x, y = x + forward[..., 0], y + forward[..., 1]
    returning = bilinear(backward, x, y)
    squared = ((forward + returning) ** 2).sum(axis=-1)
    lengths = (forward**2).sum(axis=-1) + (returning**2).sum(axis=-1)
    inside = (x >= 0) & (x <= W - 1) & (y >= 0) & (y <= H - 1)
    return np.sqrt(squared), inside & (squared < RELATIVE * lengths + ABSOLUTE)
