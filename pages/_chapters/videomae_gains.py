"""VideoMAE, the later chapters: time saved, targets, few labels, the published numbers."""

import streamlit as st

from pages import _kit
from pages._chapters.videomae import WITHOUT
from vidcore import videomae
from vidcore.figures import videomae as figures
from vidcore.media import Clip
from vidcore.weights import card

RATIOS = (0.0, 0.5, 0.75, 0.9, 0.95)
SHARES = {"a half": 0.5, "a tenth": 0.1, "less than a tenth": 0.08}
QUESTIONS = ["action", "colour"]
ABLATION = (  # Tong et al. 2022, ViT-B: mask, top-1 on Something-Something V2 and on Kinetics-400
    ("tube 90 %", 69.6, 80.0),
    ("random 90 %", 68.3, 79.5),
    ("tube 75 %", 68.0, 79.8),
    ("frame 87.5 %", 61.5, 76.5),
)


def savings(clip: Clip) -> None:
    """What the encoder does not see costs nothing."""
    _savings(clip)
    _kit.explain(
        "The linear part of a transformer grows with its tokens, attention with their square. So "
        "an encoder that sees a tenth of the tokens needs less than a tenth of the work, and the "
        "whole pretraining gets cheaper. The thin decoder pays for all cubes, hidden ones too.",
        r"\text{block}(n) = \underbrace{4 n D^2 + 2 n D D_{\text{MLP}}}_{\text{linear}} "
        r"+ \underbrace{2 n^2 D}_{\text{attention}}",
        videomae.cost,
        videomae.time_encoder,
    )


@st.fragment
def _savings(clip: Clip) -> None:
    left, right = _kit.halves(even=True)
    paper = videomae.PAPER
    costs = [videomae.cost(paper, seen(paper.grid, ratio)) for ratio in RATIOS]
    whole, hidden = costs[0], costs[RATIOS.index(0.9)]
    share = hidden.encoder / whole.encoder
    with right:
        _kit.predict(
            f"In the paper's setting the encoder sees {hidden.visible} of {whole.tokens:,} tokens. "
            "Of the work for the whole clip, its work is about…",
            list(SHARES),
            min(SHARES, key=lambda words: abs(SHARES[words] - share)),
            f"{share:.1%}: tokens fall to {hidden.visible / whole.tokens:.1%}, attention to the "
            "square of that.",
            key="videomae_share",
        )
        _kit.plot(
            figures.multiply_adds(costs, RATIOS),
            key="videomae_cost_plot",
            alt="Multiply-adds of encoder and decoder of the paper's ViT-B by share hidden",
        )
        _kit.numbers(
            Encoder_sees=f"{hidden.visible} of {whole.tokens:,} tokens",
            Its_work=f"{hidden.encoder / 1e9:.1f} of {whole.encoder / 1e9:.1f} billion",
        )
        st.caption(
            f"ViT-B on 16 frames of 224 pixels. At 90 %, floor(0.9 × 196) = 176 places are hidden: "
            f"{1 - hidden.visible / whole.tokens:.1%} of the tokens. In multiply-adds, by formula."
        )
    with left:
        if not videomae.shipped():
            st.info(WITHOUT, icon=":material/model_training:")
            return
        times = _kit.compute(videomae.time_encoder, clip, ratios=RATIOS)
        _kit.plot(
            figures.encoder_times(times),
            key="videomae_time_plot",
            alt="Time of our small encoder against the share hidden, measured on this server",
        )
        at = RATIOS.index(0.9)
        _kit.numbers(
            Our_encoder_whole_clip=f"{1e3 * times.seconds[0]:.1f} ms",
            at_90_percent=f"{1e3 * times.seconds[at]:.1f} ms",
            Saved=f"{1 - times.seconds[at] / times.seconds[0]:.0%}",
        )
        st.caption(
            f"Measured just now on this server: our encoder of {times.visible[0]:,} tokens, one "
            "clip, the median of several runs in turns. Small networks save less than the formula "
            "says: what each layer costs before its first token is saved by nobody."
        )


def seen(grid: tuple[int, int, int], ratio: float) -> int:
    """Tokens that the encoder sees under a tube mask."""
    return int((~videomae.mask_of(videomae.Hide(ratio=ratio), grid)).sum())


def targets(clip: Clip) -> None:
    """Pixels as they are, or normalised cube by cube."""
    _targets(clip)
    _kit.explain(
        "The paper predicts normalised cubes: each cube and colour brought to mean 0 and deviation "
        "1, so that a faint texture counts as much as a strong edge. A cube without texture "
        "becomes pure noise, blown up. Our small network predicts plain pixels: its smooth ground "
        "has little texture to find, and a picture needs the colours that normalising drops.",
        r"y_n = \frac{x_n - \operatorname{mean}(x_n)}{\operatorname{std}(x_n) + 10^{-6}}",
        videomae.to_cubes,
        videomae.normalise,
    )


