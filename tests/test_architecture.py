"""The rules of the house, checked: one direction, heavy libraries at home, light imports, names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OFFLINE = {"training", "benchmarks"}  # measure and train with whatever they need
ROOMS = [
    "motion", "sampling", "flow", "conv3d", "twostream", "attention", "slowfast", "videomae",
    "alignment", "zoo",
]  # fmt: skip
MAY_IMPORT = {  # a room -> the rooms it may import, beside weights, media, bridge_torch and errors
    "twostream": {"flow", "sampling"},  # sampling: a TSN is a frame network and a way to sample
    "slowfast": {"conv3d", "sampling"},
    "videomae": {"attention"},
    "alignment": {"attention"},
    "zoo": set(ROOMS),
    "figures": set(ROOMS),
}
HOME = {  # a heavy library -> where it may be imported
    "streamlit": lambda p: p.parts[0] in {"app.py", "pages"},
    "plotly": lambda p: p.is_relative_to("vidcore/figures") or p.parts[0] in OFFLINE,
    "av": lambda p: p.is_relative_to("vidcore/media") or p.parts[0] in OFFLINE,
    "torch": lambda p: p.stem.endswith("_torch") or p.parts[0] in OFFLINE,
}
BELOW = {  # what the foundations may import of vidcore
    "errors": set(),
    "media": {"errors", "media"},
    "bridge_torch": {"errors", "media"},
    "weights": {"errors", "media", "bridge_torch", "weights"},
}
OUTSIDE = {"app", "pages", "training", "benchmarks", "tests"}
NOT_ROOMS = {
    "main",
    "home",
    "raft",
    "compare",
    "models",
    "about",
    "sources",
}  # pages without a room
FOLDERS = ["pages", "vidcore", "training", "benchmarks"]
SOURCES = [ROOT / "app.py", *(f for d in FOLDERS for f in (ROOT / d).rglob("*.py"))]
FILES = sorted(path.relative_to(ROOT) for path in SOURCES if path.exists())
LIBRARY = [p for p in FILES if p.parts[0] == "vidcore"]


def imports(path: Path) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    froms = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
    return names | {f"{n.module}.{a.name}" for n in froms for a in n.names}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_heavy_libraries_stay_home(path: Path) -> None:
    for name in imports(path):
        at_home = HOME.get(name.split(".")[0])
        assert at_home is None or at_home(path), f"{path} imports {name}: it has another home"


@pytest.mark.parametrize("path", LIBRARY, ids=str)
def test_imports_point_one_way(path: Path) -> None:
    here = path.parts[1].removesuffix(".py")
    allowed = MAY_IMPORT.get(here, set()) | {here}
    for name in imports(path):
        parts = name.split(".")
        assert parts[0] not in OUTSIDE, f"{path} imports {name}"
        if parts[0] != "vidcore" or len(parts) < 2:
            continue
        if here in BELOW:
            assert parts[1] in BELOW[here], f"{path}: {here} is below {name}"
        if parts[1] in {*ROOMS, "figures"}:
            assert parts[1] in allowed, f"{path}: {here} may not import {name}"


@pytest.mark.parametrize("path", LIBRARY, ids=str)
def test_no_pickle_in_the_library(path: Path) -> None:
    source = (ROOT / path).read_text()
    assert "pickle" not in source, f"{path} mentions pickle: weights are safetensors"
    assert "torch.load" not in source or path.name == "hub_torch.py"


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    run = [sys.executable, "-c", code]
    answer = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return set(answer.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["vidcore", *(f"vidcore.{p.parts[1]}" for p in LIBRARY if p.parts[2:] == ("__init__.py",))],
)
def test_importing_is_light(module: str) -> None:
    loaded = _loaded_after(f"import {module}")
    assert "torch" not in loaded
    assert "streamlit" not in loaded
    if module == "vidcore":
        assert not {"av", "numpy", "plotly"} & loaded


def test_one_word_per_idea() -> None:
    pages = {p.stem for p in (ROOT / "pages").glob("*.py") if not p.stem.startswith("_")}
    for name in pages - NOT_ROOMS:
        assert (ROOT / "vidcore" / name).is_dir(), f"pages/{name}.py has no room vidcore/{name}/"
        assert (ROOT / "vidcore/figures" / f"{name}.py").exists(), f"vidcore/figures/{name}.py"
        assert (ROOT / "tests" / name).is_dir(), f"tests/{name}/"


@pytest.mark.parametrize("path", [p for p in LIBRARY if p.stem.endswith("_torch")], ids=str)
def test_every_pair_is_compared(path: Path) -> None:
    twin = path.with_name(path.name.replace("_torch", ""))
    if not (ROOT / twin).exists():
        pytest.skip("no reference beside it: a whole network, the bridge, or a loader")
    dotted = ".".join(path.with_suffix("").parts), ".".join(twin.with_suffix("").parts)
    tests = [t.read_text() for t in (ROOT / "tests").rglob("test_*.py")]
    assert any(all(d in text for d in dotted) for text in tests), f"no test names both {dotted}"
