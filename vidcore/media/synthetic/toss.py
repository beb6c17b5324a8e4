"""Throw and catch: the same frames in the opposite order, so one frame can never tell them apart.

The arm swings about the shoulder and lets go where the ball's circle touches its parabola, at the
parabola's own speed. So the ball's velocity has no jump at the release, and played backwards the
hand meets the ball and gives way, as a catching hand does.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from jaxtyping import Float

from vidcore.media.synthetic import paint
from vidcore.media.synthetic.backdrop import meadow, still
from vidcore.media.synthetic.curve import hermite
from vidcore.media.synthetic.figure import Path, hanging, segment, thrower
from vidcore.media.synthetic.knob import Fps, Frames, Knob, Shadow, Size, door
from vidcore.media.synthetic.layer import Layer
from vidcore.media.synthetic.motion import Motion
from vidcore.media.synthetic.palette import AMBER, CORAL, CREAM, SKIN
from vidcore.media.synthetic.render import draw, render
from vidcore.media.synthetic.scene import Scene
from vidcore.media.synthetic.shade import on_ground, standing
from vidcore.media.synthetic.shapes import disc

# shares of the clip: the arm starts, lets go, ends its follow-through, and comes to rest
START, RELEASE, FOLLOW, REST = 0.04, 0.38, 0.56, 1.0
# shares of the frame
SHOULDER = np.array([0.23, 0.405])
UPPER, FORE, HAND, BALL = 0.135, 0.125, 0.03, 0.052
FLOOR = 0.93  # the line of the ball's shadow on the ground
# radians: elbow bend at the times above; the arm at the start, and how far it swings on
BEND = np.array([0.15, 0.3, 0.85, 0.55])
BACK, BEYOND = -0.75, 0.65
GRIP = 0.9  # radians from the forearm to the ball: it lies on the fingers, palm side
SPIN = 5.0  # radians per clip once released

Distance = Annotated[
    float, Knob("Distance", 0.3, 0.8, 0.05, "of the width", "From the hand to the last frame.")
]
Height = Annotated[
    float, Knob("Height", 0.15, 0.4, 0.05, "of the height", "Of the arc above the hand.")
]


@door
def throw(
    T: Frames = 32,
    size: Size = 96,
    *,
    distance: Distance = 0.6,
    height: Height = 0.35,
    shadow: Shadow = True,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Toss a ball underhand; it leaves the hand on a parabola, and at the default the frame.

    Parameters
    ----------
    distance
        Sideways way of the ball from the hand until the last frame, share of the width.
    height
        Rise of its arc above the hand, share of the height.
    """
    return _toss(_throw(T, distance, height), size, shadow, fps, rng, backwards=False)


@door
def catch(
    T: Frames = 32,
    size: Size = 96,
    *,
    distance: Distance = 0.6,
    height: Height = 0.35,
    shadow: Shadow = True,
    fps: Fps = 16.0,
    rng: np.random.Generator | None = None,
) -> Scene:
    """Catch the ball of `throw`: its frames, bit for bit, in the opposite order.

    Parameters
    ----------
    distance, height
        Of the throw that it reverses.
    """
    return _toss(_throw(T, distance, height), size, shadow, fps, rng, backwards=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Throw:
    """Joints and ball in every frame, shares of the frame; the ball's spin in radians."""

    elbow: Path
    wrist: Path
    knuckles: Path
    ball: Path
    spin: Float[np.ndarray, " T"]


def _throw(T: int, distance: float, height: float) -> _Throw:
    """Swing the arm so that the ball leaves along its parabola, at the parabola's speed."""
    s = np.linspace(0, 1, T)
    flown = np.maximum(s - RELEASE, 0) / (1 - RELEASE)
    path = np.stack([distance * flown, -4 * height * flown * (1 - flown)], axis=1)
    launch = np.array([distance, 4 * height])  # right and up, per flight: its first slope
    grip = _arm(np.zeros(1), BEND[1:2]).ball[0] - SHOULDER  # of a hanging arm, bent as at release
    swung = np.arctan2(*launch[::-1]) - np.arctan2(*grip)  # here the ball's circle has that slope
    speed = np.hypot(*launch) / (1 - RELEASE) / np.hypot(*grip)  # radians per clip
    times = np.array([START, RELEASE, FOLLOW, REST])
    angles = np.array([BACK, swung, swung + BEYOND, swung + BEYOND / 2])
    bend = hermite(s, times, BEND, np.zeros(4))
    arm = _arm(hermite(s, times, angles, np.array([0, speed, 0, 0])), bend)
    let_go = _arm(np.array([swung]), BEND[1:2]).ball
    ball = np.where((s < RELEASE)[:, None], arm.ball, let_go + path)
    return replace(arm, ball=ball, spin=SPIN * flown)


def _arm(angle: Float[np.ndarray, " T"], bend: Float[np.ndarray, " T"]) -> _Throw:
    """Return the joints of an arm that holds the ball, from its angle and the elbow's bend."""
    elbow = hanging(np.tile(SHOULDER, (len(angle), 1)), angle, UPPER)
    wrist = hanging(elbow, angle + bend, FORE)
    knuckles = hanging(wrist, angle + bend, HAND)
    held = hanging(knuckles, angle + bend + GRIP, HAND / 2 + BALL)
    return _Throw(elbow, wrist, knuckles, held, np.zeros(len(angle)))


def _toss(
    arm: _Throw,
    size: int,
    shadow: bool,
    fps: float,
    rng: np.random.Generator | None,
    *,
    backwards: bool,
) -> Scene:
    rng = rng or np.random.default_rng(0)
    image = meadow(size, rng)
    draw(image[None], thrower(size), [standing(0.22, 0.12, FLOOR, size)])
    ball = Motion(arm.ball * size - 0.5, arm.spin)
    surface = paint.beach_ball(BALL * size, (CORAL, CREAM))
    layers = [
        segment(np.tile(SHOULDER, (len(arm.ball), 1)), arm.elbow, 0.036, 0.03, AMBER, size),
        Layer(ball, disc(BALL * size), surface, BALL * size),
        segment(arm.elbow, arm.wrist, 0.028, 0.021, SKIN, size),
        segment(arm.wrist, arm.knuckles, 0.024, 0.027, SKIN, size),
    ]
    return render(
        still(image, len(arm.ball)),
        layers,
        fps=fps,
        shades=[on_ground(ball.centre, BALL * size, FLOOR, size)] if shadow else (),
        tracks={"ball": ball.centre, "hand": arm.knuckles * size - 0.5},
        backwards=backwards,
    )
