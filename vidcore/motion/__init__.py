"""What makes video hard: order, redundancy, differences, long range, and the slice through time.

Front doors, each `(clip, settings) -> result`: `measure` for differences, `compare_orders`,
`redundancy`, `long_range`. A slice is taken by `space_time_slice` and measured by `slice_speed`;
`memory_layout` needs only a shape.
"""

from vidcore.motion.difference import (
    MotionResult,
    changed_pixels,
    difference,
    measure,
    motion_energy,
)
from vidcore.motion.frame import FEATURES
from vidcore.motion.layout import LayoutResult, memory_layout
from vidcore.motion.order import (
    Ordering,
    OrderResult,
    compare_orders,
    frame_scores,
    freeze,
    pool,
    reverse,
    shuffle,
    trend,
)
from vidcore.motion.redundancy import RedundancyResult, redundancy
from vidcore.motion.slice import (
    SliceSpeed,
    column_slice,
    row_speed,
    slice_speed,
    space_time_slice,
)
from vidcore.motion.window import WindowResult, long_range

__all__ = [
    "FEATURES",
    "LayoutResult",
    "MotionResult",
    "OrderResult",
    "Ordering",
    "RedundancyResult",
    "SliceSpeed",
    "WindowResult",
    "changed_pixels",
    "column_slice",
    "compare_orders",
    "difference",
    "frame_scores",
    "freeze",
    "long_range",
    "measure",
    "memory_layout",
    "motion_energy",
    "pool",
    "redundancy",
    "reverse",
    "row_speed",
    "shuffle",
    "slice_speed",
    "space_time_slice",
    "trend",
]
