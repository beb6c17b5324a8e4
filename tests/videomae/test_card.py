"""The shipped networks do what their cards say, measured again on test clips."""

import numpy as np
import pytest

from training.recipes import RECIPES
from training.tasks.masked import Masked, hide, masks_of, some_of
from vidcore import videomae
from vidcore.weights.card import card
from vidcore.weights.load_torch import load

SHIPPED = videomae.shipped()
MAIN = {"masked": "tube", "masked_random": "random"}
PART = 56  # clips: the first of those the card was measured on


@pytest.mark.parametrize("name", [name for name in MAIN if name in SHIPPED])
def test_a_card_is_confirmed_by_its_weights(name: str) -> None:
    task, kind = RECIPES[name].task, MAIN[name]
    assert isinstance(task, Masked)
    metrics = card(name).metrics
    error = task.error(load(name), "test", kind, 0.9, count=PART)
    blind = task.baselines("test", kind, 0.9, count=PART)
    better = min(blind["mean"], blind["copy"])
    assert metrics[f"{kind}_90_ratio"] == pytest.approx(error / better, rel=0.15)  # other clips
    assert metrics[f"{kind}_90_ratio"] < 1
    assert metrics[f"{kind}_90_ratio"] == pytest.approx(
        metrics[f"{kind}_90_mse"] / min(metrics[f"{kind}_90_mean"], metrics[f"{kind}_90_copy"]),
        abs=1e-3,
    )


@pytest.mark.skipif("masked" not in SHIPPED, reason="needs the trained network `masked`")
def test_more_hidden_is_harder_and_tubes_are_harder_than_random() -> None:
    metrics = card("masked").metrics
    assert metrics["tube_75_mse"] < metrics["tube_90_mse"] < metrics["tube_95_mse"]
    other = card("masked_random").metrics if "masked_random" in SHIPPED else metrics
    assert other["random_90_mse"] < metrics["tube_90_mse"]


def test_only_hidden_cubes_are_asked_for_and_equally_many_of_each() -> None:
    rng = np.random.default_rng(0)
    for kind in videomae.KINDS:
        hidden = hide((8, 8, 8), kind, 0.9, 3, rng)
        asked = some_of(hidden, 96, rng)
        assert (asked <= hidden).all()
        assert asked.sum(dim=1).tolist() == [96, 96, 96]
    few = some_of(hide((8, 8, 8), "tube", 0.1, 2, rng), 96, rng)
    assert few.sum(dim=1).tolist() == [48, 48]  # no more than are hidden


def test_every_network_is_tested_with_the_same_masks() -> None:
    once = masks_of((8, 8, 8), "tube", 0.9, np.arange(3))
    again = masks_of((8, 8, 8), "tube", 0.9, np.arange(1, 3))
    assert (once[1:] == again).all()
    assert (once[0] != once[1]).any()
