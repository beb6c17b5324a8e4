"""The plan: which frames a strategy takes from one video, when they are, and what it never sees."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only
from vidcore.sampling.article import article_dense, article_tsn, article_uniform
from vidcore.sampling.settings import TSN, Dense, Settings, SlowFast, Uniform, Views
from vidcore.sampling.strategies import at_least_one, clamp_start, dense, slowfast, tsn, uniform
from vidcore.sampling.views import temporal_views

TOO_FEW = "{asked} frames asked, {got} given: clips of unequal length cannot be stacked in a batch."


@dataclass(frozen=True, slots=True, eq=False)
class Pathway:
    """The frames that one input of a model gets.

    Parameters
    ----------
    name
        "Slow" or "Fast"; "frames" where there is one pathway.
    indices
        Source frames, one row per view.
    times
        Their seconds, at the video's mean rate.
    """

    name: str
    indices: Int64[np.ndarray, "views T"]
    times: Float[np.ndarray, "views T"]


@dataclass(frozen=True, slots=True, eq=False)
class SamplePlan:
    """What a strategy shows a model of one video.

    Parameters
    ----------
    label
        The strategy and its numbers, as a short phrase.
    settings
        What was asked.
    n_frames, fps
        The video.
    pathways
        One, or Slow and Fast.
    asked
        Frames per view the strategy was asked for, all pathways together.
    first, last
        The earliest and the latest frame taken; None if there is none.
    span
        Seconds from the first to the last frame taken.
    largest_gap
        The longest run of frames that none of the views holds, ends of the video included: an
        event of this many frames can be missed.
    unreachable_tail
        Frames at the end of the video that this strategy never takes, whatever its start or seed.
        A fixed grid has some too: half a segment, for segment centres.
    unreachable_share
        The same as a share of the video, 0 to 1.
    failure
        Why there are fewer frames than asked, as a sentence; empty where there are not.
    """

    label: str
    settings: Settings
    n_frames: int
    fps: float
    pathways: tuple[Pathway, ...]
    asked: int
    first: int | None
    last: int | None
    span: float
    largest_gap: int
    unreachable_tail: int
    unreachable_share: float
    failure: str

    @property
    def indices(self) -> Int64[np.ndarray, "views T"]:
        """Source frames of the densest pathway, one row per view."""
        return self.pathways[-1].indices


def plan(n_frames: int, fps: float, settings: Settings) -> SamplePlan:
    """Apply a strategy to a video of `n_frames` at `fps` frames per second.

    Raises
    ------
    ShapeError
        If `n_frames` or a count is below 1, or `fps` is not positive.
    """
    at_least_one(n_frames=n_frames)
    if not fps > 0:
        raise ShapeError(f"A plan needs a positive fps; got {fps}.")
    rows = sample(n_frames, settings)
    taken = np.concatenate([indices.ravel() for indices in rows.values()])
    seen = np.unique(taken % n_frames)  # article_dense can go below 0: that reads from the end
    asked = frames_asked(settings)
    got = sum(indices.shape[1] for indices in rows.values())
    tail = n_frames - 1 - last_reachable(n_frames, settings)
    return SamplePlan(
        label=label(n_frames, settings),
        settings=settings,
        n_frames=n_frames,
        fps=fps,
        pathways=tuple(
            Pathway(name, read_only(indices), read_only(indices / fps))
            for name, indices in rows.items()
        ),
        asked=asked,
        first=int(seen[0]) if len(seen) else None,
        last=int(seen[-1]) if len(seen) else None,
        span=float(seen[-1] - seen[0]) / fps if len(seen) else 0.0,
        largest_gap=int(np.diff(seen, prepend=-1, append=n_frames).max()) - 1,
        unreachable_tail=tail,
        unreachable_share=tail / n_frames,
        failure="" if got == asked else TOO_FEW.format(asked=asked, got=got),
    )


def sample(n_frames: int, settings: Settings) -> dict[str, Int64[np.ndarray, "views T"]]:
    """Call the strategy that `settings` stand for; rows of indices by pathway."""
    at_least_one(frames=frames_asked(settings))  # the article's versions do not check
    match settings:
        case Dense(length, start, seed, article):
            if seed is not None:
                room = n_frames - 1 if article else max(0, n_frames - length)
                start = int(np.random.default_rng(seed).integers(room + 1))
            take = article_dense if article else dense
            return {"frames": _row(take(n_frames, length, start))}
        case Uniform(count, article):
            return {"frames": _row((article_uniform if article else uniform)(n_frames, count))}
        case TSN(segments, seed, article):
            rng = None if seed is None else np.random.default_rng(seed)
            if not article:
                return {"frames": _row(tsn(n_frames, segments, rng=rng))}
            too_short = n_frames < segments  # then article_tsn raises instead of sampling
            return {"frames": _row([] if too_short else article_tsn(n_frames, segments, rng))}
        case SlowFast(slow, alpha, stride, start, seed):
            if seed is not None:
                room = max(0, n_frames - slow * stride)
                start = int(np.random.default_rng(seed).integers(room + 1))
            both = slowfast(n_frames, slow=slow, alpha=alpha, stride=stride, start=start)
            return {"Slow": _row(both[0]), "Fast": _row(both[1])}
        case Views(clips, length, stride):
            return {"frames": temporal_views(n_frames, clips=clips, length=length, stride=stride)}


def last_reachable(n_frames: int, settings: Settings) -> int:
    """The latest frame that any start or seed can take; -1 where nothing is ever taken."""
    match settings:
        case Dense():
            return n_frames - 1
        case SlowFast(slow, alpha, stride):
            start = clamp_start(n_frames, n_frames, slow * stride)  # the latest
            fast = slowfast(n_frames, slow=slow, alpha=alpha, stride=stride, start=start)[1]
            return int(fast[-1])
        case TSN(segments, seed, article) if seed is not None:
            return n_frames // segments * segments - 1 if article else n_frames - 1
        case _:  # a fixed grid: what it takes is all it can take
            return max(int(i.max(initial=-1)) for i in sample(n_frames, settings).values())


def frames_asked(settings: Settings) -> int:
    """Frames per view, all pathways together."""
    match settings:
        case Dense(length) | Views(_, length):
            return length
        case Uniform(count):
            return count
        case TSN(segments):
            return segments
        case SlowFast(slow, alpha):
            return slow + slow * alpha


def label(n_frames: int, settings: Settings) -> str:
    """The strategy and its numbers, as a short phrase."""
    match settings:
        case Dense(length, _, _, article):
            return f"Dense, {length} frames" + (", cut off" if article else "")
        case Uniform(count, article):
            stride = max(1, n_frames // max(1, count))
            return f"Stride {stride}, {count} frames" if article else f"Uniform, {count} centres"
        case TSN(segments, seed, article):
            kind = "middles" if seed is None and not article else "random"
            return f"TSN, {segments} {kind}" + (", remainder dropped" if article else "")
        case SlowFast(slow, alpha, stride):
            return f"SlowFast {slow}x{stride}, alpha {alpha}"
        case Views(clips, length, stride):
            return f"{clips} views of {length}x{stride}"


def _row(indices: np.ndarray | list[int]) -> Int64[np.ndarray, "1 T"]:
    return np.asarray(indices, np.int64)[None]
