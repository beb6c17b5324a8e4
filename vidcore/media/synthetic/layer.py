"""Layers: what a scene is made of, and the boxes of pixels in which each one shows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import EllipsisType

import numpy as np
from jaxtyping import Float, Float32

from vidcore.media.synthetic.motion import Grid, Motion
from vidcore.media.synthetic.shapes import Shape

# own x, y and distance, each (n, h, w) -> colour planes, (n, 3, h, w) or what broadcasts to it
Paint = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
MARGIN = 1  # px around a shape: half a pixel of soft edge, and half of safety
PIECE = (
    2**15
)  # px worked on at once: 400 kB as float32 planes, which stays in the processor's cache
OVERHEAD = 4000  # px that could be painted in the time that the calls for one box take


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One rigid surface.

    Parameters
    ----------
    motion
        Where its origin is in every frame, and how it is turned.
    shape
        Signed distance in its own coordinates, pixels at scale 1.
    paint
        Its colour at own coordinates x, y and signed distance: fixed to the surface, so that
        brightness is constant along the motion.
    reach
        Pixels around its origin that contain the whole shape at scale 1.
    """

    motion: Motion
    shape: Shape
    paint: Paint
    reach: float

    def at(self, frames: slice) -> "Layer":
        """Return the layer during some of the frames only."""
        return replace(self, motion=self.motion.at(frames))

    def distance(self, X: Grid, Y: Grid) -> Grid:
        """Return the signed distance of places on the screen."""
        return self.shape(*self.motion.own(X, Y))


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """A soft shadow on the ground: light, not a surface, so it owns no pixel and has no flow.

    Parameters
    ----------
    centre
        `(T, 2)` pixels.
    radii
        `(T, 2)` pixels, standard deviations along x and y.
    strength
        `(T,)` share of the light it takes at its middle.
    """

    centre: Float[np.ndarray, "T 2"]
    radii: Float[np.ndarray, "T 2"]
    strength: Float[np.ndarray, " T"]

    def at(self, frames: slice) -> "Shade":
        """Return the shadow during some of the frames only."""
        return Shade(self.centre[frames], self.radii[frames], self.strength[frames])


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A box of pixels, the same in each of some frames: slices, because views cost nothing."""

    index: tuple[EllipsisType, slice, slice]  # into anything that ends in rows and columns
    X: Float32[np.ndarray, "1 1 w"]
    Y: Float32[np.ndarray, "1 h 1"]

    @classmethod
    def around(cls, points: Float[np.ndarray, "n 2"], reach: float, size: int) -> "Window":
        """Return the box that holds the discs around all points, as far as it lies in the frame."""
        first = np.floor(points.min(axis=0) - reach - MARGIN).clip(0, size)
        last = np.ceil(points.max(axis=0) + reach + MARGIN).clip(-1, size - 1)
        columns, rows = (slice(int(a), int(b) + 1) for a, b in zip(first, last, strict=True))
        line = np.arange(size, dtype=np.float32)
        return cls((..., rows, columns), line[None, None, columns], line[None, rows, None])


def pieces(centre: Float[np.ndarray, "T 2"], reach: float) -> Iterator[slice]:
    """Cut the frames into runs: long enough to share NumPy's overhead, short enough for one box.

    A run of n frames costs one overhead and n boxes of `2 reach` by `2 reach + n speed`; the sum
    over the clip is least at n = sqrt(OVERHEAD / (2 reach speed)).
    """
    T = len(centre)
    speed = abs(np.diff(centre, axis=0)).max(initial=1 / OVERHEAD)  # never 0: a reach may be inf
    best = np.sqrt(OVERHEAD / (2 * reach * speed))
    step = max(1, int(min(best, PIECE / (2 * reach + 1) ** 2)))
    return (slice(t, min(t + step, T)) for t in range(0, T, step))
