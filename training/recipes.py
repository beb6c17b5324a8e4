"""The recipes: one for each trained model. The numbers of a run live here and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from torch import nn

from training.data import LEAKY, sizes
from training.recipe import Recipe
from training.tasks.align import Align
from training.tasks.classify import Classify
from training.tasks.flow import Flow
from training.tasks.masked import Mask, Masked
from training.tasks.streams import ClassifyFlow, Fuse
from training.tasks.track import Track
from vidcore.attention.small_torch import SmallTransformer, take_stem
from vidcore.conv3d.small_torch import SmallNet, inflate_from
from vidcore.slowfast.small_torch import SmallSlowFast
from vidcore.twostream.small_torch import FlowNet, FrameNet, TwoStream


def _made(build: Callable[..., nn.Module], **settings: Any) -> Callable[[], nn.Module]:
    return lambda: build(**settings)


def _take_stem(network: nn.Module, trained: nn.Module) -> None:
    """Take over the first layers of a 3D network, or of `frame`."""
    layers = trained.stream.layers if hasattr(trained, "stream") else trained.layers
    take_stem(network, layers)


def _transformer(
    scheme: str, about: str, floor: dict[str, float], stem: str = "c3d_adamw"
) -> Recipe:
    settings = {"scheme": scheme} | ({"reach": 1} if stem == "frame" else {})
    return Recipe(
        scheme,
        about,
        Classify(_made(SmallTransformer, **settings), start=_take_stem),
        "attention.small_torch:SmallTransformer",
        settings,
        rate=2e-3,
        floor=floor,
        starts_from=stem,
    )


def _slowfast(name: str, about: str, floor: dict[str, float], **settings: Any) -> Recipe:
    return Recipe(
        name,
        about,
        Classify(_made(SmallSlowFast, **settings)),
        "slowfast.small_torch:SmallSlowFast",
        settings,
        floor=floor,
    )


_CLASSIFIERS = (
    Recipe(
        "frame",
        "A 2D network that scores frames one by one and averages.",
        Classify(_made(FrameNet), frames=4),
        "twostream.small_torch:FrameNet",
        floor={"colour": 0.98},
    ),
    Recipe(
        "frame_leak",
        "The network `frame`, trained where the background's hue gives nine actions in ten away.",
        Classify(_made(FrameNet), frames=4, world=LEAKY, pool=sizes(LEAKY)["train"]),
        "twostream.small_torch:FrameNet",
        steps=3200,  # on a fifth of the clips
        every=400,
        floor={"action": 0.4},  # from single frames, which without a leak tell 0.09
    ),
    Recipe(
        "flow_leak",
        "The network `flow`, trained on the same clips.",
        ClassifyFlow(_made(FlowNet), world=LEAKY, pool=sizes(LEAKY)["train"]),
        "twostream.small_torch:FlowNet",
        steps=800,
        floor={"action": 0.8},
    ),
    Recipe(
        "difference",
        "The same network on differences of neighbouring frames, one by one, averaged.",
        Classify(_made(FrameNet, reads="differences"), frames=0),
        "twostream.small_torch:FrameNet",
        {"reads": "differences"},
        floor={"colour": 0.5},
    ),
    Recipe(
        "flow",
        "A 2D network on a stack of 15 flow fields, of our own pyramidal Lucas-Kanade.",
        ClassifyFlow(_made(FlowNet)),
        "twostream.small_torch:FlowNet",
        steps=4800,  # a step costs a tenth of c3d's
        every=600,
        floor={"action": 0.9},
    ),
    Recipe(
        "two_stream",
        "The streams `frame` and `flow`, their probabilities averaged.",
        Fuse(_made(TwoStream)),
        "twostream.small_torch:TwoStream",
        steps=0,
        floor={"both": 0.9},
        starts_from="frame+flow",
    ),
    Recipe(
        "tsn",
        "The 2D network trained on one random frame from each of eight segments, averaged.",
        Classify(_made(FrameNet, segments=8), frames=8),
        "twostream.small_torch:FrameNet",
        {"segments": 8},
        floor={"colour": 0.98},
    ),
    Recipe(
        "c3d",
        "3x3x3 convolutions throughout, from a random start.",
        Classify(_made(SmallNet)),
        "conv3d.small_torch:SmallNet",
        muon="weight",
        floor={"action": 0.8},
    ),
    Recipe(
        "inflated",
        "The same 3D network, started from the trained `frame` network by inflation.",
        Classify(_made(SmallNet), start=inflate_from),
        "conv3d.small_torch:SmallNet",
        muon="weight",
        floor={"action": 0.8},
        starts_from="frame",
    ),
    Recipe(
        "r2plus1d",
        "Each 3D convolution split into space and time, at equal parameters.",
        Classify(_made(SmallNet, factorised=True)),
        "conv3d.small_torch:SmallNet",
        {"factorised": True},
        muon="weight",
        floor={"action": 0.8},
    ),
    _transformer("space", "Attention within each frame only.", {"colour": 0.95}, "frame"),
    _transformer("joint", "Attention between all tokens of the clip.", {"action": 0.8}),
    _transformer("divided", "Attention over time, then over space.", {"action": 0.8}),
    _transformer("factorised", "Attention within slices, then between slices.", {"action": 0.8}),
    _slowfast("slowfast", "Slow 4 frames, Fast 16, beta 1/8.", {"action": 0.8}),
    _slowfast("slowfast_alpha8", "Slow 2 frames, Fast 16, beta 1/8.", {"action": 0.6}, alpha=8),
    _slowfast("slow", "The Slow pathway alone, 4 frames.", {"colour": 0.95}, pathways="slow"),
    _slowfast("fast", "The Fast pathway alone, 16 frames.", {"colour": 0.95}, pathways="fast"),
)

_BY_ADAMW = tuple(  # all else equal
    replace(
        recipe,
        name=f"{recipe.name}_adamw",
        about=f"The network `{recipe.name}`, its kernels stepped by AdamW.",
        muon="",
        ships=False,
    )
    for recipe in _CLASSIFIERS
    if recipe.muon
)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (*_CLASSIFIERS, *_BY_ADAMW)}


def _tracker(scheme: Literal["joint", "divided"], about: str) -> Recipe:
    return Recipe(
        f"track_{scheme}",
        about,
        Track(scheme),
        "attention.track_torch:Copier",
        {"scheme": scheme},
        kind="track",
        steps=900,
        batch=16,
        rate=2e-3,
        every=300,
        watch="share",
        floor={"share": 0.4, "ratio": 8.0, "top1": 0.75, "-background": -0.5},
    )


_TRACKERS = (
    _tracker("joint", "Grey video in, colour copied from all patches of the other frames."),
    _tracker("divided", "The same, looking across the frame first, and along time from there."),
)
RECIPES |= {recipe.name: recipe for recipe in _TRACKERS}

_FLOW_STEPS, _FLOW_FINISH = 6400, 9000
_FLOW = Recipe(
    "raft_start",
    "RAFT with a Lucas-Kanade step on learned features inside its update, before its finish.",
    Flow(_FLOW_STEPS),
    "flow.raft_torch:ours",
    kind="flow",
    steps=_FLOW_STEPS,
    batch=4,
    rate=8e-4,
    decay=1e-4,
    warmup=300,
    ema=0.999,
    bf16=False,
    every=400,
    watch="least_gain",
    floor={"least_gain": 0.0},
)
_FLOW_END = replace(
    _FLOW,
    name="raft",
    about="RAFT with a Lucas-Kanade step on learned features inside its update.",
    task=Flow(_FLOW_FINISH, finish=True),
    steps=_FLOW_FINISH,
    rate=2.5e-3,
    muon="weight",
    ema=0.998,
    every=1000,
    starts_from="raft_start",
)
RECIPES |= {recipe.name: recipe for recipe in (_FLOW, _FLOW_END)}

_HIDDEN = {
    "patch": 6,
    "width": 128,
    "depth": 4,
    "heads": 4,
    "decoder_width": 128,
    "decoder_depth": 2,
}
_MASKED = (
    Recipe(
        "masked",
        "Sees a tenth of a clip, the same places in every slice, and predicts the rest.",
        Masked(
            _HIDDEN,
            (Mask("tube", 0.9, 6), Mask("tube", 0.95, 2), Mask("tube", 0.75, 2)),
            ask=96,
        ),
        "videomae.small_torch:SmallMasked",
        _HIDDEN,
        kind="reconstruct",
        steps=10_000,
        batch=16,
        rate=1.5e-3,
        decay=0.05,
        muon="blocks",
        bf16=True,
        every=1000,
        watch="-mse",
        floor={"-tube_90_ratio": -0.8},
    ),
    Recipe(
        "masked_random",
        "Goes on from `masked`, on masks that leave a place visible at another time.",
        Masked(
            _HIDDEN,
            (
                *(Mask("random", ratio, 2) for ratio in (0.75, 0.9, 0.95)),
                *(Mask("frame", ratio, 1) for ratio in (0.75, 0.9)),
            ),
            ask=96,
        ),
        "videomae.small_torch:SmallMasked",
        _HIDDEN,
        kind="reconstruct",
        steps=1000,
        batch=16,
        rate=8e-4,
        decay=0.05,
        muon="blocks",
        bf16=True,
        every=250,
        watch="-mse",
        floor={"-random_90_ratio": -0.8},
        starts_from="masked",
    ),
)
RECIPES |= {recipe.name: recipe for recipe in _MASKED}

_ALIGN = Recipe(
    "align",
    "Clips and captions in one space: a 3D-convolutional and a text encoder, contrastive.",
    Align(),
    "alignment.pair_torch:Pair",
    kind="align",
    steps=1100,
    watch="recall",
    floor={"recall": 0.85},
)
RECIPES |= {_ALIGN.name: _ALIGN}
