"""The shared parts of every page: the clip, the cached computation, the code, the link.

A page is a story; what every story needs is here once. State lives in widgets bound to the URL, so
a copied link is the whole state.
"""

import html
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import streamlit as st

from pages import _clip
from pages._controls import bound as bound
from pages._controls import ranged as ranged
from pages._controls import slider as slider
from pages._stage import component
from pages._stage import plot as plot
from vidcore.errors import VidcoreError
from vidcore.media import Clip

RESULTS_HELD = 24  # results shared by all visitors, up to 18 MB each; the oldest goes first
R = TypeVar("R")


def presenting() -> bool:
    """Whether the visitor came for the teacher's view: stage and figures, no controls.

    The link with which they came decides, until they leave the view: a change of page empties the
    link, and the browser's way back leads to older ones.
    """
    asked = st.query_params.get("present") == "1"
    return bool(st.session_state.setdefault("_presenting", asked))


# ---- the page's frame -------------------------------------------------------------------------
def opening(title: str, question: str) -> None:
    """Start a page: its title, its question, and the way to share it."""
    st.html(_STYLE + (_PRESENT_STYLE if presenting() else ""))
    with st.container(horizontal=True, horizontal_alignment="distribute", key="opening"):
        st.title(title, anchor=False, width="content")
        if presenting():
            st.query_params["present"] = "1"
            st.button("Leave presenting", on_click=leave)
        else:
            st.query_params.pop("present", None)  # an older address, on the way back
            share()
    st.markdown(question)


_STYLE = """<style>
[data-testid=stMain] [data-testid=stMainBlockContainer] {
  padding: 2.5rem clamp(1rem, 4vw, 3.5rem) 4rem; max-width: 1400px; }
[data-testid=stMain] dl.numbers { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem;
  margin: 0; padding: 0; }
[data-testid=stMain] .numbers dt { font-size: 0.85rem; opacity: 0.85; }
[data-testid=stMain] .numbers dd { margin: 0; font-size: 1.35rem; }
.numbers div { margin: 0; padding: 0; }
[data-testid=stCaptionContainer] { opacity: 0.8; } /* Streamlit's 0.6 has a contrast of 4.2 */
[data-testid=stCaptionContainer] code { font-size: 0.85em; }
[data-testid=stCode] .token { /* on light, Streamlit's own have 2.5 to 3.6 */
  &:is(.comment, .punctuation) { color: light-dark(#62687a, #8d92a5); }
  &:is(.keyword, .function) { color: light-dark(#0b63b0, #4a9eea); }
  &.string { color: light-dark(#0a7a2f, #09ab3b); }
  &.operator { color: light-dark(#a84d08, #ed6f13); }
  &:is(.number, .boolean) { color: light-dark(#0f766e, #29b09d); }
}
.st-key-map_links { display: none; } /* clicked by the cards of the start page */
@media (max-width: 640px) {
  [data-testid=stMain] [data-testid=stMainBlockContainer] { padding-top: 4rem; } /* menu */
  [data-testid=stMain] [data-testid=stMarkdownContainer] table {
    display: block; max-width: 100%; overflow-x: auto; }  /* a wide one scrolls by itself */
  [data-testid=stMain] [data-testid=stMarkdownContainer] :is(th, td) { padding: 0.25rem 0.35rem; }
  [data-variant=segmented_control] { border-color: light-dark(#dedacf, #343849); } /* in two rows */
  [data-variant=segmented_control][data-selected] {
    border-color: currentColor; position: relative; z-index: 1; }
}
</style>"""
_PRESENT_STYLE = """<style>
[class*="st-key-controls_"], .st-key-share, [data-testid=stSidebar],
[data-testid=stExpandSidebarButton] { display: none; }
</style>"""


def leave() -> None:
    """End the teacher's view."""
    st.session_state["_presenting"] = False


