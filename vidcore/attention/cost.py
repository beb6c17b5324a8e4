r"""What attention costs: pairs to score, multiply-adds in all, numbers to keep.

    pairs    joint T^2 N^2    divided T^2 N + T N^2    space T N^2    factorised T N^2 + T^2

Two meters, because they disagree. Pairs are what the schemes are told apart by; but a layer also
projects every token (4 D^2), widens and narrows it (8 D^2), and a divided layer projects twice and
adds a linear layer (5 D^2 more). At 8 frames of 196 patches the divided network scores 7.7 times
fewer pairs and does more work in all.

Counted as published: ViT-Base, 12 layers of width 768, patches of 16 x 16, a class token. Tables:
Bertasius et al., ICML 2021; the totals 180 and 196 GMACs as Tong et al. 2022 report them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vidcore.attention.schemes import SCHEMES, check_grid, check_scheme
from vidcore.errors import ShapeError

RGB = 3


@dataclass(frozen=True, slots=True)
class Size:
    """The widths of a video transformer; the defaults are ViT-Base.

    Parameters
    ----------
    width, layers, heads
        D, how many blocks, and how many heads share D.
    hidden
        Width inside the two-layer part, in multiples of D.
    patch
        Side of a patch in pixels; tokens are cut from single frames.
    temporal_layers
        Blocks of the factorised scheme's second encoder, as in ViViT-B.
    classes
        Rows of the classifier.
    """

    width: int = 768
    layers: int = 12
    heads: int = 12
    hidden: int = 4
    patch: int = 16
    temporal_layers: int = 4
    classes: int = 400


BASE = Size()


def token_grid(
    T: int, height: int, width: int, patch: int = 16, tubelet: int = 1
) -> tuple[int, int]:
    """Return how many slices and how many patches each: whole ones only.

    Raises
    ------
    ShapeError
        If not a single one fits.
    """
    slices, N = T // tubelet, (height // patch) * (width // patch)
    if slices < 1 or N < 1:
        raise ShapeError(
            f"Tokens of {tubelet} x {patch} x {patch} do not fit {T} frames of {height} x {width}. "
            "Take a smaller patch, or more frames."
        )
    return slices, N


def pairs(scheme: str, T: int, N: int) -> int:
    """Count the query-key scores of one layer and head, without class tokens.

    Raises
    ------
    ShapeError
        If there is no such scheme, or the grid is empty.
    """
    check_scheme(scheme)
    check_grid(T, N)
    return {
        "joint": T**2 * N**2,
        "divided": T**2 * N + T * N**2,
        "space": T * N**2,
        "factorised": T * N**2 + T**2,
    }[scheme]


def pairs_with_class_token(scheme: str, T: int, N: int) -> int:
    """Count them as published networks have them: the class token looks and is looked at.

    Divided: it joins the step across space, once in every frame, and not the step along time.
    Factorised: each of the two encoders has its own.
    """
    check_scheme(scheme)
    check_grid(T, N)
    return {
        "joint": (T * N + 1) ** 2,
        "divided": T**2 * N + T * (N + 1) ** 2,
        "space": T * (N + 1) ** 2,
        "factorised": T * (N + 1) ** 2 + (T + 1) ** 2,
    }[scheme]


def pairs_per_query(scheme: str, T: int, N: int) -> int:
    """Count the keys one patch is compared with in one layer, class tokens included.

    Divided: N + T + 2, as Bertasius et al. count: itself and the class token come in both steps.
    """
    check_scheme(scheme)
    check_grid(T, N)
    alone = {"joint": T * N + 1, "divided": N + T + 2, "space": N + 1, "factorised": N + 1}
    return alone[scheme]


def multiply_adds(scheme: str, T: int, N: int, size: Size = BASE) -> int:
    """Count every multiply-add of one view, from the pixels to the classifier."""
    check_scheme(scheme)
    check_grid(T, N)
    D, hidden = size.width, size.hidden
    embed = T * N * D * RGB * size.patch**2
    if scheme == "factorised":
        space = size.layers * _block(T * (N + 1), T * (N + 1) ** 2, D, hidden)
        time = size.temporal_layers * _block(T + 1, (T + 1) ** 2, D, hidden)
        return embed + space + time + D * size.classes
    if scheme == "joint":
        layer = _block(T * N + 1, (T * N + 1) ** 2, D, hidden)
    elif scheme == "space":
        layer = _block(T * (N + 1), T * (N + 1) ** 2, D, hidden)
    else:  # the class token is copied into every frame for the step across space, not for the MLP
        along_time = _attention(T * N, T**2 * N, D) + T * N * D**2  # and the extra linear layer
        across = _attention(T * (N + 1), T * (N + 1) ** 2, D)
        layer = along_time + across + 2 * hidden * (T * N + 1) * D**2
    return embed + size.layers * layer + D * size.classes


def _attention(n: int, scored: int, D: int) -> int:
    return 4 * n * D**2 + 2 * scored * D  # q, k, v and out; scores and mixing


def _block(n: int, scored: int, D: int, hidden: int) -> int:
    return _attention(n, scored, D) + 2 * hidden * n * D**2


def score_share(scheme: str, T: int, N: int, size: Size = BASE) -> float:
    """Return the share of all multiply-adds that is scores and mixing."""
    layers = size.layers
    scored = pairs_with_class_token(scheme, T, N) * layers
    if scheme == "factorised":
        scored = layers * T * (N + 1) ** 2 + size.temporal_layers * (T + 1) ** 2
    return 2 * scored * size.width / multiply_adds(scheme, T, N, size)


def parameters(scheme: str, T: int, N: int, size: Size = BASE) -> int:
    """Count the weights, biases and positions included."""
    check_scheme(scheme)
    check_grid(T, N)
    D, hidden = size.width, size.hidden
    attention, norm = 4 * D**2 + 4 * D, 2 * D
    mlp = 2 * hidden * D**2 + (hidden + 1) * D
    block = attention + mlp + 2 * norm
    layers = size.layers * block
    positions = (N + 1) * D + (T * D if scheme in {"joint", "divided"} else 0)
    extra = 0
    if scheme == "divided":
        extra = size.layers * (attention + norm + D**2 + D)
    elif scheme == "factorised":
        extra = size.temporal_layers * block + (T + 1) * D + D + norm
    ends = RGB * size.patch**2 * D + D + D + norm + D * size.classes + size.classes
    return layers + extra + positions + ends


def score_bytes(scheme: str, T: int, N: int, size: Size = BASE, *, bytes_each: int = 4) -> int:
    """Return what the weights of one layer take where they are written out, all heads.

    A fused attention never writes them. A divided layer's two steps come one after the other: the
    larger counts.
    """
    step = {
        "joint": (T * N + 1) ** 2,
        "divided": max(T**2 * N, T * (N + 1) ** 2),
        "space": T * (N + 1) ** 2,
        "factorised": max(T * (N + 1) ** 2, (T + 1) ** 2),
    }
    check_scheme(scheme)
    check_grid(T, N)
    return size.heads * bytes_each * step[scheme]


def crossover(N: int, size: Size = BASE, *, longest: int = 4096) -> int | None:
    """Return the fewest frames at which divided attention costs less than joint in all, if any."""
    lengths = range(1, longest + 1)
    cheaper = (
        T
        for T in lengths
        if multiply_adds("divided", T, N, size) < multiply_adds("joint", T, N, size)
    )
    return next(cheaper, None)


@dataclass(frozen=True, slots=True, eq=False)
class CostResult:
    """What each scheme costs as the clip grows.

    Parameters
    ----------
    frames
        Lengths, in frames (or slices of tubelets).
    places
        Patches of each.
    pairs, multiply_adds, score_bytes
        By scheme, one number for each length; pairs and bytes of one layer.
    crossover
        Fewest frames at which divided costs less than joint in all; None where it never does.
    """

    frames: tuple[int, ...]
    places: int
    pairs: Mapping[str, tuple[int, ...]]
    multiply_adds: Mapping[str, tuple[int, ...]]
    score_bytes: Mapping[str, tuple[int, ...]]
    crossover: int | None


def cost(frames: Sequence[int], places: int, size: Size = BASE) -> CostResult:
    """Count pairs, multiply-adds and bytes of all schemes, for clips of many lengths.

    Raises
    ------
    ShapeError
        If a length or the number of patches is below 1.
    """
    lengths = tuple(frames)

    def each(count: Callable[[str, int, int], int]) -> dict[str, tuple[int, ...]]:
        return {s: tuple(count(s, T, places) for T in lengths) for s in SCHEMES}

    return CostResult(
        lengths,
        places,
        each(pairs),
        each(lambda s, T, N: multiply_adds(s, T, N, size)),
        each(lambda s, T, N: score_bytes(s, T, N, size)),
        crossover(places, size),
    )
