"""Which frames does a model see?"""

import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, Row, stage
from vidcore import motion, sampling
from vidcore.figures import sampling as figures
from vidcore.figures import theme
from vidcore.media import Clip

VIEW = {"t": 0, "order": "forward"}


def main() -> None:
    """Tell the story of the page: a question, a stage, and one chapter at a time beside it."""
    _kit.opening(
        "Which frames does a model see?",
        "Before any network runs, somebody decides which frames it gets. The rest never happened.",
    )
    body(_kit.pick_clip())
    _kit.sources(
        "C3D: Tran et al. 2015",
        "TSN: Wang et al. 2016, Tables 3 and 6; tsn-pytorch",
        "SlowFast: Feichtenhofer et al. 2019, sections 3.1 and 3.2, Table 1",
    )


@st.fragment
def body(clip: Clip) -> None:
    """Draw the chosen chapter; a control inside reruns only this."""
    chapter = _kit.chapters(list(CHAPTERS), key="sampling")
    CHAPTERS[chapter](clip)


# ---- the chapters -----------------------------------------------------------------------------
def timeline(clip: Clip) -> None:
    """Four strategies on one timeline."""
    T = len(clip.frames)
    left, right = st.columns([11, 9], gap="large")
    with right:
        _kit.predict(
            f"This clip has {T} frames. Taking every ⌊{T}/K⌋-th frame from the first, K = 16: "
            "what is "
            "never seen?",
            ["nothing", "the start", "the tail"],
            "the tail" if sampling.lost_tail(T, 16) else "nothing",
            f"Frames after {T - 1 - sampling.lost_tail(T, 16)} are out of reach: "
            f"{sampling.lost_tail(T, 16)} of {T}.",
            key="sampling_tail",
        )
        with _kit.controls():
            count = _kit.slider("Frames to take (K)", 1, 32, 8, key="sampling_count")
            start = _kit.slider(
                "Dense and SlowFast start at", 0, max(1, T - 1), 0, key="sampling_start"
            )
            one, two = st.columns(2)
            alpha = one.select_slider("SlowFast α", [2, 4, 8], 4, **_kit.bound("sampling_alpha"))
            slow = two.slider("Slow frames", 1, 16, 4, **_kit.bound("sampling_slow"))
            seed = st.number_input("Draw (TSN seed)", 0, 9999, 0, **_kit.bound("sampling_seed"))
            flawed = st.toggle(
                "As the article wrote them", **_kit.bound("sampling_flawed"),
                help="The common versions of these strategies, with their faults.",
            )  # fmt: skip
    plans = [
        sampling.plan(T, clip.fps, settings)
        for settings in strategies(T, count, start, alpha, slow, seed, flawed)
    ]
    with left:
        stage(
            clip,
            key="sampling_stage",
            alt=f"{_clip.caption()}, {T} frames, and the frames each strategy takes",
            orders=[Order("forward", "All frames")],
            rows=[row for plan in plans for row in rows_of(plan)],
            view=_kit.opening_view("sampling", VIEW),
            on_view=_kit.remember("sampling", "sampling_stage", VIEW),
            tallest=260,
        )
    with right:
        st.dataframe(
            [
                {
                    "strategy": p.label,
                    "spans (s)": round(p.span, 2),
                    "longest gap (frames)": p.largest_gap,
                    "never reached (frames)": p.unreachable_tail,
                }
                for p in plans
            ],
            hide_index=True,
        )
        _kit.notice(
            "Dense sees everything for a moment. Uniform and TSN see the whole arc and forget what "
            "lies between; averaging TSN's segments also forgets their order. SlowFast reads one "
            "clip "
            "at two strides. Press *See it like this* on a row."
        )
        _kit.peek(sampling.dense, sampling.uniform, sampling.tsn, sampling.slowfast)


