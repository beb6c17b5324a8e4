"""What two trained streams are worth: who knows what, what they look for, what they cost."""

from collections.abc import Mapping

import streamlit as st

from pages import _kit
from pages._chapters.twostream import LABELS, OPENING, ready
from pages._measured import Measured, measured, seeds
from pages._stage import stage
from vidcore import twostream
from vidcore.figures import twostream as figures
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.twostream.layout import SPATIAL, TEMPORAL
from vidcore.twostream.scene_bias import LEAKY, LEAKY_FLOW

METHODS = {
    "spatial": "spatial stream alone",
    "temporal": "temporal stream alone",
    "average": "average of answers",
    "weighted": "weighted average",
    "logits": "average of logits",
    "learned": "learned (linear SVM)",
}
STREAMS = {  # the trained 2D networks, by what they read
    "frame": "one frame at a time",
    "tsn": "one frame per segment",
    "difference": "differences of frames",
    "flow": "a stack of 15 flows",
    "two_stream": "frames and flow",
}
CHANCE = {question: 1 / len(labels) for question, labels in LABELS.items()}
NOTHING = "nothing"
GIVES_AWAY = "gives the action away"
WORLDS = {"tells nothing": ("frame", "flow"), GIVES_AWAY: (LEAKY, LEAKY_FLOW)}
WITHOUT = "action_without_leak"  # metric: of test clips whose background tells nothing
FIELDS = 15  # between 16 frames
COUNTED = {"parameters": "Parameters", "multiply_adds": "Multiply-adds"}


# ---- who knows what ----------------------------------------------------------------------------
def matrix(clip: Clip) -> None:
    """Colour, shape and action, by stream."""
    _matrix()
    _kit.explain(
        "Each stream is nearly perfect at one question and near chance in another; joined they are "
        "good at all. Read the curve: between the ends there is a wide plateau, because a stream "
        "that does not know says so with a flat answer. The published pair gained as well: 73.0 % "
        "and 83.7 % alone, 86.9 % by averaging and 88.0 % by a linear SVM on both answers "
        "(UCF-101, three splits).",
        r"f = A\left[\frac{\operatorname{softmax}(s)}{\lVert\cdot\rVert},\ "
        r"\frac{\operatorname{softmax}(t)}{\lVert\cdot\rVert}\right] + b",
        twostream.fuse_learned,
        twostream.both_answers,
        twostream.fit_svm,
    )


@st.fragment
def _matrix() -> None:
    found = measured(STREAMS)
    left, right = _kit.halves(even=True)
    with left:
        _kit.predict(
            "Which of the two will know the shape better?",
            ["the spatial stream", "the temporal stream", "neither knows it"],
            _better("shape"),
            "The matrix below says how much better. Flow draws a silhouette, so even motion "
            "alone beats guessing.",
            key="twostream_shape",
        )
        if not found:
            ready("frame", "flow")
            return
        _apart(found)
    if not _measured():
        return
    trained = twostream.trained_fusion()
    with left:
        _joined(trained)
    with right:
        _kit.plot(
            figures.by_weight(trained),
            key="twostream_weight_plot",
            alt="Accuracy against the share of the spatial stream, for three questions",
        )
        _confused(trained)


def _apart(found: Mapping[str, Measured]) -> None:
    """Show what each stream alone gets right, over its seeds."""
    rows = {STREAMS[name]: {q: model.mean(q) for q in LABELS} for name, model in found.items()}
    spread = {STREAMS[name]: {q: model.spread(q) for q in LABELS} for name, model in found.items()}
    _kit.plot(
        figures.accuracies(rows, chance=CHANCE, spread=spread),
        key="twostream_matrix_plot",
        alt="Share of test clips each stream gets right, for colour, shape and action",
    )
    st.caption(
        f"Percent of clips of the test split, which no training has seen. {seeds(found, STREAMS)}"
    )


