"""A stylised person: capsules for limbs, each one rigid, round where they meet at a joint.

All lengths are shares of the frame; angles of limbs are measured from straight down, positive
towards the right of the picture.
"""

import numpy as np
from jaxtyping import Float

from vidcore.media.synthetic.layer import Layer
from vidcore.media.synthetic.motion import Motion
from vidcore.media.synthetic.paint import flat, rounded
from vidcore.media.synthetic.palette import AMBER, INK, NAVY, SKIN, SKIN_SHADE, SMILE, Colour
from vidcore.media.synthetic.shapes import Shape, blend, disc, limb, union

Path = Float[np.ndarray, "T 2"]
HEAD = 0.135  # radius of a head seen from the front
Angles = Float[np.ndarray, " T"]


def hanging(joint: Path, angle: Angles, length: float) -> Path:
    """Return the far end of a limb that hangs from a joint at an angle."""
    return joint + length * np.stack([np.sin(angle), np.cos(angle)], axis=1)


def segment(
    start: Path, end: Path, r_start: float, r_end: float, colour: Colour, size: int
) -> Layer:
    """Return the limb between two joints whose distance never changes."""
    a, b = start * size, end * size
    axis = b - a
    half = float(np.hypot(*axis[0])) / 2
    motion = Motion((a + b) / 2 - 0.5, np.arctan2(axis[:, 1], axis[:, 0]))
    thick = max(r_start, r_end) * size
    shape = limb((-half, 0.0), (half, 0.0), r_start * size, r_end * size)
    return Layer(motion, shape, rounded(colour, thick), half + thick)


def palm(length: float, size: int) -> Shape:
    """Return an open hand whose wrist is the origin and whose fingers point along +x."""
    scale = length * size
    fingers = [
        limb((0.4 * scale, y0 * scale), (x * scale, y1 * scale), 0.085 * scale)
        for x, y0, y1 in (
            (0.84, -0.2, -0.34),
            (0.97, -0.07, -0.12),
            (0.95, 0.07, 0.11),
            (0.8, 0.2, 0.32),
        )
    ]
    thumb = limb((0.2 * scale, -0.16 * scale), (0.45 * scale, -0.5 * scale), 0.085 * scale)
    middle = disc(0.29 * scale, 0.3 * scale)
    return blend(0.06 * scale, middle, *fingers, thumb)


def thrower(size: int) -> list[Layer]:
    """Return the part of the thrower that stands still, all but the near arm, in one frame."""
    far = 0.8  # of the light that reaches the limbs away from the viewer
    strokes = [
        ((0.245, 0.4), (0.3, 0.49), 0.034, 0.028, far * AMBER),
        ((0.3, 0.49), (0.365, 0.44), 0.027, 0.022, SKIN_SHADE),
        ((0.225, 0.62), (0.285, 0.75), 0.046, 0.036, far * NAVY),
        ((0.285, 0.75), (0.3, 0.89), 0.034, 0.026, far * NAVY),
        ((0.3, 0.905), (0.335, 0.905), 0.02, 0.016, INK),
        ((0.21, 0.62), (0.185, 0.76), 0.05, 0.038, NAVY),
        ((0.185, 0.76), (0.15, 0.9), 0.036, 0.027, NAVY),
        ((0.15, 0.917), (0.19, 0.917), 0.022, 0.017, INK),
        ((0.235, 0.4), (0.215, 0.6), 0.068, 0.055, AMBER),
        ((0.245, 0.34), (0.25, 0.3), 0.026, 0.026, SKIN_SHADE),
    ]
    limbs = [segment(_at(a), _at(b), r, q, colour, size) for a, b, r, q, colour in strokes]
    return limbs + _head((0.258, 0.252), 0.06, size)


def _head(place: tuple[float, float], radius: float, size: int) -> list[Layer]:
    """Return a head that looks to the right: hair, face with a nose, fringe, eye."""
    motion, r = Motion(_at(place) * size - 0.5), radius * size
    face = blend(0.33 * r, disc(r), disc(0.23 * r, r, 0.17 * r))
    fringe = limb((-0.83 * r, -0.58 * r), (0.33 * r, -0.97 * r), 0.36 * r)
    return [
        Layer(motion, disc(1.13 * r, -0.3 * r, -0.27 * r), rounded(INK, 1.1 * r), 1.6 * r),
        Layer(motion, face, rounded(SKIN, 1.5 * r), 1.3 * r),
        Layer(motion, fringe, flat(INK), 1.5 * r),
        Layer(motion, disc(0.15 * r, 0.55 * r, -0.07 * r), flat(INK), r),
    ]


def bust(size: int, place: tuple[float, float], shirt: Colour) -> list[Layer]:
    """Return someone seen from the front, head at `place`, from the chest up, in one frame."""
    motion, r = Motion(_at(place) * size - 0.5), HEAD * size
    ears = limb((-r, 0.1 * r), (r, 0.1 * r), 0.16 * r)
    chest = blend(
        0.8 * r,
        limb((-1.15 * r, 2.5 * r), (1.15 * r, 2.5 * r), 0.75 * r),
        limb((0.0, 3 * r), (0.0, 6 * r), 1.75 * r),
    )
    smile = union(*(limb((0.0, 0.55 * r), (x * r, 0.42 * r), 0.08 * r) for x in (-0.3, 0.3)))
    parts = [  # shape, paint, reach in radii of the head
        (disc(1.12 * r, 0.0, -0.2 * r), rounded(INK, r), 1.4),
        (limb((-1.4 * r, 2.7 * r), (-1.8 * r, 5 * r), 0.6 * r), rounded(shirt, 0.6 * r), 6.0),
        (chest, rounded(shirt, 1.5 * r, rim=0.2), 8.0),
        (limb((0.0, 0.8 * r), (0.0, 1.6 * r), 0.42 * r), rounded(SKIN_SHADE, r), 2.2),
        (blend(0.2 * r, disc(r), ears), rounded(SKIN, 1.6 * r), 1.4),
        (limb((-0.62 * r, -0.78 * r), (0.55 * r, -0.85 * r), 0.33 * r), flat(INK), 1.5),
        (disc(0.11 * r, -0.38 * r, -0.02 * r), flat(INK), 1.0),
        (disc(0.11 * r, 0.38 * r, -0.02 * r), flat(INK), 1.0),
        (smile, flat(SMILE), 1.0),
    ]
    return [Layer(motion, shape, paint, reach * r) for shape, paint, reach in parts]


def _at(point: tuple[float, float]) -> Path:
    return np.array([point])
