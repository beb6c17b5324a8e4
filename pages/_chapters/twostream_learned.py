"""What two trained streams are worth: who knows what, and what they look for."""

from collections.abc import Mapping

import streamlit as st

from pages import _kit
from pages._chapters.twostream import CHANCE, LABELS, ready
from pages._measured import Measured, measured, seeds
from vidcore import twostream
from vidcore.figures import twostream as figures
from vidcore.figures import twostream_filters
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS

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


# ---- who knows what ----------------------------------------------------------------------------
def matrix(clip: Clip) -> None:
    """Colour, shape and action, by stream."""
    _matrix()
    _kit.explain(
        "The spatial stream knows colour and shape, the temporal one the action; joined they are "
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
        f"fitted on {trained.fitted:,} others. In action, learning changes "
        f"{_kit.signed(gain, '+.1f')} points on averaging: the less two streams know of the same, "
        "the less there is to learn about whom to believe."
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
            twostream_filters.spatial_filters(layers),
            key="twostream_spatial_filters",
            alt="The first filters of the spatial stream as small colour pictures",
        )
    with right:
        channels = layers.temporal.shape[-1]
        st.markdown(f"**The temporal stream** reads {channels} channels: u and v of each flow.")
        _kit.plot(
            twostream_filters.filter_arrows(layers),
            key="twostream_temporal_filters",
            alt="For each first filter of the temporal stream, the motion it answers to most",
        )
    with st.expander("The same filters as numbers, channel by channel", icon=":material/grid_on:"):
        _kit.plot(
            twostream_filters.temporal_filters(layers),
            key="twostream_filter_table",
            alt="Weights of the temporal stream's first filters, summed over their taps",
        )


@st.cache_resource(show_spinner=False)
def _first_layers() -> twostream.FirstLayers:
    return twostream.first_layers()
