r"""Where the linear picture breaks: how fast is found, against how fast it was.

    I(x + d) = I(x) + d dI/dx + ...        good while d is small beside the image's shortest wave

One step keeps only the first term, and its answer falls back once d passes about a quarter of a
wave, although brightness constancy holds to the last digit. Steps repeated on the warped image
reach as far as the first step still points the right way; a coarser image has longer waves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np

from vidcore.errors import ShapeError
from vidcore.flow.frames import check_window
from vidcore.flow.horn_schunck import horn_schunck
from vidcore.flow.lucas_kanade import lucas_kanade, pyramidal_lucas_kanade
from vidcore.flow.result import FlowResult
from vidcore.media import synthetic
from vidcore.media.clip import read_only

STEP = 0.5  # pixels per frame between two speeds
SIDE = 96  # pixels of the panning texture
MARGIN = 8  # pixels: what is closer to the border sees less than its window
ITERATED = 5  # steps on one level


@dataclass(frozen=True, slots=True, eq=False)
class Speeds:
    """One experiment per speed.

    Parameters
    ----------
    true
        `(n,)` pixels per frame, to the right.
    estimated
        By method: `(n,)`, the median of u over the pixels that can be followed.
    """

    true: np.ndarray
    estimated: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        estimated = {name: read_only(found) for name, found in self.estimated.items()}
        object.__setattr__(self, "true", read_only(self.true))
        object.__setattr__(self, "estimated", MappingProxyType(estimated))

    def reach(self, name: str, *, within: float = 0.2) -> float:
        """Return the fastest speed up to which a method was never wrong by more than `within`."""
        wrong = abs(self.estimated[name] - self.true) > within * np.maximum(self.true, 1)
        return float(
            self.true[: int(wrong.argmax())].max(initial=0) if wrong.any() else self.true[-1]
        )


def speed_curve(*, window: int = 9, blur: float = 0.0, fastest: float = 12.0) -> Speeds:
    """Pan a texture at every speed, and ask each method how fast it was.

    Parameters
    ----------
    window
        Side of Lucas-Kanade's window in pixels, odd.
    blur
        Standard deviation in pixels of a Gaussian that both frames pass first: a coarser image.
    fastest
        Last speed in pixels per frame, from 1.

    Raises
    ------
    ShapeError
        If the window is even or below 3, the blur negative, or `fastest` below 1 or over 20.
    """
    check_window(window)
    if blur < 0 or not 1 <= fastest <= SIDE / 4 - 4:
        raise ShapeError(f"blur is from 0, fastest from 1 to 20; got {blur} and {fastest}.")
    methods: dict[str, Callable[[np.ndarray, np.ndarray], FlowResult]] = {
        "one step": partial(lucas_kanade, window=window),
        "iterated": partial(pyramidal_lucas_kanade, window=window, iterations=ITERATED, levels=1),
        "coarse to fine": partial(pyramidal_lucas_kanade, window=window),
        "Horn–Schunck": horn_schunck,
    }
    true = np.arange(0, fastest + STEP / 2, STEP)
    found = np.empty((len(methods), len(true)))
    for k, speed in enumerate(true):
        scene = synthetic.pan(T=2, size=SIDE, velocity=(float(speed), 0.0))
        prev, next_ = (blurred(frame, blur) for frame in scene.clip.frames)
        seen = np.zeros((SIDE, SIDE), bool)
        seen[MARGIN:-MARGIN, MARGIN : -MARGIN - int(np.ceil(speed))] = True
        found[:, k] = [np.median(method(prev, next_).flow[seen, 0]) for method in methods.values()]
    return Speeds(true, dict(zip(methods, found, strict=True)))


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """Blur by a Gaussian of `sigma` pixels; 0 leaves the image as it is."""
    if sigma == 0:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
