"""Coarse to fine on tensors: as `pyramid`, with a leading batch axis; an image is on its own."""

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
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
Flow = Float[Tensor, "B H W 2"]
Step = Callable[["Level", Tensor], tuple[Tensor, Tensor]]  # flow -> flow, valid
BINOMIAL = torch.tensor([[1.0, 4.0, 6.0, 4.0, 1.0]]) / 16  # what OpenCV's pyrDown blurs with
TAPS = torch.from_numpy(HALF_PIXEL)


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
    """Take `step` `times` on each level, from the coarsest; return the last flow and its mask."""
    pairs = [(I1, I2)]
    while min(pairs[-1][0].shape[1:]) >= 2 * COARSEST_SIDE and len(pairs) != most:
        pairs.append((halve(pairs[-1][0]), halve(pairs[-1][1])))
    flow = I1.new_zeros((*pairs[-1][0].shape, 2))
    for prev, next_ in reversed(pairs):
        level = prepare(prev, next_)
        flow = enlarge(flow, prev.shape[1:]) if flow.shape[:3] != prev.shape else flow
        for _ in range(times):
            flow, valid = step(level, flow)
            flow = median(flow)
    return flow, valid


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
    overall = difference.detach().std(dim=(1, 2), correction=0, keepdim=True)
    eps = torch.finfo(image.dtype).eps
    largest = image.detach().abs().amax(dim=(1, 2), keepdim=True)
    floor = FAINTEST * overall + eps**0.5 * largest + eps  # above rounding
    return difference / torch.sqrt(torch.maximum(variance, floor**2))


def double(image: Field) -> Float[Tensor, "B 2*H 2*W"]:
    """Interpolate the half-pixel positions by six taps."""
    wide = _between(image, TAPS, dim=2)
    return _between(wide, TAPS.T, dim=1)


def _between(image: Field, taps: Float[Tensor, "kH kW"], *, dim: int) -> Float[Tensor, "B h w"]:
    before, after = taps.numel() // 2 - 1, taps.numel() // 2
    columns, rows = ((before, after), (0, 0)) if dim == 2 else ((0, 0), (before, after))
    padded = F.pad(image[:, None], (*columns, *rows), mode="replicate")
    halves = F.conv2d(padded, taps.to(image)[None, None])[:, 0]
    return torch.stack([image, halves], dim=dim + 1).flatten(dim, dim + 1)


def linearise(level: Level, flow: Flow) -> tuple[Field, Field, Field, Field]:
    """Return (Ix, Iy, It) after warping the second frame by `flow`, and each pixel's weight."""
    H, W = level.prev.shape[1:]
    x, y = level.x + flow[..., 0], level.y + flow[..., 1]
    warped = sample(level.next_doubled[:, None], 2 * x, 2 * y)[:, 0]
    Ix, Iy = five_point(warped)
    It = warped - level.prev
    inside = (x > -EDGE) & (x < W - 1 + EDGE) & (y > -EDGE) & (y < H - 1 + EDGE)
    squared = It**2
    typical = squared.mean(dim=(1, 2), keepdim=True) + torch.finfo(It.dtype).tiny
    return (level.Ix + Ix) / 2, (level.Iy + Iy) / 2, It, inside / (1 + STRICT * squared / typical)


def enlarge(flow: Float[Tensor, "B h w 2"], shape: tuple[int, ...]) -> Flow:
    """Return a field of twice the size and twice the values; pixel (2 x, 2 y) is (x, y)."""
    x, y = (position.expand(len(flow), -1, -1) / 2 for position in positions(shape, flow))
    return 2 * sample(flow.movedim(3, 1), x, y).movedim(1, 3)


def median(flow: Flow) -> Flow:
    """Replace each component by its median over 5 x 5."""
    half = MEDIAN_SIDE // 2
    planes = [
        replicate(component, rows=half, columns=half)
        .unfold(1, MEDIAN_SIDE, 1)
        .unfold(2, MEDIAN_SIDE, 1)
        .flatten(3)
        .median(dim=3)
        .values
        for component in flow.unbind(-1)
    ]
    return torch.stack(planes, dim=-1)
