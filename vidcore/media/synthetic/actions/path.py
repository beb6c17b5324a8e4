"""Paths: how the shape moves in its world, one family for each pair of actions.

Every family is drawn forwards. Its partner is the same path backwards, so the pictures on the way
are the same for both, whatever the random numbers were.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.media.synthetic.actions.labels import PAIRS

WHIRL_PERIOD = 5  # frames: at 0, 5, 10, 15 it is where it was, and a slow pathway reads just those
EDGE = 0.06  # share of the size: the box lies this far from the side
ROOM = 0.24  # share of the size: how far from the middle a shape may stay
TRAVEL = (0.4, 0.64)  # of the size: the way of a slide over the clip
OFF_CENTRE = 0.08  # of the size: how far from the middle a slide's own middle may be


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Where a shape is in each of T frames: centre in shares of the size, radians, scale."""

    centre: Float[np.ndarray, "T 2"]
    angle: Float[np.ndarray, " T"]
    scale: Float[np.ndarray, " T"]

    def backwards(self) -> "Path":
        """Return the same path, walked the other way."""
        return Path(self.centre[::-1], self.angle[::-1], self.scale[::-1])


def draw_path(action: int, T: int, box_side: int, rng: np.random.Generator) -> Path:
    """Draw the path of an action's family, forwards.

    Parameters
    ----------
    box_side
        -1 for a box at the left, 1 at the right: where a throw starts and a catch ends.
    """
    return _FAMILIES[action](T, box_side, rng)


def is_backwards(action: int) -> bool:
    """Whether an action is its family played backwards."""
    return any(action == second for _, second in PAIRS)


def _path(
    centre: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
    *,
    turn: np.ndarray | float = 0.0,
    scale: np.ndarray | float = 1.0,
) -> Path:
    """Complete a path: a random upright-ish angle, where nothing else turns it."""
    x, y = centre
    angle = rng.uniform(0, 2 * np.pi) + np.broadcast_to(turn, x.shape)
    return Path(np.stack([x, y], axis=1), angle, np.broadcast_to(scale, x.shape).astype(float))


def _still(T: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Stay at a place, drifting a little: anywhere, so that a place tells no action."""
    s = np.linspace(-0.5, 0.5, T)
    start, drift = rng.uniform(-ROOM, ROOM, 2), rng.uniform(-0.04, 0.04, 2)
    x, y = (0.5 + start[:, None] + drift[:, None] * s).astype(float)
    return x, y


def _right(T: int, box_side: int, rng: np.random.Generator) -> Path:
    along, across = _slide(T, rng)
    return _path((along, across), rng)


def _down(T: int, box_side: int, rng: np.random.Generator) -> Path:
    along, across = _slide(T, rng)
    return _path((across, along), rng)


def _slide(T: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Move along one axis through the middle, and stay anywhere on the other."""
    s = np.linspace(-0.5, 0.5, T)
    along = 0.5 + rng.uniform(-OFF_CENTRE, OFF_CENTRE) + rng.uniform(*TRAVEL) * s
    return along, _still(T, rng)[0]


def _clockwise(T: int, box_side: int, rng: np.random.Generator) -> Path:
    speed = np.radians(rng.uniform(9, 20))  # per frame; clockwise because y points down
    return _path(_still(T, rng), rng, turn=speed * np.arange(T))


def _approach(T: int, box_side: int, rng: np.random.Generator) -> Path:
    s, ratio = np.linspace(-0.5, 0.5, T), rng.uniform(1.6, 2.1)
    return _path(_still(T, rng), rng, scale=ratio**s)


def _throw(T: int, box_side: int, rng: np.random.Generator) -> Path:
    s = np.linspace(0, 1, T)
    far, high = rng.uniform(0.45, 0.65), rng.uniform(0.28, 0.42)
    start = 0.5 + box_side * (0.5 - EDGE - 0.1)
    x = start - box_side * far * s
    y = rng.uniform(0.62, 0.74) - 4 * high * s * (1 - s * rng.uniform(0.75, 1.0))
    return _path((x, y), rng)


def _bounce(T: int, box_side: int, rng: np.random.Generator) -> Path:
    """Hop on a floor: parabolas, one after the other, from a random moment of the first."""
    x, _ = _still(T, rng)
    hops, phase = rng.uniform(1.6, 2.6), rng.uniform()
    within = (hops * np.arange(T) / max(1, T - 1) + phase) % 1
    y = rng.uniform(0.66, 0.76) - rng.uniform(0.28, 0.42) * 4 * within * (1 - within)
    return _path((x, y), rng)


def _oscillate(T: int, box_side: int, rng: np.random.Generator) -> Path:
    x, y = _still(T, rng)
    swings, phase = rng.uniform(1.3, 2.2), rng.uniform(0, 2 * np.pi)
    swing = np.sin(2 * np.pi * swings * np.arange(T) / max(1, T - 1) + phase)
    return _path((x + rng.uniform(0.15, 0.22) * swing, y), rng)


def _whirl(T: int, box_side: int, rng: np.random.Generator) -> Path:
    start = 0.5 + rng.uniform(-ROOM, ROOM, 2)
    phase = 2 * np.pi * (np.arange(T) % WHIRL_PERIOD) / WHIRL_PERIOD + rng.uniform(0, 2 * np.pi)
    radius = rng.uniform(0.06, 0.1)
    return _path((start[0] + radius * np.cos(phase), start[1] + radius * np.sin(phase)), rng)


_FAMILIES: tuple[Callable[[int, int, np.random.Generator], Path], ...] = (
    *(_right, _right, _down, _down, _clockwise, _clockwise, _approach, _approach),
    *(_throw, _throw, _bounce, _oscillate, _whirl, _whirl),
)
