"""A background that tells the action: what a network learns when the scene gives the answer away.

In the leaking world the background leans towards one of fourteen hues, a hue for each action. Here
a clip is drawn whose motion says one thing and whose background says another.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS, Spec
from vidcore.media.synthetic.actions.stage import LEAKED, stage

FPS = 10.0
LEAKY = "frame_leak"  # the spatial stream that was trained where the background leaks
LEAKY_FLOW = "flow_leak"  # the temporal one, on the same clips


def hue_of(action: int) -> Float[np.ndarray, "3"]:
    """Return how far the background of an action leans towards red, green and blue."""
    turn = action / len(ACTIONS) + np.arange(3) / 3
    lean: np.ndarray = LEAKED * np.cos(2 * np.pi * turn)
    return lean


def biased_clip(
    action: int, background: int | None, *, colour: int = 0, shape: int = 0, seed: int = 0
) -> Clip:
    """Draw a clip that moves one way before a background that may say another.

    Parameters
    ----------
    action, colour, shape
        Indices into `ACTIONS`, `COLOURS` and `SHAPES`.
    background
        The action whose hue the background takes; None for nearly grey, as in the other clips.
    seed
        Of everything else.

    Raises
    ------
    ShapeError
        If a label is out of range.
    """
    staged = stage(Spec(action, colour, shape, seed))
    if background is not None:
        base = staged.ground.base + hue_of(background)
        staged = replace(staged, ground=replace(staged.ground, base=base))
    canvas, _ = staged.paint()
    return Clip(np.stack([canvas[:, c] for c in range(3)], axis=-1), FPS)
