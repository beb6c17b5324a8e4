r"""Inflation: a 2-D filter becomes a 3-D one that says the same where nothing moves.

    k3(a, b, c) = k2(b, c) / kT          sum over a of a constant / kT is the constant

Carreira & Zisserman, Quo Vadis, Action Recognition? CVPR 2017, section 2.4: repeat along time,
divide by the length, so that years of image training are not lost ("boring video" fixed point).
`centre` puts the whole filter into the middle frame instead, and zeros elsewhere (ViViT's choice,
Arnab et al. 2021): the first response looks at one frame, and training may open its eyes to others.

Exact wherever the kernel lies inside the clip. Zero padding in time, which the released networks
use, takes taps away: at frame t only the share of them inside the clip is left,

    g(t) = #{a : 0 <= t + a - before < T} / kT

so kT = 3 keeps 2/3 at both ends, kT = 7 keeps 4/7, 5/7, 6/7, and layers multiply the damage.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.conv3d.conv import borders, conv3d, pad
from vidcore.conv3d.kernels import SOBEL, learned_planes
from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, grey, read_only

WAYS = ("mean", "centre")
Rows = tuple[tuple[float, ...], ...]  # of a 2-D filter: a setting, so it must be hashable
OFF = 0.01  # a frame is counted as off if its response is off by more than this share


def inflate(kernel: np.ndarray, kT: int, *, how: str = "mean") -> np.ndarray:
    """Give a 2-D filter an extent of `kT` frames.

    Parameters
    ----------
    kernel
        `(kH, kW)`, or with any axes before, as `(O, C, kH, kW)` weights.
    kT
        Frames, from 1.
    how
        "mean": repeated and divided by kT. "centre": in the middle frame, zeros elsewhere.

    Returns
    -------
    array
        `(..., kT, kH, kW)`, of the kernel's dtype; integers become floats that hold them, float32
        or float64.

    Raises
    ------
    ShapeError
        If the kernel has no two axes, kT is below 1, or the way has another name.
    """
    check(kernel.ndim, kT, how)
    dtype = np.result_type(kernel, np.float32)
    frames = np.zeros(kT, dtype)
    if how == "mean":
        frames[:] = dtype.type(1) / dtype.type(kT)
    else:
        frames[kT // 2] = 1
    inflated: np.ndarray = frames[:, None, None] * kernel[..., None, :, :].astype(dtype, copy=False)
    return inflated


def check(ndim: int, kT: int, how: str) -> None:
    """Refuse what cannot be inflated."""
    if ndim < 2:
        raise ShapeError(f"inflate needs a kernel (..., kH, kW); got {ndim} axes.")
    if kT < 1:
        raise ShapeError(f"inflate needs kT of 1 frame or more; got {kT}.")
    if how not in WAYS:
        raise ShapeError(f"A filter is inflated by {' or '.join(WAYS)}; got {how!r}.")


def temporal_gain(
    T: int, kT: int, padding: str, *, layers: int = 1, how: str = "mean"
) -> Float[np.ndarray, " out"]:
    """Response of stacked inflated layers to a still clip, per frame, relative to 2-D.

    Parameters
    ----------
    T
        Frames.
    kT
        Frames of each layer's kernel.
    padding
        As in `conv3d`.
    layers
        How many follow one another, from 1.
    how
        As in `inflate`.

    Raises
    ------
    ShapeError
        If "valid" layers use up all frames, a count is below 1, or the way has another name.
    """
    if min(T, kT, layers) < 1:
        raise ShapeError(f"T, kT and layers are 1 or more; got {T}, {kT} and {layers}.")
    response, kernel = np.ones((T, 1, 1)), inflate(np.ones((1, 1)), kT, how=how)
    for _ in range(layers):
        response = conv3d(response, kernel, padding=padding)
    return response[:, 0, 0]


@dataclass(frozen=True, slots=True, eq=False)
class InflationResult:
    """A filter on one frame, and its inflation on a clip in which that frame stands still.

    Parameters
    ----------
    kernel
        `(kT, kH, kW)`: the inflated filter.
    flat
        `(T', H, W)`: what the 2-D filter answers to each frame.
    response
        `(T', H, W)`: what the 3-D one answers, frame by frame.
    difference
        `(T', H, W)`: their absolute difference.
    worst
        `(T',)`: the largest difference of each frame, relative to the largest 2-D answer.
    gain
        `(T',)`: the share of the 2-D answer that is left, by least squares.
    frames_off
        Frames that are off by more than a hundredth.
    first
        Frame of the clip that the first answer belongs to: (kT - 1) / 2 with "valid".
    """

    kernel: np.ndarray
    flat: np.ndarray
    response: np.ndarray
    difference: np.ndarray
    worst: np.ndarray
    gain: np.ndarray
    frames_off: int
    first: int


def compare_inflated(
    clip: Clip,
    kernel: Rows,
    *,
    t: int = 0,
    kT: int = 3,
    padding: str = "zero",
    how: str = "mean",
    length: int = 16,
    frozen: bool = True,
) -> InflationResult:
    """Freeze frame `t` for `length` frames and compare a 2-D filter with its inflation there.

    Parameters
    ----------
    kernel
        Rows of the 2-D filter.
    padding
        Along time; space is padded by replication in both, so that only time differs.
    frozen
        Freeze the frame. Otherwise `length` frames from `t` on are taken as they move, and compared
        with the 2-D filter on each of them.

    Raises
    ------
    ShapeError
        As `inflate` and `conv3d`, and if the clip has no frame `t`.
    """
    if not 0 <= t < len(clip.frames):
        raise ShapeError(f"The clip has frames 0 to {len(clip.frames) - 1}; got t = {t}.")
    k2 = np.array(kernel, np.float64)
    k3 = inflate(k2, kT, how=how)
    G = grey(clip.frames[t : t + 1] if frozen else clip.frames[t : t + length]).astype(np.float64)
    still = np.repeat(G, length, axis=0) if frozen else G
    before = borders(k3.shape, padding)[0][0]
    wide = pad(still, (1, *k2.shape), "replicate")
    flat = conv3d(wide, k2[None])
    response = conv3d(pad(wide, (kT, 1, 1), padding), k3)
    first = 0 if padding == "causal" else (kT - 1) // 2 - before
    same = flat[first : first + len(response)]
    difference = np.abs(response - same)
    largest = max(float(np.abs(flat).max()), np.finfo(np.float64).tiny)
    power = np.maximum(np.square(same).sum(axis=(1, 2)), np.finfo(np.float64).tiny)
    worst = difference.max(axis=(1, 2)) / largest
    return InflationResult(
        kernel=read_only(k3),
        flat=read_only(same.astype(np.float32)),
        response=read_only(response.astype(np.float32)),
        difference=read_only(difference.astype(np.float32)),
        worst=read_only(worst),
        gain=read_only((response * same).sum(axis=(1, 2)) / power),
        frames_off=int((worst > OFF).sum()),
        first=first,
    )


def planes(model: str = "frame") -> dict[str, Rows]:
    """Return 2-D filters to inflate, as rows: our trained network's, edges first, then by hand."""
    by_hand = {
        "vertical edge, by hand": SOBEL,
        "horizontal edge, by hand": SOBEL.T,
        "blur, by hand": np.full((3, 3), 1 / 9),
    }
    learned = {
        f"filter {k}, learned by {model}": plane
        for k, plane in sorted(enumerate(learned_planes(model)), key=lambda each: flat(each[1]))
    }
    return {name: _rows(plane) for name, plane in (learned | by_hand).items()}


def flat(plane: Float[np.ndarray, "kH kW"]) -> float:
    """Return 0 for a filter that answers to changes alone, 1 for one that sums up brightness."""
    return float(abs(plane.sum()) / np.abs(plane).sum())


def _rows(plane: Float[np.ndarray, "kH kW"]) -> Rows:
    return tuple(tuple(float(v) for v in row) for row in plane)
