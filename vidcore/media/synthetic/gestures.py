"""Gestures: a clap, short in a long clip, and an arm that waves."""

from typing import Annotated

import numpy as np
from jaxtyping import Float

from vidcore.media.clip import Clip
from vidcore.media.synthetic.backdrop import still, wall
from vidcore.media.synthetic.figure import Angles, Path, bust, hanging, palm, segment
from vidcore.media.synthetic.knob import Fps, Frames, Knob, Size, door
from vidcore.media.synthetic.layer import Layer
from vidcore.media.synthetic.motion import Motion
from vidcore.media.synthetic.paint import rounded
from vidcore.media.synthetic.palette import CORAL, NAVY, SKIN, SKY, mix
from vidcore.media.synthetic.render import draw, render
from vidcore.media.synthetic.scene import Scene

SLEEVE = mix(NAVY, SKY, 0.3)
# clapping: shares of the frame, of the hand on the left; the other one is its mirror image
ELBOW, FOREARM, HAND = np.array([0.2, 1.0]), np.array([0.23, -0.16]), np.array([0.032, -0.24])
OPEN_FOREARM, OPEN_HAND = 38.0, 30.0  # degrees by which they are turned outwards at rest
THUMB = 14.0  # degrees from the fingers
# waving: shares of the frame, and degrees
SHOULDER, UPPER, FORE, PALM = np.array([0.55, 0.71]), 0.23, 0.2, 0.2
LIFT, LIFT_SWING = 118.0, 5.0  # the upper arm from straight down, and how far it follows the wave
WRIST_LAG, WRIST_SWING = 0.16, 0.45  # of a cycle; of the forearm's swing


@door
def clap(
    T: Annotated[int, Knob("Frames", 60, 360, 30, least=1)] = 300,
    size: Annotated[int, Knob("Size", 48, 64, 8, "px", least=8)] = 64,
    *,
    start: Annotated[
        int, Knob("Clap starts", 0, 300, 1, "frame", "Beyond the end: no clap.", least=0)
    ] = 140,
    length: Annotated[int, Knob("Clap lasts", 1, 60, 1, "frames", least=1)] = 6,
    fps: Fps = 30.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Clap once in a long clip: the hands leave their rest in exactly `length` frames.

    Parameters
    ----------
    start
        First frame that differs from rest.
    length
        Frames that differ from rest; the hands are closest in the middle one.
    """
    rng = rng or np.random.default_rng(0)
    image = wall(size, rng)
    draw(image[None], bust(size, (0.5, 0.3), NAVY), [])
    first, last = min(max(start - 1, 0), T - 1), min(start + length, T - 1)
    event = (np.arange(first, last + 1) - start + 1) / (length + 1)  # 0 before, 1 after
    opening = (1 + np.cos(2 * np.pi * np.clip(event, 0, 1))) / 2
    left, right = _hand(opening, size, mirrored=False), _hand(opening, size, mirrored=True)
    tracks = {"left hand": left[-1].motion.centre, "right hand": right[-1].motion.centre}
    moving = render(still(image, len(opening)), left + right, fps=fps, tracks=tracks)
    return _rest_around(moving, first, T)


def _hand(opening: Angles, size: int, *, mirrored: bool) -> list[Layer]:
    """Return forearm, hand and thumb; opening is 1 at rest and 0 where the palms meet."""
    elbow = np.tile(ELBOW, (len(opening), 1))
    wrist = elbow + _turned(FOREARM, -OPEN_FOREARM * opening)
    tip = wrist + _turned(HAND, -OPEN_HAND * opening)
    root = wrist + (tip - wrist) / 5
    thumb = root + _turned(HAND / 2, THUMB - OPEN_HAND * opening)
    side = np.array([-1, 1]) if mirrored else np.array([1, 1])
    return [
        segment(0.5 + (a - 0.5) * side, 0.5 + (b - 0.5) * side, r_a, r_b, colour, size)
        for a, b, r_a, r_b, colour in (
            (elbow, wrist, 0.075, 0.05, SLEEVE),
            (wrist, tip, 0.05, 0.03, SKIN),
            (root, thumb, 0.03, 0.02, SKIN),
        )
    ]


def _turned(arm: Float[np.ndarray, " 2"], degrees: Angles) -> Path:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.stack([cos * arm[0] - sin * arm[1], sin * arm[0] + cos * arm[1]], axis=1)


def _rest_around(moving: Scene, first: int, T: int) -> Scene:
    """Hold the first frame before the moving ones and the last one after them, T frames in all."""
    last = first + len(moving.clip.frames) - 1
    held = np.clip(np.arange(T), first, last) - first
    _, H, W, _ = moving.clip.frames.shape

    def derive() -> tuple[np.ndarray, np.ndarray]:
        flow = np.zeros((T - 1, H, W, 2), dtype=np.float32)
        valid = np.ones((T - 1, H, W), dtype=bool)
        flow[first:last], valid[first:last] = moving.flow, moving.valid
        return flow, valid

    tracks = {name: points[held] for name, points in moving.tracks.items()}
    return Scene(Clip(moving.clip.frames[held], moving.clip.fps), derive, tracks)


@door
def waving_arm(
    T: Frames = 32,
    size: Size = 96,
    *,
    waves: Annotated[
        float, Knob("Waves", 0.5, 4.0, 0.5, "per clip", "There and back.", least=0)
    ] = 2.0,
    swing: Annotated[
        float, Knob("Swing", 0.0, 40.0, 5.0, "°", "Of the forearm, to either side.", least=0)
    ] = 25.0,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Wave a hand: any one frame could also show an arm held still.

    Parameters
    ----------
    waves
        There and back, per clip.
    swing
        Degrees of the forearm to either side; 0 holds the arm still.
    """
    rng = rng or np.random.default_rng(0)
    cycle = waves * np.arange(T) / T
    image = wall(size, rng)
    draw(image[None], bust(size, (0.35, 0.4), CORAL), [])
    layers, hand = _arm(cycle, float(swing), size)
    return render(still(image, T), layers, fps=fps, tracks={"hand": hand})


def _arm(cycle: Float[np.ndarray, " T"], swing: float, size: int) -> tuple[list[Layer], Path]:
    """Return upper arm, forearm and hand, and the path of the palm in pixels."""
    beat, late = (np.sin(2 * np.pi * (cycle - lag)) for lag in (0.0, WRIST_LAG))
    share = swing / 25  # the default swing is drawn with LIFT_SWING
    shoulder = np.tile(SHOULDER, (len(cycle), 1))
    elbow = hanging(shoulder, np.radians(LIFT + LIFT_SWING * share * beat), UPPER)
    fore = np.radians(180 - swing * beat)
    wrist = hanging(elbow, fore, FORE)
    hand = fore - np.radians(WRIST_SWING * swing * late)
    motion = Motion(wrist * size - 0.5, np.pi / 2 - hand)
    layers = [
        segment(shoulder, elbow, 0.075, 0.06, CORAL, size),
        segment(elbow, wrist, 0.06, 0.045, CORAL, size),
        Layer(motion, palm(PALM, size), rounded(SKIN, 0.05 * size), PALM * 1.15 * size),
    ]
    return layers, motion.centre + size * (hanging(wrist, hand, PALM / 2) - wrist)
