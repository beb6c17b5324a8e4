"""Window sums and fill on tensors: as `window`, with a leading batch axis."""

from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def replicate(x: Float[Tensor, "*B H W"], *, rows: int, columns: int) -> Float[Tensor, "*B h w"]:
    """Repeat the border `rows` times above and below, `columns` times left and right."""
    return F.pad(x, (columns, columns, rows, rows), mode="replicate")


def correlate(
    x: Float[Tensor, "*B H W"], kernel: Float[np.ndarray, "kH kW"]
) -> Float[Tensor, "*B H W"]:
    """Slide an odd-sized `kernel` over `x`, borders replicated: shift, weigh, add, tap by tap."""
    H, W = x.shape[-2:]
    padded = replicate(x, rows=kernel.shape[0] // 2, columns=kernel.shape[1] // 2)
    total = torch.zeros_like(x)
    for i, j in np.argwhere(kernel):  # where it is not zero
        shifted = padded[..., i : i + H, j : j + W]
        total = torch.add(total, shifted, alpha=float(kernel[i, j]))
    return total


def window_sum(x: Float[Tensor, "*B H W"], window: int) -> Float[Tensor, "*B H W"]:
    """Sum over `window` x `window` pixels around each one; borders are replicated."""
    return _box_sum(replicate(x, rows=window // 2, columns=window // 2), window)


def _box_sum(padded: Float[Tensor, "*B h w"], window: int) -> Float[Tensor, "*B H W"]:
    return _running_sum(_running_sum(padded, window, dim=-2), window, dim=-1)


def _running_sum(x: Tensor, window: int, *, dim: int) -> Tensor:
    """Sum `window` neighbours along `dim` in about log2 additions.

    Sums of 1, 2, 4, 8 come by doubling; 9 = 8 + 1 takes those that its binary digits name. On a CPU
    ten times faster than average pooling; and unlike differences of a cumulative sum it subtracts
    nothing, so no digits are lost.
    """
    length = x.shape[dim] - window + 1
    parts, done, size = [], 0, 1
    while True:
        if window & size:
            parts.append(x.narrow(dim, done, length))
            done += size
        if done == window:
            return reduce(torch.add, parts)
        rest = x.shape[dim] - size
        x = x.narrow(dim, 0, rest) + x.narrow(dim, size, rest)
        size *= 2


def window_sums(*products: Float[Tensor, "B H W"], window: int) -> tuple[Tensor, ...]:
    """Sum each of the products over its windows, all at once."""
    return window_sum(torch.stack(products), window).unbind(0)


def window_mean(x: Float[Tensor, "*B H W"], window: int) -> Float[Tensor, "*B H W"]:
    """Average over `window` x `window` pixels around each one; borders are replicated."""
    return window_sum(x, window) / window**2


def fill(flow: Float[Tensor, "B H W 2"], valid: Bool[Tensor, "B H W"]) -> Float[Tensor, "B H W 2"]:
    """Give each pixel that is not `valid` the mean of the smallest window that holds an answer."""
    known = valid | ~valid.any(dim=2).any(dim=1)[:, None, None]  # nothing to fill from: leave zero
    filled = torch.where(valid[..., None], flow, 0)
    u, v = filled.unbind(-1)
    answers = torch.stack([valid.to(flow), u, v])  # (3, B, H, W)
    reach = 1  # pixels to each side
    while not known.all():
        padded = F.pad(answers, (reach, reach, reach, reach))  # with zeros: no answers there
        count, *sums = _box_sum(padded, 2 * reach + 1)
        reached = ~known & (count > 0.5)
        mean = torch.stack(sums, dim=-1) / torch.where(reached, count, 1)[..., None]
        filled = torch.where(reached[..., None], mean, filled)
        known = known | reached
        reach *= 2
    return filled
