"""The scene: a clip together with the motion that made it."""

from collections.abc import Callable, Mapping
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
    derive
        Returns flow and validity; called when one of them is first asked for, since half of the
        cost of a scene is its truth and many pages never look at it.
    tracks
        `(T, 2)` float64 positions `(x, y)` in pixels of named points, e.g. the centre of a ball,
        also while they are outside the frame.
    """

    clip: Clip
    derive: Callable[[], tuple[np.ndarray, np.ndarray]]
    tracks: Mapping[str, np.ndarray] = field(default_factory=dict)
    _derived: list[tuple[np.ndarray, np.ndarray]] = field(
        default_factory=list, init=False, repr=False
    )

    def __post_init__(self) -> None:
        tracks = {name: read_only(points) for name, points in self.tracks.items()}
        object.__setattr__(self, "tracks", MappingProxyType(tracks))

    @property
    def flow(self) -> np.ndarray:
        """`(T-1, H, W, 2)` float32, pixels per frame: where the surface seen at the centre of each
        pixel of frame t goes until frame t+1; u is right, v is down.
        """
        return self._truth()[0]

    @property
    def valid(self) -> np.ndarray:
        """`(T-1, H, W)` bool: the target lies between the outermost pixel centres of frame t+1, and
        no other surface covers it there.
        """
        return self._truth()[1]

    def _truth(self) -> tuple[np.ndarray, np.ndarray]:
        if not self._derived:
            flow, valid = self.derive()
            self._derived.append((read_only(flow), read_only(valid)))
        return self._derived[0]
