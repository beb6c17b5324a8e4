r"""Frame differences: what changed between one frame and the next, and by how much.

    D_t(y, x) = 1/3 sum_c |I_{t+1}(y, x, c) - I_t(y, x, c)|
    energy_t  = mean over y and x of D_t

The crudest signal of motion there is. It fires where brightness changes: at both edges of a uniform
object (where it was and where it is), nowhere inside it, and everywhere if the camera moves.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from vidcore.errors import ShapeError
from vidcore.media.clip import CHANNELS, Clip, read_only


@dataclass(frozen=True, slots=True, eq=False)
class MotionResult:
    """How much changed in each of the `T - 1` pairs of neighbouring frames.

    Parameters
    ----------
    difference
        Mean absolute difference over the channels, in brightness (frames in [0, 1]).
    energy
        Mean of `difference` over each pair's pixels: one number per pair.
    changed
        Pixels of each pair whose difference exceeds `threshold`.
    changed_share
        The same as a share of all pixels, 0 to 1.
    always_still
        True where a pixel never exceeded `threshold` in the whole clip.
    times
        Seconds of the first frame of each pair.
    threshold
        In brightness.
    largest
        The largest single difference; 0 for a clip of one frame.
    busiest
        The pair with the most energy, the first of equals; 0 for a clip of one frame.
    busiest_row
        The row with the most change over the whole clip, the first of equals; where nothing
        changes, the middle one.
    """

    difference: Float[np.ndarray, "pairs H W"]
    energy: Float[np.ndarray, " pairs"]
    changed: Int[np.ndarray, " pairs"]
    changed_share: Float[np.ndarray, " pairs"]
    always_still: Bool[np.ndarray, "H W"]
    times: Float[np.ndarray, " pairs"]
    threshold: float
    largest: float
    busiest: int
    busiest_row: int


def difference(clip: Clip) -> Float[np.ndarray, "pairs H W"]:
    """Mean absolute difference over the channels, for each pair of neighbouring frames.

    Returns
    -------
    array
        `(T - 1, H, W)` float32 in [0, 1]; `(0, H, W)` for a clip of one frame.
    """
    frames = clip.frames
    mean = np.full(CHANNELS, 1 / CHANNELS, np.float32)
    D = np.empty((len(frames) - 1, *frames.shape[1:3]), np.float32)
    for t in range(len(D)):  # pair by pair: a long clip needs no second copy of itself
        D[t] = np.abs(frames[t + 1] - frames[t]) @ mean
    return read_only(D)


def motion_energy(difference: Float[np.ndarray, "pairs H W"]) -> Float[np.ndarray, " pairs"]:
    """Mean difference of each pair, in brightness: one number for how much moved.

    Summed in float64, so that the same motion elsewhere in the frame has the same energy.
    """
    energy: np.ndarray = difference.mean(axis=(1, 2), dtype=np.float64)
    return energy.astype(np.float32)


def changed_pixels(
    difference: Float[np.ndarray, "pairs H W"], *, threshold: float = 0.0
) -> Int[np.ndarray, " pairs"]:
    """How many pixels of each pair differ by more than `threshold` (brightness)."""
    changed: np.ndarray = np.count_nonzero(difference > threshold, axis=(1, 2))
    return changed


def measure(clip: Clip, *, threshold: float = 0.0) -> MotionResult:
    """Measure what changes in a clip, pair by pair.

    Parameters
    ----------
    threshold
        Differences up to this count as no change, in brightness from 0 to 1. Compressed video
        flickers by a few thousandths where nothing moves.

    Raises
    ------
    ShapeError
        If `threshold` is not in [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise ShapeError(f"A brightness threshold lies in [0, 1]; got {threshold}.")
    D = difference(clip)
    energy = motion_energy(D)
    changed = changed_pixels(D, threshold=threshold)
    H, W = D.shape[1:]
    return MotionResult(
        difference=D,
        energy=read_only(energy),
        changed=read_only(changed),
        changed_share=read_only(changed / (H * W)),
        always_still=read_only(np.less_equal(D, threshold).all(axis=0)),
        times=clip.times[:-1],
        threshold=threshold,
        largest=float(D.max(initial=0)),
        busiest=int(energy.argmax()) if len(energy) else 0,
        busiest_row=busiest_row(D),
    )


def busiest_row(difference: Float[np.ndarray, "pairs H W"]) -> int:
    """The row with the most change; the middle one where nothing changes."""
    rows = difference.sum(axis=(0, 2), dtype=np.float64)  # equal rows stay equal: the first wins
    return int(rows.argmax()) if rows.any() else difference.shape[1] // 2
