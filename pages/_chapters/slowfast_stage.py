"""SlowFast's two client-side stages: the clocks over a clip, and the bill of a layout."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from pages._stage import component, publish_layer
from pages._stage.assets import publish_clip
from vidcore import slowfast
from vidcore.figures import theme
from vidcore.media import Clip

COLOURS = {"slow": theme.SLOW, "fast": theme.FAST}
ALPHAS, BETAS = (1, 2, 4, 8, 16), (2, 3, 4, 6, 8, 12, 16, 32)  # Fast frames per Slow one; 1 / beta
FRAMES = (1, 2, 4, 8, 16)  # T

_CLOCKS = component("clocks", js=["frames.js", "paint.js", "player.js", "clocks.js"])
_COST = component("clocks_cost", js=["clocks_cost.js"])


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What one pathway sees of a clip, or how strongly it answers: a heat volume `(T, H, W)`."""

    title: str
    pathway: str
    clip: Clip
    alt: str
    heat: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A layout to start from, by its published name."""

    label: str
    view: Mapping[str, int]


def clocks_stage(
    screens: Sequence[Screen],
    *,
    key: str,
    view: Mapping[str, int],
    knobs: bool = False,
    presets: Sequence[Preset] = (),
    tallest: int = 300,
    on_view: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Show screens on one playhead; returns the visitor's view `{t, slow, alpha, tau, start}`.

    `view` is where the stage opens. With `knobs` the visitor sets the sampling on the client.
    """
    data = {
        "screens": [_spec(screen, f"{key}-{k}") for k, screen in enumerate(screens)],
        "colours": COLOURS,
        "alphas": list(ALPHAS),
        "view": dict(view),
        "knobs": knobs,
        "presets": [asdict(preset) for preset in presets],
        "autoplay": True,
        "tallest": tallest,
    }
    state = _CLOCKS(key=key, data=[data], default={"view": data["view"]}, on_view_change=on_view)
    return dict(state.view or view)


def _spec(screen: Screen, key: str) -> dict[str, Any]:
    layer = None
    if screen.heat is not None:
        content = f"{screen.clip.digest}-{key}-{hash(screen.heat.tobytes()):x}"
        layer = publish_layer("heat", screen.title, screen.heat, key=content)
    return {
        "title": screen.title,
        "pathway": screen.pathway,
        "clip": publish_clip(screen.clip),
        "layer": layer,
        "alt": screen.alt,
    }


def cost_stage(
    layout: slowfast.Layout,
    *,
    key: str,
    view: Mapping[str, int],
    on_view: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Show what each pathway costs while T, alpha and beta are dragged; returns the view.

    Every bill on the grid is counted by `slowfast.cost`, for one Slow frame, and sent once: both
    pathways are linear in T.
    """
    data = {
        "frames": list(FRAMES),
        "alphas": list(ALPHAS),
        "betas": list(BETAS),
        "width": layout.width,
        "bills": bills(layout.side, layout.kernel, layout.depths),
        "stages": ["conv1", *slowfast.STAGES],
        "colours": {"Slow": theme.SLOW, "Fast": theme.FAST, "Links": theme.SLATE},
        "view": dict(view),
    }
    state = _COST(key=key, data=[data], default={"view": data["view"]}, on_view_change=on_view)
    return dict(state.view or view)


@lru_cache(maxsize=8)
def bills(side: int, kernel: int, depths: tuple[int, int, int, int]) -> list[list[list[int]]]:
    """Return the bill of each alpha and beta, T = 1: see `_bill`."""
    return [
        _bill(slowfast.cost(slowfast.Layout(1, alpha, alpha, beta, side, kernel, depths=depths)))
        for alpha, beta in product(ALPHAS, BETAS)
    ]


def _bill(of: slowfast.Cost) -> list[list[int]]:
    """Return, for Slow, Fast and the links: parameters, then multiply-adds of every stage."""
    own = ("conv1", *slowfast.STAGES)
    stages = {"Slow": own, "Fast": own, "Link": slowfast.LINKS}
    return [
        [of.parameters(pathway), *(of.multiply_adds(pathway, stage=s) for s in names)]
        for pathway, names in stages.items()
    ]
