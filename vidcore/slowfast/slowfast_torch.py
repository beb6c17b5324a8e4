"""SlowFast as a network, in the layout of facebookresearch/SlowFast, so that its weights load here.

Its parts are explained one by one in `pathways`, `lateral` and `cost`. Both frameworks' released
checkpoints fit: keys of pytorchvideo are translated by `keys.to_pyslowfast`.
"""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from vidcore.errors import WeightsError
from vidcore.slowfast.blocks_torch import PairOfStages, PairOfStems
from vidcore.slowfast.keys import to_pyslowfast
from vidcore.slowfast.layout import Link, Pathway, Stage, Widths
from vidcore.weights.state_torch import check, shapes_of, unwrap

Pair = tuple[Tensor, Tensor]


class Fuse(nn.Module):
    """The link from Fast to Slow; see `lateral.fuse`."""

    def __init__(self, c_in: int, link: Link, alpha: int) -> None:
        super().__init__()
        k = link.kernel
        self.conv_f2s = nn.Conv3d(
            c_in, link.out, (k, 1, 1), (alpha, 1, 1), (k // 2, 0, 0), bias=False
        )
        self.bn = nn.BatchNorm3d(link.out)

    def forward(self, slow: Tensor, fast: Tensor) -> Tensor:
        """Return Slow's channels, then what the link found in Fast."""
        return torch.cat([slow, self.bn(self.conv_f2s(fast)).relu()], 1)


class Head(nn.Module):
    """Average each pathway over its time and space, join, and score the classes."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.projection = nn.Linear(channels, classes)

    def forward(self, slow: Tensor, fast: Tensor) -> Tensor:
        """Return logits."""
        logits: Tensor = self.projection(torch.cat([x.mean((2, 3, 4)) for x in (slow, fast)], 1))
        return logits


class SlowFast(nn.Module):
    """The whole network.

    Parameters
    ----------
    widths
        Channels and kernels of every part.
    alpha
        Fast frames for each Slow one; no shape tells it.
    """

    def __init__(self, widths: Widths, *, alpha: int) -> None:
        super().__init__()
        self.widths, self.alpha = widths, alpha
        slow, fast = widths.slow, widths.fast
        into = zip(widths.into_slow(), fast.channels(), strict=False)
        self.s1 = PairOfStems(slow, fast)
        for k, c_in in enumerate(into):
            shapes = slow.stages[k], fast.stages[k]
            self.add_module(f"s{k + 1}_fuse", Fuse(c_in[1], widths.links[k], alpha))
            self.add_module(f"s{k + 2}", PairOfStages(c_in, shapes, 2 if k else 1))
        self.head = Head(slow.stages[-1].out + fast.stages[-1].out, widths.classes)

    def forward(
        self, slow: Float[Tensor, "B 3 T H W"], fast: Float[Tensor, "B 3 F H W"]
    ) -> Float[Tensor, "B K"]:
        """Return logits, never softmaxed, averaged over the whole clip.

        Frames are normalised with mean 0.45 and deviation 0.225, as in training; F is alpha T.
        The released code averages over places of 7 x 7 after the softmax where the frames are
        larger than 224; here the features are averaged.
        """
        logits: Tensor = self.head(*self.stages(slow, fast)["res5"])
        return logits

    def stages(self, slow: Tensor, fast: Tensor, *, links: bool = True) -> dict[str, Pair]:
        """Return both pathways after pool1 and each stage, before the links.

        Parameters
        ----------
        links
            False cuts them: Slow is given zeros in their place.
        """
        pair: Pair = self.s1(slow, fast)
        found = {"pool1": pair}
        for k in range(1, 5):
            joined = self.get_submodule(f"s{k}_fuse")(*pair)
            if not links:
                own = pair[0].shape[1]
                joined = torch.cat([pair[0], torch.zeros_like(joined[:, own:])], 1)
            pair = self.get_submodule(f"s{k + 1}")(joined, pair[1])
            found[f"res{k + 1}"] = pair
        return found


def from_state(state: Mapping[str, Any], config: Mapping[str, Any]) -> SlowFast:
    """Build the network whose widths the tensors' shapes tell, load it, in eval mode.

    Parameters
    ----------
    state
        Keys of PySlowFast or of pytorchvideo, on their own or under "model_state".
    config
        "alpha", which no shape tells.

    Raises
    ------
    WeightsError
        If alpha or a key is missing, a key is unexpected, or a shape does not fit; it is named.
    """
    tensors = to_pyslowfast(unwrap(state))
    alpha = config.get("alpha")
    if not isinstance(alpha, int) or alpha < 1:
        raise WeightsError(f"SlowFast needs config['alpha'], frames of Fast per Slow; got {alpha}.")
    try:
        network = SlowFast(widths_of(tensors), alpha=alpha)
    except KeyError as missing:
        raise WeightsError(f"SlowFast weights need {missing}; it is missing.") from missing
    check("SlowFast", shapes_of(network.state_dict()), shapes_of(tensors))
    network.load_state_dict(tensors)
    return network.eval()


def widths_of(state: Mapping[str, Tensor]) -> Widths:
    """Read every width, depth and kernel from the shapes."""

    def shape(key: str) -> tuple[int, ...]:
        return tuple(state[f"{key}.weight"].shape)

    def stage(k: int, pathway: int) -> Stage:
        start = f"s{k}.pathway{pathway}_res"
        depth = len({key.split(".")[1] for key in state if key.startswith(start)})
        inner, _, kernel = shape(f"{start}0.branch2.a")[:3]
        along = [shape(f"{start}{block}.branch2.a")[2] for block in range(depth)]
        timed = next((at for at, length in enumerate(along) if length != kernel), depth)
        return Stage(depth, inner, shape(f"{start}0.branch2.c")[0], kernel, timed)

    def pathway(p: int) -> Pathway:
        stem, _, kernel = shape(f"s1.pathway{p}_stem.conv")[:3]
        return Pathway(stem, kernel, (stage(2, p), stage(3, p), stage(4, p), stage(5, p)))

    def link(k: int) -> Link:
        out, _, kernel = shape(f"s{k}_fuse.conv_f2s")[:3]
        return Link(out, kernel)

    links = (link(1), link(2), link(3), link(4))
    return Widths(pathway(0), pathway(1), links, shape("head.projection")[0])
