r"""Masking: what is hidden before the model sees anything. True is masked.

A clip is cut into cubes, `(T, H, W)` of them; a place is a (row, column), a slice a time.

    tube     floor(r H W) places, the same in every slice: no cube can be read off its neighbour
    random   floor(r T H W) cubes anywhere
    frame    floor(r T) whole slices

Tong et al., VideoMAE, NeurIPS 2022, section 3. A mask is the start of an order: the same `rng` with
a larger ratio hides the same cubes and more.
"""

from math import floor

import numpy as np
from jaxtyping import Bool, Int

from vidcore.errors import ShapeError

KINDS = ("tube", "random", "frame")


def tube_mask(
    shape: tuple[int, ...], *, ratio: float, rng: np.random.Generator
) -> Bool[np.ndarray, "T H W"]:
    """Hide the same floor(ratio H W) places in every slice.

    Parameters
    ----------
    shape
        Cubes along time, rows and columns.
    ratio
        Share of the places to hide, 0 to 1.
    rng
        Decides the order in which places are hidden.

    Returns
    -------
    array
        True where a cube is masked.

    Raises
    ------
    ShapeError
        If `shape` is not three positive sizes, or `ratio` is outside [0, 1].
    """
    return first_hidden(hiding_order("tube", shape, rng=rng), "tube", shape, ratio=ratio)


def random_mask(
    shape: tuple[int, ...], *, ratio: float, rng: np.random.Generator
) -> Bool[np.ndarray, "T H W"]:
    """Hide floor(ratio T H W) cubes anywhere; arguments and errors as `tube_mask`."""
    return first_hidden(hiding_order("random", shape, rng=rng), "random", shape, ratio=ratio)


def frame_mask(
    shape: tuple[int, ...], *, ratio: float, rng: np.random.Generator
) -> Bool[np.ndarray, "T H W"]:
    """Hide floor(ratio T) whole slices; arguments and errors as `tube_mask`."""
    return first_hidden(hiding_order("frame", shape, rng=rng), "frame", shape, ratio=ratio)


def hiding_order(
    kind: str, shape: tuple[int, ...], *, rng: np.random.Generator
) -> Int[np.ndarray, " units"]:
    """Return the order in which a mask's units are hidden: places, cubes or slices by number.

    Raises
    ------
    ShapeError
        If `kind` is none of `KINDS`, or `shape` is not three positive sizes.
    """
    if kind not in KINDS:
        raise ShapeError(f"A mask is one of {', '.join(KINDS)}; got {kind!r}.")
    if len(shape) != 3 or min(shape) < 1:
        raise ShapeError(f"A mask needs three positive sizes (T, H, W), in cubes; got {shape}.")
    return rng.permutation(_units(kind, shape))


def first_hidden(
    order: Int[np.ndarray, " units"], kind: str, shape: tuple[int, ...], *, ratio: float
) -> Bool[np.ndarray, "T H W"]:
    """Hide the first floor(ratio units) of `order`."""
    if not 0 <= ratio <= 1:
        raise ShapeError(f"A mask's ratio is a share from 0 to 1; got {ratio}.")
    masked = np.zeros(len(order), np.bool_)
    masked[order[: floor(ratio * len(order))]] = True
    T, H, W = shape
    axes = {"tube": (1, H, W), "random": (T, H, W), "frame": (T, 1, 1)}[kind]
    return np.broadcast_to(masked.reshape(axes), shape).copy()


def _units(kind: str, shape: tuple[int, ...]) -> int:
    T, H, W = shape
    return {"tube": H * W, "random": T * H * W, "frame": T}[kind]
