"""Our own small masked autoencoder: the published design, narrow, on clips of 16 x 48 x 48.

It differs in four ways, each for a training of minutes rather than days. Positions are factored
into time, row and column. The decoder looks at visible tokens only, so that a training step may ask
for a few of the hidden cubes instead of all. Colours are measured from the mean of what is visible,
so that the untrained network already says that mean. And it predicts pixels as they are: of a cube
without texture a normalised target keeps the noise and drops the colour, which a picture needs.
"""

from jaxtyping import Bool, Float
from torch import Tensor, nn

from vidcore.videomae import target_torch
from vidcore.videomae.blocks_torch import Attention
from vidcore.videomae.sizes import Sizes, Stack
from vidcore.videomae.videomae_torch import PreTraining, gather

FRAMES, SIDE, TUBELET = 16, 48, 2
SPREAD = 0.25  # pixels enter and leave the network as (x - mean visible colour) / SPREAD
MASK_SPREAD = 0.02  # of the mask token at the start


class SmallMasked(nn.Module):
    """From the visible cubes of a clip to its hidden ones.

    Parameters
    ----------
    patch
        Side of a cube in pixels; it is two frames long.
    width, depth
        Of the encoder.
    decoder_width, decoder_depth
        Of the decoder.
    heads
        Of both.
    """

    def __init__(
        self,
        *,
        patch: int = 6,
        width: int = 128,
        depth: int = 4,
        decoder_width: int = 128,
        decoder_depth: int = 2,
        heads: int = 4,
    ) -> None:
        super().__init__()
        self.sizes = Sizes(
            frames=FRAMES,
            side=SIDE,
            tubelet=TUBELET,
            patch=patch,
            encoder=Stack(width, depth, heads, 4 * width),
            decoder=Stack(decoder_width, decoder_depth, heads, 4 * decoder_width),
            positions="factored",
            look="visible",
        )
        self.network = PreTraining(self.sizes)
        start(self.network)

    def forward(
        self,
        video: Float[Tensor, "B 3 T H W"],
        masked: Bool[Tensor, "B N"],
        asked: Bool[Tensor, "B N"] | None = None,
    ) -> Float[Tensor, "B M values"]:
        """Return the masked cubes' pixels, or those `asked` for; videos in [0, 1], so are they."""
        centred, colour = self.centre(video, masked)
        predicted = self.network(centred, masked, asked).float()
        pixels: Tensor = SPREAD * predicted + colour.repeat(1, self.sizes.values // 3)[:, None]
        return pixels

    def encode(
        self, video: Float[Tensor, "B 3 T H W"], masked: Bool[Tensor, "B N"] | None = None
    ) -> Float[Tensor, "B V D"]:
        """Return the encoder's tokens of the visible cubes, of all where nothing is masked."""
        tokens: Tensor = self.network.encoder(self.centre(video, masked)[0], masked)
        return tokens

    def centre(
        self, video: Float[Tensor, "B 3 T H W"], masked: Bool[Tensor, "B N"] | None
    ) -> tuple[Float[Tensor, "B 3 T H W"], Float[Tensor, "B 3"]]:
        """Measure colours from their mean over the visible cubes; return that mean as well."""
        patch = self.sizes.patch
        cubes = target_torch.to_cubes(video, tubelet=TUBELET, patch=patch).mean(dim=2)
        visible = cubes if masked is None else gather(cubes, ~masked)
        colour = visible.mean(dim=1)
        return (video - colour[:, :, None, None, None]) / SPREAD, colour

    def cubes(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B N values"]:
        """Return the pixels of all cubes: what `forward` should have said."""
        return target_torch.to_cubes(video, tubelet=TUBELET, patch=self.sizes.patch).flatten(2)


def start(network: PreTraining) -> None:
    """Draw a start for training.

    Linear maps as Glorot says; the head at zero, so that the first prediction is the mean colour;
    keys equal to queries, so that a token first looks at those that lie where it lies (after
    Trockman & Kolter, Mimetic Initialization of Self-Attention Layers, 2023).
    """
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, Attention):
            query, key, _ = module.qkv.weight.data.chunk(3)
            key.copy_(query)
    projection = network.encoder.patch_embed.proj.weight
    nn.init.xavier_uniform_(projection.view(len(projection), -1))
    nn.init.normal_(network.mask_token, std=MASK_SPREAD)
    nn.init.zeros_(network.decoder.head.weight)


class SmallProbe(nn.Module):
    """The encoder of a small masked autoencoder with a linear head on the mean of its tokens.

    Parameters
    ----------
    encoder
        Trained or fresh; it is used, not copied.
    classes
        Number of logits.
    """

    def __init__(self, encoder: SmallMasked, classes: int) -> None:
        super().__init__()
        self.masked = encoder
        self.head = nn.Linear(encoder.sizes.encoder.width, classes)

    def features(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B D"]:
        """Average the tokens of the whole clip."""
        return self.masked.encode(video).mean(dim=1)

    def forward(self, video: Float[Tensor, "B 3 T H W"]) -> Float[Tensor, "B K"]:
        """Return logits, before their softmax."""
        logits: Tensor = self.head(self.features(video))
        return logits
