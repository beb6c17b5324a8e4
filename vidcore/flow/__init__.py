"""Optical flow: where did every pixel go? From one equation to a learned method.

    Ix u + Iy v + It = 0

One equation, two unknowns. Lucas-Kanade asks the neighbours, Horn-Schunck asks for smoothness.
"""

from vidcore.flow.horn_schunck import horn_schunck, kept_sweeps, pyramidal_horn_schunck
from vidcore.flow.lucas_kanade import lucas_kanade, pyramidal_lucas_kanade
from vidcore.flow.metrics import angular_error, endpoint_error, fl_all, interpolation_error
from vidcore.flow.result import FlowResult
from vidcore.flow.structure import constraint_lines, eigenvalues, normal_flow, structure_tensor
from vidcore.flow.warp import warp

__all__ = [
    "FlowResult",
    "angular_error",
    "constraint_lines",
    "eigenvalues",
    "endpoint_error",
    "fl_all",
    "horn_schunck",
    "interpolation_error",
    "kept_sweeps",
    "lucas_kanade",
    "normal_flow",
    "pyramidal_horn_schunck",
    "pyramidal_lucas_kanade",
    "structure_tensor",
    "warp",
]
