r"""Targets: what the model has to predict of a hidden cube.

    cube n:    p frames x s x s pixels x C colours, flattened, colours last
    raw        y = x                                  pixel values as they are
    normalised y = (x - mean(x)) / (std(x) + 1e-6)    mean and deviation of this cube and colour
    loss       mean over the masked cubes of (prediction - y)^2

Normalising asks for the pattern inside the cube and forgives its level: the paper's choice
(Tong et al. 2022, after He et al. 2022). Cubes are numbered slice by slice, row by row.
"""

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float

from vidcore.errors import ShapeError

TINY = 1e-6  # as published: a flat cube has no deviation


def grid(frames: tuple[int, int, int], *, tubelet: int, patch: int) -> tuple[int, int, int]:
    """Return how many cubes a clip of (T, H, W) pixels has along each axis.

    Raises
    ------
    ShapeError
        If a side is not a multiple of the cube's.
    """
    for name, size, cube in zip("THW", frames, (tubelet, patch, patch), strict=True):
        if size < cube or size % cube:
            raise ShapeError(
                f"Cubes of {tubelet} x {patch} x {patch} need {name} to be a multiple of {cube}; "
                f"got {size}. Crop to {size // cube * cube or cube}."
            )
    T, H, W = frames
    return T // tubelet, H // patch, W // patch


def to_cubes(
    frames: Float[np.ndarray, "T H W C"], *, tubelet: int, patch: int
) -> Float[np.ndarray, "N pixels C"]:
    """Cut a clip into cubes, slice by slice and row by row; each keeps its pixels in that order."""
    return rearrange(
        frames, "(t p) (h a) (w b) c -> (t h w) (p a b) c", p=tubelet, a=patch, b=patch
    )


def from_cubes(
    cubes: Float[np.ndarray, "N pixels C"], shape: tuple[int, int, int], *, tubelet: int, patch: int
) -> Float[np.ndarray, "T H W C"]:
    """Put cubes back together; `shape` counts them along time, rows and columns."""
    T, H, W = shape
    axes = {"t": T, "h": H, "w": W, "p": tubelet, "a": patch, "b": patch}
    return rearrange(cubes, "(t h w) (p a b) c -> (t p) (h a) (w b) c", **axes)


def normalise(cubes: Float[np.ndarray, "N pixels C"]) -> Float[np.ndarray, "N pixels C"]:
    """Give each cube and colour mean 0 and deviation 1; the variance divides by pixels - 1."""
    mean = cubes.mean(axis=1, keepdims=True)
    std = np.sqrt(cubes.var(axis=1, ddof=1, keepdims=True))
    target: np.ndarray = (cubes - mean) / (std + TINY)
    return target


def reconstruction_loss(
    prediction: Float[np.ndarray, "N pixels C"],
    target: Float[np.ndarray, "N pixels C"],
    masked: Bool[np.ndarray, " N"],
) -> float:
    """Mean squared error over the masked cubes alone; 0 where nothing is masked."""
    return float(np.mean((prediction - target)[masked] ** 2)) if masked.any() else 0.0
