"""VideoMAE's client-side stage: hide, paint, play; and where its settings live in the link."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pages._stage import component
from pages._stage.assets import publish_clip
from vidcore import videomae
from vidcore.media import Clip

SEEDS = 8  # masks of each kind, drawn here and kept by the browser
MOST = 98  # percent: something has to stay visible
VIEW = {"t": 0, "kind": "tube", "ratio": 90, "seed": 0, "painted": ""}

_BENCH = component("masks", js=["frames.js", "paint.js", "radios.js", "player.js", "masks.js"])


def bench(
    truth: Clip,
    filled: Clip | None,
    grid: tuple[int, int, int],
    *,
    key: str,
    alt: str,
    view: Mapping[str, Any],
    missing: str = "",
    on_view: Callable[[], None] = lambda: None,
) -> None:
    """Show a clip, what is hidden of it, and what fills the holes.

    Parameters
    ----------
    truth, filled
        The clip as the network reads it, and its answer to the mask of `view`; None where there is
        no answer, and `missing` says why.
    grid
        Cubes along time, rows and columns.
    view
        Where the stage opens: `VIEW`, as a link may have changed it.
    """
    data = {
        "truth": publish_clip(truth),
        "filled": None if filled is None else publish_clip(filled),
        "grid": grid,
        "cube": [n // g for n, g in zip(truth.frames.shape[:3], grid, strict=True)],
        "orders": _orders(grid),
        "view": dict(view),
        "missing": missing or None,
        "autoplay": True,
        "alt": alt,
    }
    _BENCH(key=key, data=[data], default={"view": dict(view)}, on_view_change=on_view)


def _orders(grid: tuple[int, int, int]) -> list[dict[str, list[int]]]:
    """Return, for each seed and kind, the order in which cubes are hidden."""
    return [
        {
            kind: videomae.hiding_order(kind, grid, rng=np.random.default_rng(seed)).tolist()
            for kind in videomae.KINDS
        }
        for seed in range(SEEDS)
    ]


def settings(view: Mapping[str, Any], grid: tuple[int, int, int]) -> dict[str, Any]:
    """Return the view with what a link may have broken put right."""
    fixed = {**VIEW, **view}
    if fixed["kind"] == "painted" and not videomae.is_painting(str(fixed["painted"]), grid):
        fixed["kind"] = VIEW["kind"]
    if fixed["kind"] not in (*videomae.KINDS, "painted"):
        fixed["kind"] = VIEW["kind"]
    if fixed["kind"] != "painted":
        fixed["painted"] = ""
    fixed["ratio"] = min(int(fixed["ratio"]), MOST)
    fixed["seed"] = int(fixed["seed"]) % SEEDS
    fixed["t"] = min(int(fixed["t"]), grid[0] * 2 - 1)
    return fixed
