"""The gallery: every scene by name, and how a page calls one with the values of its controls."""

from collections.abc import Callable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np

from vidcore.errors import ShapeError
from vidcore.media.synthetic.actions.scene import learned_world
from vidcore.media.synthetic.balls import bouncing_balls
from vidcore.media.synthetic.camera import pan, two_layers, zoom
from vidcore.media.synthetic.circle import moving_circle
from vidcore.media.synthetic.gestures import clap, waving_arm
from vidcore.media.synthetic.knob import Knob, Scalar, declared
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.square import moving_square
from vidcore.media.synthetic.toss import catch, throw
from vidcore.media.synthetic.wheel import wheel

_SCENES: tuple[Callable[..., Scene], ...] = (
    throw, catch, moving_square, moving_circle, wheel, pan, zoom, two_layers, bouncing_balls, clap,
    waving_arm, learned_world,
)  # fmt: skip
GALLERY: Mapping[str, Callable[..., Scene]] = MappingProxyType({f.__name__: f for f in _SCENES})


def knobs(name: str) -> tuple[Knob, ...]:
    """Return the controls of a scene, in the order of its signature.

    Raises
    ------
    ShapeError
        If there is no scene of that name.
    """
    return tuple(chain.from_iterable(declared(_scene(name)).values()))


def make(name: str, values: Mapping[str, Any], *, seed: int = 0) -> Scene:
    """Make a scene from the values of its controls; the ones left out keep their defaults.

    Parameters
    ----------
    values
        By knob: a velocity is two values, `velocity_x` and `velocity_y`.
    seed
        Of everything random: textures, starts, noise. 0 is what the function does by itself.

    Raises
    ------
    ShapeError
        If there is no such scene or knob, a value is of the wrong kind or outside the range of its
        knob, or the seed is negative.
    """
    scene, own = _scene(name), declared(_scene(name))
    unknown = set(values) - {knob.name for knob in chain.from_iterable(own.values())}
    if unknown:
        have = ", ".join(knob.name for knob in chain.from_iterable(own.values()))
        raise ShapeError(f"{name} has the knobs {have}; got {', '.join(sorted(unknown))}.")
    if seed < 0:
        raise ShapeError(f"A seed needs to be 0 or more; got {seed}.")
    arguments = {parameter: _read(values, group) for parameter, group in own.items()}
    if "rng" in scene.__annotations__:
        return scene(**arguments, rng=np.random.default_rng(seed))
    return scene(**arguments)


def _read(values: Mapping[str, Any], group: tuple[Knob, ...]) -> Scalar | tuple[Scalar, ...]:
    read = tuple(knob.read(values.get(knob.name, knob.default)) for knob in group)
    return read[0] if len(read) == 1 else read


def _scene(name: str) -> Callable[..., Scene]:
    if name not in GALLERY:
        raise ShapeError(f"The gallery has {', '.join(GALLERY)}; got {name!r}. Pick one of these.")
    return GALLERY[name]
