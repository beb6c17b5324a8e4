"""Scenes whose motion is known exactly: oracles for tests, demonstrations for pages.

Each scene is a function with a default for every argument and returns a `Scene`: the clip, its
exact flow, and where that flow can be followed. `GALLERY` has them all by name, `knobs` says what a
page can offer to change, and `make` calls a scene with what the visitor chose. A call to draw one:

    scene = moving_circle(velocity=(2.0, -0.5), rng=np.random.default_rng(7))
"""

from vidcore.media.synthetic import actions
from vidcore.media.synthetic.actions.scene import learned_world
from vidcore.media.synthetic.balls import bouncing_balls
from vidcore.media.synthetic.camera import pan, two_layers, zoom
from vidcore.media.synthetic.circle import moving_circle
from vidcore.media.synthetic.gallery import GALLERY, knobs, make
from vidcore.media.synthetic.gestures import clap, waving_arm
from vidcore.media.synthetic.knob import Knob
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.square import moving_square
from vidcore.media.synthetic.toss import catch, throw
from vidcore.media.synthetic.wheel import wheel

__all__ = [
    "GALLERY",
    "Knob",
    "Scene",
    "actions",
    "bouncing_balls",
    "catch",
    "clap",
    "knobs",
    "learned_world",
    "make",
    "moving_circle",
    "moving_square",
    "pan",
    "throw",
    "two_layers",
    "waving_arm",
    "wheel",
    "zoom",
]
