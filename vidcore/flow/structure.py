r"""The structure tensor: what a window of gradients can say about motion.

    S = sum over the window of [Ix Ix, Ix Iy; Ix Iy, Iy Iy]        eigenvalues l1 >= l2 >= 0

Flat: both are small, nothing is known. Edge: l2 is small, only motion across the edge is known (the
aperture problem). Corner or texture: both are large, and S can be inverted.

Shi & Tomasi, Good Features to Track, CVPR 1994, for the test on the smaller eigenvalue. Ours is
relative to the image's largest, so that brightness and contrast do not matter.
"""

import numpy as np
from jaxtyping import Bool, Float

from vidcore.errors import ShapeError
from vidcore.flow.derivatives import sobel
from vidcore.flow.frames import brightness, check_window
from vidcore.flow.window import window_sums

TEXTURED = (
    1e-3  # l2 against the image's largest l1: contrast counts squared, so 3 % of the strongest
)


def structure_tensor(
    Ix: Float[np.ndarray, "H W"], Iy: Float[np.ndarray, "H W"], *, window: int
) -> tuple[Float[np.ndarray, "H W"], Float[np.ndarray, "H W"], Float[np.ndarray, "H W"]]:
    """Return the window sums (Sxx, Sxy, Syy) around every pixel, in squared grey levels."""
    Sxx, Sxy, Syy = window_sums(Ix * Ix, Ix * Iy, Iy * Iy, window=window)
    return Sxx, Sxy, Syy


def eigenvalues(
    Sxx: Float[np.ndarray, "H W"], Sxy: Float[np.ndarray, "H W"], Syy: Float[np.ndarray, "H W"]
) -> tuple[Float[np.ndarray, "H W"], Float[np.ndarray, "H W"]]:
    """Return (l1, l2), the larger first: half the trace, plus and minus the half distance."""
    middle = (Sxx + Syy) / 2
    apart = np.sqrt(((Sxx - Syy) / 2) ** 2 + Sxy**2)
    return middle + apart, middle - apart


def textured(
    Sxx: Float[np.ndarray, "H W"],
    Sxy: Float[np.ndarray, "H W"],
    Syy: Float[np.ndarray, "H W"],
    *,
    share: float = TEXTURED,
) -> Bool[np.ndarray, "H W"]:
    """Mark where l2 exceeds a `share` of the largest l1; the same for a clip multiplied by 0.1."""
    l1, l2 = eigenvalues(Sxx, Sxy, Syy)
    solvable: np.ndarray = l2 > share * l1.max()
    return solvable


def normal_flow(prev: np.ndarray, next_: np.ndarray) -> Float[np.ndarray, "H W 2"]:
    """Return what one pixel alone can say: the motion along its gradient, -It grad I / |grad I|^2.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats in [0, 1].

    Returns
    -------
    normal_flow
        In pixels; NaN where the image is flat (no gradient above 1e-3 of the image's largest), for
        there a single pixel says nothing.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size.
    """
    I1, I2 = brightness(prev, next_)
    Ix, Iy = sobel(I1)
    It = I2 - I1
    squared = Ix**2 + Iy**2
    flat = squared <= (TEXTURED**2) * squared.max()
    gain = np.where(flat, np.nan, -It / np.where(flat, 1, squared))
    return np.stack([gain * Ix, gain * Iy], axis=-1).astype(I1.dtype)


def constraint_lines(
    prev: np.ndarray, next_: np.ndarray, *, x: int, y: int, window: int = 5
) -> Float[np.ndarray, "n 3"]:
    """Return the lines Ix u + Iy v + It = 0 of the window around (x, y), as rows (Ix, Iy, It).

    Each pixel of the window draws one line in the plane of (u, v); Lucas-Kanade takes the point
    closest to all of them. Windows are cut at the frame's border.

    Raises
    ------
    ShapeError
        If the images do not fit together, the window is even or below 3, or (x, y) is outside.
    """
    I1, I2 = brightness(prev, next_)
    check_window(window)
    H, W = I1.shape
    if not (0 <= x < W and 0 <= y < H):
        raise ShapeError(f"The point must lie in the {W} x {H} image; got x={x}, y={y}.")
    Ix, Iy = sobel(I1)
    half = window // 2
    patch = np.s_[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]
    return np.stack([g[patch].ravel() for g in (Ix, Iy, I2 - I1)], axis=-1)
