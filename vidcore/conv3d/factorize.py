r"""(2+1)D: first space, then time, with a ReLU between.

    y(t, i, j) = sum_a w(a) ReLU( sum_{b, c} s(b, c) x(t + a, i + b, j + c) )

Tran et al., A Closer Look at Spatiotemporal Convolutions, CVPR 2018. Without the ReLU, one pair is
one kernel k(a, b, c) = w(a) s(b, c): separable, of rank 1 as a matrix of time against space. Any
kernel is a sum of such pairs, found by the singular value decomposition,

    k(a, (b, c)) = sum_r sigma_r u_r(a) v_r(b, c)        energy kept by R pairs:
                                                         sum_{r < R} sigma_r^2 / sum_r sigma_r^2

What one pair cannot do is tell a direction: |W(f)|^2 |S(k)|^2 is the same for a pattern that drifts
with (k, f) and for one that drifts back, with (k, -f). R(2+1)D has many pairs: the middle width M
is chosen so that the weights are as many as before, and so is their cost.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vidcore.conv3d.conv import conv3d
from vidcore.errors import ShapeError
from vidcore.media.clip import read_only


def r2plus1d(
    volume: np.ndarray, spatial: np.ndarray, temporal: np.ndarray, *, relu: bool = True
) -> np.ndarray:
    """Filter every frame, cut at zero, and filter along time; valid borders.

    Parameters
    ----------
    volume
        `(T, H, W)`.
    spatial
        `(kH, kW)`.
    temporal
        `(kT,)`.
    relu
        Without it the two are one linear 3-D kernel, `separable(spatial, temporal)`.

    Returns
    -------
    array
        `(T - kT + 1, H - kH + 1, W - kW + 1)`.

    Raises
    ------
    ShapeError
        If an argument has another number of axes, or a kernel does not fit.
    """
    check(volume.ndim, spatial.ndim, temporal.ndim)
    planes = conv3d(volume, spatial[None])
    if relu:
        planes = np.maximum(planes, 0)
    return conv3d(planes, temporal[:, None, None])


def check(volume: int, spatial: int, temporal: int) -> None:
    """Refuse the wrong number of axes."""
    if (volume, spatial, temporal) != (3, 2, 1):
        raise ShapeError(
            "r2plus1d needs a volume (T, H, W), a spatial kernel (kH, kW) and a temporal one (kT,);"
            f" got {volume}, {spatial} and {temporal} axes."
        )


def midplanes(c_in: int, c_out: int, kT: int = 3, k: int = 3) -> int:
    """Return the middle width that gives a (2+1)D pair the weights of one 3-D layer, at most.

    floor(kT k k c_in c_out / (k k c_in + kT c_out)), Tran et al. 2018, section 3.5.

    Raises
    ------
    ShapeError
        If a size is below 1.
    """
    if min(c_in, c_out, kT, k) < 1:
        raise ShapeError(f"midplanes needs sizes of 1 or more; got {(c_in, c_out, kT, k)}.")
    return (kT * k * k * c_in * c_out) // (k * k * c_in + kT * c_out)


def separable(
    spatial: Float[np.ndarray, "kH kW"], temporal: Float[np.ndarray, " kT"]
) -> Float[np.ndarray, "kT kH kW"]:
    """Return the one 3-D kernel that does what the two do one after the other, without ReLU."""
    kernel: np.ndarray = temporal[:, None, None] * spatial
    return kernel


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """A 3-D kernel as a sum of separable pairs, the heaviest first.

    Parameters
    ----------
    spatial
        `(R, kH, kW)`, each of unit norm.
    temporal
        `(R, kT)`, with the singular value in it.
    singular
        `(R,)` singular values, falling.
    energy
        `(R,)`: share of the kernel's energy kept by the first 1, 2, ... pairs; the last is 1.
    """

    spatial: np.ndarray
    temporal: np.ndarray
    singular: np.ndarray
    energy: np.ndarray

    def kernel(self, pairs: int) -> np.ndarray:
        """Return the sum of the first `pairs` pairs, `(kT, kH, kW)`."""
        summed: np.ndarray = np.einsum("rt,rij->tij", self.temporal[:pairs], self.spatial[:pairs])
        return summed

    def needed(self, share: float = 0.99) -> int:
        """Return how many pairs keep at least `share` of the energy."""
        return int(np.searchsorted(self.energy, share * (1 - 1e-12))) + 1


def separate(kernel: np.ndarray) -> Separation:
    """Decompose a kernel into separable pairs, by the SVD of its (time x space) matrix.

    Raises
    ------
    ShapeError
        If the kernel is not `(kT, kH, kW)`.
    """
    if kernel.ndim != 3 or 0 in kernel.shape:
        raise ShapeError(f"separate needs a kernel (kT, kH, kW); got {kernel.shape}.")
    kT, kH, kW = kernel.shape
    u, sigma, v = np.linalg.svd(kernel.reshape(kT, kH * kW), full_matrices=False)
    power = np.cumsum(np.square(sigma))
    energy = power / power[-1] if power[-1] else np.ones_like(power)  # all zero: nothing is lost
    return Separation(
        spatial=read_only(v.reshape(-1, kH, kW)),
        temporal=read_only((u * sigma).T),
        singular=read_only(sigma),
        energy=read_only(energy),
    )
