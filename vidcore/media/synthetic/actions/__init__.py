"""The world our small models are trained in: one moving shape, fourteen actions, no two alike.

What a clip shows is three labels: the colour and the shape are in every frame, the action is in
none. Each of the time-reversal pairs is one family of motions, played forwards or backwards, so
that the frames of the two are the same pictures and only their order tells.

    batch = render([Spec(ACTIONS.index("throw"), seed=7)])
    batch.video[0], batch.captions[0]            # (16, 48, 48, 3) uint8, "a red disc is thrown"
"""

from vidcore.media.synthetic.actions.caption import CAPTIONS, caption
from vidcore.media.synthetic.actions.labels import (
    ACTIONS,
    COLOURS,
    MIRRORED,
    PAIRS,
    REVERSED,
    SHAPES,
    label,
)
from vidcore.media.synthetic.actions.render import Batch, render
from vidcore.media.synthetic.actions.scene import learned_world
from vidcore.media.synthetic.actions.spec import Spec, World

__all__ = [
    "ACTIONS",
    "CAPTIONS",
    "COLOURS",
    "MIRRORED",
    "PAIRS",
    "REVERSED",
    "SHAPES",
    "Batch",
    "Spec",
    "World",
    "caption",
    "label",
    "learned_world",
    "render",
]
