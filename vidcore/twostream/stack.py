r"""The flow stack: L fields become 2L channels of one image, which a 2D network can read.

    I[y, x, 2k]     = u_k(y, x)        k = 0 ... L - 1, so u1, v1, u2, v2, ...
    I[y, x, 2k + 1] = v_k(y, x)

Simonyan & Zisserman, Two-Stream Convolutional Networks, NIPS 2014, Section 3.1 (its channels count
from 1). A moving camera adds one vector to a whole field, nearly: each field's mean is subtracted.
"""

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow.warp import bilinear

FIELDS = 10  # L of the published network: 20 channels


def stack_flow(flow: np.ndarray, *, subtract_mean: bool = False) -> np.ndarray:
    """Lay L fields behind one another, the components of each side by side.

    Parameters
    ----------
    flow
        `(L, H, W, 2)`: u, right, and v, down, in pixels per frame.
    subtract_mean
        Take away the mean of each field and component over the picture: what the camera, roughly,
        did.

    Returns
    -------
    stack
        `(H, W, 2L)`: u1, v1, u2, v2, ... in the dtype of `flow`.

    Raises
    ------
    ShapeError
        If `flow` is not `(L >= 1, H, W, 2)` floats, or not finite.

    Notes
    -----
    Simonyan & Zisserman 2014, eq. 1, and "Mean flow subtraction" in Section 3.1.
    """
    check_fields(flow)
    if subtract_mean:
        flow = flow - mean_motion(flow)[:, None, None]
    L, H, W, _ = flow.shape
    return np.moveaxis(flow, 0, 2).reshape(H, W, 2 * L)


def mean_motion(flow: Float[np.ndarray, "L H W 2"]) -> Float[np.ndarray, "L 2"]:
    """Return each field's mean (u, v): summed in float64, for a picture has many pixels."""
    mean: np.ndarray = flow.mean(axis=(1, 2), dtype=np.float64).astype(flow.dtype)
    return mean


def left_without_mean(flow: Float[np.ndarray, "L H W 2"]) -> float:
    """Return the share of all motion that stays once each field's mean is taken away."""
    rest = np.abs(stack_flow(flow, subtract_mean=True)).sum(dtype=np.float64)
    return float(rest / max(np.abs(flow).sum(dtype=np.float64), np.finfo(np.float32).tiny))


def stack_trajectories(flow: np.ndarray) -> np.ndarray:
    """Stack the flow found on the way: each pixel's channels follow the point that started there.

    Parameters
    ----------
    flow
        `(L, H, W, 2)`: u, right, and v, down, in pixels per frame.

    Returns
    -------
    stack
        `(H, W, 2L)`: u1, v1, u2, v2, ... as `stack_flow`; outside the picture, the border's flow.

    Raises
    ------
    ShapeError
        If `flow` is not `(L >= 1, H, W, 2)` floats, or not finite.

    Notes
    -----
    Simonyan & Zisserman 2014, eq. 2: p_1 = (x, y), p_k = p_{k-1} + d_{k-1}(p_{k-1}).
    """
    check_fields(flow)
    _, H, W, _ = flow.shape
    y, x = np.indices((H, W), dtype=flow.dtype)
    found = []
    for field in flow:
        d = bilinear(field, x, y) if min(H, W) > 1 else field
        found.append(d)
        x, y = x + d[..., 0], y + d[..., 1]
    return stack_flow(np.stack(found).astype(flow.dtype))


def check_fields(flow: np.ndarray) -> None:
    """Raise `ShapeError` unless `flow` is one or more finite float fields of one size."""
    if flow.ndim != 4 or flow.shape[-1] != 2 or 0 in flow.shape:
        raise ShapeError(
            f"A flow stack needs (L, H, W, 2) with L, H, W >= 1; got {flow.shape}. "
            "Stack the fields of neighbouring pairs with np.stack."
        )
    if not np.issubdtype(flow.dtype, np.floating):
        raise ShapeError(f"A flow stack needs floats, in pixels; got {flow.dtype}. Convert it.")
    if not np.isfinite(flow).all():
        raise ShapeError("A flow stack needs finite fields; got NaN or infinity. Fill them first.")
