"""Export: nothing below its floor is shipped, and the card says what the file does."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.toy import TOY
from training.export import MOST_BYTES, BelowFloorError, check, export, rounded
from training.recipes import RECIPES


def ship(tmp_path: Path, metrics: dict[str, float], state=None):
    state = state if state is not None else rounded(TOY.task.network())
    return export(
        TOY, state, metrics, seed=0, minutes=1.0, multiply_adds=10, folder=tmp_path, classes=("a",)
    )


def test_a_run_below_its_floor_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(BelowFloorError, match=r"toy needs right >= 0\.8; got 0\.79"):
        ship(tmp_path, {"right": 0.79})
    with pytest.raises(BelowFloorError, match="got None"):
        ship(tmp_path, {"left": 1.0})
    assert not list(tmp_path.iterdir())


def test_a_floor_on_an_error_is_a_ceiling() -> None:
    recipe = replace(TOY, floor={"-mse": -0.01})
    check(recipe, {"mse": 0.009})
    with pytest.raises(BelowFloorError, match="-mse"):
        check(recipe, {"mse": 0.011})


def test_a_file_over_four_megabytes_is_not_exported(tmp_path: Path) -> None:
    big = {"weight": torch.zeros(MOST_BYTES // 2, dtype=torch.float16)}
    with pytest.raises(BelowFloorError, match="may be shipped"):
        ship(tmp_path, {"right": 1.0}, big)


def test_what_is_written_is_half_precision_and_counted(tmp_path: Path) -> None:
    card = ship(tmp_path, {"right": 0.9})
    state = load_file(tmp_path / "toy.safetensors")
    assert {t.dtype for t in state.values()} == {torch.float16}
    assert card.parameters == 16 * 32 + 32 + 32 * 2 + 2
    assert card.recipe["steps"] == TOY.steps


def test_rounding_changes_the_network_that_is_measured() -> None:
    network = TOY.task.network()
    before = network[0].weight.detach().clone()
    state = rounded(network)
    assert not torch.equal(network[0].weight, before)
    assert torch.equal(network[0].weight, state["0.weight"].float())


def test_every_recipe_has_a_floor_and_its_own_name() -> None:
    for name, recipe in RECIPES.items():
        assert recipe.name == name
        assert recipe.floor, f"{name} would be shipped whatever it scored"
