"""The scene: a clip together with the motion that made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from vidcore.media.clip import Clip, read_only


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A clip whose motion is known exactly, because the motion came first.

    Parameters
    ----------
    clip
        The frames, `(T, H, W, 3)`.
    flow
        `(T-1, H, W, 2)` float32, pixels per frame: where the surface seen at the centre of each
        pixel of frame t goes until frame t+1; u is right, v is down.
    valid
        `(T-1, H, W)` bool: the target lies between the outermost pixel centres of frame t+1, and
        no other surface covers it there.
    tracks
        `(T, 2)` float64 positions `(x, y)` in pixels of named points, e.g. the centre of a ball,
        also while they are outside the frame.
    """

    clip: Clip
    flow: np.ndarray
    valid: np.ndarray
    tracks: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flow", read_only(self.flow))
        object.__setattr__(self, "valid", read_only(self.valid))
        tracks = {name: read_only(points) for name, points in self.tracks.items()}
        object.__setattr__(self, "tracks", MappingProxyType(tracks))
