"""SlowFast: two clocks over one clip, one thin and fast, one wide and slow.

Front doors: `clocks(n_frames, fps, layout)` for who sees which frame, `cost(layout)` for what each
pathway costs. A `Layout` is the network in the paper's letters; `PUBLISHED` holds the released
ones.
"""

from vidcore.slowfast.cost import PATHWAYS, Cost, Layer, cost
from vidcore.slowfast.lateral import fuse, lateral, time_sample, time_to_channel
from vidcore.slowfast.layout import PUBLISHED, Layout, Widths, widths
from vidcore.slowfast.pathways import Clocks, clocks, slow_index, split

__all__ = [
    "PATHWAYS",
    "PUBLISHED",
    "Clocks",
    "Cost",
    "Layer",
    "Layout",
    "Widths",
    "clocks",
    "cost",
    "fuse",
    "lateral",
    "slow_index",
    "split",
    "time_sample",
    "time_to_channel",
    "widths",
]
