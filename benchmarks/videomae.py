"""VideoMAE: what hiding saves, and the references beside plain loops."""

from functools import partial

import numpy as np
import torch

from benchmarks.ratio import Ratio, compare
from vidcore import videomae
from vidcore.videomae import target_torch
from vidcore.videomae.small_torch import SmallMasked
from vidcore.videomae.videomae_torch import Encoder

RATIOS = (0.5, 0.75, 0.9, 0.95)
THIN = videomae.Sizes(encoder=videomae.Stack(192, 2, 3, 768))  # on the paper's 1,568 tokens


def measure() -> list[Ratio]:
    """Compare the encoder at several ratios with itself on the whole clip; then the references."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    frames = rng.random((16, 48, 48, 3), dtype=np.float32)
    return [
        *encoder_rows("our encoder", SmallMasked().network.encoder, 48),
        *encoder_rows("paper's tokens, 2 thin layers", Encoder(THIN), 224),
        *reference_rows(frames, rng),
    ]


def encoder_rows(what: str, encoder: Encoder, side: int) -> list[Ratio]:
    """Compare the encoder's time on the visible cubes with its time on all of them."""
    video = torch.rand(1, 3, 16, side, side)
    grid = (8, 8, 8) if side == 48 else videomae.PAPER.grid
    whole = partial(encode, encoder, video, None)
    rows = []
    for ratio in RATIOS:
        masked = videomae.tube_mask(grid, ratio=ratio, rng=np.random.default_rng(0))
        seen = int((~masked).sum())
        hidden = torch.from_numpy(masked.ravel())[None]
        rows.append(
            compare(
                f"{what}: {ratio:.0%} hidden, {seen} tokens",
                partial(encode, encoder, video, hidden),
                whole,
                against=f"all {masked.size} tokens",
                target=0.25 if ratio == 0.9 else None,
                pairs=5,
                repeats=3,
            )
        )
    return rows


@torch.inference_mode()
def encode(encoder: Encoder, video: torch.Tensor, hidden: torch.Tensor | None) -> None:
    """Run the encoder once."""
    encoder(video, hidden)


def reference_rows(frames: np.ndarray, rng: np.random.Generator) -> list[Ratio]:
    """Compare the copy and the targets with plain ways to write them."""
    masked = videomae.random_mask((8, 8, 8), ratio=0.9, rng=rng)
    cubes = videomae.to_cubes(frames, tubelet=2, patch=6)
    tensor = torch.from_numpy(cubes)[None]
    return [
        compare(
            "nearest visible cube, 512 cubes",
            partial(videomae.nearest_visible, masked, patch=6, tubelet=2),
            partial(plain_nearest, masked),
            against="a loop over cubes",
            target=0.5,
            pairs=5,
        ),
        compare(
            "normalised targets, 512 cubes",
            partial(videomae.normalise, cubes),
            partial(target_torch.normalise, tensor),
            against="the same in torch",
            pairs=5,
            repeats=5,
        ),
    ]


def plain_nearest(masked: np.ndarray) -> list[int]:
    """Search each cube's nearest visible one in turn."""
    at = [(2 * t, 6 * y, 6 * x) for t, y, x in np.ndindex(masked.shape)]
    visible = np.flatnonzero(~masked)
    return [
        min(visible, key=lambda k: sum((a - b) ** 2 for a, b in zip(at[k], here, strict=True)))
        for here in at
    ]


if __name__ == "__main__":
    from benchmarks.rooms import table

    print(table("videomae", measure()))