def _joined(trained: twostream.TrainedFusion) -> None:
    """Show what every way of joining the two streams gets right."""
    joined = {
        METHODS[method]: {q: trained.accuracy[q][method] for q in LABELS} for method in METHODS
    }
    _kit.plot(
        figures.accuracies(joined, chance=CHANCE),
        key="twostream_fusion_plot",
        alt="Share of test clips right by each way of joining the two streams",
    )
    action = trained.accuracy["action"]
    gain = 100 * (action["learned"] - action["average"])
    st.caption(
        f"The pair that this page runs, one seed: {trained.tested:,} test clips; weights and SVM "
        f"fitted on {trained.fitted:,} others. In action, learning changes {gain:+.1f} points on "
        "averaging: the less two streams know of the same, the less there is to learn about whom "
        "to believe."
    )


def _confused(trained: twostream.TrainedFusion) -> None:
    """Show which actions are taken for which."""
    with _kit.controls():
        method = str(
            st.selectbox(
                "Actions confused by the",
                list(METHODS),
                0,
                format_func=lambda name: METHODS[name],
                **_kit.bound("twostream_method"),
            )
        )
    _kit.plot(
        figures.confusion(trained.confusion[method], ACTIONS),
        key="twostream_confusion_plot",
        alt=f"Which action was taken for which, by: {METHODS[method]}",
    )


def _better(question: str) -> str:
    """Read from the table which stream knows more of a question."""
    pair = measured(["frame", "flow"])
    if len(pair) < 2:
        return "the spatial stream"
    spatial, temporal = pair["frame"].mean(question), pair["flow"].mean(question)
    if max(spatial, temporal) < 2 * CHANCE[question]:
        return "neither knows it"
    return "the spatial stream" if spatial > temporal else "the temporal stream"


def _measured() -> bool:
    """Say what is missing where the fusion was not measured with these weights."""
    if not ready("frame", "flow"):
        return False
    trouble = twostream.trained_trouble()
    if trouble:
        st.info(trouble, icon=":material/hourglass_empty:")
    return not trouble


# ---- scene bias --------------------------------------------------------------------------------
def leak(clip: Clip) -> None:
    """A background that gives the answer away."""
    _leak()
    left, right = _kit.halves()
    with left:
        _kit.notice(
            "A spatial stream that was trained where the background tells the action reads the "
            "background, and says what is not happening. Nothing in its training could have told "
            "it. Turn the knob: the temporal stream, trained on the very same clips, hardly cares, "
            "as flow does not see hue. Where the spatial one errs, it names a neighbour: their "
            "hues are close. Real data leak as well: a network for scenes with a linear layer "
            "reaches 59.7 % on UCF-101, where chance is 1.0 %.",
            r"\text{hue} = 2\pi\,\frac{\text{action}}{14}",
        )
    with right:
        _leaked()
    _kit.peek(twostream.biased_clip)


@st.fragment
def _leak() -> None:
    left, right = _kit.halves()
    with left:
        slot = st.container()
        with _kit.controls():
            motion, background, seed = _biased()
        shown = twostream.biased_clip(motion, background, seed=seed)
        says = NOTHING if background is None else ACTIONS[background]
        with slot:
            stage(
                shown,
                key="twostream_leak_stage",
                alt=f"A red disc, action {ACTIONS[motion]}, before a background that says {says}",
                tallest=300,
                strip=False,
            )
    with right:
        _kit.predict(
            "A spatial stream learned where the background's hue gave the action away. It is "
            "shown another motion before that hue. It believes…",
            ["the background", "the motion", "neither"],
            _believes(),
            "The hue was right nearly every time, and frames show little else of the action.",
            key="twostream_leak",
        )
        with _kit.controls("knob"):
            world = st.segmented_control(
                "Both streams were trained where the background",
                list(WORLDS),
                default=GIVES_AWAY,
                required=True,
                **_kit.bound("twostream_trained_where"),
            )
        spatial, temporal = WORLDS[str(world)]
        if not ready(spatial, temporal):
            return
        result = _kit.compute(twostream.watch, shown, spatial=spatial, temporal=temporal)
        _kit.plot(
            figures.believed(
                {
                    "spatial stream": twostream.softmax(result.spatial["action"]),
                    "temporal stream": twostream.softmax(result.temporal["action"]),
                },
                motion=motion,
                background=background,
                labels=ACTIONS,
            ),
            key="twostream_leak_plot",
            alt="How much each stream believes the motion, and how much the background",
        )


