"""The front door to the trained pair: a clip in, what each stream says out.

    result = watch(clip)
    fuse(result.spatial["action"], result.temporal["action"], weight=0.5)

Both read 16 frames of 48 x 48 pixels. The spatial stream scores each frame and averages; the
temporal one reads the 15 flow fields between them as 30 channels, estimated by our own pyramidal
Lucas-Kanade: by its torch path, all pairs at once, as in training.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow import estimate
from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.media.prepare import prepare
from vidcore.twostream.stack import mean_motion

FRAMES, SIDE = 16, 48  # what the trained streams read
SPATIAL, TEMPORAL = "frame", "flow"  # their names among the trained models
MOST_FIELDS = 30  # pairs of frames shown as a stack to move through: three times the published L
NEARLY_ALL = 0.98  # of the values: a few wild ones at the border must not pale the rest
TALLEST = 96  # pixels: the height at which those are estimated


@dataclass(frozen=True, slots=True, eq=False)
class TwoStreamResult:
    """What both streams say about one clip.

    Parameters
    ----------
    frames
        `(16, 48, 48, 3)`: what the spatial stream read, RGB in [0, 1].
    flow
        `(15, 48, 48, 2)`: what the temporal stream read, pixels per frame.
    spatial, temporal
        By question, "colour", "shape" and "action": `(K,)` logits.
    per_frame
        By question, `(16, K)`: the spatial stream's logits for each frame, whose mean is `spatial`.
    seconds
        What was spent on "flow", "spatial" and "temporal"; of several videos, this one's share.
    """

    frames: np.ndarray
    flow: np.ndarray
    spatial: Mapping[str, np.ndarray]
    temporal: Mapping[str, np.ndarray]
    per_frame: Mapping[str, np.ndarray]
    seconds: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("frames", "flow"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        for name in ("spatial", "temporal", "per_frame"):
            held = {question: read_only(x) for question, x in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(held))
        object.__setattr__(self, "seconds", MappingProxyType(dict(self.seconds)))


def watch(clip: Clip, *, spatial: str = SPATIAL, temporal: str = TEMPORAL) -> TwoStreamResult:
    """Ask both trained streams about a clip.

    Parameters
    ----------
    clip
        Of any length and size; 16 frames are taken evenly, their middle square, scaled to 48.
    spatial, temporal
        Names of the trained models; see `vidcore.weights.names`.

    Raises
    ------
    WeightsError
        If one of them has not been trained, or its file is damaged.
    """
    (result,) = watch_frames(prepare(clip), spatial=spatial, temporal=temporal)
    return result


def watch_frames(
    *videos: np.ndarray, spatial: str = SPATIAL, temporal: str = TEMPORAL
) -> tuple[TwoStreamResult, ...]:
    """Ask both trained streams about the very frames they read, of several videos at once.

    Parameters
    ----------
    videos
        Each `(16, 48, 48, 3)` float32, RGB in [0, 1].

    Raises
    ------
    ShapeError
        If there is no video, or the frames are of another shape or dtype.
    WeightsError
        If a stream has not been trained, or its file is damaged.
    """
    if not videos:
        raise ShapeError("watch_frames needs one video or more; got none. Pass frames.")
    for frames in videos:
        if frames.shape != (FRAMES, SIDE, SIDE, 3) or frames.dtype != np.float32:
            raise ShapeError(
                f"The trained streams read ({FRAMES}, {SIDE}, {SIDE}, 3) float32; got "
                f"{frames.shape} {frames.dtype}. Call watch(clip), which takes and scales what "
                "they need."
            )
    from vidcore.twostream import watch_torch  # torch is heavy

    stacked = np.stack(videos)
    start = time.perf_counter()
    flow = watch_torch.find_flow(stacked)
    flown = time.perf_counter()
    says, per_frame = watch_torch.ask_spatial(spatial, stacked)
    seen = time.perf_counter()
    moves = watch_torch.ask_temporal(temporal, flow)
    spent = {"flow": flown - start, "spatial": seen - flown, "temporal": time.perf_counter() - seen}
    seconds = {name: total / len(videos) for name, total in spent.items()}
    return tuple(
        TwoStreamResult(
            frames,
            flow[n],
            {question: logits[n] for question, logits in says.items()},
            {question: logits[n] for question, logits in moves.items()},
            {question: logits[n] for question, logits in per_frame.items()},
            seconds,
        )
        for n, frames in enumerate(videos)
    )


def flow_between(frames: Float[np.ndarray, "T H W 3"]) -> Float[np.ndarray, "t H W 2"]:
    """Estimate the flow from each frame to the next, in pixels."""
    clip = Clip(frames, fps=1.0)
    return np.stack([estimate(clip, t).flow for t in range(len(frames) - 1)])


# ---- the stack, to look at ---------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Flow of neighbouring pairs, to be stacked from any of them on.

    Parameters
    ----------
    clip
        The frames between which it was estimated, as large as they were then.
    start
        Which frame of the visitor's clip is the first of them.
    channels
        `(t, 2, H, W)`: u, right, and v, down, of each pair, in pixels per frame.
    means
        `(t, 2)`: the mean of each.
    reach
        Pixels per frame: nearly all that there is, 98 of 100 values.
    """

    clip: Clip
    start: int
    channels: np.ndarray
    means: np.ndarray
    reach: float


def fields(clip: Clip) -> Fields:
    """Estimate up to 30 fields in the middle of a clip, at up to 96 pixels of height.

    Raises
    ------
    ShapeError
        If the clip is a single frame: nothing moves.
    """
    T, H, W, _ = clip.frames.shape
    if T < 2:
        raise ShapeError("A flow stack needs two frames or more; got one. Use a longer clip.")
    count = min(T, MOST_FIELDS + 1)
    start = (T - count) // 2
    frames = clip.frames[start : start + count]
    if H > TALLEST:
        size = (max(2, round(W * TALLEST / H)), TALLEST)
        frames = np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames])
    flow = flow_between(frames)
    channels = np.ascontiguousarray(np.moveaxis(flow, -1, 1))
    reach = float(np.quantile(np.abs(flow), NEARLY_ALL))
    return Fields(Clip(frames, clip.fps), start, read_only(channels), mean_motion(flow), reach)
