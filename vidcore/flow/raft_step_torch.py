"""A Lucas-Kanade step on learned features, inside RAFT's update: what is near, to a fraction.

    S = sum w g g^T,   b = sum w g (f1(p) - f2(p + flow)),   step = (S + k I)^-1 b

All pairs at 1/8 resolution see far and coarsely. This step sees a few pixels far and finely: it
warps the second frame's features at 1/2 resolution by the present flow, and solves one 2 x 2 system
per window, as `lucas_kanade` does on brightness. Unlike there, the features and how much a
difference w counts are learned.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.flow.warp_torch import sample

RATIO = 4  # of 1/2 resolution against 1/8
SPREAD = 2.0  # pixels at 1/2 resolution: the Gaussian window's
REACH = 6  # its cut
LONGEST = 2.0  # pixels at 1/2 resolution: a longer step is not believed


class Details(NamedTuple):
    """What stays the same from step to step.

    Parameters
    ----------
    f1, f2
        Both frames' features at 1/2 resolution.
    between
        `(H, h)` and `(W, w)`: how rows and columns at 1/2 are read between those at 1/8.
    windows
        `(h, H)` and `(w, W)`: the window around each row and column at 1/8.
    """

    f1: Float[Tensor, "B C H W"]
    f2: Float[Tensor, "B C H W"]
    between: tuple[Tensor, Tensor]
    windows: tuple[Tensor, Tensor]


class FineStep(nn.Module):
    """One 2 x 2 system per pixel at 1/8 resolution.

    Parameters
    ----------
    c_in, channels
        Of the encoder's features at 1/2 resolution, and how many mixtures of them are compared.
    """

    def __init__(self, c_in: int, channels: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(c_in, channels, 1)
        self.log_damping = nn.Parameter(torch.tensor(-3.0))
        self.log_tolerance = nn.Parameter(torch.tensor(0.0))

    def prepare(self, half: Float[Tensor, "n C H W"]) -> Details:
        """Mix and normalise both frames' features, first frames first, once for all steps."""
        f1, f2 = F.instance_norm(self.mix(half)).chunk(2)
        between = interpolation(f1.mT), interpolation(f1)
        return Details(f1, f2, between, (windows(f1.mT), windows(f1)))

    def forward(
        self, details: Details, flow: Float[Tensor, "B 2 h w"]
    ) -> tuple[Float[Tensor, "B 2 h w"], Float[Tensor, "B 5 h w"]]:
        """Return the step in pixels at 1/8 resolution, and what is known about it."""
        f1, f2, between, around = details
        x, y, inside = targets(flow, *between)
        warped = sample(f2, x, y)
        gx, gy = slopes(torch.lerp(f1, warped, 0.5))
        difference = f1 - warped
        unlike = (difference * difference).mean(1)
        w = inside / (1 + unlike / self.log_tolerance.exp())
        products = [gx * gx, gx * gy, gy * gy, gx * difference, gy * difference]
        sums = torch.stack([w * product.sum(1) for product in products] + [w * unlike], 1)
        xx, xy, yy, xd, yd, rest = pool(sums, *around).unbind(1)
        k = self.log_damping.exp()
        det = (xx + k) * (yy + k) - xy * xy
        step = torch.stack([(yy + k) * xd - xy * yd, (xx + k) * yd - xy * xd], 1) / det[:, None]
        step = LONGEST * torch.tanh(step / LONGEST)
        trace = xx + yy + 2 * k
        notes = torch.stack([1 - 2 * k / trace, 4 * det / trace**2, rest], 1)
        return step / RATIO, torch.cat([step, notes], 1)


def targets(
    flow: Float[Tensor, "B 2 h w"], rows: Float[Tensor, "H h"], columns: Float[Tensor, "W w"]
) -> tuple[Float[Tensor, "B H W"], Float[Tensor, "B H W"], Float[Tensor, "B H W"]]:
    """Return where each pixel at 1/2 resolution points, and whether that is in the frame."""
    H, W = len(rows), len(columns)
    u, v = (RATIO * rows @ flow @ columns.T).unbind(1)
    y, x = (torch.arange(n, device=flow.device, dtype=flow.dtype) for n in (H, W))
    x, y = u + x, v + y[:, None]
    inside = (x >= 0) & (x <= W - 1) & (y >= 0) & (y <= H - 1)
    return x, y, inside.to(flow)


def pool(
    sums: Float[Tensor, "B n H W"], rows: Float[Tensor, "h H"], columns: Float[Tensor, "w W"]
) -> Float[Tensor, "B n h w"]:
    """Average over the window around every fourth pixel: those are the ones at 1/8."""
    return rows @ (sums @ columns.T)


def slopes(
    f: Float[Tensor, "B C H W"],
) -> tuple[Float[Tensor, "B C H W"], Float[Tensor, "B C H W"]]:
    """Central differences along x and y, borders replicated."""
    f = F.pad(f, (1, 1, 1, 1), mode="replicate")
    gx = (f[..., 1:-1, 2:] - f[..., 1:-1, :-2]) / 2
    gy = (f[..., 2:, 1:-1] - f[..., :-2, 1:-1]) / 2
    return gx, gy


def interpolation(f: Float[Tensor, "*B W"]) -> Float[Tensor, "W w"]:
    """Weights that read the W columns of `f` between every fourth of them, the last replicated."""
    columns = torch.arange(f.shape[-1], device=f.device, dtype=f.dtype)
    at = (columns / RATIO)[:, None]
    coarse = columns[::RATIO] / RATIO
    return (1 - (at.clamp(max=len(coarse) - 1) - coarse).abs()).clamp(min=0)


def windows(f: Float[Tensor, "*B W"]) -> Float[Tensor, "w W"]:
    """Weights of a Gaussian around every fourth column of `f`; zeros lie outside the border."""
    places = torch.arange(f.shape[-1], device=f.device, dtype=f.dtype)
    away = (places - places[::RATIO, None]).abs()
    weights = torch.exp(-((away / SPREAD) ** 2) / 2) * (away <= REACH)
    taps = torch.arange(-REACH, REACH + 1, device=f.device, dtype=f.dtype)
    return weights / torch.exp(-((taps / SPREAD) ** 2) / 2).sum()
