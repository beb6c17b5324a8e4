r"""What alpha does to Horn-Schunck: too little lets noise through, too much blurs the boundary."""

from dataclasses import dataclass

import cv2
import numpy as np

from vidcore.flow.horn_schunck import horn_schunck
from vidcore.flow.metrics import check_known
from vidcore.media.clip import read_only

ALPHAS = (0.01, 0.03, 0.06, 0.1, 0.2, 0.5, 1.0)
NEAR = 9  # pixels: the width of the band around a motion boundary
JUMP = 0.25  # pixels per frame between neighbours: a boundary of the true motion


@dataclass(frozen=True, slots=True, eq=False)
class Smoothness:
    """The error for each weight.

    Parameters
    ----------
    alphas
        `(n,)`: smoothness weights, in grey levels per pixel.
    boundary, inside
        `(n,)` mean endpoint error in pixels, near the boundaries of the true motion and away from
        them; NaN where there are no such pixels.
    """

    alphas: np.ndarray
    boundary: np.ndarray
    inside: np.ndarray

    def __post_init__(self) -> None:
        for name in ("alphas", "boundary", "inside"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def smoothness_curve(
    prev: np.ndarray, next_: np.ndarray, truth: np.ndarray, valid: np.ndarray, *, iterations: int
) -> Smoothness:
    """Estimate the flow with each of `ALPHAS`, and split its error at the motion boundaries.

    Raises
    ------
    ShapeError
        If images, truth and mask do not fit together, or `iterations` is below 1.
    """
    known = check_known(np.nan_to_num(truth), truth, valid)
    near = near_boundary(truth)
    errors = []
    for alpha in ALPHAS:
        field = horn_schunck(prev, next_, alpha=alpha, iterations=iterations).flow
        off = np.linalg.norm(field - truth, axis=-1)
        errors.append([off[m].mean() if m.any() else np.nan for m in (known & near, known & ~near)])
    boundary, inside = np.array(errors).T
    return Smoothness(np.array(ALPHAS), boundary, inside)


def near_boundary(truth: np.ndarray) -> np.ndarray:
    """Mark the pixels within about four of a jump of the true motion."""
    jump = np.zeros(truth.shape[:2], np.uint8)
    jump[:, 1:] |= np.linalg.norm(np.diff(truth, axis=1), axis=-1) > JUMP
    jump[1:] |= np.linalg.norm(np.diff(truth, axis=0), axis=-1) > JUMP
    near: np.ndarray = cv2.dilate(jump, np.ones((NEAR, NEAR), np.uint8)) > 0
    return near


def telling_point(field: np.ndarray) -> tuple[int, int]:
    """Return (x, y) of the most sideways motion, in the row that holds the most of it."""
    sideways = abs(field[..., 0])
    y = int(sideways.sum(axis=1).argmax())
    return int(sideways[y].argmax()), y
