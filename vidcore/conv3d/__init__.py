"""Convolution through time: a kernel with a third axis, and what it costs.

    y(t, i, j) = sum_{a, b, c} k(a, b, c) x(t + a, i + b, j + c)

Once the kernel reaches into neighbouring frames it can answer to motion. C3D stacks such layers;
inflation makes them from image filters; R(2+1)D splits them into space and time.
"""

from vidcore.conv3d.budget import Budget, Conv, Dense, Layer, Pool, budget, c3d, resnet18, stack
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
from vidcore.conv3d.inflation import (
    InflationResult,
    compare_inflated,
    inflate,
    planes,
    temporal_gain,
)
from vidcore.conv3d.kernels import (
    DIRECTIONS,
    SPEEDS,
    Named,
    learned,
    learned_planes,
    moving_edge,
    presets,
)
from vidcore.conv3d.pairs import PairsResult, compare_pairs
from vidcore.conv3d.shift import temporal_shift
from vidcore.conv3d.tuning import Tuning, drifting, tune
from vidcore.conv3d.workshop import (
    Inspection,
    Workbench,
    inspect,
    kernel_of,
    offered,
    title,
    workbench,
)

__all__ = [
    "DIRECTIONS",
    "PADDINGS",
    "SPEEDS",
    "Budget",
    "Conv",
    "Dense",
    "InflationResult",
    "Inspection",
    "Layer",
    "Named",
    "PairsResult",
    "Pool",
    "Separation",
    "Tuning",
    "Voxel",
    "Workbench",
    "budget",
    "c3d",
    "compare_inflated",
    "compare_pairs",
    "conv3d",
    "conv3d_layer",
    "definition",
    "drifting",
    "inflate",
    "inspect",
    "kernel_of",
    "learned",
    "learned_planes",
    "midplanes",
    "moving_edge",
    "offered",
    "output_shape",
    "planes",
    "presets",
    "r2plus1d",
    "resnet18",
    "separable",
    "separate",
    "shift_and_add",
    "stack",
    "temporal_gain",
    "temporal_shift",
    "title",
    "tune",
    "unfold",
    "voxel",
    "workbench",
]
