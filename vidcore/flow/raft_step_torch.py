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
    """What stays the same from step to step."""

    f1: Float[Tensor, "B C H W"]
    f2: Float[Tensor, "B C H W"]
    slope: Float[Tensor, "B 2 C H W"]


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
        return Details(f1, f2, slopes(f1))

    def forward(
        self, details: Details, flow: Float[Tensor, "B 2 h w"]
    ) -> tuple[Float[Tensor, "B 2 h w"], Float[Tensor, "B 5 h w"]]:
        """Return the step in pixels at 1/8 resolution, and what is known about it."""
        f1, f2, slope1 = details
        H, W = f1.shape[-2:]
        x, y, inside = self.targets(flow, H, W)
        warped = sample(f2, x, y)
        g = (slope1 + slopes(warped)) / 2
        difference = f1 - warped
        unlike = (difference**2).mean(1)
        w = inside / (1 + unlike / self.log_tolerance.exp())
        gx, gy = g.unbind(1)
        products = [gx * gx, gx * gy, gy * gy, gx * difference, gy * difference]
        sums = torch.stack([w * product.sum(1) for product in products] + [w * unlike], 1)
        xx, xy, yy, xd, yd, rest = self.pool(sums).unbind(1)
        k = self.log_damping.exp()
        det = (xx + k) * (yy + k) - xy * xy
        step = torch.stack([(yy + k) * xd - xy * yd, (xx + k) * yd - xy * xd], 1) / det[:, None]
        step = LONGEST * torch.tanh(step / LONGEST)
        trace = xx + yy + 2 * k
        notes = torch.stack([1 - 2 * k / trace, 4 * det / trace**2, rest], 1)
        return step / RATIO, torch.cat([step, notes], 1)

    def targets(
        self, flow: Float[Tensor, "B 2 h w"], H: int, W: int
    ) -> tuple[Float[Tensor, "B H W"], Float[Tensor, "B H W"], Float[Tensor, "B H W"]]:
        """Return where each pixel at 1/2 resolution points, and whether that is in the frame."""
        rows, columns = interpolation(flow, H), interpolation(flow.mT, W)
        u, v = (RATIO * rows @ flow @ columns.T).unbind(1)
        y, x = (torch.arange(n, device=flow.device, dtype=flow.dtype) for n in (H, W))
        x, y = u + x, v + y[:, None]
        inside = (x >= 0) & (x <= W - 1) & (y >= 0) & (y <= H - 1)
        return x, y, inside.to(flow)

    def pool(self, sums: Float[Tensor, "B n H W"]) -> Float[Tensor, "B n h w"]:
        """Average over the window around every fourth pixel: those are the ones at 1/8."""
        H, W = sums.shape[-2:]
        pooled: Tensor = windows(sums, H) @ sums @ windows(sums, W).T
        return pooled


def slopes(f: Float[Tensor, "B C H W"]) -> Float[Tensor, "B 2 C H W"]:
    """Central differences along x and y, borders replicated."""
    f = F.pad(f, (1, 1, 1, 1), mode="replicate")
    gx = (f[..., 1:-1, 2:] - f[..., 1:-1, :-2]) / 2
    gy = (f[..., 2:, 1:-1] - f[..., :-2, 1:-1]) / 2
    return torch.stack([gx, gy], 1)


def interpolation(like: Float[Tensor, "*B h w"], fine: int) -> Float[Tensor, "fine h"]:
    """Weights that read `fine` places between h ones linearly, the last replicated."""
    h = like.shape[-2]
    at = torch.arange(fine, device=like.device, dtype=like.dtype) / RATIO
    at = at.clamp(max=h - 1)[:, None]
    return (1 - (at - torch.arange(h, device=like.device, dtype=like.dtype)).abs()).clamp(min=0)


def windows(like: Tensor, fine: int) -> Float[Tensor, "h fine"]:
    """Weights of a Gaussian around every fourth of `fine` places; zeros lie outside the border."""
    places = torch.arange(fine, device=like.device, dtype=like.dtype)
    away = (places - places[::RATIO, None]).abs()
    weights = torch.exp(-((away / SPREAD) ** 2) / 2) * (away <= REACH)
    taps = torch.arange(-REACH, REACH + 1, device=like.device, dtype=like.dtype)
    return weights / torch.exp(-((taps / SPREAD) ** 2) / 2).sum()
