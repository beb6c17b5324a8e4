r"""The space-time slice: one row of pixels, followed through time. Motion becomes slope.

    S(t, x) = I(t, y, x)              a thing that moves u pixels per frame draws a line dx/dt = u

Measuring u. What stands still cancels in the difference of neighbouring frames; what moves leaves a
difference that itself moves along by u:

    D(t, x) = S(t+1, x) - S(t, x)
    R_g(d)  = sum_tx D(t, x) D(t+g, x+d) / sqrt(sum D(t, x)^2  sum D(t+g, x+d)^2)
    u       = argmax of the mean over gaps g of R_g(g u)

Long gaps measure finely (an error of half a pixel in 8 frames is 1/16 pixel per frame), short gaps
keep a repeating texture from being taken for its neighbour. Correlation over several gaps, rather
than the least-squares slope -sum(Sx St) / sum(Sx^2): that needs motion below a pixel per frame, and
a textured background that stands still pulls it towards 0.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vidcore.errors import ShapeError
from vidcore.media.clip import CHANNELS, Clip, grey, read_only

GAPS = (1, 2, 4, 8)  # frames between the differences compared
FASTEST = 4  # times in a row: two gaps must fit into half of it, or chance has a single vote
FEWEST_FRAMES = 4  # two pairs of differences: fewer, and chance looks like motion
SPEED_STEP = 1 / 8  # pixels per frame between candidates: half a pixel over most gaps
NO_CHANGE = 2e-5  # variance, (0.0045 grey levels)^2: below lies the noise of sensor and coding
LEAST_OVERLAP = 0.2  # of the change must lie in both rows compared, or the match says nothing
CONFIDENT = 0.5  # mean correlation below which no single speed is reported
CHANCE = 4  # n unrelated values correlate by 1 / sqrt(n) or so; the best of many speeds by more
LOBE, RIVAL = 0.8, 0.95  # of the best match: where its own peak ends, and what competes with it
SMOOTHING = (1 / 4, 1 / 2, 1 / 4)  # along the row: steps of a pixel become slopes to interpolate


@dataclass(frozen=True, slots=True, eq=False)
class SliceSpeed:
    """The one speed at which most of the change along a slice moves.

    Parameters
    ----------
    speed
        Pixels per frame, positive to the right (down, in a column's slice). 0 if not `decided`.
    decided
        Whether the slice tells. False where the row has no texture, where it has fewer than four
        frames, and where no speed or more than one explains the change.
    confidence
        Mean correlation at `speed`, -1 to 1; 1 is a row that moves as a whole. Nothing that moves
        on a textured row: 1.
    reason
        What was decided, or why not, as a sentence for a reader.
    candidates
        Speeds compared, pixels per frame.
    match
        Mean correlation at each of them.
    """

    speed: float
    decided: bool
    confidence: float
    reason: str
    candidates: Float[np.ndarray, " speeds"]
    match: Float[np.ndarray, " speeds"]


def space_time_slice(clip: Clip, y: int) -> Float[np.ndarray, "T W 3"]:
    """Row `y` of every frame, one below the other: time runs down, the row to the right.

    Raises
    ------
    ShapeError
        If the frames have no row `y`.
    """
    _inside("row", y, clip.frames.shape[1])
    return clip.frames[:, y]


def column_slice(clip: Clip, x: int) -> Float[np.ndarray, "T H 3"]:
    """Column `x` of every frame, one below the other: time runs down, the column to the right.

    Raises
    ------
    ShapeError
        If the frames have no column `x`.
    """
    _inside("column", x, clip.frames.shape[2])
    return clip.frames[:, :, x]


def slice_speed(section: np.ndarray) -> SliceSpeed:
    """Measure how fast things move along a slice, from the slope of their traces.

    One speed for the whole slice; to measure one object for a while, pass the part that holds it,
    `section[t0:t1, x0:x1]`. What also moves across the row leaves it or slides along it: the
    confidence falls, and a slanted edge seems faster or slower than it is. Speeds up to a quarter
    of the row per frame are considered.

    Parameters
    ----------
    section
        A slice `(T, W, 3)`, or `(T, W)` in grey, with W >= 3; values in [0, 1].

    Raises
    ------
    ShapeError
        If the slice has another shape.
    """
    S = _grey_slice(section)
    T, W = S.shape
    fastest = W // FASTEST
    candidates = np.arange(-fastest, fastest + SPEED_STEP / 2, SPEED_STEP)
    if T < FEWEST_FRAMES:
        return _undecided(f"A slope needs {FEWEST_FRAMES} frames or more.", candidates)
    if np.square(np.diff(S, axis=1)).mean() < NO_CHANGE:
        return _undecided("The row has no texture: nothing on it can be followed.", candidates)
    if S.var(axis=0).mean() < NO_CHANGE:
        still = (candidates == 0).astype(np.float64)
        return _decided(0.0, 1.0, "The row has texture and nothing on it moves.", candidates, still)
    D = row_differences(S)
    match = speed_match(D, candidates)
    best = int(match.argmax())
    if match[best] < max(CONFIDENT, CHANCE / D.size**0.5):
        return _undecided("No single speed explains the change.", candidates, match)
    if rival(match) > RIVAL * match[best]:
        return _undecided("More than one speed explains the change.", candidates, match)
    speed = refined(D, float(candidates[best]))
    return _decided(speed, float(match[best]), "One speed explains it.", candidates, match)


def row_speed(clip: Clip, y: int) -> SliceSpeed:
    """Measure the speed along row `y` of a clip: its slice, then the slope.

    Raises
    ------
    ShapeError
        If the frames have no row `y`, or fewer than three columns.
    """
    return slice_speed(space_time_slice(clip, y))


def row_differences(S: Float[np.ndarray, "T W"]) -> Float[np.ndarray, "pairs W"]:
    """D(t, x): the change from each frame to the next, smoothed a little along the row."""
    before, at, after = SMOOTHING
    padded = np.pad(np.diff(S, axis=0), ((0, 0), (1, 1)), mode="edge")
    return before * padded[:, :-2] + at * padded[:, 1:-1] + after * padded[:, 2:]


def displacement_match(
    D: Float[np.ndarray, "pairs W"], gap: int
) -> tuple[Float[np.ndarray, " shifts"], Float[np.ndarray, " shifts"]]:
    """R_g(d): correlation of D with itself `gap` frames later, for whole d up to half the row.

    Returns
    -------
    tuple of arrays
        The displacements d in pixels, and their correlations, -1 to 1.
    """
    A, B = D[:-gap], D[gap:]
    shifts = np.arange(-(D.shape[1] // 2), D.shape[1] // 2 + 1)
    products = A.T @ B  # [x, x'] = sum over t of D(t, x) D(t+g, x'): displacement d is a diagonal
    product = np.array([products.trace(d) for d in shifts])
    a, b = np.square(A).sum(axis=0), np.square(B).sum(axis=0)
    energy = np.sqrt(overlap(a, shifts) * overlap(b, -shifts))
    enough = energy > LEAST_OVERLAP * np.sqrt(a.sum() * b.sum())
    return shifts.astype(np.float64), np.where(enough, product / np.where(enough, energy, 1), 0.0)


def overlap(
    energy: Float[np.ndarray, " W"], shifts: Int[np.ndarray, " shifts"]
) -> Float[np.ndarray, " shifts"]:
    """Sum of `energy` over the x whose x + d lies inside the row, for each shift d."""
    W = len(energy)
    upto = np.concatenate([[0.0], np.cumsum(energy, dtype=np.float64)])
    inside: np.ndarray = upto[np.minimum(W, W - shifts)] - upto[np.maximum(0, -shifts)]
    return inside


def speed_match(
    D: Float[np.ndarray, "pairs W"], speeds: Float[np.ndarray, " speeds"]
) -> Float[np.ndarray, " speeds"]:
    """Mean of R_g(g u) over the gaps that keep a speed inside half the row, for each speed u."""
    total, count = np.zeros(len(speeds)), np.zeros(len(speeds))
    for gap in _gaps(D):
        shifts, R = displacement_match(D, gap)
        inside = np.abs(gap * speeds) <= shifts[-1]
        total += inside * np.interp(gap * speeds, shifts, R)
        count += inside
    return total / np.maximum(count, 1)


def refined(D: Float[np.ndarray, "pairs W"], speed: float) -> float:
    """Read the speed off the longest gap it fits, where a pixel is the smallest part of the way.

    A parabola through the best whole displacement near `gap x speed` and its two neighbours.
    """
    shifts = D.shape[1] // 2
    gap = max((g for g in _gaps(D) if abs(g * speed) < shifts - 1), default=1)
    d, R = displacement_match(D, gap)
    nearest = min(max(round(gap * speed) + shifts, 2), len(R) - 3)
    i = nearest - 1 + int(R[nearest - 1 : nearest + 2].argmax())
    left, top, right = R[i - 1 : i + 2]
    bend = left - 2 * top + right
    return float(d[i] + (0.5 * (left - right) / bend if bend < 0 else 0.0)) / gap


def rival(match: Float[np.ndarray, " speeds"]) -> float:
    """The best match outside the peak that holds the best one."""
    best = int(match.argmax())
    low = np.flatnonzero(match < LOBE * match[best])
    start = low[low < best].max(initial=-1) + 1
    end = low[low > best].min(initial=len(match))
    return float(np.concatenate([match[:start], match[end:]]).max(initial=-1.0))


def _gaps(D: Float[np.ndarray, "pairs W"]) -> list[int]:
    """The gaps that leave at least half of the differences with a partner."""
    return [gap for gap in GAPS if gap <= max(1, len(D) // 2)]


def _grey_slice(section: np.ndarray) -> Float[np.ndarray, "T W"]:
    coloured = section.ndim == 3 and section.shape[2] == CHANNELS
    if not (coloured or section.ndim == 2) or 0 in section.shape or section.shape[1] < 3:
        raise ShapeError(
            f"A slice has shape (T, W, 3) or (T, W) with W >= 3; got {section.shape}. "
            "Take one with space_time_slice."
        )
    return grey(section) if coloured else section


def _decided(
    speed: float, confidence: float, reason: str, candidates: np.ndarray, match: np.ndarray
) -> SliceSpeed:
    return SliceSpeed(speed, True, confidence, reason, read_only(candidates), read_only(match))


def _undecided(reason: str, candidates: np.ndarray, match: np.ndarray | None = None) -> SliceSpeed:
    match = np.zeros(len(candidates)) if match is None else match
    confidence = float(match.max())
    return SliceSpeed(0.0, False, confidence, reason, read_only(candidates), read_only(match))


def _inside(name: str, index: int, size: int) -> None:
    if not 0 <= index < size:
        raise ShapeError(f"A {name} index lies from 0 to {size - 1}; got {index}.")
