"""Rendering: surfaces painted back to front, each a formula of the place a pixel comes from.

No image is ever resampled, so nothing is blurred by motion and brightness is constant along the
true flow to within float32, except in shadows, in noise and along soft edges. While it is painted a
clip is `(T, 3, H, W)`: NumPy is several times faster along rows of one colour than across three.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from jaxtyping import Float, Float32, UInt8

from vidcore.media.clip import Clip
from vidcore.media.synthetic.layer import Layer, Shade, Window, pieces
from vidcore.media.synthetic.motion import Motion, block
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.shapes import coverage
from vidcore.media.synthetic.truth import truth

Canvas = Float32[np.ndarray, "T 3 size size"]
REVERSED = slice(None, None, -1)
SHADOW_REACH = 2.5  # standard deviations of a shadow that are drawn; beyond, it takes below 2 %


def render(
    canvas: Canvas,
    layers: Sequence[Layer],
    *,
    fps: float,
    ground: Motion | None = None,
    shades: Sequence[Shade] = (),
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
    tracks: Mapping[str, Float[np.ndarray, "T 2"]] | None = None,
    backwards: bool = False,
) -> Scene:
    """Paint the layers over the ground, the last one in front, and derive the exact flow.

    Parameters
    ----------
    canvas
        The ground in every frame; painted over, and kept by the result.
    ground
        How the ground itself moves; None where it stands still.
    noise
        Standard deviation of sensor noise, drawn from `rng`.
    tracks
        Named points of the scene, handed on.
    backwards
        Draw forwards, then reverse the frames, the motion and the tracks together: the frames stay
        the same bit for bit, and the flow is that of the reversed motion.
    """
    owner = draw(canvas, layers, shades)
    if noise and rng is not None:
        canvas += np.float32(noise) * rng.standard_normal(canvas.shape, dtype=np.float32)
        np.clip(canvas, 0, 1, out=canvas)
    tracks = dict(tracks or {})
    if backwards:
        canvas, owner = canvas[REVERSED], owner[REVERSED]
        ground = ground and ground.at(REVERSED)
        layers = [layer.at(REVERSED) for layer in layers]
        tracks = {name: points[REVERSED] for name, points in tracks.items()}
    frames = np.stack([canvas[:, 0], canvas[:, 1], canvas[:, 2]], axis=-1)  # four times moveaxis
    return Scene(Clip(frames, float(fps)), partial(truth, owner, layers, ground), tracks)


def draw(
    canvas: Canvas, layers: Sequence[Layer], shades: Sequence[Shade]
) -> UInt8[np.ndarray, "T size size"]:
    """Paint over the canvas; return the number of the layer that owns each pixel, 0 the ground."""
    T, _, size, _ = canvas.shape
    owner = np.zeros((T, size, size), dtype=np.uint8)
    for shade in shades:
        for piece in pieces(shade.centre, float(shade.radii.max())):
            _darken(canvas[piece], shade.at(piece))
    for number, layer in enumerate(layers, start=1):
        for piece in pieces(layer.motion.centre, layer.reach):
            _paint(canvas[piece], owner[piece], number, layer.at(piece))
    return owner


def _darken(canvas: Canvas, shade: Shade) -> None:
    box = Window.around(shade.centre, SHADOW_REACH * float(shade.radii.max()), canvas.shape[-1])
    x, y = Motion(shade.centre).own(box.X, box.Y)
    a, b = (block(radius) for radius in shade.radii.T)
    light = 1 - block(shade.strength) * np.exp(-((x / a) ** 2) / 2) * np.exp(-((y / b) ** 2) / 2)
    canvas[box.index] *= light[:, None]


def _paint(
    canvas: Canvas, owner: UInt8[np.ndarray, "T size size"], number: int, layer: Layer
) -> None:
    largest = layer.motion.largest()
    box = Window.around(layer.motion.centre, layer.reach * largest, canvas.shape[-1])
    x, y = layer.motion.own(box.X, box.Y)
    distance = layer.shape(x, y)
    below = canvas[box.index]
    alpha = coverage(distance * block(layer.motion.scales()))[:, None]
    below += alpha * (layer.paint(x, y, distance) - below)
    owner[box.index][distance < 0] = number
