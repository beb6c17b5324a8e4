"""Where each trained network looks: `python -m benchmarks.attention_looks`.

Layer and head are chosen on validation clips, by the attention on the object in other frames; the
numbers are of test clips. Objects cover 3 to 6 % of the pixels, smaller than the classifiers saw.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.data import clips
from training.tasks.track import AREA, ON, SMALL
from vidcore import attention
from vidcore.attention import AttentionResult
from vidcore.media import Clip
from vidcore.weights import names

RESULTS = Path(__file__).with_name("results")
NETWORKS = ("track_joint", "track_divided", "joint", "divided")  # the others see one frame
CHOSEN_ON, MEASURED_ON = 14, 70  # clips
QUERIES = (1, 4, 6)  # slices
Choice = tuple[int, int | str]
Found = dict[Choice, list[tuple[float, float]]]


def small(split: str, count: int) -> Iterator[tuple[Clip, np.ndarray]]:
    """Yield clips of small objects, whole, with the object's mask."""
    start = 0
    while count:
        drawn = clips(split, range(start, start + 28), SMALL)
        start += 28
        area = drawn.object.mean((1, 2, 3))
        for k in np.flatnonzero((area >= AREA[0]) & (area <= AREA[1]))[:count]:
            count -= 1
            yield Clip(drawn.video[k].astype(np.float32) / 255, 10.0), drawn.object[k]


def looked(result: AttentionResult, seen: np.ndarray, choices: list[Choice]) -> Found:
    """Return attention on the object in other frames, for queries on it and beside it."""
    T, rows, columns = result.grid
    H = seen.shape[1] // rows
    slices = seen[list(result.frames)]
    covered = slices.reshape(T, rows, H, columns, H).mean((2, 4)).reshape(T, -1)
    found: Found = {choice: [] for choice in choices}
    for t in QUERIES:
        on, n = covered >= ON, int(covered[t].argmax())
        on[t] = False
        if covered[t, n] < ON or not on.any():
            continue
        beside = np.flatnonzero(covered[t] == 0)[:: columns + 1]
        even = on.sum() / ((T - 1) * rows * columns)
        for layer, head in choices:
            shares = []
            for m in (n, *beside):
                query = (t, m // columns, m % columns)
                w = attention.attends(result, layer, query, head=head).reshape(T, -1)  # type: ignore[arg-type]
                w[t] = 0
                shares.append(float((w * on).sum() / max(w.sum(), 1e-9)) / even)
            found[layer, head].append((shares[0], float(np.mean(shares[1:]))))
    return found


def measure(
    name: str, split: str, count: int, choices: list[Choice] | None
) -> dict[Choice, np.ndarray]:
    """Return the mean ratio and the mean background of each choice of layer and head."""
    total: Found = {}
    for clip, seen in small(split, count):
        result = attention.explore(clip, name)
        for choice, values in looked(result, seen, choices or every(result)).items():
            total.setdefault(choice, []).extend(values)
    return {choice: np.mean(values, axis=0) for choice, values in total.items()}


def every(result: AttentionResult) -> list[Choice]:
    """List all layers and heads; of a copying layer also its own mixture."""
    return [
        (k, head)
        for k, layer in enumerate(result.layers)
        for head in (
            *range(next(iter(layer.steps.values())).q.shape[0]),
            "mean",
            *(["gate"] if layer.gate is not None else []),
        )
    ]


def main() -> None:
    """Choose, measure, and write what the page quotes."""
    rows = {}
    for name in (n for n in NETWORKS if n in names()):
        validated = measure(name, "validation", CHOSEN_ON, None)
        chosen = max(validated, key=lambda choice: float(validated[choice][0]))
        ratio, background = measure(name, "test", MEASURED_ON, [chosen])[chosen]
        rows[name] = {
            "ratio": round(float(ratio), 3),
            "background": round(float(background), 3),
            "layer": chosen[0] + 1,
            "head": str(chosen[1]),
        }
        print(name, rows[name])
    result = {"clips": MEASURED_ON, "chosen_on": CHOSEN_ON, "rows": rows}
    (RESULTS / "attention_looks.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
