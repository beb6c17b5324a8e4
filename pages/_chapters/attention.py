"""Attention, chapter by chapter: what it costs, what it learned, what the papers report."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from pages import _kit
from vidcore import attention, zoo
from vidcore.figures import attention as figures
from vidcore.media import Clip

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
BASE, SMALL = "TimeSformer: 8 frames, 224 pixels, patches of 16", "the article's example: 4 × 9"
MAE = "VideoMAE: 16 frames as 8 tubelets"
PRESETS = {  # slices, height, width, patch
    BASE: (8, 224, 224, 16),
    SMALL: (4, 48, 48, 16),
    MAE: (8, 224, 224, 16),
    "TimeSformer-HR: 16 frames, 448 pixels": (16, 448, 448, 16),
    "TimeSformer-L: 96 frames": (96, 224, 224, 16),
}
PRESET_SAYS = {
    BASE: "8 frames of 14 × 14 patches are 1,568 tokens, not 12,544: that is 8² × 196.",
    SMALL: "Small enough to count by hand: 36 tokens, 1,296 pairs if all meet; 4 · 4 · 9 along "
    "time and 4 · 9 · 9 across space make 468.",
    MAE: "VideoMAE lets all 1,568 tokens meet. Joint attention is not out of reach.",
}
LONGEST = 128


def complexity(clip: Clip) -> None:
    """Two meters."""
    _complexity()
    _kit.explain(
        "Pairs and work are two meters. At 8 frames divided attention scores 7.7 times fewer pairs "
        "and does more work in all, because it projects twice: 121 against 86 million parameters. "
        "It becomes the cheaper one where scores outgrow projections. Memory bites earlier: its "
        "authors report joint attention out of GPU memory at 32 frames.",
        r"\begin{aligned} \text{joint} &= T^2 N^2 \\ \text{divided} &= T^2 N + T N^2 \\"
        r"\text{ratio} &= TN / (T + N) \end{aligned}",
        attention.pairs,
        attention.multiply_adds,
        attention.crossover,
    )


@st.fragment
def _complexity() -> None:
    left, right = _kit.halves()
    with right:
        _kit.predict(
            "At 8 frames of 224 pixels, divided attention scores 7.7 times fewer pairs than joint. "
            "The whole network then needs…",
            ["a seventh of the multiply-adds", "about half", "slightly more"],
            _more_or_less(8, 196),
            f"{_gmacs('divided', 8, 196)} against {_gmacs('joint', 8, 196)} GMACs: at 196 patches, "
            "scores are a quarter of joint attention's work; the rest is projections and MLP, and "
            "divided attention adds to those.",
            key="attention_meters",
        )
        with _kit.controls():
            preset = st.selectbox("Start from", list(PRESETS), **_kit.bound("attention_preset"))
            T, H, W, P = PRESETS[str(preset)]
            kind = f"attention_{list(PRESETS).index(str(preset))}"  # each preset keeps its sliders
            T = _kit.slider("Frames, or slices of tubelets (T)", 1, LONGEST, T, key=f"{kind}_T")
            H = _kit.slider("Height (pixels)", 32, 512, H, 16, key=f"{kind}_H")
            W = _kit.slider("Width (pixels)", 32, 512, W, 16, key=f"{kind}_W")
            P = st.select_slider("Patch (pixels)", [8, 14, 16, 32], P, **_kit.bound(f"{kind}_P"))
        _, N = attention.token_grid(T, H, W, int(P))
        size = attention.Size(patch=int(P))
        joint, divided = (attention.pairs(s, T, N) for s in ("joint", "divided"))
        works = [attention.multiply_adds(s, T, N, size) for s in ("divided", "joint")]
        _kit.numbers(
            Tokens=f"{T} × {N} = {T * N:,}",
            Pairs=f"{joint / divided:.2f} × fewer",
            Work_in_all=f"{works[0] / works[1]:.2f} ×",
        )
        if str(preset) in PRESET_SAYS:
            st.caption(PRESET_SAYS[str(preset)])
    result = _kit.run(attention.cost, range(1, LONGEST + 1), N, size)
    with left:
        _kit.plot(
            figures.cost_curves(result, "pairs", T=T),
            key="attention_pairs_plot",
            alt="Pairs to score in one layer against the length of the clip, for four schemes",
        )
        _kit.plot(
            figures.cost_curves(result, "multiply_adds", T=T),
            key="attention_macs_plot",
            alt="Multiply-adds of the whole network against the length of the clip, four schemes",
        )
        cross = result.crossover
        st.caption(
            f"With {N} patches a frame, divided attention does less work than joint from {cross} "
            "frames on (shaded)."
            if cross and cross <= LONGEST
            else f"With {N} patches a frame, divided attention does more work than joint at every "
            f"length up to {LONGEST} frames."
        )
        st.markdown(_bill(T, N, size))
    _measured()


def _bill(T: int, N: int, size: attention.Size) -> str:
    """Write what each scheme costs at one length, as a table."""
    rows = [
        (
            scheme,
            f"{attention.pairs(scheme, T, N):,}",
            f"{attention.pairs_per_query(scheme, T, N):,}",
            f"{_gmacs(scheme, T, N, size)}",
            f"{attention.parameters(scheme, T, N, size) / 1e6:.1f}\N{NO-BREAK SPACE}M",
            f"{attention.score_bytes(scheme, T, N, size) / 2**20:,.1f}\N{NO-BREAK SPACE}MiB",
        )
        for scheme in attention.SCHEMES
    ]
    head = ("scheme", "pairs", "keys a query", "GMACs", "weights", "maps of a layer")
    return table(head, tuple(rows))


def _more_or_less(T: int, N: int) -> str:
    ratio = attention.multiply_adds("divided", T, N) / attention.multiply_adds("joint", T, N)
    return "slightly more" if ratio > 1 else "about half"


def _gmacs(scheme: str, T: int, N: int, size: attention.Size = attention.BASE) -> str:
    return f"{attention.multiply_adds(scheme, T, N, size) / 1e9:,.1f}"


def _measured() -> None:
    """Show the benchmark's times, where it has run."""
    path = RESULTS / "attention_time.json"
    if not path.exists():
        return
    read = json.loads(path.read_text())
    st.markdown(f"**Measured**: {read['says']}")
    _kit.plot(
        figures.timings({k: (v["frames"], v["ms"], v["slope"]) for k, v in read["rows"].items()}),
        key="attention_time_plot",
        alt="Measured time of one block against the length of the clip, joint and divided",
    )


