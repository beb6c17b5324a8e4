"""Hypothesis strategies: clips of awkward sizes."""

import numpy as np
from hypothesis import strategies as st

from vidcore.media import Clip


@st.composite
def small_clips(
    draw: st.DrawFn, *, min_frames: int = 1, max_frames: int = 8, max_side: int = 12
) -> Clip:
    """Random noise of any small size, odd and non-square included."""
    T = draw(st.integers(min_frames, max_frames))
    H, W = draw(st.integers(1, max_side)), draw(st.integers(1, max_side))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Clip(
        rng.random((T, H, W, 3), dtype=np.float32), fps=draw(st.sampled_from([10.0, 29.97]))
    )