def _biased() -> tuple[int, int | None, int]:
    """Ask what the clip does, what its background says, and which of many such clips."""
    with st.container(horizontal=True):
        motion = st.selectbox(
            "It moves",
            range(len(ACTIONS)),
            OPENING["action"],
            format_func=lambda k: ACTIONS[k],
            **_kit.bound("twostream_moves"),
        )
        says = st.selectbox(
            "The background says",
            [NOTHING, *ACTIONS],
            1 + ACTIONS.index("up"),
            **_kit.bound("twostream_background"),
        )
    seed = _kit.slider("Another clip like it", 0, 99, 1, key="twostream_leak_seed")
    return motion, None if says == NOTHING else ACTIONS.index(says), seed


def _believes() -> str:
    """Read from the table what the leak's spatial stream goes by: which it loses most without."""
    model = measured([LEAKY]).get(LEAKY)
    if model is None or not model.values(WITHOUT):
        return "the background"
    by_motion, by_background = model.mean(WITHOUT), model.mean("action") - model.mean(WITHOUT)
    if max(by_motion, by_background) < 2 * CHANCE["action"]:
        return "neither"
    return "the background" if by_background > by_motion else "the motion"


def _leaked() -> None:
    """Show, over the test clips, what is left once the background tells nothing."""
    names = {LEAKY: "spatial stream", LEAKY_FLOW: "temporal stream"}
    found = {n: model for n, model in measured(names).items() if model.values(WITHOUT)}
    if not found:
        return
    _kit.plot(
        figures.leaks(
            {
                names[name]: {
                    "the background tells": model.mean("action"),
                    "it tells nothing": model.mean(WITHOUT),
                }
                for name, model in found.items()
            }
        ),
        key="twostream_leaked_plot",
        alt="Actions right with the leak and without it, for both streams trained with the leak",
    )
    st.caption(
        "Actions right on test clips, both streams trained where the background gave nine actions "
        f"in ten away. {seeds(found, names)}"
    )


# ---- filters -----------------------------------------------------------------------------------
def filters(clip: Clip) -> None:
    """What the first layers look for."""
    _filters()
    _kit.explain(
        "Left, small pictures: blobs and edges in colour. Right, small films: each line is the "
        "path that a filter would like best, one step per flow field. Straight ones answer to "
        "steady motion, curls to rotation, zigzags to change of direction. Nobody drew them: "
        "they were learned from labels alone.",
        r"F_n = \max\left(0,\ \textstyle\sum_{c} K_{n,c} * I_c\right)",
        twostream.first_layers,
        twostream.spatial_features,
    )


@st.fragment
def _filters() -> None:
    if not ready("frame", "flow"):
        return
    layers = _first_layers()
    left, right = _kit.halves(even=True)
    with left:
        st.markdown("**The spatial stream** reads 3 channels: red, green, blue.")
        _kit.plot(
            figures.spatial_filters(layers),
            key="twostream_spatial_filters",
            alt="The first filters of the spatial stream as small colour pictures",
        )
    with right:
        channels = layers.temporal.shape[-1]
        st.markdown(f"**The temporal stream** reads {channels} channels: u and v of each flow.")
        _kit.plot(
            figures.filter_arrows(layers),
            key="twostream_temporal_filters",
            alt="For each first filter of the temporal stream, the motion it answers to most",
        )
    with st.expander("The same filters as numbers, channel by channel", icon=":material/grid_on:"):
        _kit.plot(
            figures.temporal_filters(layers),
            key="twostream_filter_table",
            alt="Weights of the temporal stream's first filters, summed over their taps",
        )


@st.cache_resource(show_spinner=False)
def _first_layers() -> twostream.FirstLayers:
    return twostream.first_layers()


