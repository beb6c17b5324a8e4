"""Staging: from a spec to a ground, a camera and layers, ready to be painted."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, UInt8

from vidcore.media.synthetic import paint
from vidcore.media.synthetic.actions import actor
from vidcore.media.synthetic.actions.labels import ACTIONS
from vidcore.media.synthetic.actions.path import EDGE, draw_path, is_backwards
from vidcore.media.synthetic.actions.spec import Spec, World
from vidcore.media.synthetic.layer import Layer, Window
from vidcore.media.synthetic.motion import Motion
from vidcore.media.synthetic.render import draw
from vidcore.media.synthetic.shapes import box, disc
from vidcore.media.synthetic.texture import Texture

WAVES = 6  # plane waves in a background
WAVELENGTH = (0.25, 0.9)  # of the size
CONTRAST = (0.03, 0.07)  # grey levels of one wave
GREY = (0.35, 0.6)
TINT = 0.05  # how far a background leaves grey by chance
LEAKED = 0.16  # and how far where its hue tells the action
SHAKE = 0.1  # of the camera's pan
BOX = (0.05, 0.11)  # half width and half height of the box, of the size
BLOB = (0.05, 0.08)  # radius of the distractor, of the size
WANDER = 0.15  # its way over the clip, of the size


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A clip before it is painted; the actor is the last of the layers, in front."""

    size: int
    ground: Texture
    camera: Motion
    layers: tuple[Layer, ...]
    noise: Float32[np.ndarray, "T 3 size size"]

    def paint(
        self,
    ) -> tuple[Float32[np.ndarray, "T 3 size size"], UInt8[np.ndarray, "T size size"]]:
        """Return the frames, and which layer owns each pixel: counted from 1, 0 is the ground."""
        whole = Window.around(np.zeros((1, 2)), np.inf, self.size)
        canvas = self.ground(*self.camera.own(whole.X, whole.Y))
        owner = draw(canvas, self.layers, ())
        canvas += self.noise
        return np.clip(canvas, 0, 1, out=canvas), owner


def stage(spec: Spec) -> Stage:
    """Set the stage: everything but the labels comes from the spec's seed.

    The order of the draws does not depend on which of a pair the action is: the partner's clip is
    the same clip, every series in time turned round.
    """
    world, rng = spec.world, np.random.default_rng(spec.seed)
    T, size = world.frames, world.size
    side = int(rng.choice([-1, 1]))
    path = draw_path(spec.action, T, side, rng)
    shift, wander = _camera(world, rng), _wander(T, rng)
    ground = _ground(spec, rng)
    grey, blob_radius = rng.uniform(0.2, 0.8, 2), rng.uniform(*BLOB) * size
    shows = rng.random() < world.distractor
    radius = rng.uniform(*world.radius) * size
    dressed = actor.dress(spec.colour, radius, rng)
    noise = world.noise * rng.standard_normal((T, 3, size, size), dtype=np.float32)
    if is_backwards(spec.action):
        path, shift, wander, noise = path.backwards(), shift[::-1], wander[::-1], noise[::-1]

    def placed(centre: np.ndarray) -> np.ndarray:  # shares of the world -> pixels of the picture
        return np.asarray((centre + shift) * size - 0.5)

    at_side = np.broadcast_to([0.5 + side * (0.5 - EDGE), 0.7], (T, 2))
    layers = [
        Layer(
            Motion(placed(at_side)),
            box(BOX[0] * size, BOX[1] * size),
            paint.flat(np.full(3, grey[0])),
            float(np.hypot(*BOX)) * size,
        ),
        Layer(
            Motion(placed(wander)), disc(blob_radius), paint.flat(np.full(3, grey[1])), blob_radius
        ),
        Layer(
            Motion(placed(path.centre), path.angle, path.scale),
            actor.outline(spec.shape, radius),
            dressed,
            actor.REACH * radius,
        ),
    ]
    if not shows:
        del layers[1]
    return Stage(size, ground, Motion(shift * size), tuple(layers), np.asarray(noise, np.float32))


def _camera(world: World, rng: np.random.Generator) -> Float[np.ndarray, "T 2"]:
    """Return how far the world is shifted in each frame: a pan, and a hand that shakes."""
    pan = rng.uniform(-world.camera, world.camera, 2)
    shake = rng.uniform(-SHAKE * world.camera, SHAKE * world.camera, (world.frames, 2))
    shift: np.ndarray = np.linspace(-0.5, 0.5, world.frames)[:, None] * pan + shake
    return shift


def _wander(T: int, rng: np.random.Generator) -> Float[np.ndarray, "T 2"]:
    """Return the distractor's way: straight, slow, from anywhere."""
    way = np.linspace(-0.5, 0.5, T)[:, None] * rng.uniform(-WANDER, WANDER, 2)
    wander: np.ndarray = rng.uniform(0.15, 0.85, 2) + way
    return wander


def _ground(spec: Spec, rng: np.random.Generator) -> Texture:
    """Return a smooth background, nearly grey; where it leaks, its hue is that of the action."""
    size = spec.world.size
    base = rng.uniform(*GREY) + rng.uniform(-TINT, TINT, 3)
    hue = 2 * np.pi * (spec.action / len(ACTIONS) + np.arange(3) / 3)
    if rng.random() < spec.world.leak:
        base = base + LEAKED * np.cos(hue)
    heading = (np.arange(WAVES) + rng.random(WAVES)) * np.pi / WAVES
    k = 2 * np.pi / (size * rng.uniform(*WAVELENGTH, WAVES))
    shade = rng.uniform(*CONTRAST, (WAVES, 1)) + rng.uniform(-0.01, 0.01, (WAVES, 3))
    return Texture(
        base=base,
        k=k[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1),
        phase=rng.uniform(0, 2 * np.pi, WAVES),
        wave_colour=shade,
        place=np.zeros((0, 2)),
        sharpness=np.zeros(0),
        bump_colour=np.zeros((0, 3)),
    )
