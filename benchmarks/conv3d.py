"""3-D convolution: one 3 x 3 x 3 kernel over (16, 112, 112), beside torch and the plain loop.

torch runs on one thread, in inference mode, on tensors that are ready. The plain loop is the one of
tutorials: three loops over the output, and a sum of products inside.
"""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.ratio import Ratio, compare
from vidcore import conv3d

SHAPE = (16, 112, 112)  # C3D's clip, one channel
TARGET = 0.3  # of torch's CPU time
LOOP_TARGET = 1 / 250  # of the plain loop's


def measure() -> list[Ratio]:
    """Compare every way with torch, and the fast one with the loop."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        return [*against_torch(np.float32), *against_torch(np.float64), against_loop()]


def against_torch(dtype: type) -> list[Ratio]:
    """Compare at one precision."""
    volume, kernel = example(dtype)
    theirs = partial(F.conv3d, *(torch.from_numpy(a)[None, None] for a in (volume, kernel)))
    ways = {conv3d.conv3d: TARGET, conv3d.shift_and_add: None, conv3d.unfold: None}
    return [
        compare(
            f"{way.__name__}, {np.dtype(dtype).name}",
            partial(way, volume, kernel),
            theirs,
            against="torch, one thread",
            target=target,
            repeats=5,
        )
        for way, target in ways.items()
    ]


def against_loop() -> Ratio:
    """Compare with three loops."""
    volume, kernel = example(np.float32)
    return compare(
        "conv3d, float32",
        partial(conv3d.conv3d, volume, kernel),
        partial(plain_loop, volume, kernel),
        against="three loops",
        target=LOOP_TARGET,
        pairs=3,
    )


def plain_loop(volume: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve voxel by voxel, in the way of tutorials."""
    kT, kH, kW = kernel.shape
    T, H, W = (n - k + 1 for n, k in zip(volume.shape, kernel.shape, strict=True))
    out = np.zeros((T, H, W), volume.dtype)
    for t in range(T):
        for y in range(H):
            for x in range(W):
                out[t, y, x] = np.sum(volume[t : t + kT, y : y + kH, x : x + kW] * kernel)
    return out


def example(dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Return a volume and a kernel."""
    rng = np.random.default_rng(0)
    return rng.random(SHAPE).astype(dtype), rng.normal(size=(3, 3, 3)).astype(dtype)
