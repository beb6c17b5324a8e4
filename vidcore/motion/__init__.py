"""What makes video hard: order, redundancy, differences, long range, and the slice through time.

Front doors: `measure` (differences), `compare_orders` (order).
"""

from vidcore.motion.difference import (
    MotionResult,
    changed_pixels,
    difference,
    measure,
    motion_energy,
)
from vidcore.motion.frame import FEATURES
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

__all__ = [
    "FEATURES",
    "MotionResult",
    "OrderResult",
    "Ordering",
    "changed_pixels",
    "compare_orders",
    "difference",
    "frame_scores",
    "freeze",
    "measure",
    "motion_energy",
    "pool",
    "reverse",
    "shuffle",
    "trend",
]
