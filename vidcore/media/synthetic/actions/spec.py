"""What is to be drawn: the labels, a seed for everything else, and the world's settings."""

from dataclasses import dataclass, field

from vidcore.errors import ShapeError
from vidcore.media.synthetic.actions.labels import ACTIONS, COLOURS, REVERSED, SHAPES

VERSION = 2  # raised whenever a spec draws another clip than before: what was kept is drawn anew


@dataclass(frozen=True, slots=True)
class World:
    """Settings that all clips of a set share.

    Parameters
    ----------
    size
        Height and width, pixels, from 8.
    frames
        Length of a clip, from 1.
    radius
        Least and largest radius of the shape, shares of the size.
    noise
        Standard deviation of sensor noise; white is 1.
    leak
        Probability that the background's hue tells the action: scene bias, made to order.
    distractor
        Probability of a small grey blob that drifts by itself.
    camera
        Largest pan over the whole clip, share of the size; a tenth of it shakes every frame.
    """

    size: int = 48
    frames: int = 16
    radius: tuple[float, float] = (0.15, 0.27)
    noise: float = 0.03
    leak: float = 0.0
    distractor: float = 0.5
    camera: float = 0.12

    def __post_init__(self) -> None:
        low, high = self.radius
        if self.size < 8 or self.frames < 1 or not 0 < low <= high <= 0.5:
            raise ShapeError(
                "A world needs size from 8, frames from 1 and 0 < least radius <= largest radius "
                f"<= 0.5; got size={self.size}, frames={self.frames}, radius={self.radius}."
            )


@dataclass(frozen=True, slots=True)
class Spec:
    """One clip to draw. The same spec draws the same clip, bit for bit.

    Parameters
    ----------
    action, colour, shape
        Indices into `ACTIONS`, `COLOURS` and `SHAPES`.
    seed
        Of everything else: speed, place, texture, noise.
    """

    action: int = 0
    colour: int = 0
    shape: int = 0
    seed: int | tuple[int, ...] = 0
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        for name, known in (("action", ACTIONS), ("colour", COLOURS), ("shape", SHAPES)):
            if not 0 <= getattr(self, name) < len(known):
                raise ShapeError(
                    f"{name} needs an index into {', '.join(known)}: 0 to {len(known) - 1}; "
                    f"got {getattr(self, name)}."
                )

    def reversed(self) -> "Spec":
        """Return the spec of this very clip played backwards.

        `bounce` and `oscillate` are their own reverse as a class, not clip by clip: drawing them
        again gives the clip itself.
        """
        return Spec(REVERSED[self.action], self.colour, self.shape, self.seed, self.world)
