"""The clip: the one thing every room takes.

A clip is a volume `(T, H, W, C)`: time first, then an image. Everything this library explains is a
way of reading that volume.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError

CHANNELS = 3  # RGB


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """RGB frames with their times; read-only, so that one copy can serve every visitor.

    Parameters
    ----------
    frames
        RGB in [0, 1], time first.
    fps
        Frames per second; where the times are uneven, their mean rate.
    times
        Seconds of each frame, the first at 0, strictly increasing. Left out: `k / fps`.
    truncated
        True where the source went on beyond what was read.

    Raises
    ------
    ShapeError
        If the frames are not `(T >= 1, H, W, 3)` float32, the rate is not positive, or the times
        do not start at 0 and increase.
    """

    frames: np.ndarray
    fps: float
    times: np.ndarray = None  # type: ignore[assignment]  # left out: k / fps
    truncated: bool = False
    _digest: list[str] = field(
        default_factory=list, init=False, repr=False
    )  # computed once, when asked

    def __post_init__(self) -> None:
        frames = self.frames
        if frames.ndim != 4 or frames.shape[-1] != CHANNELS or 0 in frames.shape:
            raise ShapeError(
                f"A clip needs frames of shape (T, H, W, 3) with T, H, W >= 1; got {frames.shape}. "
                "Move the axes, or repeat a grey channel three times."
            )
        if frames.dtype != np.float32:
            raise ShapeError(
                f"A clip needs float32 frames in [0, 1]; got {frames.dtype}. "
                "Convert with frames.astype('float32'), and divide 8-bit values by 255."
            )
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ShapeError(f"A clip needs a positive, finite fps; got {self.fps}.")
        times = self.times
        if times is None:
            times = np.arange(len(frames)) / self.fps
        times = np.array(times, dtype=np.float64)
        if times.shape != (len(frames),) or times[0] != 0 or not (np.diff(times) > 0).all():
            raise ShapeError(
                f"A clip of {len(frames)} frames needs as many times, from 0 and strictly "
                f"increasing; got {times.shape}. Subtract the first, or leave times out."
            )
        frames = frames.view()
        frames.flags.writeable = times.flags.writeable = False
        object.__setattr__(self, "frames", frames)
        object.__setattr__(self, "times", times)

    @property
    def digest(self) -> str:
        """A hash of the content: equal clips share it, so results can be cached under it."""
        if not self._digest:
            content = hashlib.blake2b(digest_size=16)
            content.update(repr((self.frames.shape, self.fps)).encode())
            content.update(self.times.tobytes())
            content.update(np.ascontiguousarray(self.frames).data)
            self._digest.append(content.hexdigest())
        return self._digest[0]

    def take(self, indices: Sequence[int] | np.ndarray) -> "Clip":
        """Return the frames at `indices`, in that order; repeats are allowed.

        The times of the result are `k / fps`: once frames are reordered, their old times mean
        nothing.

        Raises
        ------
        ShapeError
            If an index is negative, beyond the last frame, not an integer, or there is none.
        """
        chosen = np.asarray(indices)
        T = len(self.frames)
        if chosen.ndim != 1 or chosen.size == 0 or chosen.dtype.kind not in "iu":
            raise ShapeError(
                f"take needs a non-empty list of integers; got {chosen.dtype} {chosen.shape}."
            )
        if chosen.min() < 0 or chosen.max() >= T:
            raise ShapeError(
                f"take needs indices from 0 to {T - 1} for a clip of {T} frames; "
                f"got {chosen.min()} to {chosen.max()}. Clamp them first."
            )
        return Clip(self.frames[chosen], self.fps)


def read_only(array: np.ndarray) -> np.ndarray:
    """Return `array` as a view that cannot be written: results are shared between visitors."""
    view = array.view()
    view.flags.writeable = False
    return view


def grey(frames: Float[np.ndarray, "*shape 3"]) -> Float[np.ndarray, "*shape"]:
    """Brightness of RGB: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601 luma)."""
    brightness: np.ndarray = frames @ np.array([0.299, 0.587, 0.114], dtype=frames.dtype)
    return brightness
