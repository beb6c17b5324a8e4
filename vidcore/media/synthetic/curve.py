"""Smooth curves through given values with given slopes (cubic Hermite)."""

import numpy as np
from jaxtyping import Float


def hermite(
    s: Float[np.ndarray, " T"],
    times: Float[np.ndarray, " n"],
    values: Float[np.ndarray, " n"],
    slopes: Float[np.ndarray, " n"],
) -> Float[np.ndarray, " T"]:
    """Interpolate; before the first time and after the last the curve rests at its end value."""
    s = np.clip(s, times[0], times[-1])
    i = np.clip(np.searchsorted(times, s, side="right") - 1, 0, len(times) - 2)
    span = times[i + 1] - times[i]
    t = (s - times[i]) / span
    curve: np.ndarray = (
        (1 + 2 * t) * (1 - t) ** 2 * values[i]
        + t**2 * (3 - 2 * t) * values[i + 1]
        + span * t * (1 - t) ** 2 * slopes[i]
        - span * t**2 * (1 - t) * slopes[i + 1]
    )
    return curve
