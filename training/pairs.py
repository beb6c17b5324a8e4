"""Pairs of frames whose flow is known exactly, drawn from a seed: what the flow network learns on.

    frame 2 at q:  the topmost layer l whose shape holds q shows T_l(q)
    frame 1 at p:  the topmost layer l whose shape holds p + F_l(p) shows T_l(p + F_l(p))

Every layer's motion F_l is a closed form of the pixel, affine plus slow waves, and its texture T_l
a function of a real point: an atlas, interpolated. So I1(p) = I2(p + F(p)) holds by construction,
whatever F is, and what one layer hides of another is known too. Lighting and noise come on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from training import textures
from training.textures import SIDE

LAYERS = 3  # the background and up to two shapes
WAVES = 3  # slow waves per layer


@dataclass(frozen=True, slots=True)
class Pairs:
    """A batch.

    Parameters
    ----------
    prev, next_
        `(B, 3, H, W)` in [0, 1].
    flow
        `(B, 2, H, W)`: u, right, and v, down, in pixels.
    valid
        `(B, H, W)`: the target lies inside the next frame and no other layer covers it there.
    """

    prev: Float[Tensor, "B 3 H W"]
    next_: Float[Tensor, "B 3 H W"]
    flow: Float[Tensor, "B 2 H W"]
    valid: Bool[Tensor, "B H W"]


@dataclass(frozen=True, slots=True)
class Layers:
    """Numbers that say everything about B scenes of L layers; the last layer is on top.

    Parameters
    ----------
    shift, matrix, amplitude, frequency, phase
        Motion: `shift + matrix (p - centre of the frame) + amplitude sin(frequency . p + phase)`.
    centre, radius, corners, petal, turn
        Shape in frame 2: a polygon's outline, its radius modulated by petals.
    place, scale, tint, contrast
        Texture: where in the atlas, texels per pixel with their rotation, colour and contrast.
    """

    shift: Float[Tensor, "B L 2"]
    matrix: Float[Tensor, "B L 2 2"]
    amplitude: Float[Tensor, "B L w 2"]
    frequency: Float[Tensor, "B L w 2"]
    phase: Float[Tensor, "B L w"]
    centre: Float[Tensor, "B L 2"]
    radius: Float[Tensor, "B L"]
    corners: Float[Tensor, "B L"]
    petal: Float[Tensor, "B L 2"]
    turn: Float[Tensor, "B L"]
    place: Float[Tensor, "B L 2"]
    scale: Float[Tensor, "B L 2 2"]
    tint: Float[Tensor, "B L 3"]
    contrast: Float[Tensor, "B L"]


def draw(
    seed: Sequence[int],
    reach: Float[np.ndarray, " B"],
    *,
    size: tuple[int, int],
    atlas: int = 0,
    plain: float = 0.0,
    light: bool = True,
) -> Pairs:
    """Draw one pair for every displacement asked for.

    Parameters
    ----------
    seed
        Says everything; the same gives the same.
    reach
        Pixels: about the longest motion of each pair.
    size
        Height and width.
    atlas
        Which textures; drawing others takes a second, so many pairs share them.
    plain
        Share of pairs drawn like an illustration: layers of one colour or a soft gradient, mostly
        before a camera that stands still, for a moving plain ground looks the same everywhere.
    light
        Also change brightness and contrast from frame to frame, and add noise.
    """
    rng = np.random.default_rng([*seed, 0])
    layers = choose(rng, reach, size)
    if plain:
        layers = plainer(np.random.default_rng([*seed, 1]), layers, plain)
    texels = textures_of(atlas)
    p = pixels(size)
    motion = displacement(layers, p, size)
    at = p + motion
    cover1, cover2 = coverage(layers, at), coverage(layers, p.expand_as(at))
    prev, next_ = (
        blend(texture(layers, texels, where), cover)
        for where, cover in ((at, cover1), (p.expand_as(at), cover2))
    )
    top = topmost(cover1)
    flow = torch.take_along_dim(motion, top[:, None, :, :, None], 1)[:, 0]
    valid = visible(layers, p[0] + flow, top, size)
    if light:
        prev, next_ = relight(rng, prev, next_)
    return Pairs(prev, next_, flow.movedim(-1, 1), valid)


@lru_cache(maxsize=2)
def textures_of(seed: int) -> Float[Tensor, "1 3 S S"]:
    """Draw an atlas once for many pairs."""
    return torch.from_numpy(textures.atlas(seed))[None]


def pixels(size: tuple[int, int]) -> Float[Tensor, "1 1 H W 2"]:
    """Return every pixel's own place, x first."""
    y, x = torch.meshgrid(*(torch.arange(n, dtype=torch.float32) for n in size), indexing="ij")
    return torch.stack([x, y], -1)[None, None]


