r"""Which way must a pattern drift for a kernel to answer? Read off its Fourier transform.

A grating of wavelength L that drifts in the direction n = (cos, sin) at v pixels per frame is one
frequency, (f, ky, kx) = (-v, sin, cos) / L. A linear kernel answers with its transform there:

    |K| = | sum_{a, b, c} k(a, b, c) exp(2 pi i (f a + ky b + kx c)) |

For one separable pair K(f, ky, kx) = W(f) S(ky, kx), and both factors have the same size at the
opposite frequency, for the weights are real. So the answer to any drift and to its reverse are
equal: one pair is blind to direction. (Adelson & Bergen, 1985, build motion detectors from two.)
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only

STEP = 5  # degrees between the directions compared


@dataclass(frozen=True, slots=True, eq=False)
class Tuning:
    """How strongly a kernel answers to a drift in every direction.

    Parameters
    ----------
    degrees
        Direction of the drift, clockwise from right.
    response
        Amplitude of the answer to a grating of amplitude 1.
    preferred
        Degrees of the largest answer.
    selectivity
        (r - o) / (r + o) of the largest answer r and the answer o to the reverse: 1 answers one way
        only, 0 is blind to direction.
    """

    degrees: np.ndarray
    response: np.ndarray
    preferred: float
    selectivity: float


def tune(kernel: np.ndarray, *, speed: float = 1.0, wavelength: float = 4.0) -> Tuning:
    """Measure a kernel's answers to gratings that drift in all directions.

    Parameters
    ----------
    kernel
        `(kT, kH, kW)`.
    speed
        Pixels per frame.
    wavelength
        Pixels from crest to crest, from 2.

    Raises
    ------
    ShapeError
        If the kernel has other axes, or the wavelength is below 2.
    """
    if kernel.ndim != 3:
        raise ShapeError(f"tune needs a kernel (kT, kH, kW); got {kernel.shape}.")
    if wavelength < 2:
        raise ShapeError(f"A grating needs a wavelength of 2 pixels or more; got {wavelength}.")
    degrees = np.arange(0, 360, STEP, dtype=np.float64)
    response = np.array([amplitude(kernel, d, speed, wavelength) for d in degrees])
    best = int(response.argmax())
    most, reverse = response[best], response[(best + len(response) // 2) % len(response)]
    total = most + reverse
    return Tuning(
        degrees=read_only(degrees),
        response=read_only(response),
        preferred=float(degrees[best]),
        selectivity=float((most - reverse) / total) if total > 0 else 0.0,
    )


def amplitude(kernel: np.ndarray, degrees: float, speed: float, wavelength: float) -> float:
    """Return |K| at the frequency of one drifting grating."""
    a, b, c = np.indices(kernel.shape)
    nx, ny = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    phase = 2 * np.pi * (nx * c + ny * b - speed * a) / wavelength
    return float(np.abs((kernel * np.exp(1j * phase)).sum()))


def drifting(
    degrees: float,
    speed: float,
    wavelength: float,
    *,
    frames: int = 16,
    size: int = 32,
    phase: float = 0.0,
) -> Float[np.ndarray, "T H W"]:
    """Draw the grating itself, between -1 and 1; `phase` in radians."""
    t, y, x = np.mgrid[:frames, :size, :size].astype(np.float64)
    nx, ny = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    grating: np.ndarray = np.cos(2 * np.pi * (nx * x + ny * y - speed * t) / wavelength + phase)
    return grating
