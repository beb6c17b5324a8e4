"""How far is one flow field from another? Means over the pixels where the truth is known."""

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow.frames import brightness
from vidcore.flow.warp import check_flow, warp

OUTLIER_PIXELS = 3.0  # KITTI 2015: wrong is more than 3 pixels off ...
OUTLIER_SHARE = 0.05  # ... and more than 5 % of the true length


def endpoint_error(flow: np.ndarray, truth: np.ndarray, valid: np.ndarray | None = None) -> float:
    """Return the mean distance between estimated and true targets, in pixels.

    Parameters
    ----------
    flow, truth
        `(H, W, 2)` in pixels.
    valid
        `(H, W)`: True where the truth is known. All pixels if left out.

    Raises
    ------
    ShapeError
        If the three do not fit together, or no pixel is valid.
    """
    known = check_known(flow, truth, valid)
    return float(_distance(flow[known], truth[known]).mean())


def angular_error(flow: np.ndarray, truth: np.ndarray, valid: np.ndarray | None = None) -> float:
    """Return the mean angle between (u, v, 1) and its truth, in degrees.

    The third component, one frame of time, gives still pixels a direction (Barron, Fleet &
    Beauchemin, IJCV 1994). Arguments and errors as `endpoint_error`.
    """
    known = check_known(flow, truth, valid)
    a, b = (np.insert(field[known].astype(np.float64), 2, 1.0, axis=-1) for field in (flow, truth))
    sine = np.linalg.norm(
        np.cross(a, b), axis=-1
    )  # atan2 keeps small angles that arccos rounds off
    return float(np.degrees(np.arctan2(sine, (a * b).sum(axis=-1))).mean())


def fl_all(flow: np.ndarray, truth: np.ndarray, valid: np.ndarray | None = None) -> float:
    """Return the share of outliers, from 0 to 1: off by over 3 pixels and over 5 % (KITTI 2015).

    Arguments and errors as `endpoint_error`.
    """
    known = check_known(flow, truth, valid)
    off = _distance(flow[known], truth[known])
    length = np.linalg.norm(truth[known], axis=-1)
    return float(((off > OUTLIER_PIXELS) & (off > OUTLIER_SHARE * length)).mean())


def interpolation_error(
    prev: np.ndarray, next_: np.ndarray, flow: np.ndarray, valid: np.ndarray | None = None
) -> float:
    """Return how unlike `prev` the warped `next_` is: root mean square, in grey levels of [0, 1].

    It needs no truth, so it works on anyone's clip; a flat area forgives every flow. Baker et al.,
    IJCV 2011, compare a frame in between; ours compares the frame itself.

    Raises
    ------
    ShapeError
        If images, flow and mask do not fit together, or no pixel is valid.
    """
    I1, I2 = brightness(prev, next_)
    difference = warp(I2, flow) - I1
    return float(np.sqrt((difference[_mask(valid, I1.shape)] ** 2).mean()))


def _distance(
    flow: Float[np.ndarray, "n 2"], truth: Float[np.ndarray, "n 2"]
) -> Float[np.ndarray, " n"]:
    return np.asarray(np.linalg.norm(flow.astype(np.float64) - truth, axis=-1))


def check_known(flow: np.ndarray, truth: np.ndarray, valid: np.ndarray | None) -> np.ndarray:
    """Return where two fields are to be compared; refuse what does not fit together."""
    check_flow(flow)
    known = _mask(valid, flow.shape[:2])
    if truth.shape == flow.shape:
        truth = np.where(known[..., None], truth, 0)  # what is unknown may hold anything
    check_flow(truth, flow.shape[:2])
    return known


def _mask(valid: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    known = np.ones(shape, bool) if valid is None else valid
    if known.shape != shape or known.dtype != bool:
        raise ShapeError(f"A mask is bool {shape}; got {known.dtype} {known.shape}.")
    if not known.any():
        raise ShapeError("An error is a mean over valid pixels; got a mask without any.")
    return known
