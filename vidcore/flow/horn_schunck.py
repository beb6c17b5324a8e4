r"""Horn-Schunck: the flow is smooth; brightness pays for leaving that.

    E = sum (Ix u + Iy v + It)^2 + alpha^2 (|grad u|^2 + |grad v|^2)

Setting the derivative to zero gives, for each pixel and the means (ubar, vbar) of its neighbours,

    u = ubar - Ix (Ix ubar + Iy vbar + It) / (alpha^2 + Ix^2 + Iy^2)        and v likewise

which is swept over the image until it settles (Jacobi). Flat areas are filled from their edges.

Horn & Schunck, Determining Optical Flow, Artificial Intelligence 17 (1981). Ours: frames in [0, 1],
so alpha is 255 times smaller than for 8-bit ones; derivatives by Sobel on the mean of both frames,
where the paper averages over a cube of 2 x 2 x 2. The paper's mean of eight neighbours makes
|grad u|^2 the sum of u (u - ubar), so no sweep can raise E.
"""

from functools import partial

import cv2
import numpy as np
from jaxtyping import Bool, Float

from vidcore.errors import ShapeError
from vidcore.flow.derivatives import sobel
from vidcore.flow.frames import brightness, check_count
from vidcore.flow.pyramid import SOLVABLE, Level, coarse_to_fine, linearise
from vidcore.flow.result import FlowResult
from vidcore.flow.structure import structure_tensor, textured
from vidcore.flow.window import window_sums

NEIGHBOURS = np.array([[1, 2, 1], [2, 0, 2], [1, 2, 1]]) / 12  # the paper's weights: 1/6 and 1/12
WINDOW = 5  # pixels: `valid` asks what Lucas-Kanade would ask
KEPT = 16  # iterates at most, at sweeps 1, 2, 3, 5, 8, ...: the first ones change most


def horn_schunck(
    prev: np.ndarray,
    next_: np.ndarray,
    *,
    alpha: float = 0.1,
    iterations: int = 100,
    iterates: bool = False,
) -> FlowResult:
    """Estimate dense flow by `iterations` Jacobi sweeps, from stillness.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1].
    alpha
        Smoothness weight in grey levels per pixel, above 0. Larger is smoother.
    iterations
        Sweeps, from 1. Each carries what is known one pixel further.
    iterates
        Also return the field after the sweeps that `kept_sweeps` names.

    Returns
    -------
    FlowResult
        `energy` is E before the first and after each sweep. `valid` where a window of 5 pixels has
        texture in two directions: elsewhere smoothness alone has spoken.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size, alpha is not above 0, or
        `iterations` is below 1.
    """
    I1, I2 = brightness(prev, next_)
    check_alpha(alpha)
    check_count(iterations, "iterations")

    Ix, Iy = sobel((I1 + I2) / 2)
    It = I2 - I1
    gain = 1 / (alpha**2 + Ix**2 + Iy**2)
    u, v = np.zeros_like(I1), np.zeros_like(I1)
    ubar, vbar = u, v
    energies, kept = [energy(u, v, ubar, vbar, Ix, Iy, It, alpha=alpha)], []
    for sweep in range(1, iterations + 1):
        r = gain * (Ix * ubar + Iy * vbar + It)
        u, v = ubar - Ix * r, vbar - Iy * r
        ubar, vbar = neighbour_mean(u), neighbour_mean(v)
        energies.append(energy(u, v, ubar, vbar, Ix, Iy, It, alpha=alpha))
        if iterates and sweep in kept_sweeps(iterations):
            kept.append(np.stack([u, v], axis=-1))

    valid = textured(*structure_tensor(Ix, Iy, window=WINDOW))
    on_the_way = np.stack(kept) if iterates else None
    return FlowResult(np.stack([u, v], axis=-1), valid, np.array(energies), on_the_way)


def kept_sweeps(iterations: int) -> list[int]:
    """Return the sweeps whose fields are kept: evenly spaced in their logarithm, with the last."""
    return sorted({round(sweep) for sweep in np.geomspace(1, iterations, KEPT)})


