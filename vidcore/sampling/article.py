"""The popular versions of the same strategies, kept as they are often written, with what they lose.

Each reads well and works on the example it was written for: 300 frames, 16 samples. None of them
promises the number of frames it was asked for, and two of them never look at the end of the video.
`vidcore.sampling.strategies` holds the versions to use.
"""

import numpy as np

from vidcore.sampling.strategies import at_least_one


def article_dense(n_frames: int, clip_len: int = 16, start: int = 0) -> list[int]:
    """Consecutive frames, cut off at the end of the video.

    Loses: frames. Of 300, start 290 gives 10 instead of 16 and start 300 none, so clips cannot be
    stacked into a batch; a start of -5 gives negative indices, which Python reads from the end.
    """
    return [int(t) for t in np.arange(start, min(start + clip_len, n_frames))]


def article_uniform(n_frames: int, n_samples: int = 16) -> list[int]:
    """Every `floor(n / K)`-th frame, counted from the first.

    Loses: the tail. 300 frames have a stride of 18.75, floored to 18; the last sample is frame 270
    and the 29 frames after it (9.7 %) are never seen. At 31 frames it is 15 of 31 (48.4 %), the
    worst case for 16 samples. A video of fewer than K frames gives fewer than K indices.
    """
    floored = max(n_frames // n_samples, 1)
    return [int(t) for t in np.arange(0, n_frames, floored)[:n_samples]]


def article_tsn(
    n_frames: int, n_segments: int = 8, rng: np.random.Generator | None = None
) -> list[int]:
    """One random frame from each of K segments of `floor(n / K)` frames.

    Loses: the remainder, up to K - 1 frames at the end (4 of 300 for K = 8; 7 of 15, where nothing
    is left to chance either). Without an `rng` it starts the same one each time, so two calls
    return the same frames and training never sees another.

    Raises
    ------
    ValueError
        From NumPy, if the video has fewer frames than segments: an empty range has no random frame.
    """
    draw = np.random.default_rng(42) if rng is None else rng
    size = n_frames // n_segments
    return [int(draw.integers(first, first + size)) for first in size * np.arange(n_segments)]


def lost_tail(n_frames: int, count: int) -> int:
    """Frames after the last one that `article_uniform` can take.

    Raises
    ------
    ShapeError
        If `n_frames` or `count` is below 1.
    """
    at_least_one(n_frames=n_frames, count=count)
    return n_frames - 1 - article_uniform(n_frames, count)[-1]


def worst_lost_tail(count: int, longest: int = 400) -> tuple[int, int]:
    """The video length up to `longest` whose lost tail is the largest share of it, and that tail.

    For K of 3 or more it is 2K - 1 frames: the stride is still 1, and K - 1 frames are lost.

    Raises
    ------
    ShapeError
        If `count` or `longest` is below 1.
    """
    at_least_one(count=count, longest=longest)
    worst = max(range(1, longest + 1), key=lambda n: lost_tail(n, count) / n)
    return worst, lost_tail(worst, count)
