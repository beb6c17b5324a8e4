r"""Take the camera's motion out, so that what is left moved by itself.

    [u]   [a b c] [x]
    [v] ~ [d e f] [y]        an affine field: a pan, a zoom, a roll, a tilt seen from afar
                  [1]

The six numbers are those that most of the picture agrees with: least squares, in which a pixel
counts less the worse it fits, repeated (Black & Anandan 1996). Assumes that the background is
larger than what moves in front of it.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.flow.warp import check_flow
from vidcore.media.clip import read_only

ROUNDS = 20  # of reweighting; the numbers settle in about ten
FEWEST = 3  # pixels that fix six numbers
STILL = 1e-6  # pixels: a misfit below is rounding


@dataclass(frozen=True, slots=True, eq=False)
class CameraMotion:
    """The field split in two: `camera + residual` is the flow.

    Parameters
    ----------
    camera
        `(H, W, 2)`: the affine field, in pixels.
    residual
        `(H, W, 2)`: what moved by itself, in pixels.
    parameters
        `(2, 3)`: the rows (a, b, c) and (d, e, f), for x and y in pixels from the top left.
    """

    camera: np.ndarray
    residual: np.ndarray
    parameters: np.ndarray

    def __post_init__(self) -> None:
        for name in ("camera", "residual", "parameters"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def remove_camera_motion(flow: np.ndarray, valid: np.ndarray | None = None) -> CameraMotion:
    """Fit an affine field to most of the flow and subtract it.

    Parameters
    ----------
    flow
        `(H, W, 2)` in pixels.
    valid
        `(H, W)`: True where the flow may be believed. All pixels if left out.

    Raises
    ------
    ShapeError
        If the flow is not a finite `(H, W, 2)` field, the mask does not fit, or fewer than three
        pixels are valid.
    """
    check_flow(flow)
    H, W = flow.shape[:2]
    known = np.ones((H, W), bool) if valid is None else valid
    if known.shape != (H, W) or known.dtype != bool or known.sum() < FEWEST:
        raise ShapeError(
            f"An affine field needs a bool mask {(H, W)} with at least {FEWEST} valid pixels; "
            f"got {known.dtype} {known.shape} with {known.sum()}."
        )
    y, x = np.indices((H, W), dtype=np.float64)
    position = np.stack([x, y, np.ones_like(x)], axis=-1)  # (H, W, 3)
    parameters = _fit(position[known], flow[known].astype(np.float64))
    camera = (position @ parameters.T).astype(np.result_type(flow, np.float32))
    return CameraMotion(camera, flow - camera, parameters)


def _fit(
    position: Float[np.ndarray, "n 3"], flow: Float[np.ndarray, "n 2"]
) -> Float[np.ndarray, "2 3"]:
    misfit = np.zeros(len(flow))
    for _ in range(ROUNDS):
        typical = np.median(misfit) + STILL
        w = 1 / (1 + (misfit / typical) ** 2)
        A = np.sqrt(w)[:, None] * position
        b = np.sqrt(w)[:, None] * flow
        parameters = np.linalg.lstsq(A, b, rcond=None)[0].T
        misfit = np.linalg.norm(flow - position @ parameters.T, axis=-1)
    return np.asarray(parameters)
