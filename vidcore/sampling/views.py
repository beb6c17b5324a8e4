"""Test-time views: a video is scored several times, and the accuracy of a paper is their average.

    cost of a video = GFLOPs per view x clips x crops

Clips are spread over time, crops over the frame. Numbers with different views are not comparable:
the same SlowFast network costs 36.1 GFLOPs a view and 1083 GFLOPs a video.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from vidcore.errors import ShapeError
from vidcore.sampling.strategies import at_least_one


@dataclass(frozen=True, slots=True)
class ModelViews:
    """How a published model was tested.

    Parameters
    ----------
    model
        Name and variant.
    clips, crops
        Clips in time, crops in space: a video is scored `clips x crops` times.
    gflops
        10^9 multiply-adds of one view as its paper counts them; None where our sources give none.
    source
        Where the numbers were read.
    """

    model: str
    clips: int
    crops: int
    gflops: float | None
    source: str

    @property
    def views(self) -> int:
        """Times a video is scored."""
        return self.clips * self.crops

    @property
    def total(self) -> float | None:
        """GFLOPs of a video."""
        return None if self.gflops is None else views_cost(self.gflops, self.clips, self.crops)


PUBLISHED_VIEWS = (
    ModelViews("TSN", 25, 10, None, "temporal-segment-networks, tools/eval_net.py"),
    ModelViews("SlowFast 4x16, R50", 10, 3, 36.1, "SlowFast, Table 5a; its model zoo"),
    ModelViews("TimeSformer", 1, 3, 196.0, "TimeSformer; GFLOPs from VideoMAE's SSv2 table"),
    ModelViews("ViViT-L/16x2, 320 px", 4, 3, 3992.0, "ViViT; GFLOPs from MViTv2's table"),
    ModelViews("VideoMAE ViT-B, Kinetics", 5, 3, 180.0, "VideoMAE, model zoo and SSv2 table"),
    ModelViews("VideoMAE ViT-B, SSv2", 2, 3, 180.0, "VideoMAE, model zoo and SSv2 table"),
)


def temporal_views(
    n_frames: int, *, clips: int = 10, length: int = 16, stride: int = 2
) -> Int64[np.ndarray, "clips length"]:
    """Indices of `clips` clips spread evenly: the first starts the video, the last ends it.

    A single clip lies in the middle. SlowFast's released loader divides by `clips` instead of
    `clips - 1`, so that its last clip stops short of the end; ours sees the end.

    Parameters
    ----------
    n_frames
        Frames in the video. A video shorter than a clip repeats its last frame.
    clips, length, stride
        Number of clips, frames of each, and source frames between them.

    Raises
    ------
    ShapeError
        If any of them is below 1.
    """
    at_least_one(n_frames=n_frames, clips=clips, length=length, stride=stride)
    room = max(0, n_frames - ((length - 1) * stride + 1))  # frames by which a clip can move
    starts = np.arange(clips) * room // (clips - 1) if clips > 1 else np.array([room // 2])
    indices: np.ndarray = np.minimum(starts[:, None] + stride * np.arange(length), n_frames - 1)
    return indices


def views_cost(gflops: float, clips: int, crops: int) -> float:
    """GFLOPs of a video: those of one view, times the views.

    Raises
    ------
    ShapeError
        If `clips` or `crops` is below 1, or `gflops` is negative.
    """
    at_least_one(clips=clips, crops=crops)
    if not gflops >= 0:
        raise ShapeError(f"A cost needs GFLOPs of 0 or more; got {gflops}.")
    return gflops * clips * crops
