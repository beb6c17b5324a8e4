r"""Motion: a point q of a surface is seen at p in frame t.

    p = c_t + s_t R(a_t) q

c is the place of the surface's own origin, s its scale, R(a) a turn by a, clockwise on the screen
because y points down. The flow follows without looking at a single pixel:

    flow(p) = c' - c + (s'/s R(a' - a) - 1) (p - c)          ' is the next frame
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

Grid = Float32[np.ndarray, "#n #h #w"]  # one coordinate of a block of pixels, or what depends on it


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Where a surface is in each of T frames.

    Parameters
    ----------
    centre
        `(T, 2)` pixels, `(x, y)`.
    angle
        `(T,)` radians, clockwise on the screen; None for a surface that never turns, whose
        coordinates then stay separate: x varies along columns only, y along rows only.
    scale
        `(T,)`; None for 1.
    """

    centre: Float[np.ndarray, "T 2"]
    angle: Float[np.ndarray, " T"] | None = None
    scale: Float[np.ndarray, " T"] | None = None

    def at(self, frames: slice) -> "Motion":
        """Return the motion during some of the frames only."""
        angle = None if self.angle is None else self.angle[frames]
        scale = None if self.scale is None else self.scale[frames]
        return Motion(self.centre[frames], angle, scale)

    def scales(self) -> Float[np.ndarray, " T"]:
        """Return the scale of every frame, 1 where none was given."""
        return np.ones(len(self.centre)) if self.scale is None else self.scale

    def largest(self) -> float:
        """Return the largest scale of all frames."""
        return 1.0 if self.scale is None else float(self.scale.max())

    def own(self, X: Grid, Y: Grid) -> tuple[Grid, Grid]:
        """Turn places on the screen into points of the surface: q = R(-a) (p - c) / s."""
        x, y = X - block(self.centre[:, 0]), Y - block(self.centre[:, 1])
        if self.scale is not None:
            x, y = x / block(self.scale), y / block(self.scale)
        if self.angle is None:
            return x, y
        cos, sin = block(np.cos(self.angle)), block(np.sin(self.angle))
        return cos * x + sin * y, cos * y - sin * x

    def flow(self, X: Grid, Y: Grid) -> tuple[Grid, Grid]:
        """Return (u, v) from each frame but the last to the next, at places of the screen."""
        here, ahead = self.at(slice(None, -1)), self.at(slice(1, None))
        u, v = (block(d) for d in (ahead.centre - here.centre).T)
        if self.angle is None and self.scale is None:
            return u, v
        turn = np.zeros(len(u)) if self.angle is None else np.diff(self.angle)
        grow = ahead.scales() / here.scales()
        x, y = X - block(here.centre[:, 0]), Y - block(here.centre[:, 1])
        a = block(grow * np.cos(turn) - 1)
        if self.angle is None:
            return u + a * x, v + a * y
        b = block(grow * np.sin(turn))
        return u + a * x - b * y, v + b * x + a * y

    def pull_back(self, points: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
        """Return where points fixed to the surface, given in frames 1 to T-1, were one earlier."""
        here, ahead = self.at(slice(None, -1)), self.at(slice(1, None))
        turn = np.zeros(len(points)) if self.angle is None else -np.diff(self.angle)
        arm = (points - ahead.centre) * (here.scales() / ahead.scales())[:, None]
        turned = np.stack(
            [
                np.cos(turn) * arm[:, 0] - np.sin(turn) * arm[:, 1],
                np.sin(turn) * arm[:, 0] + np.cos(turn) * arm[:, 1],
            ],
            axis=1,
        )
        before: np.ndarray = here.centre + turned
        return before


def block(values: Float[np.ndarray, " n"]) -> Float32[np.ndarray, "n 1 1"]:
    """Shape one number per frame so that it meets a block of pixels."""
    return np.asarray(values, dtype=np.float32)[:, None, None]


def straight(T: int, size: int, velocity: Float[np.ndarray, " 2"]) -> Motion:
    """Move at constant velocity, through the middle of the frame at the middle of the clip."""
    frames = np.arange(T)[:, None] - (T - 1) / 2
    return Motion((size - 1) / 2 + frames * velocity)
