r"""Which frames does a model see? Four answers, as plain index arrays.

    dense      start, start + 1, ...                          every frame, for a short while
    uniform    floor((k + 0.5) n / K)                         the centre of each of K segments
    TSN        one of [floor(k n / K), floor((k + 1) n / K))  at random to train, fixed to test
    SlowFast   one clip at two strides                        few frames for what, many for how

Every strategy returns exactly as many indices as asked, all inside the video, for every video of
one frame or more: a batch needs equal lengths, and the last frame of a video counts too.

Sources: C3D (Tran et al. 2015) for dense; Temporal Segment Networks (Wang et al. 2016); SlowFast
(Feichtenhofer et al. 2019), section 3, and its released loader for the Slow indices.
"""

import numpy as np
from jaxtyping import Int64

from vidcore.errors import ShapeError


def dense(n_frames: int, length: int, start: int = 0) -> Int64[np.ndarray, " T"]:
    """Consecutive frames: everything that happens, for a short while.

    Parameters
    ----------
    n_frames
        Frames in the video.
    length
        Frames to take. A shorter video repeats its last frame.
    start
        First frame, clamped so that the clip ends inside the video.

    Raises
    ------
    ShapeError
        If `n_frames` or `length` is below 1.
    """
    at_least_one(n_frames=n_frames, length=length)
    start = clamp_start(start, n_frames, length)
    return np.minimum(start + np.arange(length), n_frames - 1)


def uniform(n_frames: int, count: int) -> Int64[np.ndarray, " T"]:
    """Segment centres: `floor((k + 0.5) n / K)`, in integers, so that nothing rounds.

    Parameters
    ----------
    n_frames
        Frames in the video.
    count
        Frames to take, K. A video of fewer frames repeats some.

    Raises
    ------
    ShapeError
        If `n_frames` or `count` is below 1.
    """
    at_least_one(n_frames=n_frames, count=count)
    k = np.arange(count)
    return (2 * k + 1) * n_frames // (2 * count)


def tsn(
    n_frames: int, segments: int, *, rng: np.random.Generator | None = None
) -> Int64[np.ndarray, " T"]:
    """One frame from each of K equal segments: the whole arc, one moment at a time.

    Parameters
    ----------
    n_frames
        Frames in the video.
    segments
        K. The published model trains with 3 and tests with 25.
    rng
        Draws the frame inside each segment, as in training. Left out: the middle, as in testing.

    Raises
    ------
    ShapeError
        If `n_frames` or `segments` is below 1.
    """
    at_least_one(n_frames=n_frames, segments=segments)
    a, b = segment_bounds(n_frames, segments)
    if rng is None:
        middle: np.ndarray = (a + b) // 2
        return middle
    return rng.integers(a, np.maximum(b, a + 1))  # an empty segment gives a


def segment_bounds(
    n_frames: int, segments: int
) -> tuple[Int64[np.ndarray, " K"], Int64[np.ndarray, " K"]]:
    """First frame and end of each segment, `[a, b)`; together they hold every frame once."""
    edges = np.arange(segments + 1) * n_frames // segments
    return edges[:-1], edges[1:]


def slowfast(
    n_frames: int, *, slow: int = 4, alpha: int = 8, stride: int = 16, start: int = 0
) -> tuple[Int64[np.ndarray, " slow"], Int64[np.ndarray, " fast"]]:
    """One clip of `slow x stride` frames, read at two strides.

    Parameters
    ----------
    n_frames
        Frames in the video. Past its end the last frame repeats.
    slow
        Frames of the Slow pathway (T in the paper).
    alpha
        How many times more frames the Fast pathway sees.
    stride
        Source frames between two Slow frames (tau in the paper); Fast steps by `stride / alpha`.
    start
        First frame, clamped so that the clip ends inside the video.

    Returns
    -------
    tuple of arrays
        Slow indices `(slow,)` and Fast indices `(slow x alpha,)`. The Slow frames are spread over
        the Fast ones by `linspace`, both ends included, as in the released code; so they lie a
        little further apart than `stride`.

    Raises
    ------
    ShapeError
        If a count is below 1 or `alpha` does not divide `stride`.
    """
    at_least_one(n_frames=n_frames, slow=slow, alpha=alpha, stride=stride)
    if stride % alpha:
        raise ShapeError(
            f"Fast steps by stride / alpha, which must be whole; got {stride} / {alpha}. "
            f"Use a stride of {-(-stride // alpha) * alpha}, or another alpha."
        )
    start = clamp_start(start, n_frames, slow * stride)
    fast = np.minimum(start + stride // alpha * np.arange(slow * alpha), n_frames - 1)
    return fast[np.linspace(0, len(fast) - 1, slow).astype(np.int64)], fast


def clamp_start(start: int, n_frames: int, length: int) -> int:
    """Move `start` to where a clip of `length` frames lies inside the video, or to 0."""
    return min(max(start, 0), max(0, n_frames - length))


def at_least_one(**counts: int) -> None:
    """Refuse a count below 1, by name.

    Raises
    ------
    ShapeError
        If any is below 1.
    """
    for name, count in counts.items():
        if count < 1:
            raise ShapeError(f"Sampling needs {name} of at least 1; got {count}.")
