"""Long range: what a model's window sees of a clip, against the whole of it.

    16 frames at 30 per second are 16 / 30 = 0.533 s

A window that short can hold a hand that reaches for bread, but not the making of a sandwich.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, read_only
from vidcore.motion.difference import difference, motion_energy


@dataclass(frozen=True, slots=True, eq=False)
class WindowResult:
    """A window of consecutive frames, against the clip it is taken from.

    Parameters
    ----------
    start, length
        First frame and number of frames, as used: the window is moved, then cut, to fit the clip.
    n_frames
        Frames in the clip.
    seconds, clip_seconds
        How long the window and the clip are shown: frames over frames per second.
    frame_share
        Share of the clip's frames inside, 0 to 1.
    energy_share
        Share of the clip's motion energy inside, 0 to 1; 0 where nothing moves at all.
    largest_inside, largest_outside
        Motion energy of the busiest pair inside and outside, in brightness; 0 where there is none.
        A pair belongs to the window if both of its frames do.
    energy
        Motion energy of every pair of neighbouring frames.
    times
        Seconds of the first frame of each pair.
    """

    start: int
    length: int
    n_frames: int
    seconds: float
    clip_seconds: float
    frame_share: float
    energy_share: float
    largest_inside: float
    largest_outside: float
    energy: Float[np.ndarray, " pairs"]
    times: Float[np.ndarray, " pairs"]


def long_range(clip: Clip, *, start: int = 0, length: int = 16) -> WindowResult:
    """Compare a window of `length` frames from `start` with the whole clip.

    Parameters
    ----------
    start
        First frame; moved to where the window lies inside the clip.
    length
        Frames; a shorter clip is taken whole. 16 is C3D's clip.

    Raises
    ------
    ShapeError
        If `length` is below 1.
    """
    if length < 1:
        raise ShapeError(f"A window needs a length of at least 1 frame; got {length}.")
    T = len(clip.frames)
    length = min(length, T)
    start = min(max(start, 0), T - length)
    energy = motion_energy(difference(clip))
    inside = np.zeros(len(energy), np.bool_)
    inside[start : start + length - 1] = True
    total = float(energy.sum())
    return WindowResult(
        start=start,
        length=length,
        n_frames=T,
        seconds=length / clip.fps,
        clip_seconds=T / clip.fps,
        frame_share=length / T,
        energy_share=float(energy[inside].sum()) / total if total else 0.0,
        largest_inside=float(energy[inside].max(initial=0)),
        largest_outside=float(energy[~inside].max(initial=0)),
        energy=read_only(energy),
        times=clip.times[:-1],
    )
