r"""What the small trained pathways fire on, and what is lost when one of them is stopped.

    cut         zeros arrive in place of the links
    frozen      a pathway is shown its first frame again and again
    response    |f(changed clip) - f(clip)| / |f(clip)|, f the features a pathway hands to the head

Doors: `fires`, `intervene`, `respond`, `judge`; `draw` and `whirl` make clips. They take clips as
the networks read them: 16 frames of 48 x 48 (`zoo.prepare` makes them of any).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, Spec, World, render
from vidcore.slowfast.pathways import slow_index

FRAMES, SIDE = 16, 48  # what the small networks read
STAGES = (1, 2, 3)
WAYS: Mapping[str, dict[str, Any]] = {
    "whole": {},
    "links cut": {"lateral": False},
    "Slow frozen": {"frozen": "slow"},
    "Fast frozen": {"frozen": "fast"},
}
CHANGES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "without colour": lambda frames: np.repeat(frames.mean(-1, keepdims=True), 3, -1),
    "backwards": lambda frames: frames[::-1],
    "frozen": lambda frames: np.repeat(frames[:1], len(frames), 0),
}
WHIRL = ("whirl clockwise", "whirl counter-clockwise")
FPS = 8.0  # of clips drawn here, frames per second: slow enough to watch


@dataclass(frozen=True, slots=True, eq=False)
class Fired:
    """Features of both pathways after each stage, after ReLU.

    Attributes
    ----------
    maps
        "slow1" ... "slow3", "fast1" ... "fast3" as `(t, h, w, C)`; a pathway alone has only its
        own.
    slow_at
        Frames that Slow was given.
    """

    maps: Mapping[str, np.ndarray]
    slow_at: Int64[np.ndarray, " t"]

    def channels(self, pathway: str, stage: int) -> int:
        """Channels of a pathway after a stage."""
        return int(self.maps[f"{pathway}{stage}"].shape[-1])

    def heat(
        self, pathway: str, stage: int, channel: int | None = None
    ) -> Float32[np.ndarray, "T H W"]:
        """Return one channel, or the mean of all, at every frame and pixel of the clip.

        Slow's answers are held until its next frame: that is all it knows meanwhile.
        """
        maps = self.maps[f"{pathway}{stage}"]
        drawn = maps.mean(-1) if channel is None else maps[..., channel]
        if pathway == "slow":
            latest = np.searchsorted(self.slow_at, np.arange(FRAMES), side="right") - 1
            drawn = drawn[latest]
        cell = -(-SIDE // drawn.shape[1])
        large = np.kron(drawn, np.ones((1, cell, cell), np.float32))[:, :SIDE, :SIDE]
        return np.asarray(large, np.float32)

    def liveliest(self, pathway: str, stage: int) -> int:
        """Return the channel that varies most over time and space."""
        return int(self.maps[f"{pathway}{stage}"].var(axis=(0, 1, 2)).argmax())


@dataclass(frozen=True, slots=True, eq=False)
class Interventions:
    """Probabilities `(way, answer)` of actions and of colours, whole and with parts stopped."""

    ways: tuple[str, ...]
    action: Float32[np.ndarray, "ways actions"]
    colour: Float32[np.ndarray, "ways colours"]

    def best(self, way: str) -> tuple[str, str]:
        """Return the colour and the action with the highest probability."""
        k = self.ways.index(way)
        return COLOURS[int(self.colour[k].argmax())], ACTIONS[int(self.action[k].argmax())]


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """How far each pathway's features move when the clip is changed, as a share of their length."""

    changes: tuple[str, ...]
    slow: Float32[np.ndarray, " changes"]
    fast: Float32[np.ndarray, " changes"]


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What a network says inside the pair: the share of "clockwise" `(pair, clip)`.

    The first clip of each pair whirls clockwise, the second counter-clockwise.
    """

    name: str
    clockwise: Float32[np.ndarray, "pairs 2"]

    @property
    def right(self) -> np.ndarray:
        """Whether each clip was told right `(pairs, 2)`."""
        told: np.ndarray = (self.clockwise > 0.5) == np.array([True, False])
        return told

    @property
    def accuracy(self) -> float:
        """Share of clips told right; a coin gives 0.5."""
        return float(self.right.mean())


def fires(clip: Clip, name: str = "slowfast") -> Fired:
    """Return what every stage of a trained network answers to a clip.

    Raises
    ------
    ShapeError
        If the clip is not 16 frames of 48 x 48.
    WeightsError
        If the network is missing or damaged.
    """
    from vidcore.slowfast.trained_torch import alpha_of, run  # torch only where it is used

    features = run(name, _checked(clip)[None], keep=True)["features"]
    maps = {
        key: read_only(np.moveaxis(value[0], 0, -1))
        for key, value in features.items()
        if not key.startswith("lateral")
    }
    return Fired(maps, slow_index(FRAMES, alpha_of(name)))


def intervene(clip: Clip, name: str = "slowfast") -> Interventions:
    """Ask a trained two-pathway network as it is, and with parts of it stopped.

    Raises
    ------
    ShapeError
        If the clip is not 16 frames of 48 x 48.
    WeightsError
        If the network is missing or damaged.
    """
    from vidcore.slowfast.trained_torch import run

    said = [run(name, _checked(clip)[None], **how) for how in WAYS.values()]
    action, colour = (np.concatenate([s[q] for s in said]) for q in ("action", "colour"))
    return Interventions(tuple(WAYS), read_only(action), read_only(colour))


def respond(clip: Clip, name: str = "slowfast") -> Responses:
    """Measure how far each pathway's last features move under each change of the clip.

    The links are cut meanwhile, so that Slow answers for itself.

    Raises
    ------
    ShapeError
        If the clip is not 16 frames of 48 x 48.
    WeightsError
        If the network is missing or damaged.
    """
    from vidcore.slowfast.trained_torch import run

    frames = _checked(clip)
    shown = np.stack([frames, *(change(frames) for change in CHANGES.values())])
    features = run(name, shown, keep=True, lateral=False)["features"]
    moved = {}
    for pathway in ("slow", "fast"):
        f = features[f"{pathway}{STAGES[-1]}"].mean(axis=(3, 4))  # (clip, C, t): over space alone
        away = np.sqrt(((f[1:] - f[:1]) ** 2).sum(axis=(1, 2)) / (f[0] ** 2).sum())
        moved[pathway] = read_only(away.astype(np.float32))
    return Responses(tuple(CHANGES), moved["slow"], moved["fast"])


def draw(action: str, *, seed: int, colour: int = 0, shape: int = 0, panning: bool = True) -> Clip:
    """Draw a clip of the world the small networks learned.

    Parameters
    ----------
    action
        One of `actions.ACTIONS`.
    colour, shape
        Indices into `actions.COLOURS` and `actions.SHAPES`.
    panning
        Whether the camera pans and shakes, as it did in training.
    """
    world = World() if panning else World(camera=0.0)
    spec = Spec(ACTIONS.index(action), colour, shape, seed, world)
    return Clip(render([spec], flow=False).video[0].astype(np.float32) / 255, FPS)


def whirl(seed: int, *, colour: int = 0, shape: int = 0, panning: bool = True) -> tuple[Clip, Clip]:
    """Draw a pair that only a high frame rate can tell: one whirl, forwards and backwards.

    The circle takes 5 frames, and Slow is given frames 0, 5, 10, 15: the same place every time.
    """
    first, second = (
        draw(action, seed=seed, colour=colour, shape=shape, panning=panning) for action in WHIRL
    )
    return first, second


def apart(pair: tuple[Clip, Clip], *, alpha: int = 4) -> tuple[float, float]:
    """Return how far two clips differ as Slow and as Fast are given them.

    Root mean square over all pixels, in grey levels where white is 1; noise alone makes some of it.
    """
    a, b = (_checked(clip) for clip in pair)
    taken = slow_index(FRAMES, alpha)
    slow, fast = (float(np.sqrt(((p - q) ** 2).mean())) for p, q in ((a[taken], b[taken]), (a, b)))
    return slow, fast


def judge(pairs: Sequence[tuple[Clip, Clip]], name: str) -> Verdicts:
    """Ask a trained network which clip of each pair whirls clockwise.

    Raises
    ------
    WeightsError
        If the network is missing or damaged.
    """
    from vidcore.slowfast.trained_torch import run

    frames = np.stack([_checked(clip) for pair in pairs for clip in pair])
    scores = run(name, frames)["action"][:, [ACTIONS.index(action) for action in WHIRL]]
    share = scores[:, 0] / scores.sum(axis=1)
    return Verdicts(name, read_only(share.reshape(-1, 2)))


def _checked(clip: Clip) -> np.ndarray:
    if clip.frames.shape[:3] != (FRAMES, SIDE, SIDE):
        raise ShapeError(
            f"The small networks read {FRAMES} frames of {SIDE} x {SIDE}; got "
            f"{' x '.join(map(str, clip.frames.shape[:3]))}. Use zoo.prepare."
        )
    return clip.frames
