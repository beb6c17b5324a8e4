"""Rendering: specs in, a batch of clips with their truth out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidcore.errors import ShapeError
from vidcore.media.clip import read_only
from vidcore.media.synthetic.actions.caption import caption
from vidcore.media.synthetic.actions.spec import Spec
from vidcore.media.synthetic.actions.stage import Stage, stage
from vidcore.media.synthetic.truth import truth


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Clips, stacked, with all that is known about them.

    Parameters
    ----------
    video
        `(B, T, H, W, 3)` uint8, RGB.
    object
        `(B, T, H, W)` bool: where the shape is seen.
    flow
        `(B, T-1, H, W, 2)` float32, exact, pixels per frame; None where not asked for.
    colour, shape, action
        `(B,)` int64 labels.
    captions
        What a person would say, one of several ways.
    """

    video: np.ndarray
    object: np.ndarray
    flow: np.ndarray | None
    colour: np.ndarray
    shape: np.ndarray
    action: np.ndarray
    captions: tuple[str, ...]


def render(specs: Sequence[Spec], *, flow: bool = True) -> Batch:
    """Draw clips of one world.

    Parameters
    ----------
    flow
        Also derive the exact flow, half as much work again.

    Raises
    ------
    ShapeError
        If there is no spec, or their sizes or lengths differ.
    """
    if len({(spec.world.size, spec.world.frames) for spec in specs}) != 1:
        raise ShapeError(
            f"A batch needs at least one spec, all of one size and length; got {len(specs)} specs "
            f"of {sorted({(s.world.size, s.world.frames) for s in specs})}. Render them apart."
        )
    drawn = [_draw(stage(spec), flow) for spec in specs]
    video, seen, moved = zip(*drawn, strict=True)
    return Batch(
        video=read_only(np.stack(video)),
        object=read_only(np.stack(seen)),
        flow=read_only(np.stack(moved)) if flow else None,
        colour=read_only(np.array([spec.colour for spec in specs])),
        shape=read_only(np.array([spec.shape for spec in specs])),
        action=read_only(np.array([spec.action for spec in specs])),
        captions=tuple(_caption(spec) for spec in specs),
    )


def _draw(staged: Stage, flow: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    canvas, owner = staged.paint()
    frames = np.stack([canvas[:, 0], canvas[:, 1], canvas[:, 2]], axis=-1)
    video = (frames * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    moved = truth(owner, staged.layers, staged.camera)[0] if flow else None
    return video, owner == len(staged.layers), moved


def _caption(spec: Spec) -> str:
    seed = spec.seed if isinstance(spec.seed, tuple) else (spec.seed,)
    rng = np.random.default_rng((*seed, 1))  # its own stream: the picture does not depend on it
    return caption(spec.colour, spec.shape, spec.action, rng)
