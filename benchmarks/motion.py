"""What makes video hard: the room and its figures, beside the plain way to write each."""

from functools import partial

import cv2
import numpy as np
import plotly.graph_objects as go

from benchmarks.ratio import Ratio, compare
from vidcore import motion
from vidcore.figures import motion as figures
from vidcore.media import Clip
from vidcore.media.clip import grey

FRAMES, HEIGHT, WIDTH = 64, 96, 160  # the working clip of a visitor, two seconds of it
PIECEWISE = "traces added and layout updated one by one, default template"


def measure() -> list[Ratio]:
    """Compare the room's costly parts and all of its figures."""
    cv2.setNumThreads(1)
    clip = moving_clip()
    section = motion.space_time_slice(clip, HEIGHT // 2)
    return [
        compare(
            "differences of a clip",
            partial(motion.difference, clip),
            partial(plain_difference, clip),
            against="np.abs(np.diff(frames)).mean(-1)",
            target=0.5,
            repeats=5,
        ),
        compare(
            "differences of a clip",
            partial(motion.difference, clip),
            partial(opencv_difference, clip),
            against="cv2.absdiff and cv2.transform",
            repeats=5,
        ),
        compare(
            "redundancy, 30 gaps",
            partial(motion.redundancy, clip),
            partial(plain_redundancy, clip),
            against="np.corrcoef and np.abs pair by pair",
            target=0.5,
        ),
        compare(
            "speed along a row",
            partial(motion.slice_speed, section),
            partial(motion.difference, clip),
            against="the clip's differences",
            repeats=5,
        ),
        *(
            compare(
                f"figure: {name}", build, partial(piecewise, build()), against=PIECEWISE, repeats=10
            )
            for name, build in every_figure(clip).items()
        ),
    ]


def every_figure(clip: Clip) -> dict[str, "partial[go.Figure]"]:
    """Each figure of the page, ready to be built from its result."""
    section = motion.space_time_slice(clip, HEIGHT // 2)
    measured, redundancy = motion.measure(clip), motion.redundancy(clip)
    orders, speed = motion.compare_orders(clip), motion.slice_speed(section)
    sizes = np.arange(FRAMES) + 1000
    kinds = ["I" if t % 12 == 0 else "PB"[t % 2] for t in range(FRAMES)]
    layout = motion.memory_layout((16, 112, 112, 3))
    return {
        "energy timeline": partial(figures.energy_timeline, measured, t=5),
        "difference map": partial(figures.difference_map, measured, 5),
        "order scores": partial(figures.order_scores, orders),
        "order verdicts": partial(figures.order_verdicts, orders),
        "similarity": partial(figures.similarity, redundancy),
        "difference by gap": partial(figures.difference_by_gap, redundancy),
        "bytes per frame": partial(figures.bytes_per_frame, sizes, 9 * sizes, kinds),
        "slice": partial(figures.slice_image, section, speed),
        "speed search": partial(figures.speed_search, speed),
        "window": partial(figures.window_bar, motion.long_range(clip)),
        "layout": partial(figures.layout_picture, layout),
    }


def moving_clip() -> Clip:
    """Make a texture that pans by 1.5 pixels per frame, with a little noise."""
    t, y, x = np.mgrid[:FRAMES, :HEIGHT, :WIDTH].astype(np.float32)
    pattern = np.sin((x - 1.5 * t) / 7) + np.sin((x - 1.5 * t) / 3 + y / 5) + np.cos(y / 9)
    noise = np.random.default_rng(0).normal(0, 0.01, (FRAMES, HEIGHT, WIDTH, 3))
    frames = 0.5 + 0.15 * pattern[..., None] + noise
    return Clip(frames.clip(0, 1).astype(np.float32), fps=30.0)


def plain_difference(clip: Clip) -> np.ndarray:
    """Differences as the article writes them."""
    difference: np.ndarray = np.abs(np.diff(clip.frames, axis=0)).mean(axis=-1)
    return difference


def opencv_difference(clip: Clip) -> np.ndarray:
    """Differences by OpenCV, frame by frame."""
    third = np.full((1, 3), 1 / 3, np.float32)
    pairs = zip(clip.frames, clip.frames[1:], strict=False)
    return np.stack([cv2.transform(cv2.absdiff(b, a), third) for a, b in pairs])


def plain_redundancy(clip: Clip) -> None:
    """Difference and correlation of every pair up to 30 frames apart, and of all pairs."""
    G = grey(clip.frames).reshape(FRAMES, -1)
    for a in range(FRAMES):
        for b in range(a + 1, FRAMES):
            np.corrcoef(G[a], G[b])
            np.abs(G[b] - G[a]).mean()


def piecewise(figure: go.Figure) -> go.Figure:
    """Build the same figure through plotly's methods."""
    again = go.Figure()
    for trace in figure.data:
        again.add_trace(trace)
    return again.update_layout(figure.layout)
