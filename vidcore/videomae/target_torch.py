"""Targets on tensors: as `target`, for a batch, with gradients."""

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor

from vidcore.videomae.target import TINY


def to_cubes(
    video: Float[Tensor, "B C T H W"], *, tubelet: int, patch: int
) -> Float[Tensor, "B N pixels C"]:
    """Cut clips into cubes, in the order of the reference."""
    return rearrange(
        video, "n c (t p) (h a) (w b) -> n (t h w) (p a b) c", p=tubelet, a=patch, b=patch
    )


def from_cubes(
    cubes: Float[Tensor, "B N pixels C"], shape: tuple[int, int, int], *, tubelet: int, patch: int
) -> Float[Tensor, "B C T H W"]:
    """Put cubes back together; `shape` counts them along time, rows and columns."""
    T, H, W = shape
    axes = {"t": T, "h": H, "w": W, "p": tubelet, "a": patch, "b": patch}
    return rearrange(cubes, "n (t h w) (p a b) c -> n c (t p) (h a) (w b)", **axes)


def normalise(cubes: Float[Tensor, "B N pixels C"]) -> Float[Tensor, "B N pixels C"]:
    """Give each cube and colour mean 0 and deviation 1; the variance divides by pixels - 1."""
    mean, std = cubes.mean(dim=2, keepdim=True), cubes.std(dim=2, keepdim=True)
    return (cubes - mean) / (std + TINY)


def reconstruction_loss(
    prediction: Float[Tensor, "B N pixels C"],
    target: Float[Tensor, "B N pixels C"],
    masked: Bool[Tensor, "B N"],
) -> Float[Tensor, ""]:
    """Mean squared error over the masked cubes of the batch; 0 where nothing is masked."""
    squared = (prediction - target) ** 2
    return squared[masked].mean() if masked.any() else torch.zeros_like(squared.sum())
