"""The front door: a clip and what to hide of it in, what our small network makes of the rest out.

result = reconstruct(clip, Hide("tube", 0.9, seed=3))
"""

import time
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.media.clip import read_only
from vidcore.media.prepare import prepare
from vidcore.videomae import masking, target
from vidcore.videomae.leakage import copy_nearest, leakage, mean_colour
from vidcore.weights import card, names

FRAMES, SIDE, TUBELET = 16, 48, 2  # what the small networks read
USUAL = "masked"
MODELS = {
    "tube": "masked",
    "random": "masked_random",
    "frame": "masked_random",
    "painted": "masked",
}
WAYS = ("model", "mean colour", "nearest copy")  # to fill a hole; the last two know nothing


@dataclass(frozen=True, slots=True)
class Hide:
    """What to hide.

    Parameters
    ----------
    kind
        "tube", "random", "frame", or "painted": the places of `painted`, in every slice.
    ratio
        Share to hide, 0 to 1; a painted mask has its own.
    seed
        Of the order in which cubes are hidden.
    painted
        Hexadecimal: one bit a place, row by row, the first place highest; 1 is hidden.
    model
        A shipped network; left out, the one trained for this kind of mask.
    """

    kind: str = "tube"
    ratio: float = 0.9
    seed: int = 0
    painted: str = ""
    model: str = ""

    @property
    def network(self) -> str:
        """The name of the network that is asked: the usual one where another is not shipped."""
        wanted = self.model or MODELS.get(self.kind, USUAL)
        return wanted if wanted in names("reconstruct") else USUAL


