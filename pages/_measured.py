"""What our own runs say of a model: the mean over its seeds, and their spread where there are more.

Read from the table that `training.report` writes. A model that the table lacks is quoted from its
card: one seed.
"""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vidcore import weights

NONE = "–"
TIED = "\N{NO-BREAK SPACE}"  # a number is not parted from its spread and its unit


@dataclass(frozen=True, slots=True)
class Measured:
    """The finished runs of one model, seeds in order."""

    runs: tuple[Mapping[str, Any], ...]

    def values(self, metric: str) -> list[float]:
        """Return a metric, from 0 to 1, of every run that has it."""
        return [run["metrics"][metric] for run in self.runs if metric in run["metrics"]]

    def mean(self, metric: str) -> float:
        """Return the mean over the seeds."""
        return statistics.fmean(self.values(metric))

    def spread(self, metric: str) -> float:
        """Return the standard deviation over the seeds; 0 where there is but one."""
        values = self.values(metric)
        return statistics.stdev(values) if len(values) > 1 else 0.0

    def said(self, metric: str, unit: str = f"{TIED}%") -> str:
        """Write the mean in percent, with its spread where there is one."""
        values = self.values(metric)
        if not values:
            return NONE
        spread = f"{TIED}±{TIED}{100 * self.spread(metric):.1f}" if len(values) > 1 else ""
        return f"{100 * self.mean(metric):.1f}{spread}{unit}"


def measured(names: Iterable[str]) -> dict[str, Measured]:
    """Return what is known of the models that are here, by name."""
    here = set(weights.names())
    return {name: Measured(_runs(name) or (_from_card(name),)) for name in names if name in here}


def compared(names: Iterable[str]) -> dict[str, Measured]:
    """Return the runs of models trained for a comparison alone: their weights are not kept."""
    return {name: Measured(runs) for name in names if (runs := _runs(name))}


def _runs(name: str) -> tuple[Mapping[str, Any], ...]:
    found = (run for run in weights.results() if run["name"] == name)
    return tuple(sorted(found, key=lambda run: run["seed"]))


def _from_card(name: str) -> dict[str, Any]:
    card = weights.card(name)
    return {"name": name, "seed": card.seed, "metrics": card.metrics, "curve": []}


def seeds(
    found: Mapping[str, Measured],
    labels: Mapping[str, str],
    *,
    shown: str = "mean ± standard deviation",
) -> str:
    """Say over how many trainings each number is `shown`."""
    of: dict[int, list[str]] = {}
    for name, model in found.items():
        of.setdefault(len(model.runs), []).append(labels[name])
    if set(of) <= {1}:
        return "One seed each: how far another training would fall is not known."
    if len(of) == 1:
        return f"{min(of)} seeds each, {shown}."
    return " ".join(
        f"{count} seeds, {shown}: {', '.join(of[count])}."
        if count > 1
        else f"One seed: {', '.join(of[count])}."
        for count in sorted(of, reverse=True)
    )
