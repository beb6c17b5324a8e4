"""Sizes: what a network reads, and the rows of blocks it has. Plain numbers, so no torch."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Stack:
    """A row of transformer blocks.

    Parameters
    ----------
    width
        Channels of a token.
    depth
        Blocks.
    heads
        Attention heads; they divide the width.
    hidden
        Channels inside the MLP.
    eps
        Of the blocks' LayerNorms.
    biased
        Whether queries and values have a bias; a key's would cancel in the softmax.
    """

    width: int
    depth: int
    heads: int
    hidden: int
    eps: float = 1e-6
    biased: bool = True


BASE = Stack(768, 12, 12, 3072)  # ViT-B, the encoder of the published ablations
BASE_DECODER = Stack(384, 4, 6, 1536)


@dataclass(frozen=True, slots=True)
class Sizes:
    """A network: its clip, its cubes, its encoder and decoder. By default the paper's ViT-B.

    Parameters
    ----------
    frames, side
        Of the clip, in frames and pixels.
    tubelet, patch
        Of a cube, in frames and pixels.
    encoder, decoder
        The two rows of blocks.
    channels
        Colours of a pixel.
    norm
        Whether the encoder ends with a LayerNorm: a classifier that averages tokens has its own.
    positions
        "flat" as published, or "factored"; see `positions`.
    look
        What the decoder's tokens attend to: "all" as published, or the "visible" ones only. Then a
        prediction does not depend on which others are asked for, and training can ask for a few.
    """

    frames: int = 16
    side: int = 224
    tubelet: int = 2
    patch: int = 16
    encoder: Stack = BASE
    decoder: Stack = BASE_DECODER
    channels: int = 3
    norm: bool = True
    positions: Literal["flat", "factored"] = "flat"
    look: Literal["all", "visible"] = "all"

    @property
    def grid(self) -> tuple[int, int, int]:
        """Cubes along time, rows and columns."""
        return self.frames // self.tubelet, self.side // self.patch, self.side // self.patch

    @property
    def tokens(self) -> int:
        """Cubes in a clip."""
        T, H, W = self.grid
        return T * H * W

    @property
    def values(self) -> int:
        """Numbers in a cube."""
        return self.tubelet * self.patch**2 * self.channels


PAPER = Sizes()
