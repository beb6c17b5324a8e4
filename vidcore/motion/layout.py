"""Layout: a clip is a volume, memory is a line. The order of the axes decides who is next to whom.

    address(i) = sum over axes a of index_a x stride_a,   stride_a = product of the sizes after a

THWC keeps the three colours of a pixel together, as cameras and files do. NCTHW keeps each colour
as a volume of its own, as torch's video models take it, with the clips of a batch stacked in N.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from jaxtyping import Int

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only

AXES = {"THWC": "NTHWC", "NCTHW": "NCTHW"}  # a batch of THWC clips is stacked in front
MEBIBYTE = 2**20  # bytes
SHOWN = 24  # addresses: two rows of a dozen fit a phone


@dataclass(frozen=True, slots=True, eq=False)
class LayoutResult:
    """Where each value of a clip lies in memory.

    Parameters
    ----------
    axes
        Names of the axes, slowest first: "NTHWC" or "NCTHW".
    shape
        Their sizes.
    strides
        Elements from one index of each axis to the next.
    dtype, itemsize
        Type of one value, and its bytes.
    bytes, mebibytes
        Memory of the whole batch.
    position
        The value asked about, `(t, y, x, c)` of the first clip.
    address
        Its place in the line, in elements from the start.
    distance
        Elements from it to its neighbour in time, column, row and channel: keys T, H, W, C.
    next_door
        The axis whose neighbours lie one element apart.
    head
        `(t, y, x, c)` of the values at the first addresses: what lies beside what.
    """

    axes: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str
    itemsize: int
    bytes: int
    mebibytes: float
    position: tuple[int, int, int, int]
    address: int
    distance: dict[str, int]
    next_door: str
    head: Int[np.ndarray, "addresses 4"]


def memory_layout(
    shape: tuple[int, int, int, int],
    order: str = "THWC",
    *,
    dtype: str = "float32",
    at: tuple[int, int, int, int] = (0, 0, 0, 0),
    batch: int = 1,
) -> LayoutResult:
    """Lay a clip of `shape` (T, H, W, C) out in memory.

    Parameters
    ----------
    shape
        Frames, rows, columns, channels; the same in both orders.
    order
        "THWC" or "NCTHW".
    dtype
        NumPy's name of the type of one value.
    at
        The value to locate, `(t, y, x, c)`.
    batch
        Number of clips, N.

    Raises
    ------
    ShapeError
        If a size is below 1, `order` is neither, `dtype` is unknown, or `at` lies outside.
    """
    if order not in AXES:
        raise ShapeError(f"A layout is one of {', '.join(AXES)}; got {order!r}.")
    if min(shape) < 1 or batch < 1:
        raise ShapeError(f"A layout needs sizes of at least 1; got {shape} in a batch of {batch}.")
    if not all(0 <= i < size for i, size in zip(at, shape, strict=True)):
        raise ShapeError(f"The value at (t, y, x, c) must lie inside {shape}; got {at}.")
    itemsize = _itemsize(dtype)
    axes = AXES[order]
    size = dict(zip("NTHWC", (batch, *shape), strict=True))
    stride = strides(axes, size)
    total = prod(size.values())
    return LayoutResult(
        axes=axes,
        shape=tuple(size[a] for a in axes),
        strides=tuple(stride[a] for a in axes),
        dtype=dtype,
        itemsize=itemsize,
        bytes=total * itemsize,
        mebibytes=total * itemsize / MEBIBYTE,
        position=at,
        address=sum(i * stride[a] for i, a in zip(at, "THWC", strict=True)),
        distance={a: stride[a] for a in "THWC"},
        next_door=axes[-1],
        head=read_only(first_values(axes, size, min(SHOWN, total))),
    )


def strides(axes: str, size: dict[str, int]) -> dict[str, int]:
    """Elements from one index to the next along each axis: the product of the sizes after it."""
    return {axis: prod(size[after] for after in axes[i + 1 :]) for i, axis in enumerate(axes)}


def first_values(axes: str, size: dict[str, int], count: int) -> Int[np.ndarray, "addresses 4"]:
    """`(t, y, x, c)` of the values at addresses 0 to count - 1."""
    indices = np.unravel_index(np.arange(count), [size[a] for a in axes])
    return np.stack([indices[axes.index(a)] for a in "THWC"], axis=1)


def _itemsize(dtype: str) -> int:
    try:
        return np.dtype(dtype).itemsize
    except TypeError as error:
        raise ShapeError(f"NumPy knows no type {dtype!r}. Try float32 or uint8.") from error
