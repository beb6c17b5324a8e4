"""Coarse to fine on tensors: as `pyramid`, with a leading batch axis; an image is on its own."""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vidcore.flow.derivatives_torch import five_point
from vidcore.flow.pyramid import (
    COARSEST_SIDE,
    EDGE,
    FAINTEST,
    HALF_PIXEL,
    MEDIAN_SIDE,
    NORMALISED_OVER,
    STRICT,
)
from vidcore.flow.warp_torch import sample
from vidcore.flow.window_torch import correlate, replicate, window_mean

Field = Float[Tensor, "B H W"]
Flow = Float[Tensor, "2 B H W"]  # u and v, each in one piece: strided numbers add up slowly
Step = Callable[["Level", Tensor], tuple[Tensor, Tensor]]  # flow -> flow, valid
BINOMIAL = np.array([[1, 4, 6, 4, 1]]) / 16  # what OpenCV's pyrDown blurs with
HALF_PIXEL_ODD = np.pad(HALF_PIXEL, ((0, 0), (1, 0)))  # centred on the pixel before the half


class Level(NamedTuple):
    """Both batches at one size, ready to be compared: what stays while the flow is refined."""

    prev: Field
    next_doubled: Field
    Ix: Field
    Iy: Field
    x: Float[Tensor, "H W"]
    y: Float[Tensor, "H W"]


def halve(image: Field) -> Float[Tensor, "B h w"]:
    """Blur, then keep every second pixel, the first included."""
    return correlate(correlate(image, BINOMIAL), BINOMIAL.T)[:, ::2, ::2]


def coarse_to_fine(
    I1: Field, I2: Field, step: Step, *, times: int, most: int | None = None
) -> tuple[Tensor, Tensor]:
    """Take `step` `times` on each level, from the coarsest; return the last flow and its mask.

    Between the levels, and for `step`, the two components come first; in the end they are last.
    """
    pairs = [(I1, I2)]
    while min(pairs[-1][0].shape[1:]) >= 2 * COARSEST_SIDE and len(pairs) != most:
        pairs.append((halve(pairs[-1][0]), halve(pairs[-1][1])))
    flow = I1.new_zeros((2, *pairs[-1][0].shape))
    for prev, next_ in reversed(pairs):
        level = prepare(prev, next_)
        flow = enlarge(flow, prev.shape[1:]) if flow.shape[1:] != prev.shape else flow
        for _ in range(times):
            flow, valid = step(level, flow)
            flow = median(flow)
    return flow.movedim(0, -1).contiguous(), valid


def prepare(prev: Field, next_: Field) -> Level:
    """Normalise both frames of a level, differentiate the first and double the second."""
    prev, next_ = normalise(prev), normalise(next_)
    Ix, Iy = five_point(prev)
    return Level(prev, double(next_), Ix, Iy, *positions(prev.shape[1:], prev))


def positions(
    shape: tuple[int, ...], like: Tensor
) -> tuple[Float[Tensor, "H W"], Float[Tensor, "H W"]]:
    """Return each pixel's x and y, on the device and in the dtype of `like`."""
    rows, columns = (torch.arange(n, device=like.device, dtype=like.dtype) for n in shape)
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return x, y


def normalise(image: Field) -> Field:
    """Subtract the local mean and divide by the local deviation."""
    difference = image - window_mean(image, NORMALISED_OVER)
    variance = window_mean(difference**2, NORMALISED_OVER)
    centred = difference.detach() - difference.detach().mean(dim=(1, 2), keepdim=True)
    overall = centred.square().mean(dim=(1, 2), keepdim=True).sqrt()  # `std` takes twice as long
    eps = torch.finfo(image.dtype).eps
    largest = image.detach().abs().amax(dim=(1, 2), keepdim=True)
    floor = FAINTEST * overall + eps**0.5 * largest + eps  # above rounding
    return difference / torch.sqrt(torch.maximum(variance, floor**2))


def double(image: Field) -> Float[Tensor, "B 2*H 2*W"]:
    """Interpolate the half-pixel positions by six taps."""
    return _with_halves(_with_halves(image, dim=2), dim=1)


def _with_halves(image: Field, *, dim: int) -> Float[Tensor, "B h w"]:
    """Put the value halfway to the next pixel along `dim` after each one."""
    kernel = HALF_PIXEL_ODD if dim == 2 else HALF_PIXEL_ODD.T
    halves = correlate(image, kernel)
    return torch.stack([image, halves], dim=dim + 1).flatten(dim, dim + 1)


def linearise(level: Level, flow: Flow) -> tuple[Field, Field, Field, Field]:
    """Return (Ix, Iy, It) after warping the second frame by `flow`, and each pixel's weight."""
    H, W = level.prev.shape[1:]
    x, y = level.x + flow[0], level.y + flow[1]
    warped = sample(level.next_doubled[:, None], 2 * x, 2 * y)[:, 0]
    Ix, Iy = five_point(warped)
    It = warped - level.prev
    inside = (x > -EDGE) & (x < W - 1 + EDGE) & (y > -EDGE) & (y < H - 1 + EDGE)
    squared = It**2
    typical = squared.mean(dim=(1, 2), keepdim=True) + torch.finfo(It.dtype).tiny
    return (level.Ix + Ix) / 2, (level.Iy + Iy) / 2, It, inside / (1 + STRICT * squared / typical)


def enlarge(flow: Float[Tensor, "2 B h w"], shape: tuple[int, ...]) -> Flow:
    """Return a field of twice the size and twice the values; pixel (2 x, 2 y) is (x, y)."""
    x, y = (position.expand(flow.shape[1], -1, -1) / 2 for position in positions(shape, flow))
    return 2 * sample(flow.movedim(0, 1), x, y).movedim(1, 0).contiguous()


def median(flow: Flow) -> Flow:
    """Replace each value by the median of 5 x 5, by OpenCV where it can: it sorts faster."""
    planes = flow.flatten(0, 1)  # (2 B, H, W)
    if flow.device.type == "cpu" and flow.dtype == torch.float32 and not flow.requires_grad:
        sorted_ = np.stack([cv2.medianBlur(plane, MEDIAN_SIDE) for plane in planes.numpy()])
        return torch.from_numpy(sorted_).view_as(flow)
    half = MEDIAN_SIDE // 2
    around = replicate(planes, rows=half, columns=half)
    windows = around.unfold(1, MEDIAN_SIDE, 1).unfold(2, MEDIAN_SIDE, 1).flatten(3)
    return windows.median(dim=3).values.view_as(flow)
