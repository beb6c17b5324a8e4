"""SlowFast, chapter by chapter: the clocks, their cost, their links, what was published."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import streamlit as st

from pages import _clip, _kit
from pages._chapters.slowfast_stage import (
    ALPHAS,
    BETAS,
    Preset,
    Screen,
    clocks_stage,
    cost_stage,
)
from vidcore import sampling, slowfast
from vidcore.figures import slowfast as figures
from vidcore.media import Clip

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "slowfast.json"
USUAL = {"slow": 4, "alpha": 8}  # the basic network's; tau follows the clip
COST = {"slow": 4, "alpha": 8, "beta": 8}
SIDES = {"224 (training)": 224, "256 (test)": 256}
NETS = {"ResNet-50": (3, 4, 6, 3), "ResNet-101": (3, 4, 23, 3)}
PRESETS = [
    Preset("4×16, α 8", {"slow": 4, "tau": 16, "alpha": 8}),
    Preset("8×8, α 4", {"slow": 8, "tau": 8, "alpha": 4}),
    Preset("16×8, α 4", {"slow": 16, "tau": 8, "alpha": 4}),
]


def two_clocks(clip: Clip) -> None:
    """One clip, read at two rates."""
    _two_clocks(clip)
    _kit.explain(
        "Slow keeps a picture for τ frames; Fast gets a new one every τ/α. Both see the same "
        "pixels at the same size. Make τ longer than a movement, and Slow shows only where it "
        "began and where it ended.",
        r"\begin{aligned} \text{fast}_i &= \text{raw}[s + \tfrac{\tau}{\alpha} i], "
        r"\quad i < \alpha T \\ \text{slow} &= \text{fast}\,[\lfloor\text{linspace}"
        r"(0, \alpha T - 1, T)\rfloor] \end{aligned}",
        slowfast.clocks,
        sampling.slowfast,
    )


def usual_stride(T: int) -> int:
    """Return the longest published-like stride at which four Slow frames fit a clip of T frames."""
    slow, alpha = USUAL["slow"], USUAL["alpha"]
    return min(16, max(alpha, T // slow // alpha * alpha))


@st.fragment
def _two_clocks(clip: Clip) -> None:
    T = len(clip.frames)
    usual = {"t": 0, **USUAL, "tau": usual_stride(T), "start": 0}
    left, right = _kit.halves()
    with left:
        view = clocks_stage(
            [
                Screen("Slow sees", "slow", clip, f"{_clip.caption()}, as Slow sees it"),
                Screen("Fast sees", "fast", clip, f"{_clip.caption()}, as Fast sees it"),
            ],
            key="slowfast_stage",
            view=_kit.opening_view("slowfast", usual),
            on_view=_kit.remember("slowfast", "slowfast_stage", usual),
            knobs=True,
            presets=PRESETS,
        )
    with right:
        _kit.predict(
            "A clip of 64 frames goes into the basic network, 4×16 with α = 8. How many of them "
            "does Fast see?",
            ["4", "8", "32", "all 64"],
            str(slowfast.Layout().fast),
            "T is what Slow sees. Fast sees αT, here every second frame; nobody sees all 64.",
            key="slowfast_frames",
        )
        seen = _kit.run(slowfast.clocks, T, clip.fps, layout_of(view), start=int(view["start"]))
        of = seen.layout
        st.markdown(
            f"At these settings the raw clip is **T × τ = {of.slow} × {of.stride} = {of.raw} "
            f"frames** from frame {seen.fast[0]} on.\n\n"
            "| | frames | of this clip |\n|---|---|---|\n"
            f"| Slow | T = {of.slow} | {listed(seen.slow)} |\n"
            f"| Fast | α T = {of.fast} | {listed(seen.fast)} |"
        )
        if seen.repeated:
            st.warning(
                f"The clip has {T} frames, so Fast is given its last one {seen.repeated} times "
                "more, as the released loader does. A smaller τ avoids it."
            )
        st.caption(
            "The released loader spreads Slow's frames over Fast's with both ends included, so "
            "they lie a little more than τ apart. Often retold otherwise: T is not the clip's "
            "length, and Fast does not read every frame of it."
        )


def layout_of(view: dict[str, int]) -> slowfast.Layout:
    """Return the layout that a stage's view stands for."""
    alpha = int(view["alpha"])
    steps = max(1, round(int(view["tau"]) / alpha))
    return slowfast.Layout(int(view["slow"]), steps * alpha, alpha)


def listed(indices: Iterable[int]) -> str:
    """Write frame numbers out, long lists by their ends."""
    numbers = [str(i) for i in indices]
    return ", ".join(numbers if len(numbers) < 9 else [*numbers[:4], "…", *numbers[-2:]])


