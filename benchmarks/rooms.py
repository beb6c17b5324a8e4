"""Each room beside its peers, as ratios measured in one run.

    python -m benchmarks.rooms              every room that has measurements
    python -m benchmarks.rooms media flow   these

A room's measurements are `measure() -> list[Ratio]` in the module of its name beside this one.
Prints a table and writes `results/<room>.json`, which pages and the README quote. The exit status
is 1 where a target is missed.
"""

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.ratio import Ratio

ROOMS = (
    *("media", "motion", "sampling", "flow", "raft"),
    *("conv3d", "slowfast", "attention", "videomae", "alignment"),
    "twostream",
)
RESULTS = Path(__file__).with_name("results")
LIBRARIES = ("numpy", "av", "opencv-python-headless", "torch")


def main(names: list[str]) -> int:
    """Measure the rooms named, or all; returns the exit status."""
    unknown = sorted(set(names) - set(ROOMS))
    if unknown:
        print(f"There is no benchmark of {', '.join(unknown)}. There are: {', '.join(ROOMS)}.")
        return 2
    met = True
    for name in names or ROOMS:
        if find_spec(f"benchmarks.{name}") is None:
            print(f"{name}: no measurements yet")
            continue
        ratios: list[Ratio] = import_module(f"benchmarks.{name}").measure()
        print(table(name, ratios))
        write(name, ratios)
        met = met and all(ratio.met for ratio in ratios)
    return 0 if met else 1


def table(name: str, ratios: list[Ratio]) -> str:
    """Lay a room's ratios out, one a line."""
    width = max(len(r.what) for r in ratios)
    lines = [f"{name:{width}}       ours       peer  unit   ratio  (low to high)  target"]
    for r in ratios:
        goal = "" if r.target is None else f"<= {r.target:.2g} {'met' if r.met else 'MISSED'}"
        lines.append(
            f"{r.what:{width}} {r.ours:10.4g} {r.peer:10.4g} {r.unit:>5} "
            f"{r.ratio:7.2g}  ({r.low:.2g} to {r.high:.2g})  {goal}  against {r.against}"
        )
    return "\n".join(lines)


def write(name: str, ratios: list[Ratio]) -> None:
    """Keep a room's ratios with the machine and the versions they were measured with."""
    result = {
        "when": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "versions": versions(),
        "rows": [rounded(asdict(ratio) | {"met": ratio.met}) for ratio in ratios],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def machine() -> str:
    """Name the processor, and nothing that would name the computer."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    model = ", ".join(sorted(models)) or platform.machine()
    return f"{os.cpu_count()} cores, {model}"


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that are compared."""
    found = {d.metadata["Name"] for d in metadata.distributions()}
    here = {name: metadata.version(name) for name in LIBRARIES if name in found}
    return {"python": platform.python_version(), **here}


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Cut numbers to four digits: a ratio does not know more."""
    return {k: float(f"{v:.4g}") if type(v) is float else v for k, v in row.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
