"""Our trained networks with a third axis, on the visitor's clip."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import stage
from vidcore import conv3d, motion, zoo
from vidcore.figures import conv3d as figures
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS, COLOURS, SHAPES
from vidcore.weights import results

MODELS = {"c3d": "C3D", "inflated": "inflated", "r2plus1d": "R(2+1)D"}
BASELINE = "frame"  # the 2-D network that sees one frame at a time
WORLD = "from their world"
CHANNELS = 6  # of a layer, shown over time
ORDERS = ["reversed", "shuffled", "frozen"]
METRICS = {  # of the card -> in words
    "action": "Action right",
    "colour": "Colour right",
    "reversed_to_partner": "Backwards, the partner's name",
    "action_shuffled": "Action right, shuffled",
    "action_frozen": "Action right, frozen",
}


def trained(clip: Clip) -> None:
    """What the networks say, and what their layers hold."""
    _trained(clip)
    _curves()
    _kit.explain(
        "Forward and backward show the same 16 pictures, so what changes in the answer is what "
        "the network reads from time. A throw played backwards is a catch, left is right; the "
        "colour must not care. Look at the first frame of layer 1: there the kernels "
        "read the zeros before the clip.",
        r"p(\text{action} \mid x) \ne p(\text{action} \mid \text{reversed } x)",
        zoo.answer,
        conv3d.inflate,
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
    with right, _kit.controls():
        name = st.segmented_control(
            "Network",
            here,
            format_func=lambda n: MODELS[n],
            default=here[0],
            required=True,
            **_kit.bound("conv3d_network"),
        )
        order = st.segmented_control(
            "Beside forward", ORDERS, default=ORDERS[0], required=True, **_kit.bound("conv3d_order")
        )
        shown, says = _shown(clip)
    forward = _kit.compute(told, shown, str(name))
    other = _kit.compute(told, shown, str(name), str(order))
    with right:
        _kit.plot(
            figures.scores({"forward": forward, str(order): other}),
            key="conv3d_scores",
            alt=f"Probability of each action, forward and {order}",
        )
        _kit.numbers(
            **{
                "Forward": forward.of["action"].best,
                str(order).capitalize(): other.of["action"].best,
                "Colour": f"{forward.of['colour'].best}, {other.of['colour'].best}",
                "Shape": f"{forward.of['shape'].best}, {other.of['shape'].best}",
            }
        )
    with left:
        seen = _kit.compute(as_seen, shown)
        stage(
            seen,
            key="conv3d_seen",
            alt=f"{says}, as the networks see it: 16 frames of 48 by 48",
            strip=True,
            tallest=260,
            hint="As the network sees it: 16 frames of 48 × 48.",
        )
        features = forward.features["features"]
        with _kit.controls("layer"):
            layer = st.segmented_control(
                "Features of",
                list(features),
                default=next(iter(features)),
                required=True,
                **_kit.bound("conv3d_layer"),
            )
        volume = features[str(layer)]
        _kit.plot(
            figures.feature_film(volume, channels=CHANNELS),
            key="conv3d_features",
            alt=f"The {CHANNELS} liveliest channels of {layer} over time",
        )
    _card(str(name))


def _shown(clip: Clip) -> tuple[Clip, str]:
    """Offer a clip of the networks' world, or the visitor's; also say what it is."""
    which = st.segmented_control(
        "Clip", [WORLD, "yours"], default=WORLD, required=True, **_kit.bound("conv3d_on")
    )
    if which != WORLD:
        st.caption(
            "The networks know fourteen actions of generated shapes; elsewhere their answers say "
            "how far that world is from yours."
        )
        return clip, _clip.caption()
    a, b, c = st.columns(3)
    action = a.selectbox("Action", ACTIONS, ACTIONS.index("throw"), **_kit.bound("conv3d_action"))
    colour = b.selectbox("Colour", COLOURS, 0, **_kit.bound("conv3d_colour"))
    shape = c.selectbox("Shape", SHAPES, 0, **_kit.bound("conv3d_shape"))
    scene = _clip.scene(
        "learned_world",
        action=ACTIONS.index(action),
        colour=COLOURS.index(colour),
        shape=SHAPES.index(shape),
    )
    return scene.clip, f"{colour} {shape}, {action}"


def told(clip: Clip, name: str, order: str = "forward") -> zoo.Answer:
    """Show a clip to a network in some order."""
    seen = as_seen(clip)
    orders = {ordering.name: ordering for ordering in motion.compare_orders(seen).orderings}
    return zoo.answer(seen.take(orders[order].indices), name, keep=True)


def as_seen(clip: Clip) -> Clip:
    """Bring a clip to what the networks read."""
    frames = zoo.prepare(clip)
    return Clip(frames, clip.fps * len(frames) / len(clip.frames))


def _card(name: str) -> None:
    """Quote the network's card."""
    card = zoo.card(name)
    measured = {METRICS[key]: f"{card.metrics[key]:.1%}" for key in METRICS if key in card.metrics}
    _kit.numbers(
        Parameters=f"{card.parameters:,}",
        Multiply_adds=f"{card.multiply_adds / 1e6:.0f} M",
        **measured,
    )


def _curves() -> None:
    """Draw how the networks learned, beside the 2-D one."""
    runs = {run["name"]: run for run in reversed(results()) if run.get("curve")}
    mine = [runs[name] for name in (*MODELS, BASELINE) if name in runs]
    if not mine:
        return
    st.subheader("How they learned", anchor=False)
    _kit.plot(
        figures.learning_curves(mine),
        key="conv3d_curves",
        alt="Share of validation clips whose action is right, against training steps",
    )