def what_each_costs(clip: Clip) -> None:
    """Parameters and multiply-adds by formula."""
    _what_each_costs(clip)
    _kit.explain(
        "Frames cost linearly, channels quadratically: α = 8 times the frames at β = 1/8 of the "
        "channels come to a small part of Slow. τ does not appear: how far apart frames lie is "
        "free. Counted from the shapes, exactly what the released networks have.",
        r"\begin{aligned} \text{conv} &= k_T k^2\, C_\text{in} C_\text{out} \times T H W \\"
        r"\text{Fast} / \text{Slow} &\approx \alpha\,\beta^2 \end{aligned}",
        slowfast.cost,
    )


@st.fragment
def _what_each_costs(_: Clip) -> None:
    left, right = _kit.halves()
    with right:
        _kit.predict(
            "Fast sees eight times the frames at the same height and width. What share of all "
            "multiply-adds does it take at β = 1/8?",
            ["about half", "about a fifth", "nearly all"],
            "about a fifth" if 0.15 < slowfast.cost(slowfast.Layout()).share("Fast") < 0.25 else "",
            f"{slowfast.cost(slowfast.Layout()).share('Fast'):.1%}. Same pixels, an eighth of the "
            "channels on both sides of every kernel.",
            key="slowfast_share",
        )
        with _kit.controls():
            side = st.segmented_control(
                "Pixels",
                list(SIDES),
                default="256 (test)",
                required=True,
                **_kit.bound("slowfast_side"),
            )
            net = st.segmented_control(
                "Backbone",
                list(NETS),
                default="ResNet-50",
                required=True,
                **_kit.bound("slowfast_net"),
            )
    layout = slowfast.Layout(side=SIDES[str(side)], depths=NETS[str(net)])
    with left:
        view = cost_stage(
            layout,
            key="slowfast_cost_stage",
            view=_kit.opening_view("slowfast_cost", COST),
            on_view=_kit.remember("slowfast_cost", "slowfast_cost_stage", COST),
        )
    with right:
        _kit.plot(
            figures.share_of_fast(ALPHAS[1:], BETAS, side=layout.side, chosen=view["beta"]),
            key="slowfast_share_plot",
            alt="Share of Fast and the links against beta, one line for each alpha",
        )
        alone = _kit.run(slowfast.cost, layout, only="Slow")
        _kit.numbers(
            Slow_alone=f"{alone.multiply_adds() / 1e9:.1f} G",
            its_parameters=f"{alone.parameters() / 1e6:.1f} M",
        )
        st.caption(
            f"At 256 pixels 4×16 on ResNet-50 comes to {_gigas(256):.1f} G, and Slow alone to "
            f"{_gigas(256, only='Slow'):.1f} G: the paper prints {slowfast.VARIANTS[0].gflops} and "
            f"{slowfast.SLOW_ALONE_GFLOPS} GFLOPs, counting a multiply-add as one. {time_share()}"
        )


@lru_cache(maxsize=1)
def time_share() -> str:
    """Say what Fast took of the time where it was measured; nothing where it was not."""
    rows = json.loads(RESULTS.read_text())["rows"] if RESULTS.exists() else []
    of = {row["what"].split(",")[0]: row["ratio"] for row in rows}
    counted, timed = (of.get(f"Fast's share of {kind}") for kind in ("multiply-adds", "time"))
    if not counted or not timed:
        return ""
    return (
        f"Time is another matter: with {counted:.0%} of the multiply-adds at 112 pixels, Fast took "
        f"{timed:.0%} of the processor time. Thin layers do not fill it."
    )


def _gigas(side: int, *, only: str | None = None) -> float:
    return slowfast.cost(slowfast.Layout(side=side), only=only).multiply_adds() / 1e9


def links(clip: Clip) -> None:
    """Fast tells Slow, four times."""
    _links(clip)
    _kit.explain(
        "The link steps by α exactly, while the loader spread Slow's frames over both ends: the "
        "last Slow frame is told about a moment before it. And a kernel of 5 at a stride of 8 "
        "passes over three frames in eight: what happened there reaches Slow only through Fast's "
        "own kernels. A kernel of 7 at α = 4 leaves none out: so 8×8 was "
        "released.",
        r"\text{link}_t = \operatorname{ReLU}\,\Big(\operatorname{norm} \sum_{j} k_j\, "
        r"\text{fast}_{\alpha t + j - \lfloor k/2 \rfloor}\Big)",
        slowfast.trace,
        slowfast.lateral,
        slowfast.clocks,
    )


