"""What our trained networks with a third axis say about a clip, and what their layers hold.

They were trained on 16 frames of 48 x 48; a clip is brought to that first: 16 frames spread over
it, the middle square of each, averaged down.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vidcore.errors import ShapeError
from vidcore.media.clip import Clip, read_only
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES

LABELS = {"action": ACTIONS, "colour": COLOURS, "shape": SHAPES}
ORDERS = ("forward", "reversed", "shuffled", "frozen")
FRAMES, SIDE = 16, 48
SHUFFLE_SEED = 0  # one fixed shuffle, so that a link shows the same one


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A network's reading of a clip.

    Parameters
    ----------
    name
        The model's.
    order
        In which the frames were shown to it.
    scores
        By question, "action", "colour", "shape": probabilities in the order of `LABELS`.
    features
        By layer: `(C, T', H', W')` after the ReLU.
    seen
        `(16, 48, 48, 3)`: what it was shown, RGB in [0, 1].
    """

    name: str
    order: str
    scores: Mapping[str, np.ndarray]
    features: Mapping[str, np.ndarray]
    seen: np.ndarray

    def best(self, question: str) -> tuple[str, float]:
        """Return the likeliest answer to a question, and its probability."""
        scores = self.scores[question]
        return LABELS[question][int(scores.argmax())], float(scores.max())


def ask(clip: Clip, name: str, *, order: str = "forward") -> Answer:
    """Show a clip to a trained network.

    Parameters
    ----------
    name
        "c3d", "inflated" or "r2plus1d".
    order
        "forward", "reversed", "shuffled", or "frozen" at the middle frame.

    Raises
    ------
    WeightsError
        If the network has not been trained, or its file does not fit.
    ShapeError
        If the order has another name.
    """
    from vidcore.conv3d.answers_torch import answers

    seen = prepare(clip)[reorder(order)]
    scores, features = answers(seen, name)
    return Answer(
        name=name,
        order=order,
        scores={question: read_only(p) for question, p in scores.items()},
        features={layer: read_only(volume) for layer, volume in features.items()},
        seen=read_only(seen),
    )


def reorder(order: str) -> np.ndarray:
    """Return the 16 indices of an order."""
    indices = np.arange(FRAMES)
    if order == "reversed":
        return indices[::-1]
    if order == "shuffled":
        return np.random.default_rng(SHUFFLE_SEED).permutation(indices)
    if order == "frozen":
        return np.full(FRAMES, FRAMES // 2)
    if order == "forward":
        return indices
    raise ShapeError(f"The orders are {', '.join(ORDERS)}; got {order!r}.")


def prepare(clip: Clip) -> np.ndarray:
    """Bring a clip to what the networks were trained on, `(16, 48, 48, 3)`.

    A clip of that very size comes through unchanged.
    """
    T, H, W, _ = clip.frames.shape
    chosen = ((np.arange(FRAMES) + 0.5) * T / FRAMES).astype(np.int64)
    side = min(H, W)
    top, left = (H - side) // 2, (W - side) // 2
    square = clip.frames[chosen, top : top + side, left : left + side]
    weights = shares(side, SIDE)
    small: np.ndarray = np.einsum("iy,jx,tyxc->tijc", weights, weights, square, optimize=True)
    return small


def shares(n: int, m: int) -> np.ndarray:
    """Return the `(m, n)` shares of n source pixels in each of m, laid over the same stretch."""
    edges = np.arange(m + 1) * n / m
    pixel = np.arange(n)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    inside = np.maximum(overlap, 0)
    part: np.ndarray = (inside / inside.sum(axis=1, keepdims=True)).astype(np.float32)
    return part
