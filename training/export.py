"""From a finished run to the weights that ship: the only writer of `vidcore/weights/files`.

A file is written only if every metric on the recipe's floor is reached, in the precision it has on
disk: the metrics were measured after rounding.
"""

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from training.recipe import Recipe
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, label
from vidcore.weights.card import FILES, ModelCard

MOST_BYTES = 4 * 2**20  # of one file
HELD = ("steps", "batch", "rate", "decay", "warmup", "muon", "clip", "ema", "bf16", "starts_from")
LABELS = tuple(label(c, a) for c in range(len(COLOURS)) for a in range(len(ACTIONS)))
INPUT = {"frames": 16, "size": 48, "channels": "RGB", "range": [0, 1]}


class BelowFloorError(Exception):
    """The run is not good enough to be shipped; the message says which metric, and by how much."""


def rounded(network: nn.Module, dtype: torch.dtype = torch.float16) -> dict[str, torch.Tensor]:
    """Round the weights to what lies on disk, in place, and return them in that precision."""
    state = {
        name: tensor.detach().cpu().to(dtype if tensor.is_floating_point() else tensor.dtype)
        for name, tensor in network.state_dict().items()
    }
    network.load_state_dict(state)
    return {name: tensor.contiguous() for name, tensor in state.items()}


def check(recipe: Recipe, metrics: Mapping[str, float]) -> None:
    """Refuse metrics below the recipe's floor; `-mse: -0.01` asks for an mse of at most 0.01.

    Raises
    ------
    BelowFloorError
        If a metric is missing or below.
    """
    for name, least in recipe.floor.items():
        sign = -1.0 if name.startswith("-") else 1.0
        found = metrics.get(name.removeprefix("-"))
        if found is None or sign * found < least:
            raise BelowFloorError(
                f"{recipe.name} needs {name} >= {least}; got {found}. Not exported."
            )


def export(
    recipe: Recipe,
    state: dict[str, torch.Tensor],
    metrics: Mapping[str, Any],
    *,
    seed: int,
    minutes: float,
    multiply_adds: int,
    folder: Path = FILES,
    **more: Any,
) -> ModelCard:
    """Write weights and card.

    Parameters
    ----------
    more
        Further fields of the card; `input` and `classes` are a classifier's where left out.

    Raises
    ------
    BelowFloorError
        If a metric is below the recipe's floor, or the file is larger than 4 MB.
    """
    check(recipe, metrics)
    data = save(state)
    if len(data) > MOST_BYTES:
        raise BelowFloorError(
            f"{recipe.name} has {len(data):,} bytes; {MOST_BYTES:,} may be shipped."
        )
    fields: dict[str, Any] = {
        "input": INPUT,
        "classes": LABELS if recipe.kind == "classify" else (),
        **more,
    }
    made = ModelCard(
        name=recipe.name,
        task=recipe.kind,
        about=recipe.about,
        builder=recipe.builder,
        settings=dict(recipe.settings),
        metrics=dict(metrics),
        floor=dict(recipe.floor),
        recipe={name: value for name, value in asdict(recipe).items() if name in HELD},
        seed=seed,
        minutes=round(minutes, 2),
        parameters=sum(t.numel() for n, t in state.items() if not _is_buffer(n)),
        multiply_adds=multiply_adds,
        sha256=hashlib.sha256(data).hexdigest(),
        commit=_commit(),
        **fields,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{recipe.name}.safetensors").write_bytes(data)
    (folder / f"{recipe.name}.json").write_text(made.to_json(), encoding="utf-8")
    return made


def _is_buffer(name: str) -> bool:
    return name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def _commit() -> str:
    """Return the commit the run was made at, as far as git tells."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()
