"""The workshop: a clip made small and grey enough to be convolved in the browser, and the check.

The browser gets the grey clip in half precision. What is computed here starts from the very same
numbers, so that the two agree to the last digits shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidcore.conv3d.conv import PADDINGS, Triple, Voxel, conv3d, output_shape, pad, voxel
from vidcore.conv3d.factorize import Separation, separate
from vidcore.conv3d.kernels import Cube, Named, learned, presets
from vidcore.conv3d.tuning import Tuning, tune
from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, grey, read_only

MOST_FRAMES = 64  # of a clip: what a visitor can take in, at 2 MB or so on the way
SIDE = 3  # of the kernels here, along each axis
OPENING = "moving edge: right, 1 px/frame"


@dataclass(frozen=True, slots=True, eq=False)
class Workbench:
    """A grey clip, as the browser has it.

    Parameters
    ----------
    grey
        `(T, H, W)` float32, rounded to half precision.
    start
        Frame of the visitor's clip that is the first here.
    place
        `(t, y, x)` where the opening kernel answers most in the middle frame, away from borders.
    """

    grey: np.ndarray
    start: int
    place: Triple


def workbench(clip: Clip) -> Workbench:
    """Take the middle of a long clip, and make it grey."""
    T = len(clip.frames)
    start = max(0, (T - MOST_FRAMES) // 2)
    taken = grey(clip.frames[start : start + MOST_FRAMES]).astype(np.float16).astype(np.float32)
    return Workbench(read_only(taken), start, _strongest(taken))


def _strongest(volume: np.ndarray) -> Triple:
    """Find where the opening kernel answers most in the middle frame; a tiny clip has a middle."""
    T, H, W = volume.shape
    if min(T, H, W) < SIDE:
        return T // 2, H // 2, W // 2
    t = min(max(T // 2, 1), T - 2)
    kernel = next(named.kernel for named in presets() if title(named) == OPENING)
    answer = np.abs(conv3d(volume[t - 1 : t + 2], kernel)[0])
    y, x = np.unravel_index(int(answer.argmax()), answer.shape)
    return t, int(y) + 1, int(x) + 1


def offered() -> list[Named]:
    """Return the kernels to choose from: named ones, and our trained C3D's if it is there."""
    return presets() + learned("c3d")


def title(named: Named) -> str:
    """Name a kernel in one line, unique among those offered."""
    return f"{named.group}: {named.name}"


def kernel_of(text: str) -> Cube:
    """Read a kernel from a link: a title, or 27 numbers with commas; junk gives the opening one."""
    known = {title(named): named.kernel for named in offered()}
    if text in known:
        return known[text]
    try:
        values = np.array([float(part) for part in text.split(",")])
    except ValueError:
        return known[OPENING]
    fits = values.size == SIDE**3 and bool((np.abs(values) <= 1e3).all())
    return values.reshape(SIDE, SIDE, SIDE) if fits else known[OPENING]


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What NumPy says about the kernel at hand, and about the voxel picked.

    Parameters
    ----------
    kernel
        `(3, 3, 3)`.
    voxel
        The products and their sum; None where no voxel is picked, or the clip is too short.
    separation, tuning
        Of the kernel.
    """

    kernel: np.ndarray
    voxel: Voxel | None
    separation: Separation
    tuning: Tuning


def answering(place: Triple, padding: str) -> Triple:
    """Return which voxel of the output a picture shows at a place of the clip.

    A valid answer starts where a whole kernel of 3 x 3 x 3 has room; a causal one looks back only.
    """
    t, y, x = place
    return {"valid": (t - 1, y - 1, x - 1), "causal": (t, y - 1, x - 1)}.get(padding, place)


def inspect(
    clip: Clip, *, kernel: str = OPENING, at: Sequence[int] = (), padding: str = "zero"
) -> Inspection:
    """Recompute in NumPy what the browser shows.

    Parameters
    ----------
    kernel
        A title or 27 numbers, as in `kernel_of`.
    at
        `(t, y, x)` of the output; left out, or outside of it, no voxel is opened.
    padding
        As in `conv3d`.

    Raises
    ------
    ShapeError
        If the padding has another name.
    """
    if padding not in PADDINGS:
        raise ShapeError(f"padding is one of {', '.join(PADDINGS)}; got {padding!r}.")
    k, volume = kernel_of(kernel), workbench(clip).grey
    shape = _size(volume, k, padding)
    spot: Triple | None = (at[0], at[1], at[2]) if len(at) == len(shape) else None
    inside = spot is not None and all(0 <= i < n for i, n in zip(spot, shape, strict=True))
    return Inspection(
        kernel=read_only(k),
        voxel=voxel(volume, k, spot, padding=padding) if inside and spot else None,
        separation=separate(k),
        tuning=tune(k),
    )


def _size(volume: np.ndarray, k: Cube, padding: str) -> Triple:
    """Size of the output; nothing of it where the clip is too small."""
    try:
        return output_shape(pad(volume, k.shape, padding).shape, k.shape)
    except ShapeError:
        return 0, 0, 0
