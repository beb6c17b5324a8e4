"""From a clip and a model's name to what the model says.

Our classifiers answer three questions: colour, shape, action. Their label is the pair (colour,
action): what is seen, and how it moves. Its score is the product of the two probabilities, because
the two are drawn independently in the world the models learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vidcore.errors import WeightsError
from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.media.prepare import prepare
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES
from vidcore.weights.card import card

ANSWERS: Mapping[str, tuple[str, ...]] = {"colour": COLOURS, "shape": SHAPES, "action": ACTIONS}


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model says about a clip.

    Parameters
    ----------
    labels
        In class order.
    scores
        `(K,)` float32 probabilities; they sum to 1.
    """

    labels: tuple[str, ...]
    scores: np.ndarray

    @property
    def best(self) -> str:
        """The label with the highest score."""
        return self.labels[int(self.scores.argmax())]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A model's answers to its questions, apart: "colour", "shape" and "action"."""

    of: Mapping[str, Prediction]
    features: Mapping[str, Any]


def answer(clip: Clip, name: str, *, keep: bool = False, **options: Any) -> Answer:
    """Ask a classifier all its questions.

    Parameters
    ----------
    keep
        Also return the features of its layers, as arrays.
    options
        Handed to the network, e.g. `lateral=False` of a SlowFast.

    Raises
    ------
    WeightsError
        If there is no such model, its file is damaged, or it does not classify.
    """
    of = card(name)
    if of.task != "classify":
        raise WeightsError(
            f"{name!r} does not classify; its task is {of.task!r}. "
            "Models that do: vidcore.zoo.names('classify')."
        )
    from vidcore.zoo.run_torch import run  # torch is heavy: only where it is used

    frames = prepare(clip, frames=int(of.input["frames"]), size=int(of.input["size"]))
    scores, features = run(name, frames, keep=keep, **options)
    given = {q: Prediction(ANSWERS[q], read_only(scores[q])) for q in ANSWERS}
    return Answer(given, features)


def predict(clip: Clip, name: str) -> Prediction:
    """Say what a clip shows, as one label.

    Parameters
    ----------
    name
        One of `names("classify")`.

    Raises
    ------
    WeightsError
        If there is no such model, its file is damaged, or it does not classify.
    """
    of = answer(clip, name).of
    joint = np.outer(of["colour"].scores, of["action"].scores).ravel()
    return Prediction(card(name).classes, read_only((joint / joint.sum()).astype(np.float32)))
