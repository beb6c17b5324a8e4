"""The pair of frames that RAFT's chapters look at: a fast one of ours, or the visitor's."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from pages import _clip, _kit
from vidcore.flow.raft import SMALLEST
from vidcore.media import Clip, synthetic

DISC, LAYERS, OWN = "a fast disc", "fast layers", "your clip"
SIDE = 112  # pixels
DISC_VELOCITY = (16.0, -6.0)  # pixels per frame: a third of the disc's width
FRONT_VELOCITY, BACK_VELOCITY = (12.0, -5.0), (-7.0, 3.0)


class Pair(NamedTuple):
    """Frames `t` and `t + 1` of a clip, and their true flow where it is known."""

    clip: Clip
    t: int
    truth: np.ndarray | None
    valid: np.ndarray | None
    caption: str


def chosen(clip: Clip) -> Pair | None:
    """Ask for a pair of frames; None, and why, where the visitor's clip has none large enough."""
    with _kit.controls("pair"):
        which = _clip.chosen(
            "Pair of frames",
            [DISC, LAYERS],
            OWN,
            key="raft_pair",
            about="Fast: further in one frame than a classical method's window is wide.",
        )
        if which != OWN:
            scene = fast(which)
            return Pair(
                scene.clip, 0, scene.flow[0], scene.valid[0], f"Scene: {which.capitalize()}"
            )
        return _own(clip) if fits(clip) else None


@st.cache_resource(show_spinner=False)
def fast(name: str) -> synthetic.Scene:
    """Return two frames in which things move far."""
    if name == LAYERS:
        return synthetic.two_layers(2, SIDE, front=FRONT_VELOCITY, back=BACK_VELOCITY)
    return synthetic.moving_circle(2, SIDE, velocity=DISC_VELOCITY)


def fits(clip: Clip) -> bool:
    """Whether there is a pair of frames large enough; where there is none, say so."""
    T, H, W, _ = clip.frames.shape
    if T >= 2 and min(H, W) >= SMALLEST:
        return True
    st.info(f"RAFT needs two frames from {SMALLEST} × {SMALLEST} pixels. Choose another clip.")
    return False


def _own(clip: Clip) -> Pair:
    """Ask for the first frame of the visitor's clip; the one offered is where most moves."""
    last = len(clip.frames) - 2
    t = _kit.slider(
        "First frame of the pair (t)", 0, last, usual_pair(clip), key=_kit.ranged("raft_t", last)
    )
    scene, caption = _clip.truth(), f"{_clip.caption()}, frames {t} and {t + 1}"
    if scene is None or not len(scene.flow) or not scene.valid[t].any():
        return Pair(clip, t, None, None, caption)
    return Pair(clip, t, scene.flow[t], scene.valid[t], caption)


def usual_pair(clip: Clip) -> int:
    """Return the pair a page starts at: the fastest of a scene, the middle one of a recording."""
    scene = _clip.truth()
    if scene is None or not len(scene.flow):
        return (len(clip.frames) - 2) // 2
    return fastest(scene)


def fastest(scene: synthetic.Scene) -> int:
    """Return the pair of frames of a scene in which most moves."""
    return int(np.abs(scene.flow).sum(-1).mean((1, 2)).argmax())


def first_point(pair: Pair) -> tuple[int, int]:
    """Return the pixel that is looked at first: the fastest that stays in sight, in its middle."""
    if pair.truth is None or pair.valid is None:
        H, W = pair.clip.frames.shape[1:3]
        return W // 2, H // 2
    speed = np.where(pair.valid, np.linalg.norm(pair.truth, axis=-1), -1)
    ys, xs = np.nonzero(speed >= 0.99 * speed.max())
    nearest = int(np.hypot(xs - xs.mean(), ys - ys.mean()).argmin())
    return int(xs[nearest]), int(ys[nearest])
