r"""VideoMAE: hide nine tenths of a clip, predict the rest, and learn from what that takes.

    loss = mean over the hidden cubes of (decoder(encoder(visible cubes)) - cube)^2

Tong, Song, Wang, Wang, VideoMAE: Masked Autoencoders are Data-Efficient Learners for
Self-Supervised Video Pre-Training, NeurIPS 2022. Masks, targets and what leaks are written out in
NumPy; the network is in `videomae_torch`, and `reconstruct` asks our own small one.
"""

from vidcore.media.prepare import prepare
from vidcore.videomae.cost import Cost, cost
from vidcore.videomae.leakage import (
    copy_nearest,
    expected_random_leakage,
    leakage,
    mean_colour,
    nearest_visible,
)
from vidcore.videomae.masking import (
    KINDS,
    first_hidden,
    frame_mask,
    hiding_order,
    random_mask,
    tube_mask,
)
from vidcore.videomae.measure import LeakageCurve, Targets, leakage_curve, targets_of
from vidcore.videomae.reconstruct import (
    EncoderTimes,
    Hide,
    Reconstruction,
    grid_of,
    is_painting,
    mask_of,
    painted_mask,
    reconstruct,
    shipped,
    time_encoder,
)
from vidcore.videomae.sizes import PAPER, Sizes, Stack
from vidcore.videomae.target import (
    from_cubes,
    grid,
    normalise,
    reconstruction_loss,
    to_cubes,
)

__all__ = [
    "KINDS",
    "PAPER",
    "Cost",
    "EncoderTimes",
    "Hide",
    "LeakageCurve",
    "Reconstruction",
    "Sizes",
    "Stack",
    "Targets",
    "copy_nearest",
    "cost",
    "expected_random_leakage",
    "first_hidden",
    "frame_mask",
    "from_cubes",
    "grid",
    "grid_of",
    "hiding_order",
    "is_painting",
    "leakage",
    "leakage_curve",
    "mask_of",
    "mean_colour",
    "nearest_visible",
    "normalise",
    "painted_mask",
    "prepare",
    "random_mask",
    "reconstruct",
    "reconstruction_loss",
    "shipped",
    "targets_of",
    "time_encoder",
    "to_cubes",
    "tube_mask",
]
