"""Paint: the colour of a surface at its own coordinates.

Paint moves with its surface, so brightness is constant along the motion. That rules out a light
that stays put while the surface turns: what turns is shaded towards its edge on all sides alike.
"""

import numpy as np

from vidcore.media.synthetic.layer import Paint
from vidcore.media.synthetic.palette import Colour, planes
from vidcore.media.synthetic.shapes import coverage, norm
from vidcore.media.synthetic.texture import Texture

RIM = 0.28  # share of the light lost at the edge of a rounded surface
CAP = (0.22, 0.85)  # of a beach ball: its share of the radius, and how far it goes towards white


def flat(colour: Colour) -> Paint:
    """Return one colour everywhere."""
    solid = planes(colour)
    return lambda x, y, distance: solid


def rounded(colour: Colour, depth: float, *, rim: float = RIM) -> Paint:
    """Darken towards the edge over `depth` pixels, as on a cylinder seen from its side."""
    solid = planes(colour)

    def paint(x: np.ndarray, y: np.ndarray, distance: np.ndarray) -> np.ndarray:
        edge = np.clip(1 + distance / np.float32(depth), 0, 1)[:, None]
        shaded: np.ndarray = (1 - np.float32(rim) * edge * edge) * solid
        return shaded

    return paint


def beach_ball(radius: float, colours: tuple[Colour, Colour], panels: int = 3) -> Paint:
    """Paint panels of two colours around a pale cap, shaded towards the edge on all sides."""
    first, second = (planes(colour) for colour in colours)

    def paint(x: np.ndarray, y: np.ndarray, distance: np.ndarray) -> np.ndarray:
        r = norm(x, y)
        seam = r * np.sin(panels * np.arctan2(y, x)) / np.float32(panels)  # px from a panel's seam
        panel = first + coverage(seam)[:, None] * (second - first)
        cap = np.float32(CAP[1]) * coverage(r - np.float32(CAP[0] * radius))[:, None]
        edge = np.minimum(r / np.float32(radius), 1)[:, None]
        shaded: np.ndarray = (panel + cap * (1 - panel)) * (1 - np.float32(RIM) * edge**3)
        return shaded

    return paint


def textured(texture: Texture, radius: float | None = None) -> Paint:
    """Wrap a texture as paint; shaded towards the edge where a radius is given."""

    def paint(x: np.ndarray, y: np.ndarray, distance: np.ndarray) -> np.ndarray:
        colour = texture(x, y)
        if radius is None:
            return colour
        edge = np.clip(1 + distance / np.float32(radius), 0, 1)[:, None]
        shaded: np.ndarray = colour * (1 - np.float32(RIM) * edge**3)
        return shaded

    return paint
