r"""One clip, two clocks: which frames each pathway is given, and which of them a link reads.

    fast = raw[start + (tau / alpha) i]                       i = 0 ... alpha T - 1
    slow = fast[trunc(linspace(0, alpha T - 1, T))]

The loader reads Fast's frames and takes Slow's from them, both ends included. So Slow's frames lie
`(alpha T - 1) / (T - 1)` Fast frames apart, a little more than alpha, while the link from Fast to
Slow steps by alpha exactly: at 4 x 16, Slow looks at Fast's frames 0, 10, 20, 31, and the links
bring it what happened around 0, 8, 16, 24.

Feichtenhofer et al. 2019, section 3; facebookresearch/SlowFast, `pack_pathway_output`.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int64

from vidcore.errors import ShapeError
from vidcore.sampling import slowfast
from vidcore.slowfast.layout import Layout


def slow_index(fast: int, alpha: int) -> Int64[np.ndarray, " T"]:
    """Return which of `fast` frames the Slow pathway takes.

    Raises
    ------
    ShapeError
        If a count is below 1, or fewer than alpha frames would leave Slow none.
    """
    if alpha < 1 or fast < alpha:
        raise ShapeError(f"Slow takes one of alpha frames; got {fast} frames and alpha {alpha}.")
    return np.linspace(0, fast - 1, fast // alpha).astype(np.int64)  # truncated, as released


def split(
    fast: Float[np.ndarray, "F H W C"], *, alpha: int
) -> tuple[Float[np.ndarray, "T H W C"], Float[np.ndarray, "F H W C"]]:
    """Return what the Slow and the Fast pathway are given of Fast's frames."""
    return fast[slow_index(len(fast), alpha)], fast


@dataclass(frozen=True, slots=True, eq=False)
class Clocks:
    """Who sees which frame of a clip, and what the links connect.

    Attributes
    ----------
    layout
        The network.
    n_frames, fps
        Of the clip.
    slow, fast
        Frames of the clip `(T,)` and `(alpha T,)` that the pathways are given.
    slow_at
        Slow's frames as indices into Fast's `(T,)`.
    link_at
        The Fast frame in the middle of each link `(T,)`.
    reads
        Whether link t reads Fast's frame i `(T, alpha T)`.
    """

    layout: Layout
    n_frames: int
    fps: float
    slow: Int64[np.ndarray, " T"]
    fast: Int64[np.ndarray, " F"]
    slow_at: Int64[np.ndarray, " T"]
    link_at: Int64[np.ndarray, " T"]
    reads: Bool[np.ndarray, "T F"]

    @property
    def repeated(self) -> int:
        """Fast frames beyond the clip's end, where its last frame is given again."""
        return int((np.diff(self.fast) == 0).sum())

    @property
    def unread(self) -> int:
        """Fast frames that no first link reads: only Fast's own kernels know of them."""
        return int((~self.reads.any(axis=0)).sum())

    @property
    def largest_offset(self) -> int:
        """Fast frames between what Slow sees and what its link tells it about, at most."""
        return int(np.abs(self.slow_at - self.link_at).max())


def clocks(n_frames: int, fps: float, layout: Layout | None = None, *, start: int = 0) -> Clocks:
    """Lay both pathways over a clip.

    Parameters
    ----------
    start
        First frame, moved so that the raw clip lies inside the video where it can.

    Raises
    ------
    ShapeError
        If `n_frames` is below 1.
    """
    layout = layout or Layout()
    T, alpha = layout.slow, layout.alpha
    slow, fast = slowfast(n_frames, slow=T, alpha=alpha, stride=layout.stride, start=start)
    link_at = alpha * np.arange(T)
    reads = np.abs(np.arange(layout.fast) - link_at[:, None]) <= layout.kernel // 2
    return Clocks(layout, n_frames, fps, slow, fast, slow_index(len(fast), alpha), link_at, reads)
