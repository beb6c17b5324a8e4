"""The actor: a shape in its colour, striped and half in shade, so that a turn can be seen."""

from collections.abc import Callable

import numpy as np

from vidcore.media.synthetic.actions.labels import PAINTS, SHAPES
from vidcore.media.synthetic.layer import Paint
from vidcore.media.synthetic.shapes import Shape, box, disc, polygon, ring, union

REACH = 1.25  # of the radius: holds every shape
SHADED = 0.45  # light left on the shaded half
STRIPES = (0.55, 0.95)  # wavelength, of the radius
STRIPE = 0.16  # amplitude, share of the light

_OUTLINES: dict[str, Callable[[float], Shape]] = {  # of similar area for one radius
    "disc": lambda r: disc(r),
    "square": lambda r: box(0.86 * r, 0.86 * r),
    "triangle": lambda r: polygon(3, 1.25 * r),
    "cross": lambda r: union(box(1.1 * r, 0.38 * r), box(0.38 * r, 1.1 * r)),
    "ring": lambda r: ring(0.78 * r, 0.5 * r),
}


def outline(shape: int, radius: float) -> Shape:
    """Return the outline of a shape about the origin, upright; radius in pixels."""
    return _OUTLINES[SHAPES[shape]](radius)


def dress(colour: int, radius: float, rng: np.random.Generator) -> Paint:
    """Return its paint: stripes across, and one half in shade, both fixed to the surface."""
    solid = PAINTS[colour] * np.float32(rng.uniform(0.85, 1.0))
    k = np.float32(2 * np.pi / (radius * rng.uniform(*STRIPES)))
    phase = np.float32(rng.uniform(0, 2 * np.pi))

    def paint(x: np.ndarray, y: np.ndarray, distance: np.ndarray) -> np.ndarray:
        stripes = np.float32(1 - STRIPE) + np.float32(STRIPE) * np.sin(k * x + phase)
        light = stripes * (SHADED + np.float32(1 - SHADED) * np.clip(y + np.float32(0.5), 0, 1))
        lit: np.ndarray = light[:, None] * solid[:, None, None]
        return lit

    return paint
