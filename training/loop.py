"""The one loop, for every recipe.

    for step in range(steps):
        loss(network, batch(indices(seed, step))).backward(); clip; AdamW; cosine

Nothing is drawn from a state that lives outside a step: the clips, the augmentation and dropout of
step k come from `(seed, k)`. So a run that was killed goes on from its checkpoint to the very bits
it would have had. Under `torchrun` each process takes its share of every batch.
"""

import json
import math
import os
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from training.optimise import optimiser
from training.recipe import Recipe, Tensors
from training.recipes import RECIPES
from vidcore.bridge_torch import pick_device
from vidcore.weights.load_torch import load

RUNS = Path("runs")
KEPT_EVERY = 100  # steps between checkpoints
SHIPPED = 0  # the seed whose weights ship


@dataclass
class Run:
    """Where a run stands; all of it is in the checkpoint."""

    network: nn.Module
    average: nn.Module | None
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    best: float = -math.inf
    waited: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)

    @property
    def shipped(self) -> nn.Module:
        """The network that is evaluated: the average where there is one."""
        return self.network if self.average is None else self.average


def train(
    recipe: Recipe, seed: int = 0, *, folder: Path | None = None, until: int | None = None
) -> Run:
    """Train one recipe, from its checkpoint where there is one.

    Parameters
    ----------
    folder
        Of checkpoint and log; `runs/NAME-SEED` where left out.
    until
        Stop after this step, as if killed; for tests of resuming.
    """
    folder = folder or RUNS / f"{recipe.name}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    rank, world = ranks()
    device = pick_device()
    torch.manual_seed(seed)
    network = _start(recipe, seed).to(device)
    run = Run(
        network,
        deepcopy(network).requires_grad_(False) if recipe.ema else None,
        optimiser(recipe, network),
    )
    restore(run, folder)
    wrapped = DistributedDataParallel(network) if world > 1 else network
    last = recipe.steps if until is None else until
    log = Log(folder, quiet=rank > 0)
    for step in tqdm(range(run.step, last), initial=run.step, total=last, disable=rank > 0):
        start = time.perf_counter()
        batch = draw(recipe, seed, step, rank, world)
        loss, numbers = _step(recipe, run, wrapped, {k: v.to(device) for k, v in batch.items()})
        run.step, run.seconds = step + 1, run.seconds + time.perf_counter() - start
        log.write(step, {"loss": loss, **numbers})
        if run.step % recipe.every == 0 or run.step == recipe.steps:
            _evaluate(recipe, run, log, rank)
            if recipe.patience and run.waited > recipe.patience:
                break
        if rank == 0 and (run.step % KEPT_EVERY == 0 or run.step == last):
            keep(run, folder)
    log.close()
    return run


def _start(recipe: Recipe, seed: int) -> nn.Module:
    network = recipe.task.network()
    if recipe.starts_from:
        before = (trained(name, seed) for name in recipe.starts_from.split("+"))
        recipe.task.start_from(network, *before)  # type: ignore[attr-defined]
    return network


def trained(name: str, seed: int) -> nn.Module:
    """Return what a recipe made of a seed: the shipped weights, or a finished run's.

    Raises
    ------
    SystemExit
        If that run has not been finished on this machine.
    """
    recipe = RECIPES[name]
    if seed == SHIPPED and recipe.ships:
        return load(name)
    state = kept(RUNS / f"{name}-{seed}")
    step = state["step"] if state else 0
    if step < recipe.steps:
        raise SystemExit(
            f"Seed {seed} of {name} stands at step {step} of {recipe.steps}, and this recipe "
            f"starts from it: run `python -m training.train {name} --seed {seed}` first."
        )
    network = recipe.task.network()
    network.load_state_dict(state["average"] or state["network"])
    return network.eval().requires_grad_(False)


def draw(recipe: Recipe, seed: int, step: int, rank: int = 0, world: int = 1) -> Tensors:
    """Return this process's share of the batch of a step; a pure function of its arguments."""
    torch.manual_seed(hash((seed, step, rank)) % 2**31)  # dropout and the like
    indices = np.random.default_rng((seed, step)).integers(recipe.task.pool, size=recipe.batch)
    return recipe.task.batch("train", indices[rank::world], seed * 1_000_003 + step)


