"""SlowFast: two clocks over one clip, one thin and fast, one wide and slow.

Front doors: `clocks(n_frames, fps, layout)` for who sees which frame, `cost(layout)` for what each
pathway costs; `fires`, `respond`, `intervene` and `judge` ask our small trained networks. A
`Layout` is the network in the paper's letters; `VARIANTS` are those it reports.
"""

from vidcore.slowfast.cost import PATHWAYS, Cost, Layer, cost
from vidcore.slowfast.lateral import fuse, lateral, time_sample, time_to_channel
from vidcore.slowfast.layout import LINKS, PUBLISHED, STAGES, Layout, Widths, widths
from vidcore.slowfast.pathways import Clocks, clocks, slow_index, split
from vidcore.slowfast.published import (
    BETAS,
    SLOW_ALONE_GFLOPS,
    VARIANTS,
    VIEWS,
    WITHOUT_LINKS,
    Published,
)
from vidcore.slowfast.trace import KERNELS, Trace, trace
from vidcore.slowfast.trained import (
    CHANGES,
    WAYS,
    WHIRL,
    Fired,
    Interventions,
    Responses,
    Verdicts,
    apart,
    draw,
    fires,
    intervene,
    judge,
    respond,
    whirl,
)

__all__ = [
    "BETAS",
    "CHANGES",
    "KERNELS",
    "LINKS",
    "PATHWAYS",
    "PUBLISHED",
    "SLOW_ALONE_GFLOPS",
    "STAGES",
    "VARIANTS",
    "VIEWS",
    "WAYS",
    "WHIRL",
    "WITHOUT_LINKS",
    "Clocks",
    "Cost",
    "Fired",
    "Interventions",
    "Layer",
    "Layout",
    "Published",
    "Responses",
    "Trace",
    "Verdicts",
    "Widths",
    "apart",
    "clocks",
    "cost",
    "draw",
    "fires",
    "fuse",
    "intervene",
    "judge",
    "lateral",
    "respond",
    "slow_index",
    "split",
    "time_sample",
    "time_to_channel",
    "trace",
    "whirl",
    "widths",
]
