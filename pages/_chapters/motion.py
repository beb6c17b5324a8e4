"""What makes video hard, chapter by chapter."""

from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, Row, publish_layer, stage
from vidcore import media, motion, sampling
from vidcore.figures import motion as figures
from vidcore.figures import theme
from vidcore.media import Clip

VIEW = {"t": 0, "order": "forward"}
HALF_SECOND = 16  # frames: what C3D saw at once


def show(clip: Clip, *, layer: str | None = None, row: int | None = None, **more: Any) -> None:
    """Mount the stage; it stays mounted from chapter to chapter, with the visitor's frame."""
    view = _kit.opening_view("motion", VIEW) | {"layer": layer}
    stage(
        clip,
        key="motion_stage",
        alt=f"{_clip.caption()}, {len(clip.frames)} frames",
        view=view if row is None else view | {"row": row},
        slice_row=row is not None,
        on_view=lambda: follow_stage(clip.frames.shape[1]),
        **{"orders": [Order("forward", "Forward")], "tallest": 380 if row is None else 300, **more},
    )


def follow_stage(H: int) -> None:
    """Take the stage's view into the link; a dragged row moves the row's slider."""
    _kit.remember("motion", "motion_stage", VIEW)()
    row = st.session_state["motion_stage"].view.get("row")
    if row is not None:
        st.session_state[_kit.ranged("motion_row", H - 1)] = row


def order(clip: Clip) -> None:
    """A frame-pooled score cannot change with the order."""
    _order(clip)
    _kit.explain(
        "Forward, backward and shuffled average to the same number, to the last bit; the trend "
        "turns its sign, and shuffling destroys it. Without attention over time a TimeSformer "
        "loses 1.1 points on Kinetics-400, and 22.9 on Something-Something V2, where order is "
        "the point.",
        r"\begin{aligned} \text{score} &= \tfrac{1}{T}\textstyle\sum_t f(I_t) \\"
        r"\text{trend} &= \operatorname{corr}\,(t,\ f(I_t)) \end{aligned}",
        motion.compare_orders,
        motion.pool,
        motion.trend,
    )


@st.fragment
def _order(clip: Clip) -> None:
    T = len(clip.frames)
    left, right = _kit.halves()
    with right:
        _kit.predict(
            "Score every frame by how far right the eye-catching part lies, and average. Now play "
            "the clip backwards. The average…",
            ["changes sign", "stays the same", "depends on the clip"],
            "stays the same",
            "A sum does not know the order of its terms; the correlation with time does.",
            key="motion_order",
        )
        with _kit.controls():
            feature = st.selectbox(
                "Score each frame by its", list(motion.FEATURES), 4, **_kit.bound("motion_feature")
            )
            frozen = _kit.slider(
                "Freeze at frame", 0, T - 1, T // 2, key=_kit.ranged("motion_freeze", T - 1)
            )
        result = _kit.compute(motion.compare_orders, clip, feature, freeze_at=frozen)
        _kit.plot(
            figures.order_scores(result),
            key="motion_order_plot",
            alt=f"Score of each frame by its {result.feature}, forward and in three other orders",
        )
        ahead, back = result.forward, result.reversed
        _kit.numbers(
            Average_forward_and_backward=f"{ahead.mean:.4f}, {back.mean:.4f}",
            Trend=f"{_kit.signed(ahead.trend)}, backward {_kit.signed(back.trend)}, "
            f"shuffled {_kit.signed(result.shuffled.trend)}",
        )
    with left:
        show(
            clip,
            orders=[
                Order(o.name, o.name.capitalize(), o.indices.tolist()) for o in result.orderings
            ],
        )


def differences(clip: Clip) -> None:
    """Differences fire where brightness changes."""
    _differences(clip)
    _kit.explain(
        "Differences fire where brightness changes: at an edge, both where the object was and "
        "where it is; a uniform object is silent inside. Measure the sliding square and the "
        "panning camera as well: a difference cannot tell a moving object from a moving camera.",
        r"D_t(y,x) = \tfrac13 \sum_c \left|\,I_{t+1}(y,x,c) - I_t(y,x,c)\,\right|",
        motion.measure,
        motion.difference,
        motion.changed_pixels,
    )


