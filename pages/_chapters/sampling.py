"""Which frames does a model see, chapter by chapter."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, Row, stage
from vidcore import motion, sampling
from vidcore.figures import sampling as figures
from vidcore.figures import theme
from vidcore.media import Clip

VIEW = {"t": 0, "order": "forward"}
ALL = [Order("forward", "All frames")]
LONGEST_EVENT = 60  # frames: two seconds of the clap's clip


def timeline(clip: Clip) -> None:
    """Four strategies on one timeline."""
    _timeline(clip)
    _kit.peek(sampling.plan, sampling.dense, sampling.uniform, sampling.tsn, sampling.slowfast)


@st.fragment
def _timeline(clip: Clip) -> None:
    T = len(clip.frames)
    left, right = _kit.halves()
    with right:
        lost = sampling.lost_tail(T, 16)
        _kit.predict(
            f"This clip has {T} frames; 16 are wanted, so a loop takes one frame in "
            f"{max(1, T // 16)}, from the first on. What can it never see?",
            ["nothing is lost", "the start", "the tail"],
            "the tail" if lost else "nothing is lost",
            f"{_last(lost)} of {T} out of its reach. With 31 frames it would lose "
            f"{sampling.lost_tail(31, 16) / 31:.0%}.",
            key="sampling_tail",
        )
        with _kit.controls():
            asked = _asked(T)
        plans = [_kit.run(sampling.plan, T, clip.fps, settings) for settings in asked]
        st.markdown(
            "| | spans | longest gap | never reached |\n|---|---|---|---|\n"
            + "\n".join(
                f"| {plan.label} | {plan.span:.2f} s | {plan.largest_gap} "
                f"| {plan.unreachable_tail} ({plan.unreachable_share:.0%}) |"
                for plan in plans
            )
        )
        _kit.notice(
            "Dense sees everything, for a moment. Uniform and TSN see the whole arc and forget "
            "what lies between; an average over TSN's segments forgets their order as well. "
            "SlowFast reads one clip at two strides. Press *See it like this* on a row.",
            r"\text{uniform}_k = \left\lfloor (k + \tfrac12)\, n / K \right\rfloor",
        )
    with left:
        stage(
            clip,
            key="sampling_stage",
            alt=f"{_clip.caption()}, {T} frames, and the frames each strategy takes",
            orders=ALL,
            rows=[row for plan in plans for row in rows_of(plan)],
            view=_kit.opening_view("sampling", VIEW),
            on_view=_kit.remember("sampling", "sampling_stage", VIEW),
            tallest=260,
        )


def _asked(T: int) -> list[sampling.Settings]:
    """Ask for the settings of every strategy."""
    count = _kit.slider("Frames to take (K)", 1, 32, 8, key="sampling_count")
    start = _kit.slider(
        "Dense and SlowFast start at", 0, T - 1, 0, key=_kit.ranged("sampling_start", T - 1)
    )
    slow = _kit.slider("Slow frames", 1, 16, 4, key="sampling_slow")
    alpha = st.segmented_control(
        "SlowFast α: Fast frames for each Slow one",
        [2, 4, 8],
        default=4,
        required=True,
        **_kit.bound("sampling_alpha"),
    )
    seed = st.number_input("Draw (TSN's random seed)", 0, 9999, 0, **_kit.bound("sampling_seed"))
    flawed = st.toggle(
        "As they are often written",
        help="The popular versions of dense, uniform and TSN, with what they lose.",
        **_kit.bound("sampling_flawed"),
    )
    return strategies(T, count, start, int(alpha or 4), slow, seed, flawed)


def _last(frames: int) -> str:
    """Name the frames at the end, with their verb."""
    return "The last frame is" if frames == 1 else f"The last {frames} frames are"


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
    paths = plan.pathways
    return [
        Row(
            f"{plan.label} {path.name}",
            plan.label if len(paths) == 1 else f"{path.name} pathway",
            path.indices[0].tolist(),
            figures.colour_of(plan.settings, path.name),
            plan.failure if len(paths) == 1 else plan.label,
            plan.unreachable_tail,
        )
        for path in paths
    ]


def aliasing(clip: Clip) -> None:
    """The wheel that turns backwards."""
    _aliasing(clip)
    _kit.explain(
        "A wheel with n equal spokes looks the same after 360/n degrees. Beyond half of that the "
        "nearest match lies behind: with one mark 190° looks like −170°, 340° like −20°. Mark "
        "one spoke, and the fold moves out to half a turn.",
        r"\text{seen} = d\,s - \tfrac{360}{n}"
        r"\operatorname{round}\!\left(\tfrac{d\,s\,n}{360}\right)",
        sampling.apparent_rotation,
    )


@st.fragment
def _aliasing(_: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            spokes = _kit.slider("Spokes", 1, 12, 8, key="sampling_spokes")
            turn = _kit.slider(
                "True turn (degrees per frame)", -90.0, 90.0, 6.0, 1.0, key="sampling_turn"
            )
            stride = _kit.slider("Keep one frame in", 1, 16, 7, key="sampling_stride")
            marked = st.toggle("Mark one spoke", **_kit.bound("sampling_marked"))
        alike = 1 if marked else spokes  # turned positions that look the same
        seen = _kit.run(sampling.apparent_rotation, turn, stride, spokes=alike)
        step, looks = f"{_kit.signed(turn * stride, '+g')}°", f"{_kit.signed(seen, '+.1f')}°"
        _kit.predict(
            f"The wheel turns {_kit.signed(turn, '+g')}° per frame and one frame in {stride} is "
            "kept. It seems to turn…",
            ["clockwise", "counter-clockwise", "not at all"],
            "not at all" if seen == 0 else "clockwise" if seen > 0 else "counter-clockwise",
            f"From sample to sample it turns {step}, and looks like {looks}.",
            key=f"sampling_wheel_{turn:g}_{stride}_{alike}",
        )
        _kit.numbers(True_turn_between_samples=step, Seen_as=looks)
        _kit.plot(
            figures.aliasing_curve(sampling.wagon_wheel(turn, spokes=alike), stride=stride),
            key="sampling_alias_plot",
            alt="Turn as seen against the stride, folding back beyond half a spoke",
        )
    with left:
        wheel = _clip.scene("wheel", spokes=spokes, degrees_per_frame=turn, marked=marked).clip
        kept = list(range(0, len(wheel.frames), stride))
        stage(
            wheel,
            key="sampling_wheel_stage",
            view=_kit.opening_view("sampling_wheel", VIEW),
            on_view=_kit.remember("sampling_wheel", "sampling_wheel_stage", VIEW),
            alt=f"A wheel with {spokes} spokes that turns by {turn:g} degrees per frame",
            orders=[Order("forward", "Every frame")],
            rows=[Row("kept", f"One frame in {stride}", kept, theme.UNIFORM)],
            tallest=300,
        )


def hits(clip: Clip) -> None:
    """The clap that falls between samples."""
    _hits(clip)
    _kit.explain(
        "Exact, over all places where the event fits. Six frames of 300 are hit by 16 samples at "
        "segment centres in 32.5 % of cases, and with the floored stride in 30.8 %. Drawing at "
        "random inside the segments changes little on average, but every epoch draws anew.",
        r"P(\text{miss}) = \sum_{\text{runs}} \frac{\max(0,\ r - L + 1)}{n - L + 1}",
        sampling.hit_probability,
        sampling.hit_curve,
    )


@st.fragment
def _hits(_: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            length = _kit.slider(
                "The clap lasts (frames)", 2, LONGEST_EVENT, 6, key="sampling_event"
            )
            at = _kit.slider("It begins at frame", 0, 300 - LONGEST_EVENT, 120, key="sampling_clap")
            count = _kit.slider("Frames to take (K)", 1, 64, 16, key="sampling_k")
            seed = st.number_input("Draw (random seed)", 0, 9999, 0, **_kit.bound("sampling_draw"))
        clip = _clip.scene("clap", start=at, length=length).clip
        n = len(clip.frames)
        settings: list[sampling.Settings] = [
            sampling.Dense(count, seed=seed),
            sampling.Uniform(count),
            sampling.TSN(count, seed),
        ]
        plans = [sampling.plan(n, clip.fps, s) for s in settings]
        seen = {}
        for plan, name in zip(plans, ("Dense", "Uniform", "TSN"), strict=True):
            taken = ((plan.indices >= at) & (plan.indices < at + length)).any()
            chance = _kit.run(sampling.hit_probability, n, length, plan.settings)
            seen[f"{name} (this draw {'sees' if taken else 'misses'} it)"] = f"{chance:.1%}"
        _kit.numbers(**seen)
        _kit.plot(
            figures.hit_curves(
                [sampling.hit_curve(n, s, range(1, LONGEST_EVENT + 1)) for s in settings],
                event_length=length,
            ),
            key="sampling_hit_plot",
            alt="Probability that a sampled frame falls into the event, against its length",
        )
    with left:
        stage(
            clip,
            key="sampling_clap_stage",
            view=_kit.opening_view("sampling_clap", VIEW),
            on_view=_kit.remember("sampling_clap", "sampling_clap_stage", VIEW),
            alt=f"Two hands clap once, from frame {at} for {length} frames of {n}",
            orders=ALL,
            rows=[row for plan in plans for row in rows_of(plan)],
            tallest=220,
        )


def views(clip: Clip) -> None:
    """What a published number costs."""
    _views(clip)
    _kit.peek(sampling.views_cost)


@st.fragment
def _views(_: Clip) -> None:
    left, right = _kit.halves()
    with left:
        with _kit.controls():
            clips = _kit.slider("Clips in time", 1, 25, 10, key="sampling_clips")
            crops = _kit.slider("Crops in space", 1, 10, 3, key="sampling_crops")
            gflops = st.number_input(
                "GFLOPs of one view", 0.1, 4000.0, 36.1, 0.1, **_kit.bound("sampling_gflops")
            )
        _kit.numbers(
            Views_of_a_video=f"{clips * crops}",
            GFLOPs_of_a_video=f"{_kit.run(sampling.views_cost, gflops, clips, crops):,.0f}",
        )
        _kit.notice(
            "A video's score is the average over its views. SlowFast 4×16, R50 costs 36.1 GFLOPs a "
            "view and is quoted with 30 of them: 1,083 a video. R3D-18 on Kinetics-400 scores "
            "52.9 % for a clip and 64.7 % for a video. Numbers with other views are other "
            "measurements.",
            r"\text{cost} = \text{GFLOPs} \times \text{clips} \times \text{crops}",
        )
    with right:
        yours = sampling.ModelViews("Yours", clips, crops, gflops, "the controls")
        _kit.plot(
            figures.views_cost_bars([yours, *sampling.PUBLISHED_VIEWS]),
            key="sampling_views_plot",
            alt="GFLOPs of a video for published models, with their clips and crops",
        )
        st.caption(" · ".join(f"{m.model}: {m.source}" for m in sampling.PUBLISHED_VIEWS))


def consensus(clip: Clip) -> None:
    """Many frames, one answer."""
    _consensus(clip)
    _kit.explain(
        "Each segment gives one frame, each frame one score, and the rule makes one answer of "
        "them. TSN tried all three: maximum 91.6 %, average 93.5 %, weighted 92.4 % (UCF-101 "
        "split 1, two streams). None of them can tell which end came first: average and maximum "
        "do not "
        "know the order, and these weights, highest in the middle, are symmetric.",
        r"\begin{aligned} \text{average} &= \tfrac1K \textstyle\sum_k s_k \\"
        r"\text{max} &= \max_k s_k \\ \text{weighted} &= \textstyle\sum_k w_k s_k \end{aligned}",
        sampling.compare_consensus,
        sampling.consensus,
    )


@st.fragment
def _consensus(clip: Clip) -> None:
    left, right = _kit.halves()
    T = len(clip.frames)
    with right:
        with _kit.controls():
            feature = st.selectbox(
                "Score of a frame", list(motion.FEATURES), 4, **_kit.bound("sampling_feature")
            )
            segments = _kit.slider("Segments (K)", 1, 25, 3, key="sampling_segments")
            seed = st.number_input("Draw", 0, 9999, 0, **_kit.bound("sampling_consensus_seed"))
        scores = _kit.compute(motion.frame_scores, clip, feature)
        plan = sampling.plan(T, clip.fps, sampling.TSN(segments, seed))
        result = _kit.run(sampling.compare_consensus, scores[plan.indices[0]][:, None])
        pooled = {"max": result.maximum, "average": result.average, "weighted": result.weighted}
        _kit.numbers(**{how.capitalize(): f"{value[0]:.3f}" for how, value in pooled.items()})
        _kit.plot(
            figures.published_consensus(),
            key="sampling_consensus_plot",
            alt="Accuracy of the three rules as published for TSN",
        )
    with left:
        stage(
            clip,
            key="sampling_consensus_stage",
            view=_kit.opening_view("sampling_consensus", VIEW),
            on_view=_kit.remember("sampling_consensus", "sampling_consensus_stage", VIEW),
            alt=f"{_clip.caption()}, and one frame of each of {segments} segments",
            orders=ALL,
            rows=rows_of(plan),
            tallest=300,
        )
