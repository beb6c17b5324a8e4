"""Captions: what a person would say about a clip, in several ways."""

from types import MappingProxyType

import numpy as np

from vidcore.media.synthetic.actions.labels import ACTIONS, COLOURS, SHAPES

_VERBS = {
    "right": ("flies to the right", "moves right", "slides from left to right"),
    "left": ("flies to the left", "moves left", "slides from right to left"),
    "down": ("falls", "moves down", "sinks"),
    "up": ("rises", "moves up", "climbs"),
    "clockwise": ("spins clockwise", "turns clockwise", "rotates to the right"),
    "counter-clockwise": ("spins counter-clockwise", "turns the other way", "rotates to the left"),
    "approach": ("comes closer", "grows", "approaches"),
    "recede": ("goes away", "shrinks", "recedes"),
    "throw": ("is thrown", "is tossed from the box", "leaves the box in an arc"),
    "catch": ("is caught", "drops into the box", "comes to the box in an arc"),
    "bounce": ("bounces", "hops up and down", "bounces on the floor"),
    "oscillate": ("swings to and fro", "oscillates", "sways from side to side"),
    "whirl clockwise": ("whirls clockwise", "circles quickly clockwise", "buzzes clockwise"),
    "whirl counter-clockwise": (
        "whirls counter-clockwise",
        "circles quickly counter-clockwise",
        "buzzes counter-clockwise",
    ),
}
CAPTIONS = MappingProxyType(_VERBS)  # action -> the ways to say it


def caption(colour: int, shape: int, action: int, rng: np.random.Generator | None = None) -> str:
    """Say what a clip shows; one of the ways at random with `rng`, the first without."""
    ways = CAPTIONS[ACTIONS[action]]
    way = ways[0] if rng is None else ways[rng.integers(len(ways))]
    return f"a {COLOURS[colour]} {SHAPES[shape]} {way}"