def _step(
    recipe: Recipe, run: Run, network: nn.Module, batch: Tensors
) -> tuple[float, dict[str, float]]:
    for group in run.optimiser.param_groups:
        group["lr"] = rate_at(recipe, run.step)
    network.train()
    device = next(iter(batch.values())).device.type
    with torch.autocast(device, torch.bfloat16, enabled=recipe.bf16):
        loss, numbers = recipe.task.loss(network, batch)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
    if torch.isfinite(norm):  # a single bad batch must not end a night's run
        run.optimiser.step()
    if run.average is not None:
        _follow(run.average, run.network, min(recipe.ema, (1 + run.step) / (10 + run.step)))
    return loss.item(), numbers | {"gradient": float(norm)}


def rate_at(recipe: Recipe, step: int) -> float:
    """Return the learning rate: a linear warm-up, then a cosine down to zero."""
    if step < recipe.warmup:
        return recipe.rate * (step + 1) / recipe.warmup
    way = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return recipe.rate * (1 + math.cos(math.pi * way)) / 2


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    for mean, now in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(now, 1 - decay)
    for mean, now in zip(average.buffers(), network.buffers(), strict=True):
        mean.copy_(now)


def _evaluate(recipe: Recipe, run: Run, log: "Log", rank: int) -> None:
    if rank > 0:
        return
    metrics = recipe.task.evaluate(run.shipped.eval(), "validation")
    run.curve.append({"step": run.step, "seconds": round(run.seconds, 1), **metrics})
    log.write(run.step, {f"validation/{name}": value for name, value in metrics.items()})
    tqdm.write(
        f"{recipe.name} {run.step}: " + "  ".join(f"{k} {v:.4f}" for k, v in metrics.items())
    )
    improved = metrics.get(recipe.watch, math.inf) > run.best
    run.best = max(run.best, metrics.get(recipe.watch, -math.inf))
    run.waited = 0 if improved else run.waited + 1


# ---- checkpoints and logs ---------------------------------------------------------------------
def keep(run: Run, folder: Path) -> None:
    """Write the checkpoint, whole or not at all."""
    state: dict[str, Any] = {
        name: getattr(run, name) for name in ("step", "seconds", "best", "waited", "curve")
    }
    state["network"], state["optimiser"] = run.network.state_dict(), run.optimiser.state_dict()
    state["average"] = None if run.average is None else run.average.state_dict()
    torch.save(state, folder / "checkpoint.tmp")
    os.replace(folder / "checkpoint.tmp", folder / "checkpoint.pt")


def kept(folder: Path) -> dict[str, Any]:
    """Read the checkpoint; empty where there is none."""
    path = folder / "checkpoint.pt"
    if not path.exists():
        return {}
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def restore(run: Run, folder: Path) -> None:
    """Go on from the checkpoint, if there is one."""
    state = kept(folder)
    if not state:
        return
    run.network.load_state_dict(state.pop("network"))
    run.optimiser.load_state_dict(state.pop("optimiser"))
    average = state.pop("average")
    if run.average is not None:
        run.average.load_state_dict(average)
    for name, value in state.items():
        setattr(run, name, value)


class Log:
    """Metrics as JSON Lines, and for TensorBoard where it is installed."""

    def __init__(self, folder: Path, *, quiet: bool) -> None:
        self.lines = None if quiet else (folder / "metrics.jsonl").open("a", encoding="utf-8")
        self.board = None
        if not quiet:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                return
            self.board = SummaryWriter(str(folder))

    def write(self, step: int, numbers: dict[str, float]) -> None:
        """Log the numbers of a step."""
        if self.lines is None:
            return
        self.lines.write(json.dumps({"step": step, **numbers}) + "\n")
        if self.board is not None:
            for name, value in numbers.items():
                self.board.add_scalar(name, value, step)

    def close(self) -> None:
        """Flush what is open."""
        for sink in (self.lines, self.board):
            if sink is not None:
                sink.close()


# ---- processes --------------------------------------------------------------------------------
def ranks() -> tuple[int, int]:
    """Join the other processes, where `torchrun` started several."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return int(os.environ.get("RANK", "0")), world


def seeds(text: str) -> Iterator[int]:
    """Read `0`, or `0,1,2`."""
    return (int(part) for part in text.split(","))
