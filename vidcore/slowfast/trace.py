r"""One pixel through one link: what Slow sees of it, and what Fast can tell Slow about it.

    the middle frame    k = (..., 0, 1, 0, ...)      brightness at alpha t
    the average         k = 1 / length               brightness around alpha t
    the change          k_j ~ j - length // 2        slope of the best line in the window

A trained link has learned its kernels; these three show what it can say, and what no single frame
of Slow's can.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.slowfast.lateral import lateral
from vidcore.slowfast.layout import Layout
from vidcore.slowfast.pathways import Clocks, clocks


def slope(length: int) -> Float[np.ndarray, " k"]:
    """Weights that give the slope of the line of least squares through `length` frames."""
    j = np.arange(length) - length // 2
    return j / max(1.0, float((j**2).sum()))


KERNELS: Mapping[str, Callable[[int], np.ndarray]] = {
    "the middle frame": lambda length: (np.arange(length) == length // 2) * 1.0,
    "the average": lambda length: np.full(length, 1 / length),
    "the change": slope,
}


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One pixel of a clip as the pathways know it, and what a link with one kernel would report.

    Attributes
    ----------
    clocks
        Who is given which frame.
    pixel
        `(y, x)`: the one that changes most.
    fast
        Its brightness in Fast's frames `(alpha T,)`, in [0, 1].
    slow
        Its brightness in Slow's frames `(T,)`.
    link
        What the kernel makes of Fast `(T,)`: brightness, or its change per Fast frame.
    """

    clocks: Clocks
    pixel: tuple[int, int]
    fast: Float[np.ndarray, " F"]
    slow: Float[np.ndarray, " T"]
    link: Float[np.ndarray, " T"]


def trace(clip: Clip, layout: Layout, kernel: str) -> Trace:
    """Follow the pixel that changes most, and send it through a link.

    Parameters
    ----------
    kernel
        One of `KERNELS`.
    """
    seen = clocks(len(clip.frames), clip.fps, layout)
    grey = clip.frames[seen.fast].mean(axis=-1, dtype=np.float64)
    y, x = np.unravel_index(np.ptp(grey, axis=0).argmax(), grey.shape[1:])
    fast = grey[:, y : y + 1, x : x + 1, None]
    weights = KERNELS[kernel](layout.kernel)
    link = lateral(fast, weights[None, None], alpha=layout.alpha)
    signal = fast.ravel()
    return Trace(
        seen,
        (int(y), int(x)),
        read_only(signal),
        read_only(signal[seen.slow_at]),
        read_only(link.ravel()),
    )