def neighbour_mean(u: Float[np.ndarray, "H W"]) -> Float[np.ndarray, "H W"]:
    """Average the eight neighbours: 1/6 for the near four, 1/12 for the corners; borders repeat."""
    return cv2.filter2D(u, -1, NEIGHBOURS, borderType=cv2.BORDER_REPLICATE)


def energy(
    u: Float[np.ndarray, "H W"],
    v: Float[np.ndarray, "H W"],
    ubar: Float[np.ndarray, "H W"],
    vbar: Float[np.ndarray, "H W"],
    Ix: Float[np.ndarray, "H W"],
    Iy: Float[np.ndarray, "H W"],
    It: Float[np.ndarray, "H W"],
    *,
    alpha: float,
) -> float:
    """Return E: what brightness constancy and smoothness leave over, in squared grey levels."""
    data = (Ix * u + Iy * v + It) ** 2
    rough = u * (u - ubar) + v * (v - vbar)
    return float(data.sum(dtype=np.float64) + alpha**2 * rough.sum(dtype=np.float64))


def pyramidal_horn_schunck(
    prev: np.ndarray,
    next_: np.ndarray,
    *,
    alpha: float = 0.5,
    iterations: int = 5,
    sweeps: int = 20,
    iterates: bool = False,
) -> FlowResult:
    """Estimate dense flow by Horn-Schunck sweeps from coarse to fine.

    Parameters
    ----------
    prev, next_
        `(H, W)` or `(H, W, 3)` floats, RGB in [0, 1]; any contrast gives the same answer.
    alpha
        Smoothness weight, above 0, against normalised frames: local contrast per pixel.
    iterations
        Times the second frame is looked up anew on each level, from 1.
    sweeps
        Jacobi sweeps after each look-up, from 1.
    iterates
        Also return the field after each level, enlarged to the frame.

    Returns
    -------
    FlowResult
        `valid` where pixels that agree with the flow have texture in two directions.

    Raises
    ------
    ShapeError
        If the images are not two finite float images of one size, alpha is not above 0, or a count
        is below 1.

    Notes
    -----
    Sun, Roth & Black, IJCV 2014: warping, robust weights and a median make the 1981 model strong.
    """
    I1, I2 = brightness(prev, next_)
    check_alpha(alpha)
    check_count(iterations, "iterations")
    check_count(sweeps, "sweeps")
    step = partial(refine, alpha=alpha, sweeps=sweeps)
    return coarse_to_fine(I1, I2, step, times=iterations, iterates=iterates)


def refine(
    level: Level, flow: Float[np.ndarray, "H W 2"], *, alpha: float, sweeps: int
) -> tuple[Float[np.ndarray, "H W 2"], Bool[np.ndarray, "H W"]]:
    """Sweep from the flow so far; a pixel's say is its weight `w`."""
    Ix, Iy, It, w = linearise(level, flow)
    u, v = np.ascontiguousarray(flow[..., 0]), np.ascontiguousarray(flow[..., 1])
    It = It - Ix * u - Iy * v  # of the total flow, not of an increment
    gain = w / (alpha**2 + w * (Ix**2 + Iy**2))
    for _ in range(sweeps):
        ubar, vbar = neighbour_mean(u), neighbour_mean(v)
        r = gain * (Ix * ubar + Iy * vbar + It)
        u, v = ubar - Ix * r, vbar - Iy * r
    valid = textured(
        *window_sums(w * Ix * Ix, w * Ix * Iy, w * Iy * Iy, window=WINDOW), share=SOLVABLE
    )
    return np.stack([u, v], axis=-1), valid


def check_alpha(alpha: float) -> None:
    """Refuse a weight under which smoothness would cost nothing, or pay."""
    if not 0 < alpha < np.inf:
        raise ShapeError(f"alpha, the smoothness weight, is a number above 0; got {alpha}.")
