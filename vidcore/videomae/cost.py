r"""Cost: what hiding saves, in multiply-adds.

    block(n, m) = 2 n D^2 + 2 m D^2     queries and output, keys and values
                + 2 n m D               scores, and the mixing of values
                + 2 n D hidden          the MLP

n tokens attend to m. The encoder sees the visible tokens only, so n = m = visible: its linear part
shrinks with the visible share, its attention with the square of it.
"""

from dataclasses import dataclass

from vidcore.videomae.sizes import Sizes, Stack


@dataclass(frozen=True, slots=True)
class Cost:
    """Multiply-adds of one clip.

    Parameters
    ----------
    tokens, visible
        Cubes in the clip, and those the encoder sees.
    embedding
        Of the visible cubes.
    linear, attention
        Of the encoder's blocks: what grows with the visible tokens, and with their square.
    decoder
        Of the decoder with its two linear ends.
    """

    tokens: int
    visible: int
    embedding: int
    linear: int
    attention: int
    decoder: int

    @property
    def encoder(self) -> int:
        """The whole encoder."""
        return self.embedding + self.linear + self.attention


def cost(sizes: Sizes, visible: int) -> Cost:
    """Count the multiply-adds of a network whose encoder sees `visible` of its tokens."""
    linear, attention = row(sizes.encoder, visible, visible)
    N, D, E = sizes.tokens, sizes.encoder.width, sizes.decoder.width
    looked_at = N if sizes.look == "all" else visible
    decoder = sum(row(sizes.decoder, N, looked_at))
    ends = visible * D * E + (N - visible) * E * sizes.values
    return Cost(N, visible, visible * sizes.values * D, linear, attention, decoder + ends)


def row(stack: Stack, n: int, m: int) -> tuple[int, int]:
    """Multiply-adds of a row of blocks in which n tokens attend to m: linear parts, attention."""
    D = stack.width
    linear = 2 * n * D * D + 2 * m * D * D + 2 * n * D * stack.hidden
    return stack.depth * linear, stack.depth * 2 * n * m * D
