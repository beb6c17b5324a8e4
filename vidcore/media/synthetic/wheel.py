"""A wheel: sampled too rarely, it turns backwards.

Equal spokes repeat every 360 / spokes degrees, so a turn by d degrees between samples looks like d
minus the nearest multiple of that: 40 degrees with 8 spokes like -5. One marked spoke repeats only
after a full turn and tells the truth for longer.
"""

from typing import Annotated

import numpy as np

from vidcore.media.synthetic import paint
from vidcore.media.synthetic.backdrop import still, wall
from vidcore.media.synthetic.knob import Fps, Frames, Knob, Size, door
from vidcore.media.synthetic.layer import Layer, Paint
from vidcore.media.synthetic.motion import Motion
from vidcore.media.synthetic.palette import AMBER, CREAM, INK, planes
from vidcore.media.synthetic.render import render
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.shapes import coverage, disc, equal_spokes, limb, norm, ring, union

RADIUS, RIM, SPOKE, HUB = 0.37, 0.055, 0.042, 0.075  # of the frame: rim's middle line; widths; hub


@door
def wheel(
    T: Frames = 32,
    size: Size = 96,
    *,
    spokes: Annotated[int, Knob("Spokes", 1, 16, 1, least=1)] = 8,
    degrees_per_frame: Annotated[
        float, Knob("Turn", -180.0, 180.0, 1.0, "°/frame", "Positive is clockwise.")
    ] = 6.0,
    marked: Annotated[bool, Knob("Mark one spoke", help="A mark shows the true turn.")] = False,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Turn a spoked wheel clockwise on the screen; the wall shows through between the spokes.

    Parameters
    ----------
    spokes
        How many, equal; the first lies along +x in frame 0.
    degrees_per_frame
        Positive is clockwise as seen, because y points down.
    marked
        Paint the first spoke in another colour.
    """
    rng = rng or np.random.default_rng(0)
    radius, width, hub = RADIUS * size, SPOKE * size, HUB * size
    shape = union(ring(radius, RIM * size), equal_spokes(spokes, hub, radius, width), disc(hub))
    angle = np.radians(degrees_per_frame) * np.arange(T)
    motion = Motion(np.full((T, 2), (size - 1) / 2), angle)
    surface = _paint(size, marked=marked)
    tip = motion.centre + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return render(
        still(wall(size, rng), T),
        [Layer(motion, shape, surface, radius + RIM * size / 2)],
        fps=fps,
        tracks={"hub": motion.centre, "first spoke": tip},
    )


def _paint(size: int, *, marked: bool) -> Paint:
    """Paint the wood, the hub's cap, and the mark along +x."""
    wood = paint.rounded(AMBER, RIM * size / 2)
    tread, cap = np.float32((RADIUS + RIM / 8) * size), np.float32(HUB / 2 * size)
    mark = limb((HUB * size, 0.0), (RADIUS * size, 0.0), SPOKE * size / 2)

    dark, pale = (planes(colour) for colour in (INK, CREAM))

    def colour(x: np.ndarray, y: np.ndarray, distance: np.ndarray) -> np.ndarray:
        r = norm(x, y)
        wheel = wood(x, y, distance)
        wheel += coverage(tread - r)[:, None] * (dark - wheel)
        if marked:
            wheel += coverage(mark(x, y))[:, None] * (pale - wheel)
        wheel += coverage(r - cap)[:, None] * (pale - wheel)
        return wheel

    return colour
