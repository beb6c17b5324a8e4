r"""Coarse to fine: a large motion is a small one in a small image.

    flow at level l  =  2 x flow at level l + 1, enlarged, then refined a few times

Each refinement looks up the second frame where the flow points and asks how the two still differ.
This file prepares the levels and that question, `linearise`, for Lucas-Kanade and Horn-Schunck:

    It + Ix (u' - u) + Iy (v' - v) = 0         u', v' the flow to find, u, v the flow so far

It differs from the textbook in four places, each for a measured gain: brightness is normalised
locally and on each level; gradients are the mean over both frames; the second frame is looked up on
a half-pixel grid; and pixels that disagree, most of them occluded, count less.

Black & Anandan 1996 for the robust weights; Sun, Roth & Black, IJCV 2014, for the median.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view

from vidcore.flow.derivatives import five_point
from vidcore.flow.result import FlowResult
from vidcore.flow.warp import sample
from vidcore.flow.window import window_mean

COARSEST_SIDE = 12  # pixels: the coarsest level's shorter side is from here to just below 24
NORMALISED_OVER = 5  # pixels: smaller removes texture, larger lets shadows through
FAINTEST = 0.02  # of the image's overall contrast: below, contrast is not raised; it is noise
MEDIAN_SIDE = 5  # pixels: the largest OpenCV sorts in floating point
SOLVABLE = 1e-2  # l2 against the largest l1, of normalised frames: all texture is equally strong
STRICT = 3  # a pixel whose difference is the typical one counts a quarter
EDGE = 0.5  # pixels from the outermost centres to the frame's edge
HALF_PIXEL = np.array([[1, -5, 20, 20, -5, 1]]) / 32  # six taps, as in H.264 (ITU-T H.264, 8.4.2.2)

Step = Callable[["Level", np.ndarray], tuple[np.ndarray, np.ndarray]]  # flow -> flow, valid


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Both frames at one size, ready to be compared: what does not change while flow is refined."""

    prev: Float[np.ndarray, "H W"]
    next_doubled: Float[np.ndarray, "2*H 2*W"]
    Ix: Float[np.ndarray, "H W"]
    Iy: Float[np.ndarray, "H W"]
    x: Float[np.ndarray, "H W"]
    y: Float[np.ndarray, "H W"]


def levels(
    I1: Float[np.ndarray, "H W"], I2: Float[np.ndarray, "H W"], most: int | None = None
) -> list[tuple[Float[np.ndarray, "h w"], Float[np.ndarray, "h w"]]]:
    """Return both frames, then halved and halved again, down to `COARSEST_SIDE` or `most` sizes."""
    pairs = [(I1, I2)]
    while min(pairs[-1][0].shape) >= 2 * COARSEST_SIDE and len(pairs) != most:
        pairs.append(tuple(cv2.pyrDown(i, borderType=cv2.BORDER_REPLICATE) for i in pairs[-1]))  # type: ignore[arg-type]
    return pairs


def coarse_to_fine(
    I1: Float[np.ndarray, "H W"],
    I2: Float[np.ndarray, "H W"],
    step: Step,
    *,
    times: int,
    most: int | None = None,
    iterates: bool = False,
) -> FlowResult:
    """Take `step` `times` on each level, from the coarsest of at most `most`."""
    pairs = levels(I1, I2, most)
    flow = np.zeros((*pairs[-1][0].shape, 2), I1.dtype)
    on_the_way: list[np.ndarray] = []
    for prev, next_ in reversed(pairs):
        level = prepare(prev, next_)
        on_the_way = [enlarge(field, prev.shape) for field in on_the_way]
        flow = enlarge(flow, prev.shape) if prev is not pairs[-1][0] else flow
        for _ in range(times):
            flow, valid = step(level, flow)
            flow = median(flow)
        on_the_way = [*on_the_way, flow] if iterates else []
    return FlowResult(flow, valid, iterates=np.stack(on_the_way) if iterates else None)


def prepare(prev: Float[np.ndarray, "H W"], next_: Float[np.ndarray, "H W"]) -> Level:
    """Normalise both frames of a level, differentiate the first and double the second."""
    prev, next_ = normalise(prev), normalise(next_)
    Ix, Iy = five_point(prev)
    return Level(prev, double(next_), Ix, Iy, *positions(prev.shape, prev.dtype))


