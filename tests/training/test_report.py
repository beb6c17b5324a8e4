"""The report: spreads over seeds, one row for each recipe, and all the time it took."""

import json
from pathlib import Path

import pytest

from training.report import gather, hours, spread, table


def run(name: str, seed: int, action: float) -> dict[str, object]:
    return {
        "name": name,
        "seed": seed,
        "minutes": 30.0,
        "parameters": 1000,
        "multiply_adds": 2_000_000,
        "milliseconds": 3.0,
        "metrics": {"action": action},
        "curve": [],
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    kept = [run("c3d", 2, 0.96), run("c3d", 0, 0.98), run("c3d", 1, 0.97), run("slow", 0, 0.5)]
    other = run("masked", 0, 0.0) | {"metrics": {"mse": 0.01}}
    for each in (*kept, other):
        path = tmp_path / f"{each['name']}-{each['seed']}.json"
        path.write_text(json.dumps(each))
    (tmp_path / "few_labels.json").write_text("{}")
    return tmp_path


def test_a_row_gathers_its_seeds_in_order_and_no_other_kind_of_run(results: Path) -> None:
    found = gather(results)
    assert {name: [r["seed"] for r in runs] for name, runs in found.items()} == {
        "c3d": [0, 1, 2],
        "slow": [0],
    }


def test_the_spread_is_the_sample_deviation_and_one_seed_has_none(results: Path) -> None:
    found = gather(results)
    assert spread(found["c3d"], "action") == "97.0 ± 1.0"
    assert spread(found["slow"], "action") == "50.0"
    assert spread(found["slow"], "shape") == "–"
    rows = table(found).splitlines()
    assert [row.split(" | ")[1] for row in rows[2:]] == ["3", "1"]


def test_the_hours_are_of_all_runs(results: Path) -> None:
    assert hours(results) == pytest.approx(2.5)
