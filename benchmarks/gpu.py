"""The torch paths on a GPU: time, how much faster than one CPU thread, and whether they agree.

    python -m benchmarks.gpu            needs a GPU; without one it says so and measures nothing
    python -m benchmarks.gpu --cpu      the same rows with the CPU in the GPU's place, to try it out

Writes `results/gpu.json`. Times are medians of whole calls with the device synchronised before and
after; the first calls, which load kernels, are not counted.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from vidcore import zoo
from vidcore.flow.horn_schunck_torch import horn_schunck
from vidcore.flow.lucas_kanade_torch import lucas_kanade, pyramidal_lucas_kanade
from vidcore.weights.load_torch import load

RESULT = Path(__file__).with_name("results") / "gpu.json"
HEIGHT, WIDTH = 480, 640
WARM, REPEATS = 3, 11
CLIPS = 32  # of 16 frames at 48 x 48


@dataclass(frozen=True, slots=True)
class Row:
    """One path on both devices: milliseconds, and the largest difference over the largest value."""

    what: str
    gpu_ms: float
    cpu_ms: float
    difference: float
    target_ms: float | None = None


def paths() -> list[tuple[str, Callable[..., Tensor], tuple[Tensor, ...], float | None]]:
    """Return what is measured: a name, a call, its arguments on the CPU, and a target if any."""
    rng = torch.Generator().manual_seed(0)
    prev = torch.rand(1, HEIGHT, WIDTH, generator=rng)
    next_ = torch.roll(prev, (1, 2), (1, 2))
    video = torch.rand(CLIPS, 3, 16, 48, 48, generator=rng)
    found: list[tuple[str, Callable[..., Tensor], tuple[Tensor, ...], float | None]] = [
        ("Lucas-Kanade, 480 x 640", lambda a, b: lucas_kanade(a, b)[0], (prev, next_), 2.0),
        (
            "pyramidal Lucas-Kanade, 480 x 640",
            lambda a, b: pyramidal_lucas_kanade(a, b)[0],
            (prev, next_),
            None,
        ),
        (
            "Horn-Schunck, 100 sweeps, 480 x 640",
            lambda a, b: horn_schunck(a, b, iterations=100)[0],
            (prev, next_),
            10.0,
        ),
    ]
    for name in zoo.names("classify"):
        if zoo.card(name).builder.split(":")[1] in {"FlowNet", "TwoStream"}:
            continue  # their time is their flow's, measured above
        network = load(name)
        found.append((f"{name}, {CLIPS} clips", _action(network), (video,), None))
    return found


def _action(network: torch.nn.Module) -> Callable[[Tensor], Tensor]:
    def run(video: Tensor) -> Tensor:
        logits: Tensor = network.to(video.device)(video)["action"]
        return logits

    return run


def clock(call: Callable[..., Tensor], arguments: tuple[Tensor, ...]) -> tuple[float, Tensor]:
    """Return the median milliseconds of a call, and what it gave."""
    cuda = arguments[0].is_cuda
    times = []
    for _ in range(WARM + REPEATS):
        if cuda:
            torch.cuda.synchronize()
        start = time.perf_counter()
        out = call(*arguments)
        if cuda:
            torch.cuda.synchronize()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[WARM:]), out


@torch.inference_mode()
def measure(device: str) -> list[Row]:
    """Run every path on the device and on the CPU."""
    rows = []
    for what, call, arguments, target in paths():
        cpu_ms, expected = clock(call, arguments)
        gpu_ms, found = clock(call, tuple(x.to(device) for x in arguments))
        apart = (found.cpu() - expected).abs().max() / expected.abs().max()
        rows.append(Row(what, round(gpu_ms, 3), round(cpu_ms, 3), float(apart), target))
        print(f"{what:40} {gpu_ms:9.3f} ms  {cpu_ms:9.3f} ms  apart {float(apart):.1e}")
    return rows


def main() -> int:
    """Measure, print, write; returns the exit status."""
    torch.set_num_threads(1)
    trying = "--cpu" in sys.argv
    if not torch.cuda.is_available() and not trying:
        print("benchmarks.gpu needs a CUDA device; torch finds none. `--cpu` tries the rows out.")
        return 2
    rows = measure("cpu" if trying else "cuda")
    if not trying:
        device = torch.cuda.get_device_name()
        text = json.dumps({"device": device, "rows": [asdict(row) for row in rows]}, indent=1)
        RESULT.write_text(text + "\n", encoding="utf-8")
    missed = [row.what for row in rows if row.target_ms and row.gpu_ms > row.target_ms]
    print("missed: " + ", ".join(missed) if missed else "every target is met")
    return 1 if missed and not trying else 0


if __name__ == "__main__":
    raise SystemExit(main())
