"""The table: `python -m training.report` gathers every finished run into a table and a figure.

Reads `training/results/*.json`; writes `table.md` and `curves.svg` beside them and, for the pages,
`vidcore/weights/table.json`. A row's spread is over its seeds; their number stands beside it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from plotly import graph_objects as go

from training.recipes import RECIPES
from vidcore.weights.card import FILES

RESULTS = Path("training/results")
PAGES = FILES.parent / "table.json"
COLUMNS = {  # of the table: metric -> heading
    "colour": "colour",
    "shape": "shape",
    "action": "action",
    "both": "colour and action",
    "pairs": "inside the pairs",
    "pair whirl clockwise/whirl counter-clockwise": "whirl pair",
    "reversed_to_partner": "backwards: partner",
    "action_shuffled": "shuffled",
    "action_frozen": "frozen",
}
NOTE = """
Percent of test clips; mean and standard deviation over seeds. Minutes are wall time of a run beside
other work on two shared CPU cores, milliseconds CPU time of a clip on one thread. Muon steps the
kernels of c3d, inflated and r2plus1d, AdamW all else; rows that end in `_adamw` change this alone.
All runs kept, those of the networks without a row included: {hours:.1f} hours.
"""
Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def gather(folder: Path = RESULTS) -> dict[str, list[dict[str, Any]]]:
    """Return the runs of the classifiers by recipe, in the order of the recipes, seeds in order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*-*.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
        if run.get("name") in RECIPES and "action" in run.get("metrics", {}):
            found[run["name"]].append(run)
    classifiers = [n for n, recipe in RECIPES.items() if recipe.kind == "classify" and n in found]
    return {name: sorted(found[name], key=lambda run: run["seed"]) for name in classifiers}


def spread(runs: Sequence[Mapping[str, Any]], metric: str) -> str:
    """Write mean and standard deviation in percent; of one seed, the number alone."""
    values = [100 * run["metrics"][metric] for run in runs if metric in run["metrics"]]
    if not values:
        return "–"
    if len(values) == 1:
        return f"{values[0]:.1f}"
    return f"{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}"


def table(found: Runs) -> str:
    """Return the table as Markdown."""
    heads = ["model", "seeds", *COLUMNS.values(), "parameters", "M multiply-adds", "min", "ms"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for name, runs in found.items():
        first = runs[0]
        cells = [
            name,
            str(len(runs)),
            *(spread(runs, metric) for metric in COLUMNS),
            f"{first['parameters']:,}",
            f"{first['multiply_adds'] / 1e6:.1f}",
            f"{np.mean([run['minutes'] for run in runs]):.1f}",
            f"{np.median([run['milliseconds'] for run in runs]):.1f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def hours(folder: Path = RESULTS) -> float:
    """Add up what all runs that are kept have taken, those of no classifier included."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-*.json")]
    return sum(run.get("minutes", 0.0) for run in runs) / 60


def figure(found: Runs, path: Path) -> None:
    """Draw every model's validation accuracy over its steps."""
    drawn = go.Figure()
    for name, runs in found.items():
        curve = runs[0]["curve"]
        x, y = [point["step"] for point in curve], [100 * point["action"] for point in curve]
        if x:
            drawn.add_scatter(x=x, y=y, name=name, mode="lines+markers")
    drawn.update_layout(
        title="Action accuracy on validation clips while training (seed 0)",
        xaxis_title="step",
        yaxis_title="percent",
        width=1000,
        height=560,
        template="plotly_white",
    )
    drawn.write_image(path)  # by kaleido, in a Chromium; BROWSER_PATH names it


def main() -> None:
    """Write the table, the figure, and what the pages read."""
    found = gather()
    text = table(found) + NOTE.format(hours=hours())
    (RESULTS / "table.md").write_text(text, encoding="utf-8")
    PAGES.write_text(json.dumps([run for runs in found.values() for run in runs]) + "\n")
    print(text)
    figure(found, RESULTS / "curves.svg")


if __name__ == "__main__":
    main()
