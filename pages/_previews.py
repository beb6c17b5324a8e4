"""A small moving picture of each idea for the start page: a scene, and what the idea makes of it.

All are computed from the app's own scenes by the rooms themselves, in NumPy: no trained network is
asked, so that the first visitor need not wait for torch.
"""

import numpy as np
import streamlit as st

from pages import _clip
from vidcore import attention, conv3d, flow, sampling, videomae
from vidcore.alignment import world
from vidcore.media import Clip
from vidcore.media.synthetic import Scene

MOMENTS = 16  # frames of each picture
FPS = 10.0  # pictures a second
SIDE = 48  # pixels of a half
PATCH = 6  # pixels: a grid of 8 x 8, as our small transformers have it
STRIDE = 7  # of the wheel's eight alike frames: it turns backwards as fast as it turns
ALPHA, SLOW = 4, 8  # SlowFast's Fast frames for each Slow one; the Slow stride, in moments
HIDDEN = 0.9  # VideoMAE's share
REACH = 3  # pixels around a pixel that describe it
SHARP = 4  # power of the likeness that is shown: the best match stands out
CELL = 4  # pixels: likeness is shown on a coarse grid, as RAFT compares
ORBIT = 14  # pixels from the middle: the way of the pixel that is compared
EDGE = conv3d.moving_edge(0.0, 1.0)  # moving right
FLAT = 0.05  # added to a description's length: noise in a plain sky is no likeness
WHITE, SLATE = 1.0, np.array([0.48, 0.52, 0.58])
DARK, GLOW = np.array([0.09, 0.10, 0.19]), np.array([1.0, 0.75, 0.25])


@st.cache_resource(show_spinner=False)
def previews() -> Clip:
    """Return the pictures of `PREVIEWS` as one clip, `MOMENTS` frames of each in turn."""
    pictures = np.concatenate([picture() for picture in PREVIEWS.values()])
    return Clip(pictures.astype(np.float32).clip(0, 1), FPS)


def _motion() -> np.ndarray:
    """Order: the throw, and its frames from the end."""
    throw = _small(_clip.scene("throw"))
    return _pair(throw, throw[::-1])


def _sampling() -> np.ndarray:
    """Frames: the wheel, and one frame in seven of it."""
    wheel = _clip.scene("wheel", spokes=8, degrees_per_frame=360 / 8 / 8).clip.frames
    every = np.arange(MOMENTS)
    return _pair(_halved(wheel[every]), _halved(wheel[every * STRIDE % 8]))


def _flow() -> np.ndarray:
    """Flow: the zoom, and its true field in colour."""
    scene = _clip.scene("zoom")
    moments = sampling.uniform(len(scene.flow), MOMENTS)
    field = np.stack([flow.to_colour(scene.flow[t]) for t in moments])
    return _pair(_small(scene), _halved(field))


def _raft() -> np.ndarray:
    """Correlation: a pixel on its way around a frame, against every pixel of another one."""
    frames = _small(_clip.scene("pan"))
    here, there = _described(frames[0]), _described(frames[2])
    left, right = np.repeat(frames[:1], MOMENTS, axis=0), []
    for moment, turn in enumerate(np.linspace(0, 2 * np.pi, MOMENTS, endpoint=False)):
        y, x = SIDE // 2 + np.rint(ORBIT * np.array([np.sin(turn), np.cos(turn)])).astype(int)
        right.append(_coarse((there @ here[y, x]).clip(0) ** SHARP))
        left[moment, y - 1 : y + 2, x - 1 : x + 2] = WHITE
    return _pair(left, _heat(np.stack(right)))


def _conv3d() -> np.ndarray:
    """Convolution: the throw, and what answers to an edge that moves right (its root)."""
    throw = _small(_clip.scene("throw"))
    answer = conv3d.conv3d(throw.mean(-1), EDGE.astype(np.float32), padding="replicate")
    return _pair(throw, _heat(abs(answer) ** 0.5))


