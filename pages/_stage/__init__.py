"""The client-side stages: plain JavaScript components, drawn at full frame rate in the browser."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from pages._stage.assets import publish_clip, publish_layer, publish_script
from vidcore.figures import client
from vidcore.media import Clip

__all__ = ["Order", "Row", "component", "plot", "publish_layer", "stage"]

HERE = Path(__file__).parent


def component(
    name: str,
    *,
    js: Sequence[str],
    css: Sequence[str] = (),
    library: Callable[[], str] = str,
    isolated: bool = True,
) -> Any:
    """Register `name.html` and `name.css` with JavaScript files, joined in the order given.

    `css` names style sheets of others that come before its own; `library` returns a script that
    comes before all files. What is not `isolated` shares the page's styles.

    Inline code would travel again with every change of the data. So the component holds a loader of
    a few lines, and the browser fetches the joined scripts once, under the hash of their content.
    """
    scripts = [library(), *((HERE / script).read_text() for script in js)]
    address = publish_script(name, "\n".join(scripts))
    return st.components.v2.component(
        f"vidcore_{name}",
        html=(HERE / f"{name}.html").read_text(),
        css="\n".join((HERE / sheet).read_text() for sheet in (*css, f"{name}.css")),
        js=(HERE / "loader.js").read_text().replace("ADDRESS", address),
        isolate_styles=isolated,
    )


_STAGE = component(
    "stage", js=["frames.js", "paint.js", "numbers.js", "radios.js", "player.js", "stage.js"]
)


_PLOT = component("plot", js=["plot.js"], library=client.script, isolated=False)


def plot(figure: Any, *, key: str, alt: str) -> None:
    """Draw a figure of `vidcore.figures`; `alt` says in words what it shows."""
    _PLOT(key=key, data=[figure.to_json(), alt])


@dataclass(frozen=True, slots=True)
class Order:
    """A way to run through the clip; `seq` lists frame indices, None is forward."""

    name: str
    label: str
    seq: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The frames one sampling strategy takes; of the last `unseen` it can never take one."""

    name: str
    label: str
    indices: list[int]
    colour: str
    note: str = ""
    unseen: int = 0


def stage(
    clip: Clip,
    *,
    key: str,
    alt: str,
    view: Mapping[str, Any] | None = None,
    orders: Sequence[Order] = (),
    layers: Sequence[Mapping[str, Any]] = (),
    rows: Sequence[Row] = (),
    strip: bool = True,
    slice_row: bool = False,
    autoplay: bool = True,
    tallest: int = 420,
    hint: str | None = None,
    on_view: Callable[[], None] = lambda: None,
) -> Mapping[str, Any]:
    """Show a clip on the stage; returns the visitor's view `{t, order, layer, row}` once it rests.

    `alt` describes the picture for those who do not see it. `view` is where the stage opens, as a
    link may say. `tallest` bounds the picture's height in CSS pixels.
    """
    data = {
        "clip": publish_clip(clip),
        "layers": [dict(layer) for layer in layers],
        "orders": [asdict(order) for order in orders],
        "rows": [asdict(row) for row in rows],
        "view": dict(view or {}),
        "strip": strip,
        "slice": slice_row,
        "autoplay": autoplay,
        "tallest": tallest,
        "alt": alt,
        "hint": hint,
    }
    # in a list: Streamlit looks into the values of a dict for data frames, and loads pandas for it
    state = _STAGE(key=key, data=[data], default={"view": data["view"]}, on_view_change=on_view)
    return dict(state.view or {})
