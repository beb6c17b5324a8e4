r"""The lateral link: how Fast's many frames reach Slow's few.

    time to channel      slow[t] += fast[alpha t], fast[alpha t + 1], ..., stacked as channels
    time-strided sample  slow[t] += fast[alpha t]
    time-strided conv    slow[t] += sum_j kernel_j fast[alpha t + j - k // 2]       the one used

One way only, Fast to Slow, and joined by concatenation: Slow keeps its own channels and gets
2 beta C more. The convolution has kernel k x 1 x 1 (5, or 7 at alpha 4), stride alpha over time,
zeros around, then a norm and ReLU.

Feichtenhofer et al. 2019, section 3.3; facebookresearch/SlowFast, `FuseFastToSlow`.
"""

import numpy as np
from einops import einsum, rearrange
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view


def lateral(
    fast: Float[np.ndarray, "F H W C"], kernel: Float[np.ndarray, "O C k"], *, alpha: int
) -> Float[np.ndarray, "T H W O"]:
    """Correlate with a kernel over time, one output for every alpha frames, zeros around.

    Parameters
    ----------
    kernel
        Odd in length, in Fast frames.
    """
    half = kernel.shape[-1] // 2
    padded = np.pad(fast, ((half, half), (0, 0), (0, 0), (0, 0)))
    windows = sliding_window_view(padded, kernel.shape[-1], axis=0)[::alpha]
    found: np.ndarray = einsum(windows, kernel, "t h w c k, o c k -> t h w o")
    return found


def fuse(
    slow: Float[np.ndarray, "T H W C"],
    fast: Float[np.ndarray, "F H W D"],
    kernel: Float[np.ndarray, "O D k"],
    *,
    scale: Float[np.ndarray, " O"],
    shift: Float[np.ndarray, " O"],
    alpha: int,
) -> Float[np.ndarray, "T H W E"]:
    """Return Slow's channels, then what the link found in Fast.

    Parameters
    ----------
    scale, shift
        The norm, as it is applied once training is over.
    """
    found = np.maximum(0, scale * lateral(fast, kernel, alpha=alpha) + shift)
    return np.concatenate([slow, found], axis=-1)


def time_to_channel(
    fast: Float[np.ndarray, "F H W C"], *, alpha: int
) -> Float[np.ndarray, "T H W D"]:
    """Pack each alpha frames into the channels of one: nothing is lost, nothing is weighed."""
    return rearrange(fast, "(t a) h w c -> t h w (a c)", a=alpha)


def time_sample(fast: Float[np.ndarray, "F H W C"], *, alpha: int) -> Float[np.ndarray, "T H W C"]:
    """Keep one frame in alpha: the link with a kernel that is 1 in the middle."""
    return fast[::alpha]
