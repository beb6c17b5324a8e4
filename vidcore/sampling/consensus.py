r"""Consensus: one score of a video from the scores of its segments.

    average    1/K sum_k s_k          every segment has a say
    max        max_k s_k              the strongest moment decides
    weighted   sum_k w_k s_k          a fixed weight per position, sum w = 1

Applied to scores before the softmax (Wang et al. 2016, Temporal Segment Networks). Average and max
are blind to the order of the segments. Weights by position are not, but a symmetric triangle,
higher in the middle of the video, still cannot tell which end came first.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only

KINDS = ("max", "average", "weighted")
PUBLISHED = {"max": 91.6, "average": 93.5, "weighted": 92.4}  # % of UCF-101 split 1, two streams
PUBLISHED_SOURCE = "Wang et al. 2016, Temporal Segment Networks, Table 3 (UCF-101, split 1)"


@dataclass(frozen=True, slots=True, eq=False)
class ConsensusResult:
    """The scores of K segments for C classes, combined three ways.

    Parameters
    ----------
    scores
        Scores of the segments, before any softmax.
    weights
        The weight of each segment in the weighted consensus; they sum to 1.
    average, maximum, weighted
        The video's scores under each rule.
    """

    scores: Float[np.ndarray, "K C"]
    weights: Float[np.ndarray, " K"]
    average: Float[np.ndarray, " C"]
    maximum: Float[np.ndarray, " C"]
    weighted: Float[np.ndarray, " C"]


def consensus(
    scores: np.ndarray, how: str = "average", *, weights: np.ndarray | None = None
) -> np.ndarray:
    """Combine the scores of K segments into one per class.

    Parameters
    ----------
    scores
        `(K, C)`, before the softmax.
    how
        "average", "max" or "weighted".
    weights
        `(K,)`, for "weighted": divided by their sum, no softmax. Left out: a triangle, highest in
        the middle of the video.

    Returns
    -------
    array
        `(C,)`, of the scores' type.

    Raises
    ------
    ShapeError
        If there are no scores, no such rule, or not one weight per segment with a positive sum.
    """
    if scores.ndim != 2 or len(scores) == 0:
        raise ShapeError(f"consensus needs scores of shape (K >= 1, C); got {scores.shape}.")
    combined: np.ndarray
    match how:
        case "average":
            combined = scores.mean(axis=0)
        case "max":
            combined = scores.max(axis=0)
        case "weighted":
            combined = normalised(weights, len(scores)) @ scores
        case _:
            raise ShapeError(f"consensus is one of {', '.join(KINDS)}; got {how!r}.")
    return combined.astype(scores.dtype)


def normalised(weights: np.ndarray | None, K: int) -> Float[np.ndarray, " K"]:
    """Weights over their sum; left out, the triangle 1, 2, ..., 2, 1: the middle counts most."""
    if weights is None:
        weights = np.minimum(np.arange(1, K + 1), np.arange(K, 0, -1))
    w = np.asarray(weights, np.float64)
    if w.shape != (K,) or not w.sum() > 0:
        raise ShapeError(f"{K} segments need as many weights, of positive sum; got {w.tolist()}.")
    shares: np.ndarray = w / w.sum()
    return shares


def compare_consensus(scores: np.ndarray, *, weights: np.ndarray | None = None) -> ConsensusResult:
    """Combine segment scores `(K, C)` by all three rules.

    Raises
    ------
    ShapeError
        As `consensus`.
    """
    average = consensus(scores, "average")
    w = normalised(weights, len(scores))
    return ConsensusResult(
        scores=read_only(scores),
        weights=read_only(w),
        average=read_only(average),
        maximum=read_only(consensus(scores, "max")),
        weighted=read_only(consensus(scores, "weighted", weights=w)),
    )
