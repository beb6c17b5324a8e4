"""Our trained networks with a third axis, on the visitor's clip."""

import streamlit as st

from pages import _clip, _kit
from pages._chapters.conv3d_measured import MODELS, report
from pages._stage import stage
from vidcore import conv3d, motion, zoo
from vidcore.figures import conv3d as figures
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES

WORLD, YOURS = "from their world", "yours"
CHANNELS = 5  # of a layer, shown over time
ORDERS = ["reversed", "shuffled", "frozen"]


def trained(clip: Clip) -> None:
    """What the networks say, and what their layers hold."""
    _trained(clip)
    report()
    st.subheader("What is often read", anchor=False)
    _kit.claims(FACTS)
    _kit.explain(
        "Forward and backward show the same 16 pictures, so what changes in the answer is what "
        "the network reads from time. A throw played backwards is a catch, left is right; the "
        "colour must not care. Look at the first frame of layer 1: there the kernels "
        "read the zeros before the clip.",
        r"p(\text{action} \mid x) \ne p(\text{action} \mid \text{reversed } x)",
        zoo.answer,
        conv3d.inflate,
    )


FACTS = (
    (
        "C3D's features served video captioning as well",
        "The paper has action recognition, action similarity, scenes and object recognition; "
        "**no captioning**",
    ),
    (
        "3D networks had no way to use ImageNet weights",
        "C3D **did not** use them. Inflation does: RGB I3D reaches 68.4 without and 71.1 with them "
        "(Kinetics)",
    ),
    (
        "Two-stream networks were the answer to 3D ones, or the reverse",
        "Two-stream: June 2014. C3D: December 2014",
    ),
    (
        "Inflated, a filter says on a still clip what it says on an image",
        "**Away from the ends.** Zero padding, used everywhere in the released I3D, leaves 2/3 "
        "there with 3 taps; see *Inflation*",
    ),
    (
        "I3D reached 80.2 % on HMDB-51",
        "In its first arXiv version, with two streams. In the third, pretrained on Kinetics: "
        "**80.9** on HMDB-51 and 98.0 on UCF-101; RGB alone 74.8 on HMDB-51",
    ),
    (
        "I3D introduced the Kinetics data",
        "It presents the benchmark; the data have **a paper of their own** (Kay et al. 2017)",
    ),
    (
        "R(2+1)D beat full 3D by 2.3 points",
        "By **3.0** with 8 frames and **3.8** with 16 (18 layers, Kinetics, video top-1)",
    ),
    (
        "Factorised, a network is cheaper",
        "Equally large, 33.3 M weights against 33.4, and **slightly dearer**: 20.7 GFLOPs against "
        "20.3 with 8 frames, 41.5 against 40.7 with 16 (released models)",
    ),
)


@st.fragment
def _trained(clip: Clip) -> None:
    here = [name for name in MODELS if name in zoo.names("classify")]
    if not here:
        st.info(
            "The networks `c3d`, `inflated` and `r2plus1d` are not here yet. Make one with "
            "`python -m training.train c3d`.",
            icon=":material/hourglass_empty:",
        )
        return
    left, right = _kit.halves()
    with left:
        slot = st.container()
        with _kit.controls():
            name, order = _asked(here)
            shown, says = _shown(clip)
        with slot:
            _as_seen(shown, says)
    forward = _kit.compute(told, shown, name)
    with right:
        _said(forward, _kit.compute(told, shown, name, order), order)
        _layers(forward)


def _asked(here: list[str]) -> tuple[str, str]:
    """Ask which network, and which order of the frames beside the true one."""
    with st.container(horizontal=True):
        name = st.segmented_control(
            "Network",
            here,
            format_func=lambda n: MODELS[n],
            default=here[0],
            required=True,
            **_kit.bound("conv3d_network"),
        )
        order = st.segmented_control(
            "Beside forward",
            ORDERS,
            default=ORDERS[0],
            required=True,
            **_kit.bound("conv3d_order"),
        )
    return str(name), str(order)


def _as_seen(shown: Clip, says: str) -> None:
    """Play the clip as small as the networks see it."""
    stage(
        _kit.compute(as_seen, shown),
        key="conv3d_seen",
        alt=f"{says}, as the networks see it: 16 frames of 48 by 48",
        strip=True,
        tallest=260,
        hint="As the network sees it: 16 frames of 48 × 48.",
    )


def _said(forward: zoo.Answer, other: zoo.Answer, order: str) -> None:
    """Show what the network says of both orders."""
    _kit.plot(
        figures.scores({"forward": forward, order: other}),
        key="conv3d_scores",
        alt=f"Probability of each action, forward and {order}",
    )
    _kit.numbers(
        **{
            "Forward": forward.of["action"].best,
            order.capitalize(): other.of["action"].best,
            "Colour": f"{forward.of['colour'].best}, {other.of['colour'].best}",
            "Shape": f"{forward.of['shape'].best}, {other.of['shape'].best}",
        }
    )


def _layers(forward: zoo.Answer) -> None:
    """Show the feature maps of a layer over time."""
    features = forward.features["features"]
    with _kit.controls("layer"):
        layer = st.segmented_control(
            "Features of",
            list(features),
            default=next(iter(features)),
            required=True,
            **_kit.bound("conv3d_layer"),
        )
    _kit.plot(
        figures.feature_film(features[str(layer)], channels=CHANNELS),
        key="conv3d_features",
        alt=f"The {CHANNELS} liveliest channels of {layer} over time",
    )


def _shown(clip: Clip) -> tuple[Clip, str]:
    """Offer a clip of the networks' world, or the visitor's; also say what it is."""
    if _clip.own_chosen("Clip", WORLD, YOURS, key="conv3d_on"):
        st.caption(
            f"{_clip.caption()}. The networks know fourteen actions of generated shapes; elsewhere "
            "their answers say how far that world is from yours."
        )
        return clip, _clip.caption()
    a, b, c = st.columns(3)
    action = a.selectbox("Action", ACTIONS, ACTIONS.index("throw"), **_kit.bound("conv3d_action"))
    colour = b.selectbox("Colour", COLOURS, 0, **_kit.bound("conv3d_colour"))
    shape = c.selectbox("Shape", SHAPES, 0, **_kit.bound("conv3d_shape"))
    says = f"{colour} {shape}, {action}"
    st.caption(f"Shown: {says}. *{YOURS}* shows them {_clip.caption()} instead.")
    scene = _clip.scene(
        "learned_world",
        action=ACTIONS.index(action),
        colour=COLOURS.index(colour),
        shape=SHAPES.index(shape),
    )
    return scene.clip, says


def told(clip: Clip, name: str, order: str = "forward") -> zoo.Answer:
    """Show a clip to a network in some order."""
    seen = as_seen(clip)
    orders = {ordering.name: ordering for ordering in motion.compare_orders(seen).orderings}
    return zoo.answer(seen.take(orders[order].indices), name, keep=True)


def as_seen(clip: Clip) -> Clip:
    """Bring a clip to what the networks read."""
    frames = zoo.prepare(clip)
    return Clip(frames, clip.fps * len(frames) / len(clip.frames))