def share() -> None:
    """Offer the link that rebuilds what the visitor sees, and the teacher's view."""
    with st.popover("Share", icon=":material/link:", key="share"):
        st.markdown("The address holds every setting: a copied link opens the same view.")
        _COPY(key="copy_link", data=[])
        if _clip.uploaded():
            st.info(
                "Your uploaded clip stays on this server and is not in the link. "
                "Whoever opens it sees these settings on a scene of the gallery."
            )


def chapters(names: Sequence[str], *, key: str) -> str:
    """Offer the page's chapters in a row; returns the chosen one, the first at the start."""
    chosen = st.segmented_control(
        "Chapter",
        names,
        default=names[0],
        required=True,
        label_visibility="collapsed",
        **bound(f"{key}_chapter"),
    )
    return str(chosen)


def halves(*, even: bool = False) -> Any:
    """Return the two columns of a chapter: the stage, and what is said and measured beside it."""
    return st.columns(2 if even else [11, 9], gap="large")


def controls(name: str = "chapter") -> Any:
    """Return a container for a chapter's controls, which the teacher's view hides.

    `name` tells several in one chapter apart.
    """
    return st.container(key=f"controls_{name}")


def run(fn: Callable[..., R], *arguments: Any, **named: Any) -> R:
    """Call `fn` now and note its time for `peek`: for what is too cheap to cache."""
    start = time.perf_counter()
    result = fn(*arguments, **named)
    st.session_state.setdefault("_seconds", {})[_name(fn)] = time.perf_counter() - start
    return result


def explain(notice: str, equation: str, *functions: Callable[..., Any]) -> None:
    """End a chapter: what to notice, the equation, and the code behind it.

    It stands outside the chapter's fragment: a slider does not draw it again.
    """
    left, right = st.columns([11, 9], gap="large", vertical_alignment="center")
    left.info(_noticed(notice), icon=":material/visibility:")
    right.latex(equation)
    peek(*functions)


def notice(text: str, equation: str) -> None:
    """Say what to notice in a column that has room for it; `peek` then ends the chapter."""
    st.info(_noticed(text), icon=":material/visibility:")
    st.latex(equation)


def _noticed(text: str) -> str:
    return f"**What to notice.** {text}".replace(
        " %", "\N{NO-BREAK SPACE}%"
    )  # stays with its number


def claims(rows: Sequence[tuple[str, str]]) -> None:
    """Lay what is often read beside what the sources say."""
    lines = "\n".join(f"| {claim} | {source} |" for claim, source in rows)
    st.markdown(f"| One often reads | The sources say |\n|---|---|\n{lines}")


def sources(*lines: str) -> None:
    """List where the facts on this page come from."""
    st.caption("Sources: " + " · ".join(lines))


# ---- computing --------------------------------------------------------------------------------
@st.cache_resource(max_entries=RESULTS_HELD, show_spinner=False)
def _compute(name: str, digest: str, settings: Any, _fn: Any, _clip: Clip) -> tuple[Any, float]:
    positional, named = settings
    start = time.perf_counter()
    result = _fn(_clip, *positional, **dict(named))
    return result, time.perf_counter() - start


def compute(fn: Callable[..., R], clip: Clip, *settings: Any, **named: Any) -> R:
    """Run `fn(clip, *settings, **named)` once per clip and settings; errors end the page kindly.

    Cached under the function's name, the clip's digest and the settings, which must be hashable.
    Results are shared between visitors and therefore read-only.
    """
    key = (settings, tuple(sorted(named.items())))
    name = _name(fn)
    try:
        result: R
        result, seconds = _compute(name, clip.digest, key, fn, clip)
    except VidcoreError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    st.session_state.setdefault("_seconds", {})[name] = seconds
    return result


def _name(fn: Callable[..., Any]) -> str:
    return f"{fn.__module__}.{fn.__qualname__}"


@lru_cache(maxsize=256)
def _source(fn: Callable[..., Any]) -> str:
    return inspect.getsource(inspect.unwrap(fn))


