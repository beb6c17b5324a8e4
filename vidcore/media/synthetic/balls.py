"""Bouncing balls: speed that changes all the time, in closed form.

Between two bounces a ball is on a parabola; sideways it runs straight until a wall turns it back.
With phase p counted in bounces and f its fractional part, the height is 4 f (1 - f) of the largest.
"""

from typing import Annotated

import numpy as np

from vidcore.media.synthetic import paint
from vidcore.media.synthetic.backdrop import meadow, still
from vidcore.media.synthetic.knob import (
    Fps,
    Frames,
    Knob,
    Shadow,
    Size,
    door,
)  # fmt: skip
from vidcore.media.synthetic.layer import Layer
from vidcore.media.synthetic.motion import Motion
from vidcore.media.synthetic.palette import AMBER, CORAL, CREAM, NAVY, TEAL
from vidcore.media.synthetic.render import render
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.shade import on_ground
from vidcore.media.synthetic.shapes import disc

FLOOR = 0.9  # of the frame: where the balls touch the ground, a little towards the viewer
COLOURS = ((CORAL, CREAM), (NAVY, AMBER), (TEAL, CREAM), (AMBER, CORAL), (CREAM, NAVY))
RADII = (0.11, 0.085, 0.095, 0.075, 0.08)  # of the frame
HEIGHTS = (0.52, 0.62, 0.4, 0.56, 0.47)  # of the frame, of the largest bounce
SPIN = 6.0  # degrees per pixel travelled sideways: somewhat less than rolling


@door
def bouncing_balls(
    T: Frames = 32,
    size: Size = 96,
    *,
    count: Annotated[int, Knob("Balls", 1, 5, 1, least=1)] = 3,
    bounces: Annotated[
        float, Knob("Bounces", 0.5, 4.0, 0.25, "per clip", "Of each ball.", least=0)
    ] = 2.0,
    speed: Annotated[float, Knob("Sideways speed", 0.0, 3.0, 0.25, "px/frame", least=0)] = 1.25,
    shadow: Shadow = True,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Bounce balls between two walls without losing height; they pass in front of each other.

    Parameters
    ----------
    count
        How many; from the sixth on, sizes and colours repeat.
    bounces
        Per clip and ball, so that a longer clip is a slower one.
    speed
        Pixels per frame.
    """
    rng = rng or np.random.default_rng(0)
    ground = still(meadow(size, rng), T)
    motions = [_bounce(T, size, i, bounces, speed, rng) for i in range(count)]
    radii = [RADII[i % len(RADII)] * size for i in range(count)]
    layers = [
        Layer(motion, disc(r), paint.beach_ball(r, COLOURS[i % len(COLOURS)]), r)
        for i, (motion, r) in enumerate(zip(motions, radii, strict=True))
    ]
    shades = [on_ground(m.centre, r, FLOOR, size) for m, r in zip(motions, radii, strict=True)]
    return render(
        ground,
        layers,
        fps=fps,
        shades=shades if shadow else (),
        tracks={f"ball {i + 1}": motion.centre for i, motion in enumerate(motions)},
    )


def _bounce(
    T: int, size: int, i: int, bounces: float, speed: float, rng: np.random.Generator
) -> Motion:
    """Return one ball's path, with a start drawn from `rng`."""
    t = np.arange(T)
    radius, height = RADII[i % len(RADII)] * size, HEIGHTS[i % len(HEIGHTS)] * size
    f = (rng.random() + bounces * t / T) % 1
    y = FLOOR * size - radius - 4 * f * (1 - f) * height
    room = size - 1 - 2 * radius
    run = rng.uniform(0, 2 * room) + speed * t  # to one wall and back is 2 rooms
    x = radius + room - abs(run % (2 * room) - room)
    return Motion(np.stack([x, y], axis=1), np.radians(SPIN) * (x - x[0]))