@st.fragment
def _links(clip: Clip) -> None:
    left, right = _kit.halves()
    with right:
        with _kit.controls():
            alpha = st.segmented_control(
                "α", [2, 4, 8], default=8, required=True, **_kit.bound("slowfast_link_alpha")
            )
            length = st.segmented_control(
                "Frames a link reads",
                [1, 3, 5, 7, 9],
                default=5,
                required=True,
                **_kit.bound("slowfast_link_kernel"),
            )
            slow = _kit.slider("T, Slow frames", 2, 8, 4, key="slowfast_link_slow")
            kernel = st.segmented_control(
                "Its kernel reports",
                list(slowfast.KERNELS),
                default="the change",
                required=True,
                **_kit.bound("slowfast_link_reports"),
            )
        stride = int(alpha) * max(1, len(clip.frames) // (slow * int(alpha)))
        layout = slowfast.Layout(slow, stride, int(alpha), kernel=int(length))
        result = _kit.compute(slowfast.trace, clip, layout, str(kernel))
        seen, bill = result.clocks, slowfast.cost(layout)
        _kit.numbers(
            Fast_frames_no_link_reads=f"{seen.unread} of {layout.fast}",
            Slow_and_its_link_apart=f"up to {seen.largest_offset} Fast frames",
            The_links_cost=f"{bill.share('Link'):.1%} of all",
            Channels_into_res2=f"{layout.width} + {slowfast.widths(layout).links[0].out}",
        )
        st.markdown(
            "Four links, one way, **Fast to Slow**: after pool1, res2, res3 and res4, none after "
            "res5. Each gives Slow 2βC channels more. Trained on Kinetics-400, both pathways "
            f"without links reach {slowfast.WITHOUT_LINKS} %, with them "
            f"{slowfast.VARIANTS[0].top1} % (4×16, R50)."
        )
    with left:
        y, x = result.pixel
        st.caption(
            f"{_clip.caption()}: the pixel that changes most, (y, x) = ({y}, {x}). Zeros lie "
            "before the first frame, so the first link reports a jump that is not in the clip."
        )
        _kit.plot(
            figures.link_trace(result),
            key="slowfast_trace_plot",
            alt="Brightness of one pixel over Fast's frames, Slow's frames, and the links' reports",
        )
        _kit.plot(
            figures.links(seen),
            key="slowfast_links_plot",
            alt="For each Slow frame: the Fast frame it sees and the Fast frames its link reads",
        )


def published(clip: Clip) -> None:
    """The table, and what is often told instead."""
    _published(clip)
    _kit.explain(
        "One number belongs to one variant. 79.8 % is the largest, with non-local blocks, over 30 "
        "views of 234 GFLOPs each. The basic network reaches 75.6 %, at less compute than two "
        "full streams: Fast and its links add a third to Slow alone.",
        r"\begin{aligned} \text{raw clip} &= T\tau \\ \text{Slow} &= T \\ \text{Fast} &= \alpha T"
        r"\end{aligned}",
        slowfast.cost,
    )


@st.fragment
def _published(_: Clip) -> None:
    left, right = _kit.halves(even=True)
    with left:
        rows = "\n".join(_row(variant) for variant in slowfast.VARIANTS)
        st.markdown(
            f"| variant | raw | Slow | Fast | α | % | G |\n|---|---|---|---|---|---|---|\n{rows}"
        )
        st.caption(
            "Frames of the raw clip and of each pathway; top-1 on Kinetics-400 in %, "
            f"{slowfast.VIEWS} views, trained from scratch; multiply-adds of a 256-pixel view in "
            "billions, counted here, and in bold as the paper prints them, the last with its "
            "non-local blocks."
        )
        _kit.plot(
            figures.accuracy_against_cost(),
            key="slowfast_published_plot",
            alt="Top-1 accuracy of the published variants against their cost",
        )
    with right:
        basic = slowfast.cost(slowfast.Layout())
        six, eight = slowfast.BETAS[6], slowfast.BETAS[8]
        st.markdown(
            "| often told | in the paper and its code |\n|---|---|\n"
            "| Slow sees T/α frames, Fast all T | T is Slow's count: of 64 raw frames Slow takes "
            "4 (α = 8) or 8 (α = 4), Fast 32 either way |\n"
            "| Slow at full resolution, Fast at a small one | Both keep the same height and "
            f"width; Fast has 1/8 of the channels, {basic.parameters('Fast') / 1e6:.2f} M "
            f"parameters beside {basic.parameters('Slow') / 1e6:.1f} M |\n"
            "| Links at every stage, both ways | Four, Fast to Slow, none after res5: "
            f"{slowfast.WITHOUT_LINKS} % without, {slowfast.VARIANTS[0].top1} % with |\n"
            f"| β = 1/8 is the best | 1/6 and 1/8 are both best: {six} and {eight} % |\n"
            "| SlowFast reaches 79.8 % | 16×8 on ResNet-101 with non-local blocks does; 4×16 on "
            f"ResNet-50 reaches {slowfast.VARIANTS[0].top1} % |\n"
            "| Cheaper than two streams | "
            f"{slowfast.VARIANTS[0].gflops} GFLOPs against {slowfast.SLOW_ALONE_GFLOPS} for Slow "
            "alone |"
        )


def _row(variant: slowfast.Published) -> str:
    of = variant.layout
    counted = slowfast.cost(figures.at_test(of)).multiply_adds() / 1e9
    cost = f"**{variant.gflops:g}**" if variant.gflops else f"{counted:.1f}"
    cells = (variant.name, of.raw, of.slow, of.fast, of.alpha, variant.top1, cost)
    return "| " + " | ".join(map(str, cells)) + " |"
