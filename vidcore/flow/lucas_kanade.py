r"""Lucas-Kanade: neighbouring pixels move together.

    Ix u + Iy v + It = 0          one equation a pixel, two unknowns
    [Sxx Sxy] [u]     [Sxt]       least squares over a window; S.. are window sums,
    [Sxy Syy] [v] = - [Syt]       so Sxy = sum Ix Iy

Lucas & Kanade, An Iterative Image Registration Technique, IJCAI 1981. Ours is the one dense step,
a system for every pixel, with the derivatives of the first frame and It = next - prev.
"""

import numpy as np

from vidcore.flow.derivatives import sobel
from vidcore.flow.frames import brightness, check_window
from vidcore.flow.result import FlowResult
from vidcore.flow.structure import textured
from vidcore.flow.window import fill, window_sums


def lucas_kanade(prev: np.ndarray, next_: np.ndarray, *, window: int = 5) -> FlowResult:
    """Estimate dense flow by solving one 2 x 2 system per pixel.

    Right for motions of about a pixel: beyond, the image is no longer linear in the motion.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1]; any contrast gives the same answer.
    window
        Side of the window in pixels, odd. Larger bridges flat areas and blurs motion boundaries.

    Returns
    -------
    FlowResult
        `valid` where the window's structure tensor can be inverted; elsewhere the flow is filled
        from the neighbours.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size, or the window is even or below 3.
    """
    I1, I2 = brightness(prev, next_)
    check_window(window)
    dtype = I1.dtype
    I1, I2 = I1.astype(np.float64), I2.astype(np.float64)  # det subtracts near equals

    Ix, Iy = sobel(I1)
    It = I2 - I1
    Sxx, Sxy, Syy, Sxt, Syt = window_sums(
        Ix * Ix, Ix * Iy, Iy * Iy, Ix * It, Iy * It, window=window
    )

    valid = textured(Sxx, Sxy, Syy)
    det = np.where(valid, Sxx * Syy - Sxy * Sxy, 1)
    u = (Sxy * Syt - Syy * Sxt) / det
    v = (Sxy * Sxt - Sxx * Syt) / det
    flow = fill(np.stack([u, v], axis=-1), valid)
    return FlowResult(flow.astype(dtype), valid)
