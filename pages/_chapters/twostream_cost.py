"""What two streams cost, measured and published, and what is often read about them."""

import streamlit as st

from pages import _kit
from pages._chapters.twostream import ready
from vidcore import twostream
from vidcore.figures import twostream as figures
from vidcore.media import Clip
from vidcore.twostream.layout import SPATIAL, TEMPORAL

FIELDS = 15  # between 16 frames
COUNTED = {"parameters": "Parameters", "multiply_adds": "Multiply-adds"}


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
        _kit.claims(FACTS)


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
