"""Optical flow: where did every pixel go? From one equation to a learned method.

    Ix u + Iy v + It = 0

One equation, two unknowns. Lucas-Kanade asks the neighbours, Horn-Schunck asks for smoothness, RAFT
compares everything with everything and corrects itself.
"""

from vidcore.flow.aperture import LESSON_POINT, Aperture, apertures, first_lesson
from vidcore.flow.camera import CameraMotion, remove_camera_motion
from vidcore.flow.colour import colour_wheel, to_colour
from vidcore.flow.consistency import forward_backward
from vidcore.flow.estimate import (
    HornSchunck,
    LucasKanade,
    PyramidalHornSchunck,
    PyramidalLucasKanade,
    Raft,
    estimate,
)
from vidcore.flow.files import read_flo, read_kitti, write_flo, write_kitti
from vidcore.flow.film import Film, film
from vidcore.flow.horn_schunck import horn_schunck, kept_sweeps, pyramidal_horn_schunck
from vidcore.flow.lucas_kanade import lucas_kanade, pyramidal_lucas_kanade
from vidcore.flow.metrics import angular_error, endpoint_error, fl_all, interpolation_error
from vidcore.flow.raft import raft
from vidcore.flow.raft_inside import RaftInside, raft_inside
from vidcore.flow.residual import Residual, residual
from vidcore.flow.result import FlowResult
from vidcore.flow.rivals import Rival, rivals
from vidcore.flow.smoothness import ALPHAS, Smoothness, smoothness_curve, telling_point
from vidcore.flow.speeds import Speeds, speed_curve
from vidcore.flow.structure import (
    constraint_lines,
    eigenvalues,
    normal_flow,
    structure_tensor,
)
from vidcore.flow.warp import warp

__all__ = [
    "ALPHAS",
    "LESSON_POINT",
    "Aperture",
    "CameraMotion",
    "Film",
    "FlowResult",
    "HornSchunck",
    "LucasKanade",
    "PyramidalHornSchunck",
    "PyramidalLucasKanade",
    "Raft",
    "RaftInside",
    "Residual",
    "Rival",
    "Smoothness",
    "Speeds",
    "angular_error",
    "apertures",
    "colour_wheel",
    "constraint_lines",
    "eigenvalues",
    "endpoint_error",
    "estimate",
    "film",
    "first_lesson",
    "fl_all",
    "forward_backward",
    "horn_schunck",
    "interpolation_error",
    "kept_sweeps",
    "lucas_kanade",
    "normal_flow",
    "pyramidal_horn_schunck",
    "pyramidal_lucas_kanade",
    "raft",
    "raft_inside",
    "read_flo",
    "read_kitti",
    "remove_camera_motion",
    "residual",
    "rivals",
    "smoothness_curve",
    "speed_curve",
    "structure_tensor",
    "telling_point",
    "to_colour",
    "warp",
    "write_flo",
    "write_kitti",
]
