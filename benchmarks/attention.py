"""Attention: divided against joint by length, as CPU time of one block; fused against explicit.

Also writes `results/attention_time.json`, the times behind the ratios with their fitted exponents.
"""

import json
import statistics
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.ratio import Ratio, compare, cpu_seconds
from vidcore import attention
from vidcore.attention.attention_torch import scaled_dot_product
from vidcore.attention.block_torch import DividedBlock, JointBlock

RESULTS = Path(__file__).with_name("results")
WIDTH, HEADS, PLACES = 384, 6, 196  # ViT-Small at 224 pixels: half of Base, so that a run is short
LENGTHS = (1, 2, 4, 8, 16, 32)
REPEATS = 3


def measure() -> list[Ratio]:
    """Compare the two schemes and the two ways to attend; keep the times by length."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        costs = {T: both(T) for T in LENGTHS}
        times = {T: medians(pairs) for T, pairs in costs.items()}
        write(times)
        q = torch.rand(1, HEADS, 8 * PLACES, WIDTH // HEADS)
        return [
            *(
                Ratio(
                    f"divided block, {T} frames of {PLACES}",
                    "joint block",
                    ours=divided,
                    peer=joint,
                    ratio=divided / joint,
                    low=min(b / a for a, b in costs[T]),
                    high=max(b / a for a, b in costs[T]),
                    pairs=REPEATS,
                )
                for T, (joint, divided) in times.items()
            ),
            compare(
                "attention of 1,568 tokens, fused",
                lambda: F.scaled_dot_product_attention(q, q, q),
                lambda: scaled_dot_product(q, q, q),
                against="the explicit path, which returns its weights",
                pairs=5,
            ),
            compare(
                "attention of 1,568 tokens, torch",
                lambda: scaled_dot_product(q, q, q),
                lambda: attention.scaled_dot_product(*(3 * [q.numpy()])),
                against="the NumPy reference",
                pairs=5,
            ),
        ]


def both(T: int) -> list[tuple[float, float]]:
    """Return the CPU seconds of a joint and of a divided block, measured in turns."""
    joint = JointBlock(WIDTH, HEADS, 4 * WIDTH).eval()
    divided = DividedBlock(WIDTH, HEADS, 4 * WIDTH).eval()
    x, cls = torch.rand(1, T, PLACES, WIDTH), torch.rand(1, WIDTH)
    row = torch.cat([cls[:, None], x.flatten(1, 2)], dim=1)
    joint(row), divided.step(cls, x)
    return [
        (cpu_seconds(lambda: joint(row)), cpu_seconds(lambda: divided.step(cls, x)))
        for _ in range(REPEATS)
    ]


def medians(costs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the median of each."""
    return statistics.median(a for a, _ in costs), statistics.median(b for _, b in costs)


def write(times: dict[int, tuple[float, float]]) -> None:
    """Keep the times, the exponents of their upper half, and where they cross."""
    lengths = list(times)
    rows = {
        scheme: {
            "frames": lengths,
            "ms": [round(1e3 * times[T][k], 3) for T in lengths],
            "slope": round(slope(lengths[-3:], [times[T][k] for T in lengths[-3:]]), 3),
        }
        for k, scheme in enumerate(("joint", "divided"))
    }
    cross = crossing(lengths, [times[T][0] / times[T][1] for T in lengths])
    counted = attention.crossover(PLACES, attention.Size(width=WIDTH, heads=HEADS))
    says = (
        f"one block of width {WIDTH} on {PLACES} patches a frame, CPU time of one thread. "
        f"The times cross at {cross:.1f} frames; the multiply-adds at {counted}. Exponents are "
        f"fitted from {lengths[-3]} to {lengths[-1]} frames."
        if cross
        else f"one block of width {WIDTH}, CPU time of one thread: the times do not cross."
    )
    result = {"says": says, "crossing": cross, "counted": counted, "rows": rows}
    (RESULTS / "attention_time.json").write_text(json.dumps(result, indent=1) + "\n")


def slope(lengths: list[int], seconds: list[float]) -> float:
    """Fit the exponent of a power law."""
    return float(np.polyfit(np.log(lengths), np.log(seconds), 1)[0])


def crossing(lengths: list[int], ratios: list[float]) -> float | None:
    """Return the length at which the ratio reaches 1, on a line between logarithms."""
    logs = np.log(ratios)
    for a, b, x, y in zip(lengths, lengths[1:], logs, logs[1:], strict=False):
        if x < 0 <= y:
            return round(float(a * (b / a) ** (-x / (y - x))), 1)
    return None
