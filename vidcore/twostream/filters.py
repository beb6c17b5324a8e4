"""What the first layers have learned to look for, read from the trained weights.

A filter of the spatial stream is a small picture in colour. One of the temporal stream is a small
film of motion: at each of its taps an arrow per field, so it has a direction and a time course.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.media.clip import read_only
from vidcore.twostream.watch import SPATIAL, TEMPORAL


@dataclass(frozen=True, slots=True, eq=False)
class FirstLayers:
    """The filters of both streams, the strongest first.

    Parameters
    ----------
    spatial
        `(N, k, k, 3)`.
    temporal
        `(N, k, k, 2L)`, channels u1, v1, u2, v2, ...
    course
        `(N, L, 2)`: the temporal filters summed over their taps, per field: the motion each answers
        to most where the flow is smooth, and when.
    """

    spatial: np.ndarray
    temporal: np.ndarray
    course: np.ndarray

    def __post_init__(self) -> None:
        for name in ("spatial", "temporal", "course"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def first_layers(*, spatial: str = SPATIAL, temporal: str = TEMPORAL) -> FirstLayers:
    """Read the first layers of two trained streams.

    Raises
    ------
    WeightsError
        If one of them has not been trained, or its file is damaged.
    """
    from vidcore.twostream.watch_torch import first_layer  # torch is heavy

    colour, motion = strongest(first_layer(spatial)), strongest(first_layer(temporal))
    return FirstLayers(colour, motion, time_course(motion))


def strongest(filters: Float[np.ndarray, "N k k C"]) -> Float[np.ndarray, "N k k C"]:
    """Sort filters by their length, the longest first."""
    length = np.linalg.norm(filters.reshape(len(filters), -1), axis=1)
    return filters[np.argsort(-length, kind="stable")]


def time_course(filters: Float[np.ndarray, "N k k C"]) -> Float[np.ndarray, "N L 2"]:
    """Sum each field's taps: what a filter answers to a motion that is the same everywhere."""
    course: np.ndarray = filters.sum(axis=(1, 2)).reshape(len(filters), -1, 2)
    return course
