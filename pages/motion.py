"""What makes video hard: order, redundancy, differences, space-time slices."""

import streamlit as st

from pages import _clip, _kit
from pages._stage import Order, Row, publish_layer, stage
from vidcore import media, motion, sampling
from vidcore.figures import motion as figures
from vidcore.figures import theme
from vidcore.media import Clip

VIEW = {"t": 0, "order": "forward"}
HALF_SECOND = 16  # frames: what C3D saw at once


def main() -> None:
    """Tell the story of the page: a question, a stage, and one chapter at a time beside it."""
    _kit.opening(
        "What makes video hard",
        "A throw and a catch can hold the same pictures. What is in a video that is in no frame?",
    )
    body(_kit.pick_clip())
    _kit.sources(
        "order tests: Wei et al. 2018, Sevilla-Lara et al. 2021",
        "scene bias: Bertasius et al. 2021, Table 1",
        "16 frames: Tran et al. 2015",
    )


@st.fragment
def body(clip: Clip) -> None:
    """Draw the stage and the chosen chapter; a control inside reruns only this."""
    chapter = _kit.chapters(list(CHAPTERS), key="motion")
    if chapter == "Space-time slice":  # picture and slice stand side by side
        left, right = st.container(), st.container()
    else:
        left, right = st.columns([11, 9], gap="large")
    with left:
        show(clip, chapter)
    with right:
        CHAPTERS[chapter](clip)


