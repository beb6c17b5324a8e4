"""Each room against its peers, as ratios.

    python -m benchmarks.rooms            all rooms
    python -m benchmarks.rooms media flow

Prints a table and writes `results/<room>.json`; ends with status 1 if a bound is missed. A room's
measurements are in the module of its name: `measure() -> list[Ratio]` (see `benchmarks.ratio`).
"""

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module, metadata, util
from pathlib import Path

from benchmarks.ratio import Ratio

ROOMS = ("media", "motion", "sampling", "flow")
LIBRARIES = ("numpy", "torch", "opencv-python-headless", "av", "plotly")
RESULTS = Path(__file__).with_name("results")


def main(names: list[str]) -> int:
    """Measure the rooms named, or all; returns the exit status."""
    if unknown := set(names) - set(ROOMS):
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
        return 2
    held = True
    for room in names or ROOMS:
        if util.find_spec(f"benchmarks.{room}") is None:
            print(f"{room}: nothing to measure yet")
            continue
        ratios = import_module(f"benchmarks.{room}").measure()
        print(table(room, ratios))
        save(room, ratios)
        held &= all(ratio.holds for ratio in ratios)
    return 0 if held else 1


def table(room: str, ratios: list[Ratio]) -> str:
    """Lay out the ratios of one room, one line each."""
    lines = [f"{room:<52} {'ours':>9} {'peer':>9} {'ratio':>6}  bound"]
    for r in ratios:
        bound = "" if r.at_most is None else f"{r.at_most:.2f}" + ("" if r.holds else "  MISSED")
        times = f"{1e3 * r.ours:6.1f} ms {1e3 * r.theirs:6.1f} ms"
        lines.append(f"  {r.what:<50} {times} {r.ratio:6.2f}  {bound}")
        lines.append(f"    against {r.peer}")
    return "\n".join(lines)


def save(room: str, ratios: list[Ratio]) -> None:
    """Write what pages and README may quote."""
    content = {
        "room": room,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "measured": "CPU seconds, medians over interleaved pairs",
        "ratios": [asdict(ratio) for ratio in ratios],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{room}.json").write_text(json.dumps(content, indent=1) + "\n")


def machine() -> dict[str, str | int | None]:
    """Describe the computer and the libraries, without names or paths."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def processor() -> str:
    """Return the processor's model where the system tells it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def version(library: str) -> str | None:
    """Return a library's version, None where it is not installed."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