def strategies(
    T: int, count: int, start: int, alpha: int, slow: int, seed: int, flawed: bool
) -> list[sampling.Settings]:
    """Return the settings of every row: the popular versions if asked, else the correct ones."""
    first: list[sampling.Settings] = [
        sampling.Dense(count, start, article=flawed),
        sampling.Uniform(count, flawed),
        sampling.TSN(count, seed, flawed),
    ]
    if flawed:
        return first
    stride = max(alpha, T // slow // alpha * alpha)  # the widest that fits and that alpha divides
    return [*first, sampling.SlowFast(slow, alpha, stride, start)]


def rows_of(plan: sampling.SamplePlan) -> list[Row]:
    """One row of the stage for each pathway of a plan."""
    return [
        Row(
            f"{plan.label} {path.name}",
            plan.label if len(plan.pathways) == 1 else f"{path.name} pathway",
            path.indices[0].tolist(),
            figures.colour_of(plan.settings, path.name),
            plan.label if len(plan.pathways) > 1 else plan.failure,
        )
        for path in plan.pathways
    ]


def aliasing(_: Clip) -> None:
    """Aliasing: the wheel that turns backwards."""
    left, right = st.columns([11, 9], gap="large")
    with right, _kit.controls():
        spokes = _kit.slider("Spokes", 1, 12, 8, key="sampling_spokes")
        turn = _kit.slider(
            "True turn (degrees per frame)", -90.0, 90.0, 6.0, 1.0, key="sampling_turn"
        )
        stride = _kit.slider("Keep every n-th frame", 1, 16, 7, key="sampling_stride")
        marked = st.toggle("Mark one spoke", **_kit.bound("sampling_marked"))
    scene = _clip.scene("wheel", spokes=spokes, degrees_per_frame=turn, marked=marked)
    T = len(scene.clip.frames)
    kept = list(range(0, T, stride))
    same = 1 if marked else spokes  # how many turned positions look alike
    seen = sampling.apparent_rotation(turn, stride, spokes=same)
    with left:
        stage(
            scene.clip,
            key="sampling_wheel",
            alt=f"A wheel with {spokes} spokes turning by {turn:g} degrees per frame",
            orders=[Order("forward", "Every frame")],
            rows=[Row("kept", f"Every {stride}th frame", kept, theme.UNIFORM)],
            tallest=300,
        )
    with right:
        one, two = st.columns(2)
        one.metric("True turn between samples", f"{turn * stride:+.0f}°")
        two.metric("Seen as", f"{seen:+.1f}°")
        _kit.plot(
            figures.aliasing_curve(sampling.wagon_wheel(turn, spokes=same), stride=stride),
            key="sampling_alias_plot",
            alt="Turn as seen against the stride, folding back beyond half a spoke",
        )
        _kit.notice(
            "A wheel with n equal spokes looks the same after 360/n degrees. Beyond half of "
            "that, the "
            "nearest match lies behind: 190° looks like −170°, 340° like −20°. Mark one spoke, and "
            "the fold moves out to half a turn."
        )
        st.latex(
            r"\text{seen} = d s - \tfrac{360}{n}"
            r"\operatorname{round}\!\left(\tfrac{d s\,n}{360}\right)"
        )
        _kit.peek(sampling.apparent_rotation)


def hits(clip: Clip) -> None:
    """Hits: the clap that falls between samples."""
    left, right = st.columns([11, 9], gap="large")
    with right, _kit.controls():
        length = _kit.slider("Event length (frames)", 1, 60, 6, key="sampling_event")
        count = _kit.slider("Frames to take (K)", 1, 64, 16, key="sampling_k")
        at = _kit.slider("The clap begins at frame", 0, 300 - 60, 120, key="sampling_clap")
        seed = st.number_input("Draw (TSN seed)", 0, 9999, 0, **_kit.bound("sampling_draw"))
    scene = _clip.scene("clap", start=at, length=length)
    n = len(scene.clip.frames)
    settings: list[sampling.Settings] = [
        sampling.Dense(count, seed=seed),
        sampling.Uniform(count),
        sampling.TSN(count, seed),
    ]
    plans = [sampling.plan(n, scene.clip.fps, s) for s in settings]
    chances = [sampling.hit_probability(n, length, s) for s in settings]
    with left:
        stage(
            scene.clip,
            key="sampling_clap_stage",
            alt=f"Two hands clap once, from frame {at} for {length} frames of {n}",
            orders=[Order("forward", "All frames")],
            rows=[row for plan in plans for row in rows_of(plan)],
            tallest=220,
        )
    with right:
        for column, plan, chance in zip(st.columns(3), plans, chances, strict=True):
            seen = ((plan.indices >= at) & (plan.indices < at + length)).any()
            column.metric(
                plan.label,
                f"{chance:.1%}",
                "this draw: seen" if seen else "this draw: missed",
                delta_color="off",
            )
        _kit.plot(
            figures.hit_curves(
                [sampling.hit_curve(n, s, range(1, 61)) for s in settings], event_length=length
            ),
            key="sampling_hit_plot",
            alt="Probability that at least one sampled frame falls into an event, against its "
            "length",
        )
        _kit.notice(
            "A six-frame event in 300 frames is hit by 16 samples at segment centres for 32.5 % "
            "of its "
            "possible starts; with the floored stride, for 30.8 %. Drawing at random inside the "
            "segments changes little on average, but makes every epoch draw anew."
        )
        _kit.peek(sampling.hit_probability)


def views(_: Clip) -> None:
    """Views: what a published number costs."""
    left, right = st.columns([9, 11], gap="large")
    with left, _kit.controls():
        clips = _kit.slider("Clips in time", 1, 25, 10, key="sampling_clips")
        crops = _kit.slider("Crops in space", 1, 10, 3, key="sampling_crops")
        gflops = st.number_input(
            "GFLOPs of one view", 0.1, 4000.0, 36.1, 0.1, **_kit.bound("sampling_gflops")
        )
    with left:
        cost = sampling.views_cost(gflops, clips, crops)
        one, two = st.columns(2)
        one.metric("Views", f"{clips * crops}")
        two.metric("GFLOPs per video", f"{cost:,.0f}")
        _kit.notice(
            "A video's score is the average over its views. SlowFast 4×16 R50 costs 36.1 GFLOPs "
            "for one "
            "view and is quoted with 30: 1,083 for a video. R3D-18 on Kinetics: 52.9 % from one "
            "clip, "
            "64.7 % from a video's worth. Numbers with different views are different measurements."
        )
    with right:
        _kit.plot(
            figures.views_cost_bars(),
            key="sampling_views_plot",
            alt="Views per video used by published models, and yours",
        )
        _kit.peek(sampling.temporal_views, sampling.views_cost)


def consensus(clip: Clip) -> None:
    """Consensus: many frames, one answer."""
    left, right = st.columns([9, 11], gap="large")
    T = len(clip.frames)
    with left, _kit.controls():
        feature = st.selectbox(
            "Score of one frame", list(motion.FEATURES), index=3, **_kit.bound("sampling_feature")
        )
        segments = _kit.slider("Segments (K)", 1, 25, 3, key="sampling_segments")
        seed = st.number_input("Draw", 0, 9999, 0, **_kit.bound("sampling_consensus_seed"))
    scores = _kit.compute(motion.frame_scores, clip, feature)
    drawn = sampling.plan(T, clip.fps, sampling.TSN(segments, seed)).indices[0]
    result = sampling.compare_consensus(scores[drawn][:, None])
    pooled = {"max": result.maximum, "average": result.average, "weighted": result.weighted}
    with left:
        for column, (how, value) in zip(st.columns(3), pooled.items(), strict=True):
            column.metric(
                how.capitalize(),
                f"{value[0]:.3f}",
                f"published: {sampling.PUBLISHED[how]} %",
                delta_color="off",
            )
        _kit.notice(
            "TSN tried three ways to make one answer of its segments: maximum 91.6 %, average "
            "93.5 %, "
            "weighted 92.4 % (UCF-101 split 1, two streams). Average and maximum are the same "
            "backwards; "
            "weights by position are the least that is not."
        )
    with right:
        _kit.plot(
            figures.consensus_bars(result, [feature]),
            key="sampling_consensus_plot",
            alt="Scores of the segments and the pooled answers",
        )
        _kit.peek(sampling.consensus, sampling.tsn)


CHAPTERS = {
    "Timeline": timeline,
    "Aliasing": aliasing,
    "What falls between": hits,
    "Views": views,
    "Consensus": consensus,
}

main()
