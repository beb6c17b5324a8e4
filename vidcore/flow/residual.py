"""Does a field explain the pair? What is left when the second frame is pulled back by the flow.

left(x) = I2(x + flow(x)) - I1(x)        zero where the motion explains the change
"""

from dataclasses import dataclass

import numpy as np

from vidcore.flow.estimate import Settings, estimate
from vidcore.flow.frames import brightness
from vidcore.flow.warp import warp
from vidcore.media import Clip
from vidcore.media.clip import read_only


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """A pair of frames, the flow between them, and what the flow leaves over.

    Parameters
    ----------
    prev
        `(H, W)`: the first frame's brightness, in [0, 1].
    warped
        `(H, W)`: the second frame's brightness where the flow points.
    left
        `(H, W)`: their difference, in grey levels.
    u, v
        `(H, W)`: the flow, in pixels.
    """

    prev: np.ndarray
    warped: np.ndarray
    left: np.ndarray
    u: np.ndarray
    v: np.ndarray

    def __post_init__(self) -> None:
        for name in ("prev", "warped", "left", "u", "v"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def residual(clip: Clip, t: int, settings: Settings) -> Residual:
    """Estimate the flow of frames `t` and `t + 1`, and pull the second one back by it.

    Raises
    ------
    ShapeError
        If there is no frame `t` or `t + 1`, or a setting is out of its range.
    WeightsError
        If RAFT is asked for and its weights are missing.
    """
    flow = estimate(clip, t, settings).flow
    I1, I2 = brightness(clip.frames[t], clip.frames[t + 1])
    warped = warp(I2, flow)
    return Residual(I1, warped, warped - I1, flow[..., 0], flow[..., 1])
