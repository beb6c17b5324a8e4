"""Textures in closed form: moved exactly, by evaluating them elsewhere, so nothing interpolates."""

import numpy as np


def texture(
    x: np.ndarray, y: np.ndarray, *, seed: int = 3, longest: float = 40, shortest: float = 6
) -> np.ndarray:
    """Brightness in [0, 1] at points (x, y): 24 plane waves, lengths in pixels."""
    rng = np.random.default_rng(seed)
    waves = np.zeros_like(x, dtype=np.float64)
    for _ in range(24):
        k = 2 * np.pi / np.exp(rng.uniform(np.log(shortest), np.log(longest)))
        angle, phase = rng.uniform(0, 2 * np.pi, size=2)
        waves += np.sin(k * (np.cos(angle) * x + np.sin(angle) * y) + phase)
    return 0.5 + waves / 30


def shifted(
    dx: float, dy: float, *, H: int = 48, W: int = 60, seed: int = 3, shortest: float = 6
) -> tuple[np.ndarray, np.ndarray]:
    """Return two float64 images; everything moved by (dx, dy) pixels, right and down."""
    y, x = np.indices((H, W), dtype=np.float64)
    return (
        texture(x, y, seed=seed, shortest=shortest),
        texture(x - dx, y - dy, seed=seed, shortest=shortest),
    )
