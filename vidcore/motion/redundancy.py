r"""Redundancy: how much of a frame the frame `gap` earlier already said.

    difference(g)  = mean over t of  mean |I_{t+g} - I_t|
    correlation(g) = mean over t of  corr(I_t, I_{t+g})

Both are compared with the same clip shuffled, where the neighbour of a frame is any other frame:
what is left there is what all frames of the clip share (its scene), not what time adds.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, grey, read_only


@dataclass(frozen=True, slots=True, eq=False)
class RedundancyResult:
    """How alike the grey frames of a clip are, against the distance between them.

    Parameters
    ----------
    gaps
        Frames between the two frames compared: 1, 2, ... up to `max_gap` or the clip's length.
    seconds
        The same in seconds, at the clip's mean rate.
    difference
        Mean absolute difference over all pairs `gap` apart, in grey levels (0 to 1).
    correlation
        Mean Pearson correlation over those pairs, -1 to 1; 0 where it is not `decided`.
    decided
        True where a pair had a correlation: a frame of one flat grey has none.
    shuffled_difference, shuffled_correlation, shuffled_decided
        The same over all pairs of different frames: what neighbours in a shuffled clip have on
        average.
    """

    gaps: Int[np.ndarray, " gaps"]
    seconds: Float[np.ndarray, " gaps"]
    difference: Float[np.ndarray, " gaps"]
    correlation: Float[np.ndarray, " gaps"]
    decided: Bool[np.ndarray, " gaps"]
    shuffled_difference: float
    shuffled_correlation: float
    shuffled_decided: bool


def redundancy(clip: Clip, *, max_gap: int = 30) -> RedundancyResult:
    """Compare each frame with the frames up to `max_gap` later.

    Parameters
    ----------
    max_gap
        Largest distance in frames; a shorter clip stops at its own length. A clip of one frame has
        no pair, and every array is empty.

    Raises
    ------
    ShapeError
        If `max_gap` is below 1.
    """
    if max_gap < 1:
        raise ShapeError(f"max_gap needs at least 1 frame; got {max_gap}.")
    G = grey(clip.frames).reshape(len(clip.frames), -1)  # (T, pixels)
    gaps = range(1, min(max_gap, len(G) - 1) + 1)
    corr, textured = correlations(G)
    per_gap = [_mean_of(np.diagonal(corr, g), np.diagonal(textured, g)) for g in gaps]
    others = np.triu_indices(len(G), 1)
    shuffled, shuffled_decided = _mean_of(corr[others], textured[others])
    return RedundancyResult(
        gaps=read_only(np.array(gaps, np.int64)),
        seconds=read_only(np.array(gaps) / clip.fps),
        difference=read_only(np.array([difference_at(G, g) for g in gaps], np.float32)),
        correlation=read_only(np.array([mean for mean, _ in per_gap], np.float32)),
        decided=read_only(np.array([known for _, known in per_gap], np.bool_)),
        shuffled_difference=difference_of_all_pairs(G),
        shuffled_correlation=shuffled,
        shuffled_decided=shuffled_decided,
    )


def difference_at(G: Float[np.ndarray, "T pixels"], gap: int) -> float:
    """Mean absolute difference between frames `gap` apart, in grey levels."""
    return float(np.abs(G[gap:] - G[:-gap]).mean())


def difference_of_all_pairs(G: Float[np.ndarray, "T pixels"]) -> float:
    r"""Mean absolute difference over all pairs of frames, without visiting the pairs.

    In a pixel's sorted values `x_0 <= ... <= x_{T-1}`, the k-th is the larger of k pairs and the
    smaller of T - 1 - k, so `sum_{i<j} |x_i - x_j| = sum_k (2k - (T - 1)) x_k`.
    """
    T = len(G)
    if T == 1:
        return 0.0
    weight = 2.0 * np.arange(T, dtype=np.float32) - (T - 1)
    return float((weight @ np.sort(G, axis=0)).mean() / (T * (T - 1) / 2))


def correlations(
    G: Float[np.ndarray, "T pixels"],
) -> tuple[Float[np.ndarray, "T T"], Bool[np.ndarray, "T T"]]:
    """Pearson correlation of every pair of frames, and where it exists: both frames have texture.

    cov(I_s, I_t) / (sigma_s sigma_t): one matrix product gives all pairs.
    """
    centred = G - G.mean(axis=1, keepdims=True)
    cov = centred @ centred.T / G.shape[1]
    sigma = np.sqrt(np.diagonal(cov))
    textured = sigma > FLAT
    sigma = np.where(textured, sigma, 1)
    return cov / np.outer(sigma, sigma), np.outer(textured, textured)


FLAT = 1e-5  # grey levels: a frame whose standard deviation is below this is rounding, not texture


def _mean_of(values: Float[np.ndarray, " n"], known: Bool[np.ndarray, " n"]) -> tuple[float, bool]:
    """Mean of the known values, and whether there was one."""
    return (float(values[known].mean()), True) if known.any() else (0.0, False)