def objectives(clip: Clip) -> None:
    """The objective makes the map."""
    _objectives()
    _kit.explain(
        "Both kinds of network look at the object when asked from the object. The difference is "
        "what the background does: a classifier sends it to the object as well, because all it "
        "needs is one answer for the clip. Copying colour gives each patch a question of its own.",
        r"\hat c_i = \sum_j A_{ij}\, c_j \qquad \mathcal L = -\sum_i w_i\; c_i \cdot \log \hat c_i",
        *_trained_with(),
    )


def _trained_with() -> tuple[Any, ...]:
    from vidcore.attention import explore, softmax

    return explore, softmax


@st.fragment
def _objectives() -> None:
    left, right = _kit.halves()
    rows = measured_looks()
    with right:
        _kit.predict(
            "A network is trained to name the action. Ask a patch of empty background where it "
            "attends. It looks…",
            ["at other background", "at the moving object", "everywhere alike"],
            "at the moving object",
            "One answer is wanted for the whole clip, so every patch collects it from the object: "
            "saliency. Nothing made the patches tell apart whose question it is.",
            key="attention_saliency",
        )
        for name in ("track_joint", "track_divided"):
            if name in zoo.names("track"):
                _numbers_of(name)
    with left:
        if rows:
            _kit.plot(
                figures.looks(rows),
                key="attention_looks_plot",
                alt="Attention on the object in other frames, asked from the object and beside it",
            )
            st.caption(
                "On test clips with a small object; layer and head of each network chosen on "
                "validation clips. track_: copies colour. joint, divided: name the action."
            )
        st.markdown(
            "| objective | who answers | its attention |\n|---|---|---|\n"
            "| name the action | the whole clip, once | saliency: all look at the object |\n"
            "| copy colour from other frames | each patch of each frame | tracking: each looks at "
            "itself, elsewhere |"
        )
        st.caption(
            "The networks that copy see a grey video and predict colours of each patch as a "
            "mixture of the colours of patches in other frames, and nothing else carries colour "
            "(Vondrick et al. 2018). The mixture's weights are the map you point at."
        )


def _numbers_of(name: str) -> None:
    of = zoo.card(name)
    m = of.metrics
    st.markdown(
        f"**{name}** · {of.parameters:,} parameters, trained in {of.minutes:.0f} minutes on a CPU. "
        "On 1,000 test clips whose object covers 3 to 6 % of the pixels, asked from the object:"
    )
    _kit.numbers(
        of_attention_on_it=f"{m['share']:.0%} = {m['ratio']:.1f} × even",
        top_patch_on_it=f"{m['top1']:.1%}",
        asked_from_beside=f"{m['background']:.2f} × even",
        after_a_large_jump=f"{m['far_share']:.0%}, top {m['far_top1']:.1%}",
    )


