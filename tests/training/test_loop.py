"""The loop: it learns, resumes to the bit, logs, stops early, and runs in two processes."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.toy import DEEP, TOY
from training.loop import draw, rate_at, train, trained
from training.optimise import Kernels, optimiser
from training.recipe import Recipe
from training.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]


def lines(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("recipe", [TOY, DEEP], ids=["AdamW", "Muon"])
def test_a_killed_run_goes_on_to_the_same_bits(tmp_path: Path, recipe: Recipe) -> None:
    whole = train(recipe, 3, folder=tmp_path / "whole")
    train(recipe, 3, folder=tmp_path / "killed", until=37)
    resumed = train(recipe, 3, folder=tmp_path / "killed")
    for network, again in ((whole.network, resumed.network), (whole.shipped, resumed.shipped)):
        for name, tensor in network.state_dict().items():
            assert torch.equal(tensor, again.state_dict()[name]), name
    assert [c["right"] for c in whole.curve] == [c["right"] for c in resumed.curve]


def test_two_seeds_make_two_networks_and_the_same_seed_one(tmp_path: Path) -> None:
    first, same, other = (
        train(replace(TOY, steps=5), seed, folder=tmp_path / name)
        for seed, name in ((0, "a"), (0, "b"), (1, "c"))
    )
    key = "0.weight"
    assert torch.equal(first.network.state_dict()[key], same.network.state_dict()[key])
    assert not torch.equal(first.network.state_dict()[key], other.network.state_dict()[key])


def test_the_toy_is_learned_and_written_down(tmp_path: Path) -> None:
    run = train(TOY, folder=tmp_path)
    assert run.curve[-1]["right"] > 0.85
    assert [c["step"] for c in run.curve] == [20, 40, 60]
    logged = lines(tmp_path)
    assert sum("loss" in line for line in logged) == 60
    assert sum("validation/right" in line for line in logged) == 3
    assert list(tmp_path.glob("events.out.tfevents*"))  # TensorBoard


def test_muon_steps_the_weights_that_are_named_and_nothing_else() -> None:
    network = DEEP.task.network()
    together = optimiser(DEEP, network)
    kernels, adam = together.parts  # type: ignore[attr-defined]
    of_adam = {id(p) for group in adam.param_groups for p in group["params"]}
    of_muon = {id(weight) for weight in kernels.weights}
    for name, parameter in network.named_parameters():
        inside = name.startswith("blocks") and name.endswith("weight")
        assert (id(parameter) in of_muon) == inside, name
        assert (id(parameter) in of_adam) != inside, name


def test_muon_turns_a_kernel_by_the_step_of_its_matrix() -> None:
    torch.manual_seed(0)
    kernel, gradient = torch.randn(2, 8, 4, 3)
    weight = torch.nn.Parameter(kernel.clone())
    matrix = torch.nn.Parameter(kernel.reshape(8, 12).clone())
    ours, theirs = Kernels([weight], lr=0.1), torch.optim.Muon([matrix], lr=0.1)
    for _ in range(2):
        weight.grad, matrix.grad = gradient.clone(), gradient.reshape(8, 12).clone()
        ours.step()
        theirs.step()
    assert torch.equal(weight.detach().reshape(8, 12), matrix.detach())
    assert not torch.equal(weight.detach(), kernel)
    ours.zero_grad()
    assert weight.grad is None


def test_a_seed_starts_from_the_same_seed_of_the_run_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.loop.RUNS", tmp_path)
    monkeypatch.setitem(RECIPES, "toy", TOY)
    train(TOY, 1, until=37)
    with pytest.raises(SystemExit, match=r"step 37 of 60.*training.train toy --seed 1"):
        trained("toy", 1)
    finished = train(TOY, 1).shipped.state_dict()
    taken = trained("toy", 1).state_dict()
    assert all(torch.equal(taken[name], finished[name]) for name in finished)


def test_a_run_without_progress_stops_early(tmp_path: Path) -> None:
    stuck = replace(TOY, rate=0.0, every=5, patience=2, steps=200)
    assert train(stuck, folder=tmp_path).step == 20  # one evaluation that counts, three that wait


def test_the_rate_warms_up_and_falls_to_zero() -> None:
    rates = [rate_at(TOY, step) for step in range(TOY.steps)]
    assert rates[0] == pytest.approx(TOY.rate / TOY.warmup)
    assert max(rates) == pytest.approx(TOY.rate)
    assert rates[-1] < 0.002 * TOY.rate
    assert all(math.isfinite(rate) for rate in rates)


def test_the_processes_share_a_batch_without_overlap() -> None:
    whole = draw(TOY, 0, 7)["x"]
    parts = [draw(TOY, 0, 7, rank, 2)["x"] for rank in (0, 1)]
    assert torch.equal(whole[0::2], parts[0])
    assert torch.equal(whole[1::2], parts[1])


def test_two_processes_learn_as_one_does(tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"),
        *(str(ROOT / "tests" / "training" / "two_processes.py"), str(tmp_path / "two")),
    ]
    done = subprocess.run(  # noqa: S603  # our own command
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    alone = train(TOY, 0, folder=tmp_path / "one").curve
    together = [line["validation/right"] for line in lines(tmp_path / "two") if len(line) == 2]
    together = [v for v in together if v is not None]
    assert len(together) == len(alone)
    for one, two in zip(alone, together, strict=True):
        assert two == pytest.approx(one["right"], abs=0.08)  # of 200: dropout differs by process
