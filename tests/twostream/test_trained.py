"""training.fusion and vidcore.twostream.trained: what is measured, written and read again."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.twostream.pair import nothing_trained, pair
from training.fusion import best_share, by_weight, choose_price, confusion, question
from vidcore import twostream
from vidcore.errors import WeightsError
from vidcore.twostream.trained import METHODS
from vidcore.weights import card

__all__ = ["nothing_trained", "pair"]
K = 6  # colours


def opinions(
    rng: np.random.Generator, n: int = 400
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A spatial stream that knows the colour, and a temporal one that guesses."""
    labels = rng.integers(0, K, n)
    spatial = 4.0 * np.eye(K)[labels] + rng.normal(0, 1, (n, K))
    temporal = rng.normal(0, 0.5, (n, K))
    return {"colour": spatial}, {"colour": temporal}, {"colour": labels}


def test_every_fusion_is_measured_on_clips_it_was_not_fitted_on(rng: np.random.Generator) -> None:
    found = question("colour", {"validation": opinions(rng), "test": opinions(rng)})
    accuracy = found["accuracy"]
    assert set(accuracy) == set(METHODS)
    assert accuracy["spatial"] > 0.9
    assert accuracy["temporal"] < 0.4
    assert accuracy["learned"] > accuracy["temporal"] + 0.4
    assert found["by_weight"][0] == accuracy["temporal"]
    assert found["by_weight"][100] == accuracy["spatial"]
    assert found["by_weight"][50] == accuracy["average"]
    assert found["share"] > 0.3
    assert np.array(found["confusion"]["spatial"]).sum() == 400


def test_the_share_is_the_middle_of_the_best_plateau() -> None:
    accuracy = np.zeros(101)
    accuracy[40:81] = 0.9
    assert best_share(accuracy) == pytest.approx(0.6)


def test_accuracy_by_weight_runs_from_one_stream_to_the_other(rng: np.random.Generator) -> None:
    s, t, labels = (part["colour"] for part in opinions(rng))
    curve = by_weight(s, t, labels)
    assert curve[0] == (t.argmax(1) == labels).mean()
    assert curve[-1] == (s.argmax(1) == labels).mean()


def test_the_price_is_chosen_by_what_holds_on_other_folds(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 2, 100)
    noise = rng.normal(size=(100, 60))  # separable by luck; nothing to be learned but the first
    X = np.column_stack([labels + 0.3 * rng.normal(size=100), noise])
    assert choose_price(X, labels, classes=2) < 10


def test_convention_rows_of_a_confusion_are_the_truth() -> None:
    table = confusion(np.array([0, 0, 1]), np.array([0, 2, 1]), 3)
    assert table == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]


def written(folder: Path, sha256: dict[str, str]) -> None:
    part = {"colour": {"accuracy": dict.fromkeys(METHODS, 0.5)}}
    result = {
        "sha256": sha256,
        "fitted": 10,
        "tested": 20,
        "changed": 5,
        "accuracy": {"colour": part["colour"]["accuracy"]},
        "share": {"colour": 0.5},
        "by_weight": {"colour": [0.5] * 101},
        "learned": {"colour": {"C": 1.0, "weights": [[1.0] * 12] * 6, "bias": [0.0] * 6}},
        "confusion": {"spatial": [[1, 0], [0, 1]]},
        "changes": {"stopped": {"colour": {"spatial": {"noticed": 0.0, "right": 1.0}}}},
    }
    (folder / "fusion.json").write_text(json.dumps(result))


def test_what_was_measured_is_read_again(pair: Path) -> None:
    written(pair, {name: card(name).sha256 for name in ("frame", "flow")})
    assert twostream.trained_trouble() == ""
    found = twostream.trained_fusion()
    assert found.tested == 20
    assert found.by_weight["colour"].shape == (101,)
    assert found.learned["colour"].weights.shape == (6, 12)
    assert found.confusion["spatial"].sum() == 2


def test_a_fusion_of_other_weights_is_refused(pair: Path) -> None:
    written(pair, {"frame": card("frame").sha256, "flow": "0" * 64})
    with pytest.raises(WeightsError, match="other weights of 'flow'"):
        twostream.trained_fusion()
    assert "training.fusion" in twostream.trained_trouble()


def test_a_fusion_that_was_never_measured_says_how(nothing_trained: Path) -> None:
    with pytest.raises(WeightsError, match=r"python -m training\.fusion"):
        twostream.trained_fusion()
