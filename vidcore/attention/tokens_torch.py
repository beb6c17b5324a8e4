"""Tubelets on tensors: as `tokens`, for a batch, with gradients."""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from vidcore.attention.tokens import check_cut


def tubelets(frames: Tensor, *, tubelet: int = 2, patch: int = 16) -> Tensor:
    """Cut frames `(B, T, H, W, C)` into `(B, t, n, C kT P P)`; as the reference.

    Raises
    ------
    ShapeError
        If not a single tubelet fits.
    """
    check_cut(tuple(frames.shape), tubelet, patch)
    T, H, W = frames.shape[1:4]
    whole = frames[:, : T - T % tubelet, : H - H % patch, : W - W % patch]
    return rearrange(
        whole, "b (t kt) (h ph) (w pw) c -> b t (h w) (c kt ph pw)", kt=tubelet, ph=patch, pw=patch
    )


def embed(
    frames: Float[Tensor, "B T H W C"],
    kernel: Float[Tensor, "D C kT P P"],
    bias: Float[Tensor, " D"],
) -> Float[Tensor, "B t n D"]:
    """Turn every tubelet into its token."""
    kT, P = kernel.shape[2:4]
    return tubelets(frames, tubelet=kT, patch=P) @ kernel.flatten(1).T + bias
