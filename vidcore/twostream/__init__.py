"""Two streams: what is there, from a frame, and how it moves, from flow; joined at the end.

The article's idea in four steps: stack flow fields into channels (`stack_flow`), filter both inputs
(`spatial_features`, `temporal_features`), let each stream answer, and join the answers (`fuse`,
`fuse_logits`, `fuse_learned`). `fusion_curve` says how the answer depends on whom one believes.
`watch` asks the trained pair about a clip; `which_notices` changes the clip and asks again.
"""

from vidcore.twostream.change import (
    CHANGES,
    Change,
    changed_clip,
    which_notices,
)
from vidcore.twostream.cost import spend
from vidcore.twostream.filters import FirstLayers, first_layers
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
from vidcore.twostream.scene_bias import biased_clip
from vidcore.twostream.stack import (
    left_without_mean,
    mean_motion,
    stack_flow,
    stack_trajectories,
)
from vidcore.twostream.streams import spatial_features, temporal_features
from vidcore.twostream.svm import fit_svm
from vidcore.twostream.trained import TrainedFusion, trained_fusion, trained_trouble
from vidcore.twostream.watch import Fields, TwoStreamResult, fields, watch, watch_frames

__all__ = [
    "CHANGES",
    "Change",
    "Fields",
    "FirstLayers",
    "FusionCurve",
    "LayerCost",
    "LinearFusion",
    "Stretch",
    "TrainedFusion",
    "TwoStreamResult",
    "biased_clip",
    "both_answers",
    "changed_clip",
    "fields",
    "first_layers",
    "fit_svm",
    "fuse",
    "fuse_learned",
    "fuse_logits",
    "fusion_curve",
    "layer_costs",
    "left_without_mean",
    "mean_motion",
    "softmax",
    "spatial_features",
    "spend",
    "stack_flow",
    "stack_trajectories",
    "stretches",
    "temporal_features",
    "trained_fusion",
    "trained_trouble",
    "watch",
    "watch_frames",
    "which_notices",
]
