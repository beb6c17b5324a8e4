"""VideoMAE as networks: an encoder of visible cubes, a decoder that fills in the rest.

    encoder(visible cubes) -> tokens, mask tokens in the gaps, + positions -> decoder -> pixels

Nine tenths of the cubes never enter the encoder: that is where the time is saved. Tong et al.,
NeurIPS 2022; MCG-NJU/VideoMAE. `published_torch` loads its weights, and Hugging Face's.
"""

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn

from vidcore.videomae import positions
from vidcore.videomae.blocks_torch import Block
from vidcore.videomae.sizes import Sizes

NORM_EPS = 1e-5  # PyTorch's default, which the decoder's and the head's last norms have


def table(sizes: Sizes, width: int) -> Float[Tensor, "N D"]:
    """Return the fixed positions of all cubes."""
    make = positions.flat if sizes.positions == "flat" else positions.factored
    return torch.from_numpy(make(sizes.grid, width)).float()


class PatchEmbed(nn.Module):
    """One token a cube: a 3-D convolution whose stride is its kernel, which is a linear map."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        cube = (sizes.tubelet, sizes.patch, sizes.patch)
        self.proj = nn.Conv3d(sizes.channels, sizes.encoder.width, cube, stride=cube)

    def forward(
        self, video: Float[Tensor, "B C T H W"], chosen: Bool[Tensor, "B N"] | None = None
    ) -> Float[Tensor, "B n D"]:
        """Embed the chosen cubes, or all; they are numbered slice by slice, row by row."""
        p, a, b = self.proj.kernel_size
        cubes = rearrange(video, "n c (t p) (h a) (w b) -> n (t h w) (c p a b)", p=p, a=a, b=b)
        if chosen is not None:
            cubes = gather(cubes, chosen)
        tokens: Tensor = F.linear(cubes, self.proj.weight.flatten(1), self.proj.bias)
        return tokens


class Encoder(nn.Module):
    """Turns cubes into tokens that know of one another."""

    table: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.patch_embed = PatchEmbed(sizes)
        self.register_buffer("table", table(sizes, sizes.encoder.width), persistent=False)
        self.blocks = nn.ModuleList(Block(sizes.encoder) for _ in range(sizes.encoder.depth))
        norm = nn.LayerNorm(sizes.encoder.width, eps=sizes.encoder.eps)
        self.norm: nn.Module = norm if sizes.norm else nn.Identity()

    def forward(
        self, video: Float[Tensor, "B C T H W"], masked: Bool[Tensor, "B N"] | None = None
    ) -> Float[Tensor, "B V D"]:
        """Encode the visible cubes, in their order; all of them where `masked` is left out."""
        where = self.table.expand(len(video), -1, -1)
        if masked is None:
            x = self.patch_embed(video) + where
        else:  # a hidden cube is not even embedded
            x = self.patch_embed(video, ~masked) + gather(where, ~masked)
        for block in self.blocks:
            x = block(x)
        encoded: Tensor = self.norm(x)
        return encoded


class Decoder(nn.Module):
    """Predicts pixels at the places of mask tokens."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        D = sizes.decoder.width
        self.look_at_all = sizes.look == "all"
        self.blocks = nn.ModuleList(Block(sizes.decoder) for _ in range(sizes.decoder.depth))
        self.norm = nn.LayerNorm(D, eps=NORM_EPS)
        self.head = nn.Linear(D, sizes.values)

    def forward(
        self, visible: Float[Tensor, "B V D"], asked: Float[Tensor, "B M D"]
    ) -> Float[Tensor, "B M values"]:
        """Return the pixels of the cubes asked for."""
        V = visible.shape[1]
        x = torch.cat([visible, asked], dim=1)
        for block in self.blocks:
            x = block(x, keys=None if self.look_at_all else V)
        pixels: Tensor = self.head(self.norm(x[:, V:]))
        return pixels


class PreTraining(nn.Module):
    """Encoder and decoder: from the visible cubes to the masked ones.

    Parameters
    ----------
    sizes
        What it reads, and its blocks.
    """

    table: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.encoder = Encoder(sizes)
        self.encoder_to_decoder = nn.Linear(sizes.encoder.width, sizes.decoder.width, bias=False)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, sizes.decoder.width))
        self.register_buffer("table", table(sizes, sizes.decoder.width), persistent=False)
        self.decoder = Decoder(sizes)

    def forward(
        self,
        video: Float[Tensor, "B C T H W"],
        masked: Bool[Tensor, "B N"],
        asked: Bool[Tensor, "B N"] | None = None,
    ) -> Float[Tensor, "B M values"]:
        """Predict the masked cubes, in their order, or those of them that are `asked` for.

        Every clip of the batch must hide, and ask for, equally many.
        """
        visible = self.encoder_to_decoder(self.encoder(video, masked))
        where = self.table.expand(len(video), -1, -1)
        visible = visible + gather(where, ~masked)
        holes = self.mask_token + gather(where, masked if asked is None else asked)
        predicted: Tensor = self.decoder(visible, holes)
        return predicted


class Classifier(nn.Module):
    """The encoder with a linear head, on the mean of its tokens or on the first.

    Parameters
    ----------
    sizes
        What it reads; `norm` is False where tokens are averaged.
    classes
        Number of logits.
    """

    def __init__(self, sizes: Sizes, classes: int) -> None:
        super().__init__()
        D = sizes.encoder.width
        self.sizes = sizes
        self.averages = not sizes.norm
        self.encoder = Encoder(sizes)
        self.fc_norm: nn.Module = nn.LayerNorm(D, eps=NORM_EPS) if self.averages else nn.Identity()
        self.head = nn.Linear(D, classes)

    def forward(self, video: Float[Tensor, "B C T H W"]) -> Float[Tensor, "B K"]:
        """Return logits, before their softmax."""
        tokens = self.encoder(video)
        pooled = tokens.mean(dim=1) if self.averages else tokens[:, 0]
        logits: Tensor = self.head(self.fc_norm(pooled))
        return logits


def gather(x: Float[Tensor, "B N D"], chosen: Bool[Tensor, "B N"]) -> Float[Tensor, "B n D"]:
    """Keep the chosen tokens of each clip, equally many of each, in their order."""
    return x[chosen].view(len(x), -1, x.shape[-1])