def _twostream() -> np.ndarray:
    """Two streams: one frame of the wave, and how fast every pixel of it moves."""
    scene = _clip.scene("waving_arm")
    still = np.repeat(_small(scene)[:1], MOMENTS, axis=0)
    moments = np.roll(sampling.uniform(len(scene.flow), MOMENTS), MOMENTS // 4)  # rests in a swing
    speed = np.linalg.norm(scene.flow[moments], axis=-1)
    return _pair(still, _halved(_heat(speed)))


def _slowfast() -> np.ndarray:
    """Two clocks: the balls as Slow sees them, and as Fast does."""
    balls, every = _small(_clip.scene("bouncing_balls")), np.arange(MOMENTS)
    fast = SLOW // ALPHA
    return _pair(balls[every // SLOW * SLOW], balls[every // fast * fast])


def _attention() -> np.ndarray:
    """Attention: a patch, and how much the patches of every frame are like it."""
    frames = _clip.scene("learned_world").clip.frames
    tokens = attention.tubelets(frames, tubelet=1, patch=PATCH)
    tokens = tokens - tokens.mean((0, 1))
    query = int(np.square(tokens[0]).sum(-1).argmax())  # the patch that stands out
    every = tokens.reshape(-1, tokens.shape[-1])
    _, weights = attention.scaled_dot_product(tokens[0, query][None], every, every)
    lit = _enlarged(weights.reshape(MOMENTS, SIDE // PATCH, SIDE // PATCH))
    y, x = (PATCH * k for k in divmod(query, SIDE // PATCH))
    left = frames.copy()
    left[:, y : y + PATCH, [x, x + PATCH - 1]] = left[:, [y, y + PATCH - 1], x : x + PATCH] = WHITE
    return _pair(left, _heat(lit - lit.min()))


def _videomae() -> np.ndarray:
    """Masks: the catch, and the tenth of it that the encoder gets."""
    catch, places = _small(_clip.scene("catch")), SIDE // PATCH
    masked = videomae.tube_mask(
        (MOMENTS, places, places), ratio=HIDDEN, rng=np.random.default_rng(0)
    )
    return _pair(catch, np.where(_enlarged(masked)[..., None], SLATE, catch))


def _alignment() -> np.ndarray:
    """Text: eight clips, and a frame around those that the first one's caption is true of."""
    eight = world.draw(world.EIGHT)
    tiles = []
    for frames, label in zip(eight.frames, eight.labels, strict=True):
        tile = _halved(frames)
        if label == eight.labels[-1]:
            tile[:, [0, 1, -2, -1]] = tile[:, :, [0, 1, -2, -1]] = WHITE
        tiles.append(tile)
    rows = [np.concatenate(tiles[k : k + 4], axis=2) for k in (0, 4)]
    return np.concatenate(rows, axis=1)


# ---- putting a picture together -----------------------------------------------------------------
def _halved(frames: np.ndarray) -> np.ndarray:
    """Shrink frames `(T, H, W, 3)` to half, each pixel the mean of four."""
    T, H, W, C = frames.shape
    half: np.ndarray = frames.reshape(T, H // 2, 2, W // 2, 2, C).mean((2, 4))
    return half


def _small(scene: Scene) -> np.ndarray:
    """Return `MOMENTS` frames of a scene of 96 x 96, at half its size."""
    frames = scene.clip.frames
    return _halved(frames[sampling.uniform(len(frames), MOMENTS)])


def _pair(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.concatenate([left, right], axis=2)


def _heat(values: np.ndarray) -> np.ndarray:
    """Paint `(T, H, W)` numbers from 0 up as light in the dark."""
    painted: np.ndarray = DARK + (values / (values.max() or 1))[..., None] * (GLOW - DARK)
    return painted


def _enlarged(grid: np.ndarray) -> np.ndarray:
    """Spread `(T, rows, columns)` over the pixels of their patches."""
    return grid.repeat(PATCH, axis=1).repeat(PATCH, axis=2)


def _coarse(image: np.ndarray) -> np.ndarray:
    """Show the largest value of every cell all over the cell."""
    cells = image.reshape(SIDE // CELL, CELL, SIDE // CELL, CELL).max((1, 3))
    return np.kron(cells, np.ones((CELL, CELL)))


def _described(frame: np.ndarray) -> np.ndarray:
    """Describe every pixel by its neighbourhood, `(H, W, D)`, with mean 0 and length 1."""
    size = 2 * REACH + 1
    padded = np.pad(frame, ((REACH, REACH), (REACH, REACH), (0, 0)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(0, 1))
    around = around - around.mean((-2, -1), keepdims=True)  # each colour by itself
    flat: np.ndarray = around.reshape(*frame.shape[:2], -1)
    flat /= np.linalg.norm(flat, axis=-1, keepdims=True) + FLAT
    return flat


PREVIEWS = {  # page -> its picture, (MOMENTS, SIDE, 2 SIDE, 3)
    "motion": _motion,
    "sampling": _sampling,
    "flow": _flow,
    "raft": _raft,
    "conv3d": _conv3d,
    "twostream": _twostream,
    "slowfast": _slowfast,
    "attention": _attention,
    "videomae": _videomae,
    "alignment": _alignment,
}
