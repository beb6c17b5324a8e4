r"""The aperture problem: what each window of a pair of frames can say, and what it cannot.

    Ix u + Iy v + It = 0        a line in the plane of (u, v), one for every pixel of the window
    E(u, v) = sum (Ix u + Iy v + It)^2        a bowl; its curvature is the structure tensor

Flat: no line, and the bowl is level. Edge: all lines are parallel, and the bowl is a valley: any
motion along the edge fits. Corner: the lines cross, and the bowl has a bottom.
"""

from dataclasses import dataclass

import numpy as np

from vidcore.errors import ShapeError
from vidcore.flow.derivatives import sobel
from vidcore.flow.frames import brightness, check_window
from vidcore.flow.lucas_kanade import lucas_kanade
from vidcore.flow.result import FlowResult
from vidcore.flow.structure import TEXTURED, eigenvalues, structure_tensor
from vidcore.media import Clip, synthetic
from vidcore.media.clip import read_only

LESSON_SIDE, LESSON_ROWS, LESSON_COLUMNS, LESSON_SHIFT = 32, (10, 22), (8, 18), 3  # pixels
REACHES = (2.0, 12.0)  # pixels per frame
LESSON_POINT = (17, 15)  # (x, y): on the middle of the square's right edge


@dataclass(frozen=True, slots=True, eq=False)
class Aperture:
    """What the windows of one pair of frames can say.

    Parameters
    ----------
    picture
        `(H, W)`: the first frame's brightness, in [0, 1].
    Ix, Iy, It
        `(H, W)` derivatives, in grey levels per pixel and per frame.
    flow, valid
        `(H, W, 2)` and `(H, W)`: what one Lucas-Kanade step makes of the windows.
    l1, l2
        `(H, W)`: the eigenvalues of the structure tensors, the larger first.
    least
        What l2 must exceed for a window to be solved.
    flat, edge, corner
        (x, y) of the window that is the clearest case of each.
    reach
        Half the width, in pixels per frame, of a plane of (u, v) that holds what is found.
    """

    picture: np.ndarray
    Ix: np.ndarray
    Iy: np.ndarray
    It: np.ndarray
    flow: np.ndarray
    valid: np.ndarray
    l1: np.ndarray
    l2: np.ndarray
    least: float
    flat: tuple[int, int]
    edge: tuple[int, int]
    corner: tuple[int, int]
    reach: float

    @property
    def cases(self) -> tuple[tuple[int, int], ...]:
        """The flattest window, the one most like an edge, and the one most like a corner."""
        return self.flat, self.edge, self.corner

    def __post_init__(self) -> None:
        for name in ("picture", "Ix", "Iy", "It", "flow", "valid", "l1", "l2"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def apertures(clip: Clip, t: int = 0, *, window: int = 5) -> Aperture:
    """Return what every window of frames `t` and `t + 1` can say.

    Raises
    ------
    ShapeError
        If there is no frame `t` or `t + 1`, or the window is even or below 3.
    """
    T = len(clip.frames)
    if not 0 <= t <= T - 2:
        raise ShapeError(f"A pair needs frames t and t + 1 of {T}; got t={t}. Choose another t.")
    check_window(window)
    I1, I2 = brightness(clip.frames[t], clip.frames[t + 1])
    Ix, Iy = sobel(I1)
    l1, l2 = eigenvalues(*structure_tensor(Ix, Iy, window=window))
    one_step = lucas_kanade(I1, I2, window=window)
    inner = np.zeros(I1.shape, bool)
    margin = min(window // 2 + 1, (min(I1.shape) - 1) // 2)  # a case should show a whole window
    inner[margin : I1.shape[0] - margin, margin : I1.shape[1] - margin] = True
    one_way = np.where(l2 <= TEXTURED * l1.max(), l1, l1 - 30 * l2)  # rather faint than not an edge
    return Aperture(
        *(I1, Ix, Iy, I2 - I1, one_step.flow, one_step.valid, l1, l2),
        least=float(TEXTURED * l1.max()),
        flat=_best(-l1, inner),
        edge=_best(one_way, inner),
        corner=_best(l2, inner),
        reach=_reach(one_step),
    )


def _reach(result: FlowResult) -> float:
    known = result.flow[result.valid] if result.valid.any() else np.zeros((1, 2))
    return float(np.clip(1.5 * np.quantile(np.linalg.norm(known, axis=-1), 0.95), *REACHES))


def _best(score: np.ndarray, inner: np.ndarray) -> tuple[int, int]:
    y, x = np.unravel_index(np.where(inner, score, -np.inf).argmax(), score.shape)
    return int(x), int(y)


def first_lesson() -> synthetic.Scene:
    """Return the pair of a first lesson on Lucas-Kanade: a white square moves right by 3 pixels.

    12 rows and 10 columns on black, 32 x 32 in all. Its author asks for the flow at row 15, column
    17, on the right edge, and expects u > 0; one solve over 5 x 5 finds a singular system there.
    """
    frames = np.zeros((2, LESSON_SIDE, LESSON_SIDE, 3), np.float32)
    rows, (left, right) = slice(*LESSON_ROWS), LESSON_COLUMNS
    for k in (0, 1):
        frames[k, rows, left + k * LESSON_SHIFT : right + k * LESSON_SHIFT] = 1
    flow = np.zeros((1, LESSON_SIDE, LESSON_SIDE, 2), np.float32)
    flow[0, rows, left:right, 0] = LESSON_SHIFT
    valid = (frames[:1, ..., 0] == 1) | (frames[1:, ..., 0] == 0)  # the others get covered
    return synthetic.Scene(Clip(frames, fps=2.0), lambda: (flow, valid))
