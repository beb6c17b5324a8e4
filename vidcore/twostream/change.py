r"""Change one thing about a clip, and see which stream notices.

    noticed = 1/2 sum_k | p_k(before) - p_k(after) |      total variation: from 0, the same, to 1

What leaves the flow as it was, the temporal stream cannot notice; what leaves every single frame as
it was, in whatever order, the spatial one cannot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import grey
from vidcore.media.prepare import prepare
from vidcore.twostream.fusion import softmax
from vidcore.twostream.watch import SPATIAL, TEMPORAL, TwoStreamResult, watch_frames

BOARD = 0.5  # of the picture's height and width: what the board covers
SHAKE = 2  # pixels either way
SEED = 3  # of the shuffle and of the shaking hand: the same for everybody

Video = Float[np.ndarray, "T H W 3"]


def as_it_is(frames: Video) -> Video:
    """Change nothing."""
    return frames


def without_colour(frames: Video) -> Video:
    """Keep brightness alone. Flow is estimated from brightness, so it stays as it was."""
    return np.repeat(grey(frames)[..., None], 3, axis=-1)


def other_colours(frames: Video) -> Video:
    """Exchange red, green and blue in turn: what was red is green."""
    return np.ascontiguousarray(np.roll(frames, 1, axis=-1))


def negative(frames: Video) -> Video:
    """Turn light into dark. Flow looks at changes of brightness, whatever their sign."""
    return 1 - frames


def stopped(frames: Video) -> Video:
    """Show the middle frame all the time."""
    return np.repeat(frames[len(frames) // 2][None], len(frames), axis=0)


def backwards(frames: Video) -> Video:
    """Show the last frame first."""
    return np.ascontiguousarray(frames[::-1])


def shuffled(frames: Video) -> Video:
    """Show the frames in no order."""
    return frames[np.random.default_rng(SEED).permutation(len(frames))]


def covered(frames: Video) -> Video:
    """Hold a grey board in front of the middle."""
    _, H, W, _ = frames.shape
    h, w = round(H * BOARD), round(W * BOARD)
    top, left = (H - h) // 2, (W - w) // 2
    changed = frames.copy()
    changed[:, top : top + h, left : left + w] = frames.mean()
    return changed


def shaken(frames: Video) -> Video:
    """Hold the camera in a shaking hand; the border is repeated."""
    rng = np.random.default_rng(SEED)
    _, H, W, _ = frames.shape
    room = ((SHAKE, SHAKE), (SHAKE, SHAKE), (0, 0))
    moved = []
    for frame in frames:
        dy, dx = rng.integers(0, 2 * SHAKE + 1, 2)
        moved.append(np.pad(frame, room, mode="edge")[dy : dy + H, dx : dx + W])
    return np.stack(moved)


CHANGES: Mapping[str, Callable[[Video], Video]] = MappingProxyType(
    {
        "as it is": as_it_is,
        "without colour": without_colour,
        "other colours": other_colours,
        "negative": negative,
        "covered": covered,
        "shaken": shaken,
        "stopped": stopped,
        "backwards": backwards,
        "shuffled": shuffled,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What both streams say before and after one change, and how much each has noticed.

    Parameters
    ----------
    name
        Of the change, a key of `CHANGES`.
    before, after
        What they say.
    spatial, temporal
        By question, from 0, the same answer with the same certainty, to 1.
    """

    name: str
    before: TwoStreamResult
    after: TwoStreamResult
    spatial: Mapping[str, float]
    temporal: Mapping[str, float]


def changed_clip(clip: Clip, name: str) -> Clip:
    """Return the frames the streams read, after one change.

    Raises
    ------
    ShapeError
        If `CHANGES` has none of that name.
    """
    return Clip(_change(name)(prepare(clip)), clip.fps)


def _change(name: str) -> Callable[[Video], Video]:
    if name not in CHANGES:
        raise ShapeError(f"There is no change {name!r}. Choose one of: {', '.join(CHANGES)}.")
    return CHANGES[name]


def which_notices(
    clip: Clip,
    *names: str,
    spatial: str = SPATIAL,
    temporal: str = TEMPORAL,
) -> tuple[Change, ...]:
    """Ask both streams about a clip as it is and after each of some changes, all at once.

    Parameters
    ----------
    names
        Of the changes, keys of `CHANGES`; all of them if left out.

    Raises
    ------
    ShapeError
        If `CHANGES` has none of a name.
    WeightsError
        If a stream has not been trained, or its file is damaged.
    """
    names = names or tuple(CHANGES)
    frames = prepare(clip)
    videos = [frames, *(_change(name)(frames) for name in names)]
    before, *after = watch_frames(*videos, spatial=spatial, temporal=temporal)
    return tuple(_compare(name, before, result) for name, result in zip(names, after, strict=True))


def _compare(name: str, before: TwoStreamResult, after: TwoStreamResult) -> Change:
    """Say how much each stream has noticed of a change, from its answers before and after."""
    return Change(
        name,
        before,
        after,
        {q: noticed(before.spatial[q], after.spatial[q]) for q in before.spatial},
        {q: noticed(before.temporal[q], after.temporal[q]) for q in before.temporal},
    )


def noticed(before: Float[np.ndarray, " K"], after: Float[np.ndarray, " K"]) -> float:
    """Return the total variation between two answers, given as logits."""
    return float(np.abs(softmax(before) - softmax(after)).sum() / 2)
