r"""Textures without a grid: sums of plane waves and soft bumps that can be evaluated anywhere.

Each term is a function of x times a function of y, also after any shift or zoom:

    cos(k.p + phase) = cos(kx x + phase) cos(ky y) - sin(kx x + phase) sin(ky y)
    bump(p)          = exp(b (cos w(x - cx) - 1)) exp(b (cos w(y - cy) - 1))

so a whole frame is one matrix product, (H, terms) @ (terms, W), exact at every sub-pixel place.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from vidcore.media.synthetic.palette import Colour

PERIOD = 160.0  # px after which the bumps repeat: wider than any frame, so no copy is in sight
WAVELENGTHS = (9.0, 26.0)  # px: fine enough for a 5 x 5 window to see, coarse enough to sample
RADII = (3.5, 8.0)  # px, standard deviation of a bump


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A colour everywhere in the plane.

    Parameters
    ----------
    base
        The colour where all terms vanish.
    k, phase, wave_colour
        Plane waves: `(K, 2)` radians per pixel, `(K,)` radians, `(K, 3)` colour added at a crest.
    place, sharpness, bump_colour
        Bumps: `(M, 2)` pixels, `(M,)` the b above, `(M, 3)` colour added at the middle.
    """

    base: Float[np.ndarray, " 3"]
    k: Float[np.ndarray, "K 2"]
    phase: Float[np.ndarray, " K"]
    wave_colour: Float[np.ndarray, "K 3"]
    place: Float[np.ndarray, "M 2"]
    sharpness: Float[np.ndarray, " M"]
    bump_colour: Float[np.ndarray, "M 3"]

    def __call__(
        self, x: Float32[np.ndarray, "n 1 w"], y: Float32[np.ndarray, "n h 1"]
    ) -> Float32[np.ndarray, "n 3 h w"]:
        """Return the colour at every crossing of columns x and rows y, in pixels of the texture."""
        fields = (*self.k.T, self.phase, *self.place.T, self.sharpness)
        kx, ky, phase, cx, cy, b = (field.astype(np.float32)[:, None] for field in fields)
        y = np.swapaxes(y, 1, 2)
        waves, bumps = kx * x + phase, _bump(x - cx, b)
        across = np.concatenate([np.cos(waves), -np.sin(waves), bumps, np.ones_like(x)], axis=1)
        down = np.concatenate(
            [np.cos(ky * y), np.sin(ky * y), _bump(y - cy, b), np.ones_like(y)], axis=1
        )
        colour = np.concatenate(
            [self.wave_colour, self.wave_colour, self.bump_colour, self.base[None]]
        )
        planes = across[:, None] * colour.T.astype(np.float32)[:, :, None]  # (n, 3, terms, w)
        image: np.ndarray = np.swapaxes(down, 1, 2)[:, None] @ planes
        return np.clip(image, 0, 1, out=image)


def _bump(offset: np.ndarray, sharpness: np.ndarray) -> np.ndarray:
    w = np.float32(2 * np.pi / PERIOD)
    bump: np.ndarray = np.exp(sharpness * (np.cos(w * offset) - 1))
    return bump


def mottled(
    rng: np.random.Generator,
    base: Colour,
    accents: tuple[Colour, ...],
    *,
    waves: int = 7,
    bumps: int = 64,
    contrast: float = 0.028,
    strength: float = 0.95,
) -> Texture:
    """Draw a texture: gentle waves of brightness under soft spots in the accent colours.

    Parameters
    ----------
    contrast
        Amplitude of one wave, in grey levels (white is 1).
    strength
        How far the middle of a spot goes from the base towards its accent, 0 to 1.
    """
    heading = (np.arange(waves) + rng.random(waves)) * np.pi / waves  # one per sector: no streaks
    k = 2 * np.pi / rng.uniform(*WAVELENGTHS, waves)
    sigma = rng.uniform(*RADII, bumps)
    accent = np.array([accents[i % len(accents)] for i in rng.permutation(bumps)]).reshape(bumps, 3)
    return Texture(
        base=base,
        k=k[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1),
        phase=rng.uniform(0, 2 * np.pi, waves),
        wave_colour=np.full((waves, 3), contrast),
        place=_scattered(rng, bumps),
        sharpness=(PERIOD / (2 * np.pi * sigma)) ** 2,
        bump_colour=strength * (accent - base),
    )


def _scattered(rng: np.random.Generator, count: int) -> Float[np.ndarray, "M 2"]:
    """Spread points evenly, not regularly: the R2 sequence (Roberts 2018) with a random start."""
    plastic = 1.32471795724474602596  # root of x^3 = x + 1
    steps = np.array([1 / plastic, 1 / plastic**2])
    places: np.ndarray = PERIOD * ((rng.random(2) + np.arange(count)[:, None] * steps) % 1)
    return places
