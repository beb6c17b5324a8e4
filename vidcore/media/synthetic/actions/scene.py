"""The trained models' world as a scene of the app's gallery."""

from functools import partial
from typing import Annotated

import numpy as np

from vidcore.media.clip import Clip
from vidcore.media.synthetic.actions.labels import ACTIONS, COLOURS, SHAPES
from vidcore.media.synthetic.actions.spec import Spec, World
from vidcore.media.synthetic.actions.stage import stage
from vidcore.media.synthetic.knob import Fps, Knob, Noise, door
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.truth import truth


@door
def learned_world(
    T: Annotated[int, Knob("Frames", 8, 32, 8, help="The models read 16.", least=1)] = 16,
    size: Annotated[
        int, Knob("Size", 48, 112, 16, "px", "The models read 48 pixels.", least=8)
    ] = 48,
    *,
    action: Annotated[int, Knob("Action", options=ACTIONS)] = 8,
    colour: Annotated[int, Knob("Colour", options=COLOURS)] = 0,
    shape: Annotated[int, Knob("Shape", options=SHAPES)] = 0,
    radius: Annotated[
        float, Knob("Radius", 0.1, 0.3, 0.01, "of the size", least=0.02, most=0.5)
    ] = 0.2,
    camera: Annotated[
        float,
        Knob("Camera", 0.0, 0.3, 0.02, "of the size", "Largest pan over the clip.", 0, 1),
    ] = 0.12,
    noise: Noise = 0.03,
    fps: Fps = 10.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Draw a clip like those our small models learned from: one shape, one action.

    Parameters
    ----------
    action, colour, shape
        Indices into `ACTIONS`, `COLOURS`, `SHAPES`.
    radius
        Of the shape, share of the size; the models saw 0.15 to 0.27.
    camera
        Largest pan over the clip, share of the size.
    """
    seed = int((rng or np.random.default_rng(0)).integers(2**31))
    world = World(size, T, (radius, radius), noise, camera=camera)
    staged = stage(Spec(action, colour, shape, seed, world))
    canvas, owner = staged.paint()
    frames = np.stack([canvas[:, 0], canvas[:, 1], canvas[:, 2]], axis=-1)
    return Scene(
        Clip(frames, float(fps)),
        partial(truth, owner, staged.layers, staged.camera),
        {"shape": staged.layers[-1].motion.centre},
    )
