r"""Scores of one frame alone: five measurements that cannot know what came before or after.

Each stands for the f of an image classifier: a number made from one image. They are plain on
purpose, so that a visitor can check them by eye, and what holds for them holds for any f.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.media.clip import grey

Frame = Float[np.ndarray, "H W 3"]


def brightness(frame: Frame) -> float:
    """Mean grey level, 0 to 1."""
    return float(grey(frame).mean())


def contrast(frame: Frame) -> float:
    """Standard deviation of the grey levels."""
    return float(grey(frame).std())


def edges(frame: Frame) -> float:
    """Mean step in grey between neighbouring pixels: along the rows plus along the columns."""
    G = grey(frame)
    return float(sum(np.abs(np.diff(G, axis=a)).mean() for a in (0, 1) if G.shape[a] > 1))


def height(frame: Frame) -> float:
    """How high up lies what stands out, from 0 (bottom row) to 1 (top row)."""
    return 1 - _centre(salience(frame).sum(axis=1))


def side(frame: Frame) -> float:
    """How far right lies what stands out, from 0 (first column) to 1 (last column)."""
    return _centre(salience(frame).sum(axis=0))


def salience(frame: Frame) -> Float[np.ndarray, "H W"]:
    """Squared distance of each grey level from the frame's median: 0 where most pixels agree."""
    G = grey(frame)
    squared: np.ndarray = np.square(G - np.median(G))
    return squared


def _centre(weights: Float[np.ndarray, " L"]) -> float:
    """Centre of mass from 0 to 1; the middle where there is no weight or no extent."""
    total = float(weights.sum(dtype=np.float64))
    if total == 0 or len(weights) == 1:
        return 1 / 2
    return float(weights @ np.linspace(0, 1, len(weights))) / total


@dataclass(frozen=True, slots=True)
class Measurement:
    """A score of one frame, and the unit in which to read it."""

    score: Callable[[np.ndarray], float]
    unit: str


FEATURES: dict[str, Measurement] = {
    "brightness": Measurement(brightness, "mean grey, 0 to 1"),
    "contrast": Measurement(contrast, "standard deviation of grey"),
    "edges": Measurement(edges, "mean grey step between neighbours"),
    "height": Measurement(height, "0 bottom, 1 top"),
    "side": Measurement(side, "0 left, 1 right"),
}
