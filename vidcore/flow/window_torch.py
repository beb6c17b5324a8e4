"""Window sums, fill and median on tensors: as `window`, with a leading batch axis."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def replicate(x: Float[Tensor, "B H W"], *, rows: int, columns: int) -> Float[Tensor, "B h w"]:
    """Repeat the border `rows` times above and below, `columns` times left and right."""
    return F.pad(x[:, None], (columns, columns, rows, rows), mode="replicate")[:, 0]


def correlate(x: Float[Tensor, "B H W"], kernel: Float[Tensor, "kH kW"]) -> Float[Tensor, "B H W"]:
    """Slide an odd-sized `kernel` over `x`, borders replicated."""
    rows, columns = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = replicate(x, rows=rows, columns=columns)
    return F.conv2d(padded[:, None], kernel.to(x)[None, None])[:, 0]


def window_mean(x: Float[Tensor, "B H W"], window: int) -> Float[Tensor, "B H W"]:
    """Average over `window` x `window` pixels around each one, rows first, then columns."""
    padded = replicate(x, rows=window // 2, columns=window // 2)
    return F.avg_pool2d(F.avg_pool2d(padded, (window, 1), 1), (1, window), 1)


def window_sum(x: Float[Tensor, "B H W"], window: int) -> Float[Tensor, "B H W"]:
    """Sum over `window` x `window` pixels around each one; borders are replicated."""
    return window_mean(x, window) * window**2


def fill(flow: Float[Tensor, "B H W 2"], valid: Bool[Tensor, "B H W"]) -> Float[Tensor, "B H W 2"]:
    """Give each pixel that is not `valid` the mean of the smallest window that holds an answer."""
    known = valid | ~valid.any(dim=2).any(dim=1)[:, None, None]  # nothing to fill from: leave zero
    filled = torch.where(valid[..., None], flow, 0)
    u, v = filled.unbind(-1)
    answers = torch.stack([valid.to(flow), u, v], dim=1)  # (B, 3, H, W)
    reach = 1  # pixels to each side
    while not known.all():
        size = 2 * reach + 1
        rows = F.avg_pool2d(answers, (size, 1), 1, (reach, 0))
        count, *sums = F.avg_pool2d(rows, (1, size), 1, (0, reach)).unbind(1)
        reached = ~known & (count * size**2 > 0.5)
        mean = torch.stack(sums, dim=-1) / torch.where(reached, count, 1)[..., None]
        filled = torch.where(reached[..., None], mean, filled)
        known = known | reached
        reach *= 2
    return filled
