"""Motion of everything: the camera pans or zooms, or two layers slide over each other."""

from typing import Annotated

import numpy as np

from vidcore.errors import ShapeError
from vidcore.media.synthetic import paint
from vidcore.media.synthetic.knob import (
    Fps,
    Frames,
    Knob,
    Noise,
    Size,
    Velocity,
    door,
)
from vidcore.media.synthetic.layer import Layer, Window
from vidcore.media.synthetic.motion import Motion, straight
from vidcore.media.synthetic.palette import AMBER, CORAL, CREAM, INK, MIST, NAVY, SAND, SKY, TEAL
from vidcore.media.synthetic.render import Canvas, render
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.shapes import blend, disc
from vidcore.media.synthetic.texture import Texture, mottled

ISLAND = ((-0.13, 0.03, 0.16), (0.1, -0.06, 0.19), (0.05, 0.12, 0.15))  # x, y, radius, of the frame
MAX_ZOOM = 10_000  # beyond, a pixel is narrower than float32 can place in the texture
FILLET = 0.08  # of the frame: how softly the island's discs join


@door
def pan(
    T: Frames = 32,
    size: Size = 96,
    *,
    velocity: Velocity = (1.5, 0.5),
    noise: Noise = 0.0,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Slide a textured world under the camera; nothing moves in it, and every pixel changes.

    Parameters
    ----------
    velocity
        `(vx, vy)` of the world in the picture, pixels per frame; the camera pans the other way.
    """
    rng = rng or np.random.default_rng(0)
    world = mottled(rng, TEAL, (CREAM, NAVY, AMBER, NAVY, SKY, CORAL))
    motion = straight(T, size, np.asarray(velocity, dtype=np.float64))
    return render(_world(world, motion, size), [], fps=fps, ground=motion, noise=noise, rng=rng)


@door
def zoom(
    T: Frames = 32,
    size: Size = 96,
    *,
    rate: Annotated[
        float, Knob("Zoom", -2.0, 3.0, 0.25, "%/frame", "Positive zooms in.", least=-50, most=100)
    ] = 1.5,
    noise: Noise = 0.0,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Zoom into the middle of a textured world: flow grows with the distance from the centre.

    Parameters
    ----------
    rate
        Growth per frame in percent. The world has its own size at mid-clip.

    Raises
    ------
    ShapeError
        If the zoom exceeds `MAX_ZOOM` at either end.
    """
    rng = rng or np.random.default_rng(0)
    world = mottled(rng, NAVY, (SKY, TEAL, AMBER, INK, MIST, CORAL))
    growth, steps = np.log1p(rate / 100), np.arange(T) - (T - 1) / 2
    if abs(growth * steps[0]) > np.log(MAX_ZOOM):
        raise ShapeError(
            f"zoom changes size at most {MAX_ZOOM:,}-fold to either side of mid-clip; a rate of "
            f"{rate} over T={T} frames makes more. Lower the rate or take fewer frames."
        )
    scale = np.exp(growth * steps)
    motion = Motion(np.full((T, 2), (size - 1) / 2), scale=scale)
    return render(_world(world, motion, size), [], fps=fps, ground=motion, noise=noise, rng=rng)


@door
def two_layers(
    T: Frames = 32,
    size: Size = 96,
    *,
    front: Annotated[
        tuple[float, float],
        Knob("Island, right", -4.0, 4.0, 0.25, "px/frame"),
        Knob("Island, down", -4.0, 4.0, 0.25, "px/frame"),
    ] = (1.25, -0.25),
    back: Annotated[
        tuple[float, float],
        Knob("Sea, right", -4.0, 4.0, 0.25, "px/frame"),
        Knob("Sea, down", -4.0, 4.0, 0.25, "px/frame"),
    ] = (-0.75, 0.25),
    noise: Noise = 0.0,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Drift an island over a sea that flows the other way: one edge covers, the other uncovers.

    Parameters
    ----------
    front, back
        `(vx, vy)` of the island and of the sea, pixels per frame.
    """
    rng = rng or np.random.default_rng(0)
    sea = mottled(rng, TEAL, (SKY, NAVY, NAVY, MIST))
    land = mottled(rng, AMBER, (CORAL, SAND, CREAM, CORAL))
    below, above = (straight(T, size, np.asarray(v, dtype=np.float64)) for v in (back, front))
    discs = [disc(r * size, x * size, y * size) for x, y, r in ISLAND]
    reach = max(np.hypot(x, y) + r for x, y, r in ISLAND) * size + FILLET * size
    island = Layer(above, blend(FILLET * size, *discs), paint.textured(land, 0.12 * size), reach)
    return render(
        _world(sea, below, size),
        [island],
        fps=fps,
        ground=below,
        noise=noise,
        rng=rng,
        tracks={"island": above.centre},
    )


def _world(texture: Texture, motion: Motion, size: int) -> Canvas:
    """Evaluate a texture where every pixel of every frame looks."""
    whole = Window.around(np.zeros((1, 2)), np.inf, size)
    return texture(*motion.own(whole.X, whole.Y))