def peek(*functions: Callable[..., Any]) -> None:
    """Show the source of what a chapter rests on: the real one, with the time of what just ran."""
    seconds = st.session_state.get("_seconds", {})
    spent = sum(seconds.get(_name(fn), 0) for fn in functions)
    took = f" · {spent * 1e3:.1f} ms when computed" if spent else ""
    label = ", ".join(f"`{fn.__name__}`" for fn in functions)
    with st.expander(f"The code behind this: {label}{took}", icon=":material/code:"):
        st.code(_sources(functions), language="python")


@lru_cache(maxsize=256)
def _sources(functions: tuple[Callable[..., Any], ...]) -> str:
    return "\n\n".join(f"# {fn.__module__}\n{_source(fn)}" for fn in functions)


def numbers(**values: str) -> None:
    """Show a few numbers in a row, each under its name; `_` in a name stands for a space.

    One element instead of a column and a metric for each: a page with many is drawn twice as fast.
    """
    cells = "".join(
        f"<div><dt>{html.escape(name.replace('_', ' '))}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in values.items()
    )
    st.html(f"<dl class='numbers'>{cells}</dl>")


def signed(value: float, form: str = "+.2f") -> str:
    """Write a number with its sign; the minus is the true one, as long as the plus."""
    return f"{value:{form}}".replace("-", "−")


def on_demand(label: str, draw: Callable[[], None], *, key: str) -> None:
    """Offer what costs too much to draw unasked; `draw` is called once it is open."""
    panel = st.expander(label, icon=":material/grid_on:", on_change="rerun", key=key)
    if panel.open:
        with panel:
            draw()


# ---- thinking first ---------------------------------------------------------------------------
@st.fragment
def predict(question: str, options: Sequence[str], answer: str, because: str, *, key: str) -> None:
    """Ask before showing; check the answer and say why. A guess draws this alone.

    Best above a chapter's fragment, where no slider draws it again.

    `answer` is computed by the page from the same result its figure shows, never typed in.
    """
    with st.container(border=True, key=f"predict_{key}"):
        st.markdown(f"**Predict first.** {question}")
        said = st.pills(
            question, options, label_visibility="collapsed", wrap=True, **bound(f"{key}_guess")
        )
        if said is None:
            return
        if said == answer:
            st.success(f"Yes: **{answer}**. {because}", icon=":material/check_circle:")
        else:
            st.warning(f"Not quite: **{answer}**. {because}", icon=":material/lightbulb:")


_COPY = component("share", js=["share.js"])


def pick_clip() -> Clip:
    """Draw the clip panel and return the clip; see `_clip`."""
    return _clip.pick_clip()


def remember(prefix: str, key: str, defaults: Mapping[str, Any]) -> Callable[[], None]:
    """Return a callback that writes the view of the stage `key` into the link, defaults left "
    "out."""

    def write() -> None:
        view = st.session_state[key].view or {}
        opened = st.session_state.setdefault(f"_{prefix}_view", {})
        opened.update({name: view[name] for name in defaults if view.get(name) is not None})
        for name, default in defaults.items():
            value = view.get(name)
            if value is None or value == default:
                st.query_params.pop(f"{prefix}_{name}", None)
            else:
                st.query_params[f"{prefix}_{name}"] = str(value)

    return write


def opening_view(prefix: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a stage opens, as the link said when the visitor came; junk is ignored."""
    opened: dict[str, Any] = st.session_state.setdefault(
        f"_{prefix}_view", _parse(prefix, defaults)
    )
    for name, value in opened.items():  # a page that is opened again gets its link back
        if value != defaults[name] and f"{prefix}_{name}" not in st.query_params:
            st.query_params[f"{prefix}_{name}"] = str(value)
    return dict(opened)


def _parse(prefix: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = dict(defaults)
    for name, default in defaults.items():
        text = st.query_params.get(f"{prefix}_{name}")
        if text is None:
            continue
        if isinstance(default, int):
            view[name] = int(text) if text.isdecimal() and len(text) < 6 else default
        else:
            view[name] = text
    return view