@st.fragment
def _differences(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        _kit.predict(
            "A white square slides right over a still background. Where is the difference between "
            "two frames largest?",
            ["all over the square", "along its left and right edges", "along all four edges"],
            "along its left and right edges",
            "Inside, white stays white; the top and the bottom edge slide along themselves.",
            key="motion_differences",
        )
        with _kit.controls():
            which = st.segmented_control(
                "Measure",
                list(MEASURED),
                default=next(iter(MEASURED)),
                required=True,
                **_kit.bound("motion_measure"),
            )
            threshold = _kit.slider(
                "Count a pixel as changed above", 0.0, 0.5, 0.0, 0.01, key="motion_threshold"
            )
        scene, says = MEASURED[str(which)]
        measured = _clip.scene(scene).clip if scene else clip
        result = _kit.compute(motion.measure, measured, threshold=threshold)
        _kit.plot(
            figures.energy_timeline(result),
            key="motion_energy_plot",
            alt="Mean difference between neighbouring frames over time",
        )
        _kit.numbers(
            Largest_difference=f"{result.largest:.3f}",
            Pixels_changed_at_most=f"{result.changed.max(initial=0):,}",
            in_the_last_pair=f"{result.changed[-1:].sum():,}",
            never_changed=f"{result.always_still.mean():.1%}",
        )
        st.caption(says)
    with left:
        layer = publish_layer("difference", "Differences", result.difference, key=measured.digest)
        show(measured, layer="difference", layers=[layer])


MEASURED = {
    "your clip": (
        "",
        "Each moving edge fires twice: where it was, and where it is.",
    ),
    "a sliding square": (
        "moving_square",
        "Of the square's 225 pixels 75 vanish and 75 appear: 150 change, and its inside is "
        "exactly 0. In the last pair it has slipped one column over the border, and 135 change. "
        "Its three channels differ from the background by 0.8, 0.7 and 0.6: on average 0.700.",
    ),
    "a panning camera": (
        "pan",
        "Nothing in this scene moves but the camera, and nearly every pixel changes. A difference "
        "cannot tell a moving object from a moving camera.",
    ),
}


def redundancy(clip: Clip) -> None:
    """What the next frame adds."""
    _redundancy(clip)
    _kit.explain(
        "Neighbouring frames usually say the same; a cut, a flash or a fast pan is the "
        "exception. A codec lives off it: an I frame is a picture, P and B frames are what "
        "changed. The same redundancy is why a model need not see every frame.",
        r"r(g) = \operatorname{mean}_t\ \operatorname{corr}\,(I_t,\ I_{t+g})",
        motion.redundancy,
        media.frame_sizes,
    )


@st.fragment
def _redundancy(clip: Clip) -> None:
    T = len(clip.frames)
    most = max(1, min(64, T - 1))
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            gap = _kit.slider(
                "Largest gap (frames)", 1, most, min(16, most), key=_kit.ranged("motion_gap", most)
            )
        result = _kit.compute(motion.redundancy, clip, max_gap=gap)
        _kit.plot(
            figures.similarity(result),
            key="motion_redundancy_plot",
            alt="Correlation of two frames against the gap between them",
        )
        sizes = _kit.compute(media.frame_sizes, clip)
        alone, together = int(sizes.independent.sum()), int(sizes.predicted.sum())
        cheaper = "less than half" if together * 2 < alone else "more than half"
        _kit.predict(
            "H.264 codes this clip once as usual, and once with every frame on its own, at the "
            "same quality setting. As usual it needs…",
            ["more than half", "less than half"],
            cheaper,
            f"{together:,} bytes against {alone:,}.",
            key="motion_bytes",
        )
        _kit.plot(
            figures.bytes_per_frame(sizes.predicted, sizes.independent, list(sizes.kinds)),
            key="motion_bytes_plot",
            alt="Bytes of each frame in an H.264 stream, and of the same frame coded alone",
        )
        _kit.numbers(Every_frame_on_its_own_costs=f"{alone / max(1, together):.1f} × as much")
    with left:
        show(clip)


def space_time(clip: Clip) -> None:
    """Motion is a slope."""
    _space_time(clip)
    _kit.explain(
        "Stack one row of every frame: what stands still draws a vertical line, what moves a "
        "slanted one, and the slant is its speed. Drag the dashed row, or draw a line along a "
        "streak. The panning camera has one speed to find; a thrown ball only crosses the row.",
        r"S(t, x) = I_t(y_0, x) \qquad \text{speed} = \frac{\Delta x}{\Delta t}",
        motion.row_speed,
        motion.space_time_slice,
        motion.slice_speed,
    )


@st.fragment
def _space_time(clip: Clip) -> None:
    H = clip.frames.shape[1]
    above = st.container()
    left, right = _kit.halves(even=True)
    with left:
        with _kit.controls():
            row = _kit.slider(
                "Row (y)", 0, H - 1, usual_row(clip), key=_kit.ranged("motion_row", H - 1)
            )
        speed = _kit.compute(motion.row_speed, clip, row)
        found = {
            "Measured": f"{_kit.signed(speed.speed)} px/frame" if speed.decided else "undecided"
        }
        scene = _clip.truth()
        if scene is not None and len(scene.flow):
            along = scene.flow[:, row, :, 0]
            found["True, at most"] = f"{_kit.signed(along.flat[abs(along).argmax()])} px/frame"
        _kit.numbers(**found)
        st.caption(speed.reason)
    with right:
        _kit.plot(
            figures.speed_search(speed),
            key="motion_slice_plot",
            alt="How well each speed explains the slice, with the best one marked",
        )
    with above:
        show(clip, row=row)


def usual_row(clip: Clip) -> int:
    """Return the row a slice starts at: where most changes."""
    return _kit.compute(motion.measure, clip).busiest_row


def long_range(clip: Clip) -> None:
    """What half a second shows of the whole."""
    _long_range(clip)
    _kit.explain(
        "At 30 frames a second, 16 frames are 0.53 s. An action that takes longer is seen in "
        "parts: play the two rows below the stage, and say what happened from each alone.",
        r"\text{seconds} = T / \text{fps}",
        motion.long_range,
    )


@st.fragment
def _long_range(clip: Clip) -> None:
    T = len(clip.frames)
    last = max(0, T - HALF_SECOND)
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            start = _kit.slider(
                "The window starts at frame", 0, last, 0, key=_kit.ranged("motion_start", last)
            )
        result = _kit.compute(motion.long_range, clip, start=start, length=HALF_SECOND)
        _kit.plot(
            figures.window_bar(result),
            key="motion_window_plot",
            alt="Motion energy over the clip, with the window marked",
        )
        _kit.numbers(
            The_window_lasts=f"{result.seconds:.2f} s",
            Share_of_the_clip=f"{result.frame_share:.0%}",
            Share_of_its_motion=f"{result.energy_share:.0%}",
        )
    with left:
        window = sampling.dense(T, min(HALF_SECOND, T), start).tolist()
        whole = sampling.uniform(T, min(HALF_SECOND, T)).tolist()
        rows = [
            Row("window", f"{len(window)} frames in a row", window, theme.DENSE),
            Row("whole", f"{len(whole)} frames of the whole", whole, theme.UNIFORM),
        ]
        show(clip, rows=rows, tallest=260)


def layout(clip: Clip) -> None:
    """The same numbers in another order of memory."""
    _layout(clip)
    _kit.explain(
        "A clip is a 4-D tensor (T, H, W, C), a batch is 5-D. Files keep a pixel's colours side "
        "by side; PyTorch's video models take (N, C, T, H, W), where each colour is a volume.",
        r"\begin{aligned} \text{THWC: } & ((t H + y) W + x)\,C + c \\"
        r"\text{NCTHW: } & ((c\,T + t) H + y)\,W + x \end{aligned}",
        motion.memory_layout,
    )


@st.fragment
def _layout(clip: Clip) -> None:
    T, H, W, C = clip.frames.shape
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            batch = _kit.slider("Clips in a batch (N)", 1, 64, 8, key="motion_batch")
            dtype = st.segmented_control(
                "Type of a value",
                ["uint8", "float16", "float32"],
                default="float32",
                required=True,
                **_kit.bound("motion_dtype"),
            )
            t = _kit.slider(
                "Frame of the pixel (t)", 0, T - 1, 0, key=_kit.ranged("motion_at", T - 1)
            )
        laid = [
            _kit.run(
                motion.memory_layout,
                (T, H, W, C),
                axes,
                dtype=str(dtype),
                batch=batch,
                at=(t, H // 2, W // 2, 0),
            )
            for axes in ("THWC", "NCTHW")
        ]
        for result in laid:
            st.markdown(
                f"**{result.axes}**: red of the middle pixel at element {result.address:,}; its "
                "green "
                f"{result.distance['C']:,} further, the next frame {result.distance['T']:,}."
            )
            _kit.plot(
                figures.layout_picture(result),
                key=f"motion_layout_{result.axes}",
                alt=f"The first addresses of memory in {result.axes} order",
            )
        size = laid[0].mebibytes / batch
        _kit.numbers(
            One_clip=f"{size:.1f} MiB",
            The_batch=f"{laid[0].mebibytes:.1f} MiB",
            A_minute_of_it=f"{size * 60 * clip.fps / T:,.0f} MiB",
        )
    with left:
        show(clip)
