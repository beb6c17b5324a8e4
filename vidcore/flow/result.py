"""What every method returns."""

from dataclasses import dataclass

import numpy as np

from vidcore.media.clip import read_only


@dataclass(frozen=True, slots=True, eq=False)
class FlowResult:
    """Where each pixel of one frame went in the next, and where the method trusts itself.

    Parameters
    ----------
    flow
        `(H, W, 2)`: u, right, and v, down, in pixels. Finite everywhere: where no estimate could
        be made it is filled from its neighbours, for zero would say "still".
    valid
        `(H, W)`: True where the estimate was made rather than filled. The method's own confidence.
    energy
        `(sweeps + 1,)`: what an iterative method minimises, before and after each sweep.
    iterates
        `(K, H, W, 2)`: the field on its way, where it was asked for; the last is `flow`.
    """

    flow: np.ndarray
    valid: np.ndarray
    energy: np.ndarray | None = None
    iterates: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("flow", "valid", "energy", "iterates"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, read_only(array))