@st.fragment
def _targets(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            slice_ = _kit.slider("Slice (two frames)", 0, 7, 0, key="videomae_slice")
            patch = st.select_slider(
                "Side of a cube (pixels)", [4, 6, 8, 12], 6, **_kit.bound("videomae_patch")
            )
        pair = _kit.compute(videomae.targets_of, clip, slice_, patch=int(patch))
        _kit.numbers(
            Cubes_in_a_slice=f"{pair.level.size}",
            Values_in_a_cube=f"{2 * int(patch) ** 2 * 3}",
            Deviation_inside_a_cube=f"{pair.spread.min():.3f} to {pair.spread.max():.3f}",
        )
        st.caption(
            "Deviations are of grey values from 0 to 1, and normalising divides by them: the "
            "flattest cube of this slice is blown up "
            f"{pair.spread.max() / max(pair.spread.min(), 1e-6):.0f} times as much as the "
            "busiest one."
        )
    with left:
        _kit.plot(
            figures.target_pair(pair),
            key="videomae_target_plot",
            alt="A frame as pixels, and normalised cube by cube",
        )


def labels(clip: Clip) -> None:
    """What pretraining buys when labels are few, on our own small network."""
    _labels()
    _kit.explain(
        "Read the bars of three seeds, not the points: where they overlap, nothing is claimed. "
        "The probe asks what the encoder knows already, fine-tuning what it can be taught. This "
        "is one small network on one generated world, and says nothing about the paper's.",
        r"\text{probe: } \operatorname{softmax}(W \cdot \tfrac1N \textstyle\sum_n "
        r"\text{encoder}(x)_n)",
        videomae.reconstruct,
    )


@st.fragment
def _labels() -> None:
    rows = card("masked").extra.get("few_labels", ()) if videomae.shipped() else ()
    if not rows:
        st.info(
            "Not measured yet: `python -m training.few_labels` makes the table.",
            icon=":material/model_training:",
        )
        return
    with _kit.controls():
        question = st.segmented_control(
            "Question",
            QUESTIONS,
            default=QUESTIONS[0],
            required=True,
            **_kit.bound("videomae_question"),
        )
    left, right = _kit.halves()
    with left:
        _kit.plot(
            figures.few_labels(rows, str(question)),
            key="videomae_labels_plot",
            alt=f"Accuracy on {question} against labels per class, four ways to use them",
        )
    with right:
        st.markdown(verdict(rows, str(question)))
        st.caption(card("masked").extra.get("few_labels_about", ""))


def verdict(rows: list[dict[str, object]], question: str) -> str:
    """Say, pair by pair, whether pretraining helped by more than the spread of three seeds."""
    lines = []
    for pretrained, fresh, words in (
        ("probe", "probe_random", "**Frozen, with a linear layer on top**"),
        ("finetune", "scratch", "**Trained on, all of it**"),
    ):
        gains = []
        for count in sorted({int(str(r["labels"])) for r in rows}):
            a, b = (
                next(
                    r
                    for r in rows
                    if (r["learner"], r["question"], r["labels"]) == (who, question, count)
                )
                for who in (pretrained, fresh)
            )
            gain = float(str(a["mean"])) - float(str(b["mean"]))
            spread = float(str(a["spread"])) + float(str(b["spread"]))
            clear = "" if abs(gain) > spread else " (within the spread)"
            if max(float(str(r["mean"])) - 2 * float(str(r["spread"])) for r in (a, b)) <= float(
                str(a["chance"])
            ):
                clear = " (both at chance)"
            gains.append(f"{count}: {_kit.signed(100 * gain, '+.1f')} points{clear}")
        lines.append(
            f"{words}, pretrained against random, by labels per class:\n\n" + "; ".join(gains)
        )
    return "\n\n".join(lines)


def published(clip: Clip) -> None:
    """What the paper measured, and what it did not."""
    left, right = _kit.halves()
    with left:
        _kit.plot(
            figures.ablation(ABLATION),
            key="videomae_ablation_plot",
            alt="Published accuracy after pretraining with four masks, on two data sets",
        )
        st.caption(
            "ViT-B, fine-tuned after pretraining with each mask (Tong et al. 2022, ablations). The "
            "axis starts at 55 %."
        )
        st.markdown(MERGED)
    with right:
        _kit.predict(
            "At 90 % hidden, how much better than random masks were tubes on "
            "Something-Something V2?",
            ["about 1 point", "about 5 points", "about 10 points"],
            "about 1 point",
            f"{ABLATION[0][1] - ABLATION[1][1]:.1f} points. The ratio matters as much: tubes at "
            f"75 % lose {ABLATION[0][1] - ABLATION[2][1]:.1f}. Whole frames lose "
            f"{ABLATION[0][1] - ABLATION[3][1]:.1f}.",
            key="videomae_published",
        )
        st.markdown(DROPPED)
    _kit.explain(
        "One mask is drawn and tiled over the 8 slices of 16 frames: 176 of 196 places are hidden, "
        "160 of 1,568 tokens stay. Kinetics and Something-Something V2 were pretrained at 90 %, "
        "the small UCF-101 at 75 %.",
        r"\begin{aligned} \lfloor 0.9 \cdot 196 \rfloor &= 176 \\ 8 \cdot (196 - 176) &= 160 "
        r"\end{aligned}",
        videomae.tube_mask,
        videomae.random_mask,
        videomae.frame_mask,
    )


MERGED = """
**Two results that are often merged.**
- *Kinetics-400, 87.4 %*: a ViT-H at 320 pixels, pretrained on the data set's own 240,000 or so
  training clips, then fine-tuned with all of their labels.
- *HMDB-51, 62.6 %*: about 3,500 training videos and nothing else. From scratch the same network
  reaches 18.0 %, contrastive pretraining (MoCo v3) 39.2 %.
"""
DROPPED = """
**Fewer labels?** An “8 × reduction in labelled data” is in neither the paper nor its repository.
What is there: 3.2 × less pretraining time than MoCo v3 (19.5 against 61.7 hours), and 42,000 clips
of Something-Something V2 that prepare for it as well as 240,000 of Kinetics (68.7 against 68.5 %).

**Why it works** is the authors' argument: redundancy between frames permits the high ratio, and the
same redundancy would let a model copy, which is why whole tubes are hidden.
"""
