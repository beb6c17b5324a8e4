"""Atlases of procedural textures, statistically like photographs: noise, waves, fallen leaves."""

import numpy as np
from jaxtyping import Float

TILE = 512
TILES = 3  # a side
SIDE = TILE * TILES  # texels


def atlas(seed: int) -> Float[np.ndarray, "3 S S"]:
    """Draw a square of tiles, each with its own kind of texture, in [0, 1]."""
    rng = np.random.default_rng([seed, 1])
    rows = [np.concatenate([tile(rng) for _ in range(TILES)], axis=2) for _ in range(TILES)]
    return np.concatenate(rows, axis=1)


def tile(rng: np.random.Generator) -> Float[np.ndarray, "3 s s"]:
    """Mix noise and waves, and let leaves fall on them."""
    ground = fractal(rng, falloff=rng.uniform(0.8, 1.8))
    if rng.random() < 0.5:
        ground = rng.uniform(0, 0.6) * ground + waves(rng)
    colours = coloured(rng, ground)
    leaves(rng, colours, count=int(rng.choice([0, 60, 400])))
    return np.clip(colours, 0, 1)


def fractal(rng: np.random.Generator, *, falloff: float) -> Float[np.ndarray, "3 s s"]:
    """Noise whose amplitude falls with frequency as in photographs, f^-falloff; unit variance."""
    fy, fx = np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)
    f = np.hypot(fy, fx)
    f[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.standard_normal((3, TILE, TILE), np.float32))
    noise = np.fft.irfft2(spectrum * f**-falloff * np.exp(-((f / 0.35) ** 4)))
    return np.asarray(noise / noise.std(), np.float32)


def waves(rng: np.random.Generator, count: int = 16) -> Float[np.ndarray, "3 s s"]:
    """Plane waves of 6 to 60 texels."""
    y, x = np.ogrid[:TILE, :TILE]
    total = np.zeros((3, TILE, TILE), np.float32)
    for _ in range(count):
        angle, length = rng.uniform(0, 2 * np.pi), np.exp(rng.uniform(np.log(6), np.log(60)))
        kx, ky = 2 * np.pi / length * np.array([np.cos(angle), np.sin(angle)])
        wave = np.sin((kx * x + ky * y + rng.uniform(0, 2 * np.pi)).astype(np.float32))
        total += rng.normal(1, 0.5, (3, 1, 1)).astype(np.float32) * wave
    return total / total.std()


def coloured(rng: np.random.Generator, x: np.ndarray) -> Float[np.ndarray, "3 s s"]:
    """Let the channels share most of their light, as photographs do."""
    own = rng.uniform(0.1, 0.6)
    mixing = own * np.eye(3) + (1 - own) * np.full((3, 3), 1 / np.sqrt(3))
    mixed = np.einsum("ij,jyx->iyx", mixing, x)
    middle = rng.uniform(0.3, 0.7, (3, 1, 1))
    return np.asarray(middle + rng.uniform(0.08, 0.25) * mixed, np.float32)


def leaves(rng: np.random.Generator, colours: Float[np.ndarray, "3 s s"], *, count: int) -> None:
    """Paint ellipses of all sizes over one another, in place."""
    radii = np.sort(4 * (1 - rng.random(count)) ** -0.7)[::-1]  # texels: many small, few large
    for radius in np.minimum(radii, 90):
        cy, cx = rng.uniform(0, TILE, 2)
        top, left = int(max(0, cy - radius - 2)), int(max(0, cx - radius - 2))
        rows, columns = slice(top, int(cy + radius + 3)), slice(left, int(cx + radius + 3))
        part = np.s_[:, rows, columns]
        y, x = (np.indices((TILE, TILE), sparse=True)[k] for k in (0, 1))
        y, x = y[rows], x[:, columns]
        angle, flat = rng.uniform(0, np.pi), rng.uniform(0.3, 1)
        u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
        v = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
        inside = np.clip((radius - np.hypot(u, v / flat)) * flat + 0.5, 0, 1)
        shade = rng.normal(0, 0.15) * (u / radius) + rng.normal(0, 0.15) * (v / radius)
        colour = rng.uniform(0.05, 0.95, (3, 1, 1)) + shade
        kept = rng.uniform(0, 0.5) * (colours[part] - 0.5)  # some of the ground shines through
        colours[part] += inside * (colour + kept - colours[part])
