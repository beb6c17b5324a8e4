"""Backdrops: what stands still behind a scene, as colour planes `(3, H, W)`."""

import numpy as np
from jaxtyping import Float32

from vidcore.media.synthetic.palette import (
    CREAM,
    EARTH,
    NAVY,
    SAND,
    SKY,
    TEAL,
    Colour,
    mix,
    planes,
)  # fmt: skip
from vidcore.media.synthetic.render import Canvas
from vidcore.media.synthetic.shapes import coverage, disc
from vidcore.media.synthetic.texture import Texture, mottled

Image = Float32[np.ndarray, "3 size size"]
GROUND = 0.84  # the ground begins at this share of the height
GRAIN = 0.01  # grey levels of one wave: enough to see that sand is not a flat colour


def still(image: Image, T: int) -> Canvas:
    """Return T copies of an image, to be painted over."""
    return np.repeat(image[None], T, axis=0)


def plain(size: int, texture: Texture) -> Image:
    """Return a texture as it lies, its own pixels on the frame's."""
    line = np.arange(size, dtype=np.float32)
    image: np.ndarray = texture(line[None, None, :], line[None, :, None])[0]
    return image


def meadow(size: int, rng: np.random.Generator) -> Image:
    """Draw a morning: sky, a low sun, two ranges of hills and sand to stand on."""
    x, y = _shares(size)
    image = _between(SKY, CREAM, np.clip(y / np.float32(0.72), 0, 1) + 0 * x)
    _sun(image, x, y)
    a, b = rng.uniform(0, 2 * np.pi, 2)
    far = 0.66 + 0.045 * np.sin(5.1 * x + a) + 0.02 * np.sin(11.3 * x + b)
    near = 0.75 + 0.035 * np.sin(6.7 * x + b) + 0.015 * np.sin(14.9 * x + a)
    _fill_below(image, far, y, mix(SKY, TEAL, 0.35))
    _fill_below(image, near, y, mix(SKY, TEAL, 0.75))
    _fill_below(image, np.full_like(x, GROUND), y, mix(SAND, EARTH, 0.25))
    return _grained(image, rng)


def wall(size: int, rng: np.random.Generator, top: Colour = TEAL, bottom: Colour = NAVY) -> Image:
    """Draw a plain wall in soft light, for scenes close to the camera."""
    x, y = _shares(size)
    image = _between(top, bottom, y + 0 * x)
    light = np.exp(-5 * ((x - np.float32(0.35)) ** 2 + (y - np.float32(0.3)) ** 2))
    image += np.float32(0.2) * light * (1 - image)
    return _grained(image, rng)


def _shares(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pixel centres as shares of the frame: x along columns, y along rows."""
    line = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    return line[None, :], line[:, None]


def _sun(image: Image, x: np.ndarray, y: np.ndarray) -> None:
    sun = disc(0.075, 0.74, 0.3)(x, y)
    light = np.maximum(np.float32(0.45) * np.exp(-6 * np.maximum(sun, 0)), coverage(sun * len(y)))
    image += light * (planes(CREAM) - image)


def _fill_below(image: Image, line: np.ndarray, y: np.ndarray, colour: Colour) -> None:
    slope = np.gradient(line[0], 1 / line.size)
    distance = (line - y) / np.sqrt(1 + slope * slope) * line.size  # of a point from a sloping line
    image += coverage(distance.astype(np.float32)) * (planes(colour) - image)


def _between(first: Colour, second: Colour, share: np.ndarray) -> Image:
    image: np.ndarray = planes(first) + share * (planes(second) - planes(first))
    return image


def _grained(image: Image, rng: np.random.Generator) -> Image:
    grain = mottled(rng, np.full(3, 0.5), (), contrast=GRAIN, bumps=0)
    image += plain(image.shape[-1], grain) - np.float32(0.5)
    return np.clip(image, 0, 1, out=image)
