"""The kernel workshop: 27 weights, their answers on the visitor's clip, and the arithmetic."""

from typing import Any

import streamlit as st

from pages import _clip, _kit
from pages._stage import component, publish_layer
from vidcore import conv3d
from vidcore.conv3d.workshop import OPENING, answering
from vidcore.media import Clip

VIEW = {"kernel": OPENING, "padding": "zero", "at": ""}

_WORKSHOP = component("kernel", js=["frames.js", "kernel_math.js", "kernel.js"])


def workshop(clip: Clip) -> None:
    """Edit a kernel and see what it answers to."""
    _workshop(clip)
    _kit.explain(
        "A vertical edge filter answers to every edge, moving or not. Let its place follow the "
        "motion from frame to frame, less what a still edge would get, and what stands still falls "
        "silent. Press *Reverse time*, and the same 27 numbers look for the opposite way. With "
        "*zero* padding the first and the last frame light up: the zeros around a clip are a "
        "change as well.",
        r"\begin{aligned} y(t, i, j) = \sum_{a, b, c = 0}^{2} & k(a, b, c) \\[-4pt] "
        r"& \cdot x(t + a,\, i + b,\, j + c) \end{aligned}",
        conv3d.definition,
        conv3d.shift_and_add,
        conv3d.conv3d,
        conv3d.voxel,
        conv3d.moving_edge,
    )


@st.fragment
def _workshop(clip: Clip) -> None:
    _kit.predict(
        "The kernel that opens here looks for edges moving right, one pixel a frame. Reverse the "
        "order of its three frames. Now it looks for edges moving…",
        ["right", "left", "nowhere: the edges must stand still"],
        _reversed_looks_for(),
        "The taps are the same, but the edge that they follow walks back.",
        key="conv3d_workshop",
    )
    bench = _kit.compute(conv3d.workbench, clip)
    view = _stage(clip, bench)
    place, padding = _place(str(view.get("at", ""))), str(view.get("padding", "zero"))
    opening = answering(bench.place, padding)
    seen = _kit.run(
        conv3d.inspect,
        clip,
        kernel=str(view.get("kernel", OPENING)),
        at=place or (() if "total" in view else opening),  # nothing told yet: where it opens
        padding=padding,
    )
    _numbers(seen, view.get("total"))
    if len(bench.grey) < len(clip.frames):
        st.caption(
            f"The workshop uses frames {bench.start} to {bench.start + len(bench.grey) - 1} of "
            f"your {len(clip.frames)}."
        )


def _stage(clip: Clip, bench: conv3d.Workbench) -> dict[str, Any]:
    """Mount the stage; returns the visitor's view once it rests."""
    _, H, W = bench.grey.shape
    opening = _kit.opening_view("conv3d", VIEW)
    data = {
        "clip": publish_layer("grey", "grey", bench.grey, key=clip.digest)
        | {"H": H, "W": W, "fps": clip.fps},
        "alt": _clip.caption(),
        "kernels": [
            {
                "group": named.group,
                "name": named.name,
                "title": conv3d.title(named),
                "weights": named.kernel.ravel().tolist(),
            }
            for named in conv3d.offered()
        ],
        "opening": OPENING,
        "paddings": list(conv3d.PADDINGS),
        "place": list(bench.place),
        "view": opening,
    }
    state = _WORKSHOP(
        key="conv3d_kernel",
        data=[data],
        default={"view": opening},
        on_view_change=_kit.remember("conv3d", "conv3d_kernel", VIEW),
    )
    return dict(state.view or {})


def _place(text: str) -> tuple[int, ...]:
    """Read a place from a link; anything else is none."""
    parts = text.split(",")
    fits = len(parts) == 3 and all(p.isdecimal() and len(p) < 6 for p in parts)
    return tuple(int(p) for p in parts) if fits else ()


@st.cache_data(show_spinner=False)
def _reversed_looks_for() -> str:
    """Ask the kernel itself: which named direction its reverse answers to most."""
    preferred = conv3d.tune(conv3d.kernel_of(OPENING)[::-1]).preferred
    return next(name for name, degrees in conv3d.DIRECTIONS.items() if degrees == preferred)


def _numbers(seen: conv3d.Inspection, browser: Any) -> None:
    values = {
        "Sum of the 27 weights": _kit.signed(seen.kernel.sum().round(3) + 0.0, "+.3f"),
        "Kept by one separable pair": f"{seen.separation.energy[0]:.0%}",
        "Favours one direction by": f"{seen.tuning.selectivity:.2f} of 1",
    }
    if seen.voxel is not None:
        values["This answer, in NumPy"] = _kit.signed(seen.voxel.total, "+.6f")
        if isinstance(browser, int | float):
            values["Off from the browser's by"] = f"{abs(seen.voxel.total - browser):.0e}"
    _kit.numbers(**values)
