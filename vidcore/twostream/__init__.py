"""Two streams: what is there, from a frame, and how it moves, from flow; joined at the end.

The article's idea in four steps: stack flow fields into channels (`stack_flow`), filter both inputs
(`spatial_features`, `temporal_features`), let each stream answer, and join the answers (`fuse`,
`fuse_logits`, `fuse_learned`). `fusion_curve` says how the answer depends on whom one believes.
"""

from vidcore.twostream.fusion import (
    FusionCurve,
    LinearFusion,
    Stretch,
    both_answers,
    fuse,
    fuse_learned,
    fuse_logits,
    fusion_curve,
    softmax,
    stretches,
)
from vidcore.twostream.layout import LayerCost, layer_costs
from vidcore.twostream.stack import mean_motion, stack_flow, stack_trajectories
from vidcore.twostream.streams import spatial_features, temporal_features
from vidcore.twostream.svm import fit_svm

__all__ = [
    "FusionCurve",
    "LayerCost",
    "LinearFusion",
    "Stretch",
    "both_answers",
    "fit_svm",
    "fuse",
    "fuse_learned",
    "fuse_logits",
    "fusion_curve",
    "layer_costs",
    "mean_motion",
    "softmax",
    "spatial_features",
    "stack_flow",
    "stack_trajectories",
    "stretches",
    "temporal_features",
]
