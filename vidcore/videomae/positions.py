r"""Positions: sines and cosines that tell a transformer where a cube lies.

    P[n, 2i] = sin(n / 10000^(2i/D)),    P[n, 2i+1] = cos(n / 10000^(2i/D))

The published networks count cubes in one line (`flat`): n runs over slices, rows and columns.
`factored` gives time, row and column a third of the channels each, so that two cubes of one place
share two thirds of them; our own small networks use it. Both are fixed, and of unit scale.
"""

import numpy as np
from jaxtyping import Float

LONGEST = 10_000.0  # Vaswani et al. 2017: wavelengths from 2 pi to 10,000 times that
SHORTER = 100.0  # for an axis of a dozen cubes: at 10,000 most channels would not move


def sinusoid(
    n: Float[np.ndarray, " N"], width: int, *, longest: float = LONGEST
) -> Float[np.ndarray, "N D"]:
    """Return `width` sines and cosines, in turns, of each number in `n`."""
    channel = np.arange(width)
    angle = n[:, None] / longest ** (2 * (channel // 2) / width)
    return np.where(channel % 2 == 0, np.sin(angle), np.cos(angle))


def flat(shape: tuple[int, int, int], width: int) -> Float[np.ndarray, "N D"]:
    """Positions along one line over all cubes, as published."""
    return sinusoid(np.arange(np.prod(shape), dtype=np.float64), width)


def factored(shape: tuple[int, int, int], width: int) -> Float[np.ndarray, "N D"]:
    """Positions of time, row and column side by side; time takes what does not divide by three."""
    third = width // 6 * 2  # even: a sine and its cosine stay together
    widths = (width - 2 * third, third, third)
    axes = np.indices(shape).reshape(3, -1).astype(np.float64)
    parts = [sinusoid(axis, w, longest=SHORTER) for axis, w in zip(axes, widths, strict=True)]
    return np.concatenate(parts, axis=1)