@dataclass(frozen=True, slots=True, eq=False)
class Reconstruction:
    """A clip, what was hidden of it, and what was made of the rest.

    Parameters
    ----------
    frames
        `(16, 48, 48, 3)`: the clip as the network reads it.
    masked
        `(T, H, W)` bool, in cubes: True is hidden.
    filled
        `(16, 48, 48, 3)`: visible pixels as they are, hidden ones as predicted, in [0, 1].
    errors
        Mean squared error on the hidden pixels, for each of `WAYS`; 0 where nothing is hidden.
    leakage
        Share of the hidden cubes whose place is visible in another slice.
    tubelet, patch
        Of a cube, in frames and pixels.
    visible, tokens
        Cubes that the encoder saw, of all.
    encoder_seconds, seconds
        Spent in the encoder, and in the whole network, now.
    model
        Which network was asked.
    fps
        At which the 16 frames last as long as the clip.
    """

    frames: Float[np.ndarray, "T H W 3"]
    masked: Bool[np.ndarray, "t h w"]
    filled: Float[np.ndarray, "T H W 3"]
    errors: dict[str, float]
    leakage: float
    tubelet: int
    patch: int
    visible: int
    tokens: int
    encoder_seconds: float
    seconds: float
    model: str
    fps: float

    def __post_init__(self) -> None:
        for name in ("frames", "masked", "filled"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def against_better(self) -> float:
        """The model's error as a share of the better baseline's; 0 where nothing is hidden."""
        better = min(self.errors[way] for way in WAYS[1:])
        return self.errors["model"] / better if better else 0.0


def reconstruct(clip: Clip, settings: Hide = Hide()) -> Reconstruction:
    """Hide a part of a clip and let a small network fill it in.

    Parameters
    ----------
    clip
        Any clip: 16 frames at equal distances, their middle square, scaled to 48 x 48 pixels. A
        clip of that very size comes through unchanged.
    settings
        What to hide, and which network to ask.

    Raises
    ------
    ShapeError
        If the kind is unknown, the ratio outside [0, 1], the painting malformed, or nothing is left
        visible.
    WeightsError
        If the trained weights are missing or damaged.
    """
    grid = grid_of(settings.network)
    patch = SIDE // grid[1]
    masked = mask_of(settings, grid)
    if masked.all():
        raise ShapeError(
            "Nothing is visible, so there is nothing to predict from. Hide fewer cubes."
        )
    frames = prepare(clip)
    from vidcore.videomae.run_torch import predict  # torch is heavy: only where it is used

    cubes = target.to_cubes(frames, tubelet=TUBELET, patch=patch)
    predicted, spent = predict(settings.network, frames, masked)
    hidden = masked.ravel()
    filled = cubes.copy()
    filled[hidden] = predicted.reshape(-1, *cubes.shape[1:]).clip(0, 1)
    guesses = {
        "model": filled,
        "mean colour": mean_colour(cubes, masked),
        "nearest copy": copy_nearest(cubes, masked, patch=patch, tubelet=TUBELET),
    }
    return Reconstruction(
        frames=frames,
        masked=masked,
        filled=target.from_cubes(filled, grid, tubelet=TUBELET, patch=patch),
        errors={w: target.reconstruction_loss(g, cubes, hidden) for w, g in guesses.items()},
        leakage=leakage(masked),
        tubelet=TUBELET,
        patch=patch,
        visible=int((~masked).sum()),
        tokens=masked.size,
        encoder_seconds=spent["encoder"],
        seconds=spent["network"],
        model=settings.network,
        fps=FRAMES * clip.fps / len(clip.frames),
    )


def shipped() -> tuple[str, ...]:
    """Return the names of the networks that can be asked."""
    return tuple(names("reconstruct"))


def grid_of(model: str = USUAL) -> tuple[int, int, int]:
    """Return the cubes that a shipped network reads, along time, rows and columns.

    Raises
    ------
    WeightsError
        If there is no such network.
    """
    patch = int(card(model).settings["patch"])
    return target.grid((FRAMES, SIDE, SIDE), tubelet=TUBELET, patch=patch)


def mask_of(settings: Hide, grid: tuple[int, int, int]) -> Bool[np.ndarray, "T H W"]:
    """Return the mask that the settings describe."""
    if settings.kind == "painted":
        return painted_mask(settings.painted, grid)
    rng = np.random.default_rng(settings.seed)
    order = masking.hiding_order(settings.kind, grid, rng=rng)
    return masking.first_hidden(order, settings.kind, grid, ratio=settings.ratio)


def painted_mask(painted: str, grid: tuple[int, int, int]) -> Bool[np.ndarray, "T H W"]:
    """Read a painting: hexadecimal digits, one bit a place, the same in every slice.

    Raises
    ------
    ShapeError
        If it is not the hexadecimal number of as many bits as there are places.
    """
    _, H, W = grid
    if not _is_hexadecimal(painted, H * W):
        raise ShapeError(
            f"A painting of {H} x {W} places needs {-(-H * W // 4)} hexadecimal digits; "
            f"got {painted[:40]!r}."
        )
    bits = [int(bit) for digit in painted for bit in f"{int(digit, 16):04b}"]
    places = np.array(bits[: H * W], np.bool_).reshape(1, H, W)
    return np.broadcast_to(places, grid).copy()


def is_painting(painted: str, grid: tuple[int, int, int]) -> bool:
    """Whether a text is a painting of this grid that leaves something visible."""
    _, H, W = grid
    return _is_hexadecimal(painted, H * W) and not painted_mask(painted, grid).all()


def _is_hexadecimal(text: str, bits: int) -> bool:
    return len(text) == -(-bits // 4) and set(text) <= set("0123456789abcdef")


@dataclass(frozen=True, slots=True, eq=False)
class EncoderTimes:
    """How long the small encoder takes for one clip, by the share that is hidden.

    Parameters
    ----------
    ratios
        Shares hidden, tube masks.
    visible
        Tokens that the encoder saw.
    seconds
        CPU time of one clip, the median of several runs in turns.
    """

    ratios: np.ndarray
    visible: np.ndarray
    seconds: np.ndarray


def time_encoder(
    clip: Clip, *, ratios: tuple[float, ...] = (0.0, 0.5, 0.75, 0.9, 0.95), repeats: int = 5
) -> EncoderTimes:
    """Measure the encoder on one clip at several ratios, taking turns.

    Raises
    ------
    WeightsError
        If the trained weights are missing or damaged.
    """
    from vidcore.videomae.run_torch import encode

    name, grid, frames = USUAL, grid_of(USUAL), prepare(clip)
    masks = [mask_of(Hide(ratio=ratio), grid) for ratio in ratios]
    encode(name, frames, masks[0])  # the first run also loads
    spent = np.zeros((repeats, len(masks)))
    for turn in range(repeats):
        for k, masked in enumerate(masks):
            start = time.thread_time()
            encode(name, frames, masked)
            spent[turn, k] = time.thread_time() - start
    visible = np.array([(~masked).sum() for masked in masks])
    return EncoderTimes(
        read_only(np.array(ratios)), read_only(visible), read_only(np.median(spent, axis=0))
    )
