"""A circle at constant velocity: the smallest scene with a true answer for optical flow."""

from typing import Annotated

import numpy as np

from vidcore.media.synthetic import paint
from vidcore.media.synthetic.backdrop import plain, still
from vidcore.media.synthetic.knob import Fps, Frames, Knob, Noise, Size, Velocity, door
from vidcore.media.synthetic.layer import Layer
from vidcore.media.synthetic.motion import straight
from vidcore.media.synthetic.palette import AMBER, CORAL, CREAM, EARTH, NAVY, SKY, TEAL, planes
from vidcore.media.synthetic.render import render
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.shapes import disc
from vidcore.media.synthetic.texture import mottled

RADIUS = 0.22  # of the frame
CONTRAST = 0.045  # grey levels of one wave: a circle this small has room for few spots


@door
def moving_circle(
    T: Frames = 10,
    size: Size = 64,
    *,
    velocity: Velocity = (1.5, 0.5),
    textured: Annotated[bool, Knob("Texture", help="Without it, only edges show motion.")] = True,
    noise: Noise = 0.0,
    fps: Fps = 10.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Move a circle over still ground, through the middle of the frame at mid-clip.

    Parameters
    ----------
    velocity
        `(vx, vy)` pixels per frame, right and down.
    textured
        Pattern on circle and ground; else each is one colour, and motion shows at the edge only.
    """
    rng = rng or np.random.default_rng(0)
    radius = RADIUS * size
    motion = straight(T, size, np.asarray(velocity, dtype=np.float64))
    if textured:
        ground = plain(size, mottled(rng, NAVY, (TEAL, SKY, NAVY), contrast=CONTRAST))
        surface = paint.textured(mottled(rng, AMBER, (CORAL, CREAM, EARTH), contrast=CONTRAST))
    else:
        ground = np.broadcast_to(planes(NAVY), (3, size, size))
        surface = paint.flat(AMBER)
    return render(
        still(ground, T),
        [Layer(motion, disc(radius), surface, radius)],
        fps=fps,
        noise=noise,
        rng=rng,
        tracks={"circle": motion.centre},
    )
