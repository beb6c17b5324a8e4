"""What the trained pair is worth together: every fusion measured on the same test clips.

`training.fusion` asks both streams about the validation and the test clips, fits the learned fusion
on the first, and writes `fusion.json` beside this file. The file names the weights it was made
with, and is refused for others.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from vidcore.errors import WeightsError
from vidcore.media.clip import read_only
from vidcore.twostream.fusion import LinearFusion
from vidcore.twostream.watch import SPATIAL, TEMPORAL
from vidcore.weights import card

FILE = Path(__file__).with_name("fusion.json")
AGAIN = "Make it again with `python -m training.fusion`."
METHODS = ("spatial", "temporal", "average", "weighted", "logits", "learned")


@dataclass(frozen=True, slots=True, eq=False)
class TrainedFusion:
    """How right the streams are, apart and together.

    Parameters
    ----------
    fitted, tested, changed
        Clips of the validation split, on which weights were chosen and fitted; of the test split,
        on which everything was measured; and of those that `changes` were made to.
    accuracy
        By question and method: "spatial", "temporal", "average" of the answers, "weighted" by the
        share that was best on validation, "logits" averaged, and "learned".
    share
        By question: that best share of the spatial stream.
    by_weight
        By question: `(101,)` accuracies of the weighted average from share 0 to 1.
    confusion
        By method, of actions: `(14, 14)` clips, true by said.
    changes
        By change and question: what was "noticed" on average, and how many were still "right", for
        the "spatial" and the "temporal" stream.
    learned
        By question: the fitted fusion.
    """

    fitted: int
    tested: int
    changed: int
    accuracy: Mapping[str, Mapping[str, float]]
    share: Mapping[str, float]
    by_weight: Mapping[str, np.ndarray]
    confusion: Mapping[str, np.ndarray]
    changes: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]
    learned: Mapping[str, LinearFusion]


@lru_cache(maxsize=1)
def trained_fusion() -> TrainedFusion:
    """Read the measured fusion of the shipped streams.

    Raises
    ------
    WeightsError
        If it has not been made, or was made for other weights than those that are shipped.
    """
    if not FILE.exists():
        raise WeightsError(f"The fusion of the trained streams has not been measured. {AGAIN}")
    read = json.loads(FILE.read_text(encoding="utf-8"))
    for name in (SPATIAL, TEMPORAL):
        if read["sha256"].get(name) != card(name).sha256:
            raise WeightsError(f"The fusion was measured with other weights of {name!r}. {AGAIN}")
    return parse(read)


def trained_trouble() -> str:
    """Say why `trained_fusion` would not answer; empty where it does."""
    try:
        trained_fusion()
    except WeightsError as error:
        return str(error)
    return ""


def parse(read: Mapping[str, Any]) -> TrainedFusion:
    """Turn what lies on disk into arrays."""

    def arrays(of: Mapping[str, Any]) -> Mapping[str, np.ndarray]:
        return MappingProxyType({name: read_only(np.array(x)) for name, x in of.items()})

    learned = {
        question: LinearFusion(np.array(fit["weights"]), np.array(fit["bias"]))
        for question, fit in read["learned"].items()
    }
    return TrainedFusion(
        read["fitted"],
        read["tested"],
        read["changed"],
        read["accuracy"],
        read["share"],
        arrays(read["by_weight"]),
        arrays(read["confusion"]),
        read["changes"],
        learned,
    )