def show(clip: Clip, chapter: str) -> None:
    """Mount the stage as the chapter needs it; it stays mounted from chapter to chapter."""
    T, H = clip.frames.shape[:2]
    layers, rows, orders = [], [], [Order("forward", "Forward")]
    view = _kit.opening_view("motion", VIEW) | {"layer": None}
    if chapter == "Order":
        at = min(st.session_state.get("motion_freeze", T // 2), T - 1)
        result = _kit.compute(motion.compare_orders, clip, chosen_feature(), freeze_at=at)
        orders = [Order(o.name, o.name.capitalize(), o.indices.tolist()) for o in result.orderings]
    if chapter == "Differences":
        measured = _kit.compute(motion.measure, clip)
        layers = [publish_layer("difference", "Differences", measured.difference, key=clip.digest)]
        view["layer"] = "difference"
    if chapter == "Space-time slice":
        view["row"] = min(st.session_state.get("motion_row", usual_row(clip)), H - 1)
    if chapter == "Long range":
        first = min(st.session_state.get("motion_start", 0), max(0, T - HALF_SECOND))
        window = sampling.dense(T, min(HALF_SECOND, T), first).tolist()
        whole = sampling.uniform(T, min(HALF_SECOND, T)).tolist()
        rows = [
            Row(
                "window",
                "A window of 16 frames",
                window,
                theme.DENSE,
                f"{len(window) / clip.fps:.2f} s",
            ),
            Row("whole", "16 frames of the whole", whole, theme.UNIFORM, f"{T / clip.fps:.2f} s"),
        ]
    stage(
        clip,
        key="motion_stage",
        alt=f"{_clip.caption()}, {T} frames",
        orders=orders,
        layers=layers,
        rows=rows,
        slice_row=chapter == "Space-time slice",
        view=view,
        tallest=300 if chapter == "Space-time slice" else 380,
        on_view=follow_stage,
    )


def follow_stage() -> None:
    """Take the stage's view into the link; a dragged row moves the row's slider."""
    _kit.remember("motion", "motion_stage", VIEW)()
    row = st.session_state["motion_stage"].view.get("row")
    if row is not None:
        st.session_state["motion_row"] = row


def usual_row(clip: Clip) -> int:
    """Return the row a slice starts at: where most changes."""
    return _kit.compute(motion.measure, clip).busiest_row


def chosen_feature() -> str:
    """Return what each frame is scored by."""
    feature: str = st.session_state.get("motion_feature") or "side"
    return feature


# ---- the chapters -----------------------------------------------------------------------------
def order(clip: Clip) -> None:
    """Order: a frame-pooled score cannot change."""
    T = len(clip.frames)
    _kit.predict(
        "Score every frame by how far right the eye-catching part lies, and average. Now play "
        "the clip "
        "backwards. The average…",
        ["changes sign", "stays the same", "depends on the clip"],
        "stays the same",
        "A sum does not know the order of its terms; the correlation with time does.",
        key="motion_order",
    )
    with _kit.controls():
        st.selectbox(
            "Score each frame by its",
            list(motion.FEATURES),
            index=3,
            **_kit.bound("motion_feature"),
        )
        freeze_at = _kit.slider("Freeze at frame", 0, max(1, T - 1), T // 2, key="motion_freeze")
    result = _kit.compute(
        motion.compare_orders, clip, chosen_feature(), freeze_at=min(freeze_at, T - 1)
    )
    _kit.plot(
        figures.order_scores(result),
        key="motion_order_plot",
        alt=f"Score of each frame by {result.feature}, forward and in three other orders",
    )
    a, b, c = result.forward, result.reversed, result.shuffled
    one, two = st.columns(2)
    one.metric("Average forward, backward", f"{a.mean:.4f}, {b.mean:.4f}")
    two.metric("Trend forward, backward", f"{a.trend:+.2f}, {b.trend:+.2f}")
    _kit.notice(
        f"Forward, backward and shuffled average to {a.mean:.4f}, to the last bit. Shuffling "
        "leaves a "
        f"trend of {c.trend:+.2f}. On Kinetics-400 a TimeSformer without attention over time loses "
        "1.1 points; on Something-Something V2, where order is the point, 22.9."
    )
    st.latex(r"\text{score} = \frac{1}{T}\sum_t f(I_t)")
    st.latex(r"\text{trend} = \operatorname{corr}\,(t,\ f(I_t))")
    _kit.peek(motion.compare_orders, motion.pool, motion.trend)


def differences(clip: Clip) -> None:
    """Differences: they fire where brightness changes."""
    with _kit.controls():
        which = st.segmented_control(
            "Measure", ["your clip", "the article's square", "a panning camera"],
            default="your clip", required=True, **_kit.bound("motion_measure"),
        )  # fmt: skip
        threshold = _kit.slider(
            "Count a pixel as changed above", 0.0, 0.5, 0.0, 0.01, key="motion_threshold"
        )
    measured_clip = {
        "the article's square": lambda: _clip.scene("moving_square").clip,
        "a panning camera": lambda: _clip.scene("pan").clip,
    }.get(which, lambda: clip)()
    result = _kit.compute(motion.measure, measured_clip, threshold=threshold)
    _kit.plot(
        figures.energy_timeline(result),
        key="motion_energy_plot",
        alt="Mean difference between neighbouring frames over time",
    )
    one, two, three = st.columns(3)
    one.metric("Largest difference", f"{result.largest:.3f}")
    two.metric("Changed pixels, busiest pair", f"{result.changed.max(initial=0):,}")
    three.metric("Never changed", f"{result.always_still.mean():.1%}")
    _kit.notice(NOTICE[which])
    st.latex(r"D_t(y,x) = \tfrac13 \sum_c \left|\,I_{t+1}(y,x,c) - I_t(y,x,c)\,\right|")
    _kit.peek(motion.measure, motion.difference)


NOTICE = {
    "your clip": "Differences fire where brightness changes: at an edge, both where the object was "
    "and where it is. A uniform object is silent inside.",
    "the article's square": "A white square of 225 pixels moves by 5: 75 pixels appear, 75 "
    "vanish, and "
    "its inside is exactly 0. In the last pair it has slipped over the border by one column, and "
    "only 135 change. It covers three channels that differ by 0.8, 0.7 and 0.6: on average 0.700.",
    "a panning camera": "Nothing in this scene moves but the camera, and nearly every pixel "
    "changes. "
    "A difference cannot tell a moving object from a moving camera.",
}


def redundancy(clip: Clip) -> None:
    """Redundancy: what the next frame adds."""
    T = len(clip.frames)
    with _kit.controls():
        gap = _kit.slider(
            "Largest gap (frames)",
            1,
            max(2, min(64, T - 1)),
            max(2, min(16, T - 1)),
            key="motion_gap",
        )
    result = _kit.compute(motion.redundancy, clip, max_gap=min(gap, max(1, T - 1)))
    _kit.plot(
        figures.similarity(result),
        key="motion_redundancy_plot",
        alt="Similarity of two frames against the gap between them",
    )
    sizes = _kit.compute(media.frame_sizes, clip)
    _kit.plot(
        figures.bytes_per_frame(sizes.predicted, sizes.independent, list(sizes.kinds)),
        key="motion_bytes_plot",
        alt="Bytes of each frame in an H.264 stream, and of the same frame coded alone",
    )
    saved = sizes.independent.sum() / max(1, sizes.predicted.sum())
    st.metric("Coding each frame alone costs", f"{saved:.1f} × as much")
    _kit.notice(
        "Neighbouring frames usually say the same thing; a cut, a flash or a fast pan is the "
        "exception. A codec lives off it: an I frame is a picture, a P or B frame is what changed."
    )
    _kit.peek(motion.redundancy, media.frame_sizes)


def slice_(clip: Clip) -> None:
    """Space-time slice: motion is a slope."""
    H = clip.frames.shape[1]
    left, right = st.columns(2, gap="large")
    with left, _kit.controls():
        row = _kit.slider("Row (y)", 0, max(1, H - 1), usual_row(clip), key="motion_row")
    speed = _kit.compute(motion.row_speed, clip, min(row, H - 1))
    with right:
        _kit.plot(
            figures.speed_search(speed),
            key="motion_slice_plot",
            alt="How well each speed explains the slice, with the best one marked",
        )
    one, two = left.columns(2)
    one.metric(
        "Measured along this row", f"{speed.speed:+.2f} px/frame" if speed.decided else "undecided"
    )
    scene = _clip.truth()
    if scene is not None:
        moving = scene.flow[:, min(row, H - 1), :, 0]
        two.metric(
            "Fastest true motion on it", f"{moving.flat[abs(moving).argmax()]:+.2f} px/frame"
        )
    left.caption(speed.reason)
    with left:
        _kit.notice(
            "Stack one row of every frame: what stands still draws a vertical line, what moves a "
            "slanted one, and the slant is its speed. Drag the dashed row, or draw a line along a "
            "streak. The moving circle and the panning camera have one speed to find; a thrown "
            "ball "
            "only crosses the row."
        )
    with right:
        st.latex(r"S(t, x) = I_t(y_0, x) \qquad \text{speed} = \frac{\Delta x}{\Delta t}")
    _kit.peek(motion.row_speed, motion.space_time_slice, motion.slice_speed)


def window(clip: Clip) -> None:
    """Long range: what half a second shows of the whole."""
    T = len(clip.frames)
    with _kit.controls():
        start = _kit.slider(
            "The window starts at frame", 0, max(1, T - HALF_SECOND), 0, key="motion_start"
        )
    result = _kit.compute(
        motion.long_range, clip, start=min(start, max(0, T - 1)), length=min(HALF_SECOND, T)
    )
    _kit.plot(
        figures.window_bar(result),
        key="motion_window_plot",
        alt="Motion energy over the clip, with the window marked",
    )
    one, two, three = st.columns(3)
    one.metric("The window lasts", f"{result.seconds:.2f} s")
    two.metric("Share of the clip", f"{result.frame_share:.0%}")
    three.metric("Share of its motion", f"{result.energy_share:.0%}")
    _kit.notice(
        "At 30 frames a second, 16 frames are 0.53 s. An action that takes longer is seen in "
        "parts: "
        "play the two samplings below the stage and say what happened from each."
    )
    _kit.peek(motion.long_range)


def layout(clip: Clip) -> None:
    """Layout: the same numbers in another order of memory."""
    T, H, W, C = clip.frames.shape
    with _kit.controls():
        batch = _kit.slider("Clips in a batch (N)", 1, 64, 8, key="motion_batch")
        dtype = st.segmented_control(
            "Type",
            ["uint8", "float16", "float32"],
            default="float32",
            required=True,
            **_kit.bound("motion_dtype"),
        )
        t = _kit.slider("Frame of the pixel (t)", 0, max(1, T - 1), min(1, T - 1), key="motion_at")
    spot = (min(t, T - 1), H // 2, W // 2, 0)
    here, there = (
        motion.memory_layout((T, H, W, C), order, dtype=str(dtype), batch=batch, at=spot)
        for order in ("THWC", "NCTHW")
    )
    for laid in (here, there):
        _kit.plot(
            figures.layout_picture(laid),
            key=f"motion_layout_{laid.axes}",
            alt=f"The first addresses of memory in {laid.axes} order",
        )
    one, two, three = st.columns(3)
    one.metric("One clip", f"{here.mebibytes / batch:.1f} MiB")
    two.metric(f"Batch of {batch}", f"{here.mebibytes:.1f} MiB")
    three.metric("A minute of it", f"{here.mebibytes / batch * 60 * clip.fps / T:,.0f} MiB")
    _kit.notice(
        "A clip is a 4-D tensor (T, H, W, C); a batch is 5-D. Images are stored with a pixel's "
        "colours "
        "side by side; PyTorch's video models take (N, C, T, H, W), where each colour is a volume."
    )
    st.latex(r"\text{THWC: } ((t H + y) W + x)\,C + c")
    st.latex(r"\text{NCTHW: } ((c\,T + t) H + y)\,W + x")
    _kit.peek(motion.memory_layout)


CHAPTERS = {
    "Order": order,
    "Differences": differences,
    "Redundancy": redundancy,
    "Space-time slice": slice_,
    "Long range": window,
    "Layout": layout,
}

main()
