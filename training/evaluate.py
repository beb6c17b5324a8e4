"""Evaluation: `python -m training.evaluate NAME [--seed 0]` tests a finished run and exports it.

The weights are rounded to their precision on disk first, so the card says what the file does.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from training.export import BelowFloorError, export, rounded
from training.loop import SHIPPED, Run, seeds, train
from training.recipe import Recipe
from training.recipes import RECIPES

RESULTS = Path("training/results")
REPEATS = 15  # of one clip, for its time


def finish(recipe: Recipe, seed: int, run: Run) -> dict[str, Any]:
    """Test a run, keep its result, and ship its weights if it has the seed that ships."""
    network = run.shipped.cpu().eval().requires_grad_(False)
    state = rounded(network)
    test = recipe.task.evaluate(network, "test")
    metrics = {name: round(value, 5) for name, value in test.items()}
    result = {
        "name": recipe.name,
        "seed": seed,
        "steps": run.step,
        "minutes": round(run.seconds / 60, 2),
        "parameters": sum(p.numel() for p in network.parameters()),
        "multiply_adds": multiply_adds(recipe, network),
        "milliseconds": milliseconds(recipe, network),
        "metrics": metrics,
        "curve": run.curve,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{recipe.name}-{seed}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{recipe.name} {seed}: " + "  ".join(f"{k} {v}" for k, v in metrics.items()))
    if seed == SHIPPED and recipe.ships:
        more = {"extra": {"curve": run.curve}} | getattr(recipe.task, "card", dict)()
        try:
            export(
                recipe,
                state,
                metrics,
                seed=seed,
                minutes=result["minutes"],
                multiply_adds=result["multiply_adds"],
                **more,
            )
        except BelowFloorError as reason:
            print(reason)
    return result


def one_clip(recipe: Recipe) -> dict[str, torch.Tensor]:
    """Return what the network of a recipe is given for one clip."""
    given = getattr(recipe.task, "one_clip", None)
    if given is not None:
        made: dict[str, torch.Tensor] = given()
        return made
    return {"video": torch.rand(1, 3, 16, 48, 48, generator=torch.Generator().manual_seed(0))}


def multiply_adds(recipe: Recipe, network: nn.Module) -> int:
    """Count the multiply-adds of one clip."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(**one_clip(recipe))
    return int(counter.get_total_flops() // 2)


def milliseconds(recipe: Recipe, network: nn.Module) -> float:
    """Measure the CPU time of one clip on one thread: the median of several."""
    clip, threads = one_clip(recipe), torch.get_num_threads()
    torch.set_num_threads(1)
    times = []
    with torch.inference_mode():
        for _ in range(REPEATS + 1):
            start = time.process_time()
            network(**clip)
            times.append(time.process_time() - start)
    torch.set_num_threads(threads)
    return round(1e3 * sorted(times[1:])[REPEATS // 2], 3)


def main() -> None:
    """Test finished runs again, from their checkpoints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--seed", default="0")
    options = parser.parse_args()
    for seed in seeds(options.seed):
        recipe = RECIPES[options.name]
        finish(recipe, seed, train(recipe, seed))  # nothing is left to train: the checkpoint


if __name__ == "__main__":
    main()