def choose(rng: np.random.Generator, reach: np.ndarray, size: tuple[int, int]) -> Layers:
    """Choose motions, shapes and textures."""
    B, L, (H, W) = len(reach), LAYERS, size
    uniform = lambda low, high, *more: rng.uniform(low, high, (B, L, *more))  # noqa: E731
    own = reach[:, None] * uniform(0, 1)  # each layer's own speed
    own[:, 1:] *= rng.choice([0.5, 1], (B, 1))
    own[:, 0] *= rng.random(B) > 0.15  # some cameras stand still
    angle = uniform(0, 2 * np.pi)
    shift = own[..., None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    half = np.hypot(H, W) / 2
    matrix = rng.normal(0, 0.35, (B, L, 2, 2)) * (reach[:, None] / half)[..., None, None]
    matrix *= (rng.random((B, L)) < 0.7)[..., None, None]  # the others only translate
    matrix = np.clip(matrix, -0.3, 0.3)
    follow = rng.random((B, L)) < 0.5  # a shape that moves with the background, and beyond it
    follow[:, 0] = False
    shift = shift + follow[..., None] * shift[:, :1]
    matrix = np.where(follow[..., None, None], matrix[:, :1] + 0.5 * matrix, matrix)
    bent = (rng.random((B, L)) < 0.3)[..., None, None]
    amplitude = bent * rng.normal(0, 0.06, (B, L, WAVES, 2)) * reach[:, None, None, None]
    there = rng.random((B, L)) < 0.6
    side = min(H, W)
    radius = np.exp(uniform(np.log(0.08), np.log(0.4))) * side * there
    scale = np.exp(uniform(np.log(0.6), np.log(1.6)))
    turn = uniform(0, 2 * np.pi)
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    numbers = {
        "shift": shift,
        "matrix": matrix,
        "amplitude": amplitude,
        "frequency": rng.normal(0, 2 * np.pi / 120, (B, L, WAVES, 2)),
        "phase": uniform(0, 2 * np.pi, WAVES),
        "centre": uniform(0, 1, 2) * [W, H],
        "radius": radius,
        "corners": rng.choice([3, 4, 5, 6, 60], (B, L)),
        "petal": np.stack([rng.integers(2, 6, (B, L)), uniform(-0.35, 0.35)], -1),
        "turn": uniform(0, 2 * np.pi),
        "place": uniform(0, SIDE, 2),
        "scale": np.stack([cos, -sin, sin, cos], -1).reshape(B, L, 2, 2),
        "tint": uniform(-0.25, 0.25, 3),
        "contrast": np.where(rng.random((B, L)) < 0.8, uniform(0.6, 1.3), uniform(0.1, 0.6)),
    }
    return Layers(**{k: torch.from_numpy(np.asarray(v, np.float32)) for k, v in numbers.items()})


def plainer(rng: np.random.Generator, layers: Layers, share: float) -> Layers:
    """Take the texture from the layers of some pairs, and the motion from most of their grounds."""
    B, L = layers.radius.shape
    tensor = lambda a: torch.from_numpy(np.asarray(a, np.float32))  # noqa: E731
    pairs = rng.random((B, 1)) < share
    one_colour = tensor(pairs & (rng.random((B, L)) < 0.4))
    soft = tensor(pairs & (rng.random((B, L)) < 0.6))
    still = pairs & (rng.random((B, 1)) < 0.8)
    moving = np.ones((B, L))
    moving[:, :1] -= still
    factor = 1 - soft * (1 - tensor(np.exp(rng.uniform(np.log(0.02), np.log(0.3), (B, L)))))
    return replace(
        layers,
        contrast=layers.contrast * (1 - one_colour),
        scale=layers.scale * factor[..., None, None],
        shift=layers.shift * tensor(moving)[..., None],
        matrix=layers.matrix * tensor(moving)[..., None, None],
        amplitude=layers.amplitude * tensor(moving)[..., None, None],
    )


def displacement(
    layers: Layers, p: Float[Tensor, "1 1 H W 2"], size: tuple[int, int]
) -> Float[Tensor, "B L H W 2"]:
    """Return where every layer would carry every pixel."""
    middle = torch.tensor([size[1] - 1, size[0] - 1]) / 2
    flow = layers.shift[:, :, None, None] + torch.einsum(
        "blij,hwj->blhwi", layers.matrix, p[0, 0] - middle
    )
    if layers.amplitude.any():
        waves = torch.einsum("blni,hwi->blhwn", layers.frequency, p[0, 0])
        waves = torch.sin(waves + layers.phase[:, :, None, None])
        flow = flow + torch.einsum("blni,blhwn->blhwi", layers.amplitude, waves)
    return flow


def coverage(layers: Layers, at: Float[Tensor, "B L H W 2"]) -> Float[Tensor, "B L H W"]:
    """Return how much of every point each layer's shape covers; edges are a pixel wide."""
    x, y = (at[:, 1:] - layers.centre[:, 1:, None, None]).unbind(-1)
    turn, corners, radius, petals, depth = (
        _spread(number[:, 1:])
        for number in (layers.turn, layers.corners, layers.radius, *layers.petal.unbind(-1))
    )
    angle = torch.atan2(y, x) - turn
    sector = 2 * torch.pi / corners
    straight = torch.cos(sector / 2) / torch.cos(angle % sector - sector / 2)
    outline = radius * straight * (1 + depth * torch.sin(petals * angle))
    shapes = (outline - torch.hypot(x, y) + 0.5).clamp(0, 1) * (radius > 0)
    return torch.cat([torch.ones_like(shapes[:, :1]), shapes], 1)  # the background is everywhere


def texture(
    layers: Layers, texels: Float[Tensor, "1 3 S S"], at: Float[Tensor, "B L H W 2"]
) -> Float[Tensor, "B L 3 H W"]:
    """Return every layer's colour at every point."""
    B, L, H, W, _ = at.shape
    where = torch.einsum("blij,blhwj->blhwi", layers.scale, at) + layers.place[:, :, None, None]
    grid = (where * (2 / SIDE) - 1).reshape(1, B * L * H, W, 2)
    colours = F.grid_sample(texels, grid, padding_mode="reflection", align_corners=False)
    colours = colours.reshape(3, B, L, H, W).movedim(0, 2)
    return (
        0.5 + _spread(layers.contrast)[:, :, None] * (colours - 0.5) + layers.tint[..., None, None]
    )


def blend(
    colours: Float[Tensor, "B L 3 H W"], cover: Float[Tensor, "B L H W"]
) -> Float[Tensor, "B 3 H W"]:
    """Paint from the back to the front."""
    image = colours[:, 0]
    for layer in range(1, LAYERS):
        image = torch.lerp(image, colours[:, layer], cover[:, layer, None])
    return image.clamp(0, 1)


def topmost(cover: Float[Tensor, "B L H W"]) -> Tensor:
    """Return the index of the layer that is seen."""
    order = torch.arange(LAYERS)[:, None, None]
    return ((cover > 0.5) * order).amax(1)


def visible(
    layers: Layers, target: Float[Tensor, "B H W 2"], top: Tensor, size: tuple[int, int]
) -> Bool[Tensor, "B H W"]:
    """Tell where the target lies inside the frame, and nothing covers it there."""
    H, W = size
    x, y = target.unbind(-1)
    inside = (x >= 0) & (x <= W - 1) & (y >= 0) & (y <= H - 1)
    cover = coverage(layers, target[:, None].expand(-1, LAYERS, -1, -1, -1))
    order = torch.arange(LAYERS)[:, None, None]
    return inside & ~((cover > 0) & (order > top[:, None])).any(1)


def relight(
    rng: np.random.Generator, prev: Tensor, next_: Tensor
) -> tuple[Float[Tensor, "B 3 H W"], Float[Tensor, "B 3 H W"]]:
    """Change contrast and brightness of the second frame for half of the pairs; noise for all."""
    B = len(prev)
    tensor = lambda a: torch.from_numpy(np.asarray(a, np.float32))  # noqa: E731
    changed = (rng.random((B, 1, 1, 1)) < 0.5).astype(np.float32)
    gain = tensor(1 + changed * rng.uniform(-0.2, 0.2, (B, 1, 1, 1)))
    bias = tensor(changed * rng.uniform(-0.08, 0.08, (B, 1, 1, 1)))
    cast = tensor(changed * rng.uniform(-0.02, 0.02, (B, 3, 1, 1)))
    noise = tensor(0.04 * rng.random((B, 1, 1, 1)) ** 2)
    grain = torch.from_numpy(rng.standard_normal((2, *prev.shape), np.float32))
    next_ = gain * (next_ - 0.5) + 0.5 + bias + cast
    return tuple((x + noise * g).clamp(0, 1) for x, g in zip((prev, next_), grain, strict=True))


def _spread(x: Float[Tensor, "B L"]) -> Float[Tensor, "B L 1 1"]:
    return x[:, :, None, None]