def measured_looks() -> dict[str, dict[str, float]]:
    """Return where each network looks, from the benchmark file, or from the cards there are."""
    path = RESULTS / "attention_looks.json"
    if path.exists():
        return dict(json.loads(path.read_text())["rows"])
    return {n: dict(zoo.card(n).metrics) for n in zoo.names("track")}


# ---- what the papers report ---------------------------------------------------------------------
TABLES = {
    "Which tokens meet: TimeSformer, Table 1": (
        ("attention", "Kinetics-400", "Something-Something V2"),
        (
            ("space only", "76.9", "36.6"),
            ("joint space-time", "77.4", "58.5"),
            ("divided space-time", "**78.0**", "**59.5**"),
        ),
        "Top-1, per cent. Divided was also the more accurate one, which its authors credit to its "
        "larger capacity. Space only loses 1.1 points where a frame tells the action, and 22.9 "
        "where order does.",
    ),
    "Does it know when? TimeSformer, Table 4": (
        ("positions", "Kinetics-400", "Something-Something V2"),
        (
            ("none", "75.4", "45.8"),
            ("space only", "77.8", "52.5"),
            ("space and time", "**78.0**", "**59.5**"),
        ),
        "Without positions in time a shuffled clip has the same answer: a test of ours permutes "
        "the frames and finds the pooled output unchanged.",
    ),
    "One joint, three factorised: ViViT, Table 2": (
        ("ViViT-B", "Kinetics-400", "Epic-Kitchens", "GFLOPs", "run time"),
        (
            ("1, joint", "**80.0**", "43.1", "455", "58.9\N{NO-BREAK SPACE}ms"),
            ("2, factorised encoder", "78.8", "**43.7**", "284", "17.4\N{NO-BREAK SPACE}ms"),
        ),
        "The factorised encoder is the best trade, and best on Epic-Kitchens; the joint model is "
        "more accurate on Kinetics. Of the released B models: 79.9 and 78.4.",
    ),
}
CORRECTED = (
    (
        "8 frames of 14 × 14 patches make 12,544 tokens",
        "They make 1,568; 12,544 is 8² × 196, or the count of 64 frames.",
    ),
    (
        "Divided attention makes compute drop eightfold; joint is prohibitive",
        "Score pairs drop 7.7 times. The total rises, from 179.6 to 195.8 GMACs at 8 frames; the "
        "two cross between 8 and 16. VideoMAE trains with joint attention on 1,568 tokens.",
    ),
    (
        "ViViT explores four factorisations, and the factorised encoder is the most effective",
        "Four models, one of them unfactorised; that one is the most accurate on Kinetics-400, "
        "80.0 against 78.8.",
    ),
    (
        "The factorised encoder reached 81.3 % on Kinetics-400",
        "ViViT-L with the factorised encoder: 81.7 %, one view of three crops; 80.6 % in one view. "
        "The 81.3 % come with 3,992 GFLOPs, which is the row of joint attention at 320 pixels in "
        "the paper's table: an attribution by its cost.",
    ),
    (
        "A transformer sees everything from its first layer on",
        "Joint: yes. Divided: in two hops within a block. Factorised encoder: no link between "
        "slices until the first encoder ends. Toggle *Pairs that exist* in the explorer.",
    ),
    (
        "Pure attention matches convolution",
        "After pretraining on many images. From scratch on Kinetics-400: 64.8.",
    ),
)


def published(clip: Clip) -> None:
    """The tables, and what is often said wrongly."""
    left, right = _kit.halves(even=True)
    with left:
        for title, (header, rows, says) in TABLES.items():
            st.markdown(f"**{title}**\n\n" + table(header, rows))
            st.caption(says)
    with right:
        st.markdown("**Often said, and corrected**")
        for said, true in CORRECTED:
            st.markdown(f"*{said}.*  \n{true}")
    _kit.explain(
        "A table of accuracies is a table of settings: views, crops, pretraining, data. Two rows "
        "compare only where all the rest is equal, as within each of these.",
        r"\text{cost of a clip} = \text{GFLOPs per view} \times \text{views}",
        attention.divided_block,
        attention.joint_block,
    )


def table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """Write a table in markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
