"""Convolution through time: a kernel with a third axis, and what it costs.

    y(t, i, j) = sum_{a, b, c} k(a, b, c) x(t + a, i + b, j + c)

Once the kernel reaches into neighbouring frames it can answer to motion. C3D stacks such layers;
inflation makes them from image filters; R(2+1)D splits them into space and time.
"""

from vidcore.conv3d.answers import Answer, ask
from vidcore.conv3d.budget import Budget, Conv, Dense, Pool, budget, c3d, resnet18
from vidcore.conv3d.conv import (
    PADDINGS,
    Voxel,
    conv3d,
    conv3d_layer,
    definition,
    output_shape,
    shift_and_add,
    unfold,
    voxel,
)
from vidcore.conv3d.factorize import Separation, midplanes, r2plus1d, separable, separate
from vidcore.conv3d.inflation import InflationResult, compare_inflated, inflate, temporal_gain
from vidcore.conv3d.kernels import DIRECTIONS, SPEEDS, Named, moving_edge, presets
from vidcore.conv3d.shift import temporal_shift
from vidcore.conv3d.tuning import Tuning, drifting, tune

__all__ = [
    "DIRECTIONS",
    "PADDINGS",
    "SPEEDS",
    "Answer",
    "Budget",
    "Conv",
    "Dense",
    "InflationResult",
    "Named",
    "Pool",
    "Separation",
    "Tuning",
    "Voxel",
    "ask",
    "budget",
    "c3d",
    "compare_inflated",
    "conv3d",
    "conv3d_layer",
    "definition",
    "drifting",
    "inflate",
    "midplanes",
    "moving_edge",
    "output_shape",
    "presets",
    "r2plus1d",
    "resnet18",
    "separable",
    "separate",
    "shift_and_add",
    "temporal_gain",
    "temporal_shift",
    "tune",
    "unfold",
    "voxel",
]