# ---- cost --------------------------------------------------------------------------------------
def cost(clip: Clip) -> None:
    """What it costs, and what was published."""
    _cost(clip)
    _kit.explain(
        "Two equal networks cost twice one network; the flow comes on top, and here it takes most "
        "of the time. In 2014 it took 0.06 s a pair on a GPU and was computed once and stored: "
        "1.5 TB for UCF-101, 27 GB as JPEG. Of each published network, most weights sit in the "
        "first full layer.",
        r"\text{parameters} = \sum_\ell n_\ell\,(k_\ell^2\, n_{\ell-1} + 1)",
        twostream.layer_costs,
        twostream.spend,
    )


def _cost(clip: Clip) -> None:
    left, right = _kit.halves(even=True)
    with left:
        st.markdown("**Measured now**, for our small streams on one clip, on this server:")
        if ready("frame", "flow"):
            _spent(clip)
        _published()
    with right:
        st.markdown(facts())


@st.fragment
def _spent(clip: Clip) -> None:
    """Measure, each time anew, where the time goes."""
    seconds = _kit.run(twostream.spend, clip)
    _kit.plot(
        figures.spent(seconds),
        key="twostream_spent_plot",
        alt="Milliseconds for flow and for both networks",
    )
    share = seconds["flow"] / sum(seconds.values())
    _kit.numbers(
        Flow_takes=f"{share:.0%} of the time",
        Per_pair=f"{1e3 * seconds['flow'] / FIELDS:.1f} ms at 48 × 48",
    )
    with _kit.controls("again"):
        st.button("Measure again", icon=":material/refresh:")


@st.fragment
def _published() -> None:
    """Bill the published networks, layer by layer."""
    with _kit.controls():
        what = str(
            st.segmented_control(
                "The published network, by layer",
                list(COUNTED),
                default="parameters",
                required=True,
                format_func=lambda name: COUNTED[name],
                **_kit.bound("twostream_counted"),
            )
        )
    streams = {
        "spatial": _kit.run(twostream.layer_costs, SPATIAL),
        "temporal": twostream.layer_costs(TEMPORAL),
    }
    _kit.plot(
        figures.layers(streams, what=what),
        key="twostream_layers_plot",
        alt=f"{COUNTED[what]} of each layer of the published streams",
    )
    totals = {name: sum(getattr(layer, what) for layer in costs) for name, costs in streams.items()}
    _kit.numbers(
        **{
            f"{name.capitalize()}_stream": f"{total / 1e6:,.1f} M" for name, total in totals.items()
        },
        Together=f"{sum(totals.values()) / 1e6:,.1f} M",
    )


FACTS = (
    (
        "88.0 % on UCF-101, by averaging softmax scores",
        "88.0 is the **SVM** fusion, the mean of three splits; averaging gave **86.9**. Alone: "
        "spatial 73.0, temporal 83.7",
    ),
    (
        "The temporal stream alone reached 83.7 %",
        "Yes, trained on UCF and HMDB together; **81.0** on UCF alone (split 1)",
    ),
    (
        "Inspired by the visual cortex",
        "The paper calls itself *related to* the two-streams hypothesis, and does not investigate "
        "the link",
    ),
    (
        "Flow takes several seconds per frame on a CPU",
        "**0.06 s** a pair on a GPU of 2014. On one CPU thread today, 320 × 240: DIS 4 to 23 ms, "
        "Farnebäck 40 ms. Slow variational methods can take seconds",
    ),
    ("Two networks double the cost", "About right where they are equal; flow is extra"),
    (
        "So 3D networks did away with flow",
        "Flow still **added points** to those of 2017–18: I3D 71.1 with RGB, 74.2 with flow; "
        "R(2+1)D 72.0 and 73.9 (Kinetics)",
    ),
    (
        "Motion works whatever things look like",
        "Flow still shows silhouette and scene layout: see the shape column under *Who knows what*",
    ),
)


def facts() -> str:
    """Lay what is often read beside what the sources say."""
    rows = "\n".join(f"| {claim} | {source} |" for claim, source in FACTS)
    return f"| One often reads | The sources say |\n|---|---|\n{rows}"