@lru_cache(maxsize=32)
def positions(
    shape: tuple[int, int], dtype: np.dtype[Any]
) -> tuple[Float[np.ndarray, "H W"], Float[np.ndarray, "H W"]]:
    """Return each pixel's x and y; read-only, made once for each size."""
    y, x = np.indices(shape, dtype=dtype)
    x.flags.writeable = y.flags.writeable = False
    return x, y


def normalise(image: Float[np.ndarray, "H W"]) -> Float[np.ndarray, "H W"]:
    """Subtract the local mean and divide by the local deviation: a shadow then changes nothing."""
    difference = image - window_mean(image, NORMALISED_OVER)
    variance = window_mean(difference**2, NORMALISED_OVER)
    eps = np.finfo(image.dtype).eps
    overall = cv2.meanStdDev(difference)[1].item()
    floor = FAINTEST * overall + np.sqrt(eps) * abs(image).max() + eps  # above rounding
    normalised: np.ndarray = difference / np.sqrt(np.maximum(variance, floor**2))
    return normalised


def double(image: Float[np.ndarray, "H W"]) -> Float[np.ndarray, "2*H 2*W"]:
    """Interpolate the half-pixel positions by six taps; bilinear look-ups then blur little.

    Bilinear look-ups between whole pixels shift fine texture, which biases the flow by 0.02 pixels.
    """
    border, centre = cv2.BORDER_REPLICATE, HALF_PIXEL.size // 2 - 1
    H, W = image.shape
    doubled = np.empty((2 * H, 2 * W), image.dtype)
    doubled[::2, ::2] = image
    doubled[::2, 1::2] = cv2.filter2D(image, -1, HALF_PIXEL, anchor=(centre, 0), borderType=border)
    columns = np.ascontiguousarray(doubled[::2])
    doubled[1::2] = cv2.filter2D(columns, -1, HALF_PIXEL.T, anchor=(0, centre), borderType=border)
    return doubled


def linearise(
    level: Level, flow: Float[np.ndarray, "H W 2"]
) -> tuple[
    Float[np.ndarray, "H W"],
    Float[np.ndarray, "H W"],
    Float[np.ndarray, "H W"],
    Float[np.ndarray, "H W"],
]:
    """Return (Ix, Iy, It) after warping the second frame by `flow`, and each pixel's weight.

    The weight falls with the squared difference, 1 / (1 + 3 It^2 / mean It^2), and is zero where
    the flow leaves the frame: there is nothing to compare with.
    """
    H, W = level.prev.shape
    x, y = level.x + flow[..., 0], level.y + flow[..., 1]
    warped = sample(level.next_doubled, 2 * x, 2 * y)
    Ix, Iy = five_point(warped)
    It = warped - level.prev
    inside = (x > -EDGE) & (x < W - 1 + EDGE) & (y > -EDGE) & (y < H - 1 + EDGE)
    squared = It**2
    typical = squared.mean() + np.finfo(It.dtype).tiny
    return (level.Ix + Ix) / 2, (level.Iy + Iy) / 2, It, inside / (1 + STRICT * squared / typical)


def enlarge(flow: Float[np.ndarray, "h w 2"], shape: tuple[int, int]) -> Float[np.ndarray, "H W 2"]:
    """Return a field of twice the size and twice the values; pixel (2 x, 2 y) is (x, y)."""
    x, y = positions(shape, flow.dtype)
    return 2 * sample(flow, x / 2, y / 2)


def median(flow: Float[np.ndarray, "H W 2"]) -> Float[np.ndarray, "H W 2"]:
    """Replace each component by its median over 5 x 5: outliers go, motion boundaries stay."""
    if flow.dtype == np.float32:
        return cv2.merge([cv2.medianBlur(plane, MEDIAN_SIDE) for plane in cv2.split(flow)])
    half = MEDIAN_SIDE // 2  # OpenCV sorts no float64
    padded = np.pad(flow, ((half, half), (half, half), (0, 0)), mode="edge")
    around = sliding_window_view(padded, (MEDIAN_SIDE, MEDIAN_SIDE), axis=(0, 1))
    return np.asarray(np.median(around, axis=(-2, -1)))
