r"""Does a short event fall between the samples? The exact probability, by counting.

The event fills L frames and starts anywhere it fits: n - L + 1 equally likely positions.

    fixed frames     P(miss) = sum over runs of unseen frames of max(0, run - L + 1) / (n - L + 1)
    random start     the same, averaged over all starts
    TSN, random      P(miss | s) = prod_k (1 - |segment_k and event| / |segment_k|), averaged over s

A run of r unseen frames hides an event of L frames in r - L + 1 places: that is all there is to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only
from vidcore.sampling.plan import label, sample
from vidcore.sampling.settings import TSN, Dense, Settings, SlowFast
from vidcore.sampling.strategies import at_least_one, segment_bounds


@dataclass(frozen=True, slots=True, eq=False)
class HitCurve:
    """How often a strategy sees an event, against the event's length.

    Parameters
    ----------
    settings, label
        The strategy, and its numbers as a short phrase.
    n_frames
        Frames in the video.
    lengths
        Event lengths, frames.
    probability
        That at least one chosen frame shows the event, 0 to 1.
    """

    settings: Settings
    label: str
    n_frames: int
    lengths: Int64[np.ndarray, " lengths"]
    probability: Float[np.ndarray, " lengths"]


def hit_probability(n_frames: int, event_length: int, settings: Settings) -> float:
    """Exact probability that a strategy sees an event of `event_length` frames.

    Over all positions at which the event fits, and over all draws where `settings` hold a seed (its
    value does not matter). Any view and any pathway counts.

    Raises
    ------
    ShapeError
        If `n_frames` or a count is below 1, or the event does not fit the video.
    """
    return float(hit_curve(n_frames, settings, [event_length]).probability[0])


def hit_curve(n_frames: int, settings: Settings, lengths: Sequence[int] | np.ndarray) -> HitCurve:
    """`hit_probability` for several event lengths (frames).

    Raises
    ------
    ShapeError
        As `hit_probability`.
    """
    at_least_one(n_frames=n_frames)
    events = np.asarray(lengths, np.int64)
    if events.ndim != 1 or not ((events >= 1) & (events <= n_frames)).all():
        raise ShapeError(
            f"An event has 1 to {n_frames} frames in a video of {n_frames}; got {lengths}."
        )
    if isinstance(settings, TSN) and settings.seed is not None:
        a, b = drawn_segments(n_frames, settings)
        miss = [miss_of_segments(n_frames, int(L), a, b) for L in events]
    else:
        runs = unseen_runs(n_frames, equally_likely(n_frames, settings))
        miss = [miss_of_runs(n_frames, int(L), runs) for L in events]
    return HitCurve(
        settings=settings,
        label=label(n_frames, settings),
        n_frames=n_frames,
        lengths=read_only(events),
        probability=read_only(1 - np.array(miss)),
    )


def unseen_runs(
    n_frames: int, chosen: Int64[np.ndarray, "draws T"]
) -> Int64[np.ndarray, "draws runs"]:
    """Lengths of the stretches before, between and after the chosen frames of each draw."""
    steps = np.diff(np.sort(chosen, axis=1), axis=1, prepend=-1, append=n_frames)
    runs: np.ndarray = np.maximum(steps - 1, 0)  # a repeated frame is a step of 0: it hides nothing
    return runs


def miss_of_runs(n_frames: int, L: int, runs: Int64[np.ndarray, "draws runs"]) -> float:
    """Share of the event's positions that lie wholly inside a run, averaged over the draws."""
    hidden = np.maximum(runs - L + 1, 0).sum(axis=1)
    return float(hidden.mean()) / (n_frames - L + 1)


def miss_of_segments(
    n_frames: int, L: int, a: Int64[np.ndarray, " K"], b: Int64[np.ndarray, " K"]
) -> float:
    """One frame drawn from each segment [a, b): all of them must miss the event [s, s + L)."""
    s = np.arange(n_frames - L + 1)[:, None]
    overlap = np.maximum(np.minimum(b, s + L) - np.maximum(a, s), 0)  # (positions, K)
    return float(np.prod(1 - overlap / (b - a), axis=1).mean())


def equally_likely(n_frames: int, settings: Settings) -> Int64[np.ndarray, "draws T"]:
    """All sets of frames that a fixed strategy, or one with a random start, can take."""
    one_draw = sample(n_frames, settings)  # also refuses wrong settings
    match settings:
        case Dense(length, _, seed, article) if seed is not None:
            starts = np.arange(n_frames if article else max(1, n_frames - length + 1))
            offsets = np.arange(length)
        case SlowFast(slow, alpha, stride, _, seed) if seed is not None:
            starts = np.arange(max(1, n_frames - slow * stride + 1))
            offsets = stride // alpha * np.arange(slow * alpha)
        case _:
            taken = np.concatenate([indices.ravel() for indices in one_draw.values()])
            return (taken % n_frames)[None]  # article_dense can go below 0: reads from the end
    draws: np.ndarray = np.minimum(starts[:, None] + offsets, n_frames - 1)
    return draws


def drawn_segments(
    n_frames: int, settings: TSN
) -> tuple[Int64[np.ndarray, " K"], Int64[np.ndarray, " K"]]:
    """The ranges from which a random TSN draws, an empty one widened to the frame it gives."""
    K = settings.segments
    at_least_one(segments=K)
    if not settings.article:
        a, b = segment_bounds(n_frames, K)
        return a, np.maximum(b, a + 1)
    a = np.arange(K) * (n_frames // K)
    return (a, a + n_frames // K) if n_frames >= K else (a[:0], a[:0])
