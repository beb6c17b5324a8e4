"""The visitor's clip: a scene of the gallery, or an upload, trimmed and sized.

An upload is read at the door: counted, checked against the limits, and named to the visitor. Then
only the frames asked for are kept, small: the working clip. Its budget is a part of the 100 MB a
visitor may cost; the uploaded bytes are the rest.
"""

import hashlib
import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages import _gallery
from pages._controls import bound, ranged, slider
from vidcore.errors import VidcoreError
from vidcore.media import Clip, Info, decode, probe, synthetic
from vidcore.sampling import uniform

UPLOAD_MB = 40
WORKING_PIXELS = 4_400_000  # T x H x W: 53 MB as float32 RGB; with the upload below 100 MB
SCENES_HELD = 24  # at most 36 MB each, usually 4; flow and validity come on top where asked for
CLIPS_HELD = 8  # working clips of uploads, shared under their digest
HEIGHTS = [48, 64, 80, 96, 112, 144, 180, 240]  # pixels; 112 is C3D's input size
LEAST_HEIGHT, USUAL_HEIGHT, MOST_FRAMES = 64, 112, 300
NAME_LENGTH = 48
VIDEO_TYPES = [
    *("mp4", "mov", "m4v", "webm", "mkv", "avi", "gif"),
    *("mpg", "mpeg", "ts", "ogv", "flv", "wmv", "3gp"),
]
# A file that is too large never reaches the server: the browser refuses it in a chip of its own,
# and does not take back the chip or the message of a file before it. Only the last file speaks.
LAST_SPEAKS = """<style>
[data-testid=stFileChips] > * > :not(:last-child):has([aria-invalid=true]),
[data-testid=stSidebar]:has([data-testid=stFileChips] > * > :last-child [aria-invalid=true])
  .st-key-refused { display: none; }
</style>"""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was found readable."""

    name: str
    data: bytes
    digest: str
    info: Info


def uploaded() -> Upload | None:
    """Return the visitor's own clip, or None while a scene is shown."""
    upload: Upload | None = st.session_state.get("_upload")
    return upload


def caption() -> str:
    """Name the clip in a few plain words, for captions and screen readers."""
    upload = uploaded()
    return f"Your clip {readable(upload.name)}" if upload else f"Scene: {title(scene_name())}"


def own_chosen(label: str, world: str, own: str, *, key: str) -> bool:
    """Ask whether to watch a clip of the networks' `world`, or the visitor's `own`; True is own."""
    return chosen(label, [world], own, key=key) == own


def chosen(label: str, worlds: Sequence[str], own: str, *, key: str, about: str = "") -> str:
    """Ask which of a page's own `worlds` to watch, or the visitor's `own` clip.

    It opens at the first while nobody has touched the panel, and turns to `own` whenever the
    visitor picks another clip there. Otherwise what this control or the link says stands.
    """
    upload, settings = uploaded(), _scene_settings()
    name, now = settings[0], upload.digest if upload else repr(settings)
    untouched = not upload and name == next(iter(synthetic.GALLERY)) and not _tuned(name)
    said = key in st.session_state or key in st.query_params
    before = st.session_state.setdefault(f"_{key}_clip", now if untouched or said else "")
    if before != now:
        st.session_state[key] = own
        st.session_state[f"_{key}_clip"] = now
    elif not said:
        st.session_state[key] = worlds[0]  # no default: then the link names every choice
    return str(
        st.segmented_control(label, [*worlds, own], required=True, help=about or None, **bound(key))
    )


def scene_name() -> str:
    """Return the name of the scene that is shown, empty for an upload."""
    return "" if uploaded() else _scene_settings()[0]


def truth() -> synthetic.Scene | None:
    """Return the scene with its exact motion, or None for an upload, whose motion nobody knows."""
    return None if uploaded() else _scene(*_scene_settings())


def readable(name: str) -> str:
    """Make a file name safe to show: no control or direction marks, bounded, HTML escaped."""
    plain = "".join("·" if unicodedata.category(c)[0] == "C" else c for c in name)
    short = plain if len(plain) <= NAME_LENGTH else f"{plain[: NAME_LENGTH - 1]}…"
    return html.escape(short)


# ---- the panel --------------------------------------------------------------------------------
def pick_clip() -> Clip:
    """Draw the clip panel in the sidebar and return the clip every part of the page uses."""
    with st.sidebar, st.container(key="controls"):
        st.header("Your clip", anchor=False)
        _receive()
        upload = uploaded()
        return _upload_panel(upload) if upload else _scene_panel()


def _receive() -> None:
    """Read a newly uploaded file; one that cannot be read leaves the clip as it was."""
    st.html(LAST_SPEAKS)
    slot = st.container(key="refused")
    file = st.file_uploader(
        "Upload a video",
        type=VIDEO_TYPES,
        max_upload_size=UPLOAD_MB,
        key="upload",
        on_change=_changed,
        help=f"Up to {UPLOAD_MB} MB; the first 120 seconds are used. It stays in this server's "
        "memory while you are here, and nobody else sees it.",
    )
    if file is None:
        st.session_state.pop("_refused", None)  # taken back, or another page
    elif st.session_state.pop("_unread", False):
        _read(file.name, file.getvalue(), slot)
    refused = st.session_state.get("_refused")
    if refused:
        slot.error(refused, icon=":material/error:")


def _changed() -> None:
    """Note that the visitor chose a file. Taking it back changes nothing: a replaced file is taken
    back first, and the clip in use stays until another one is readable or a scene is chosen.
    """
    st.session_state["_unread"] = st.session_state["upload"] is not None


def _read(name: str, data: bytes, slot: Any) -> None:
    st.session_state.pop("_refused", None)
    waiting = slot.empty()
    with waiting, st.spinner("Reading your clip: counting its frames…"):
        try:
            info = probe(
                data, on_wait=lambda: waiting.info("Two other clips are being read; yours is next.")
            )
        except VidcoreError as error:
            st.session_state["_refused"] = f"**{_escaped(name)}** was not read. {error}"
            return
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    st.session_state["_upload"] = Upload(name, data, digest, info)


def _escaped(name: str) -> str:
    """Escape for markdown as well: every punctuation mark gets its backslash."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|~$:<>&" else c for c in readable(name))


def _forget() -> None:
    for key in ("_upload", "_refused"):
        st.session_state.pop(key, None)


# ---- an upload --------------------------------------------------------------------------------
def _upload_panel(upload: Upload) -> Clip:
    info = upload.info
    st.html(f"<strong>{readable(upload.name)}</strong>")
    st.caption(describe(info))
    if info.truncated:
        st.warning("Longer than 120 s: the first part is used.", icon=":material/content_cut:")
    first, count = _trim(info)
    heights = [h for h in HEIGHTS if h <= info.height] or [info.height]
    height = heights[-1]
    if len(heights) > 1:
        height = st.selectbox(
            "Working height (pixels)",
            heights,
            heights.index(_usual_height(heights, count, info)),
            help="Models see small pictures: C3D saw 112 pixels, most others 224.",
            **bound(f"clip_height_{upload.digest[:8]}"),  # its own: the usual one depends on it
        )
    width = max(1, round(height * info.width / info.height))
    most = max(1, min(count, MOST_FRAMES, WORKING_PIXELS // (height * width)))
    frames = slider(
        "Working frames",
        min(2, most),
        most,
        most,
        key=ranged("clip_frames", most),
        help=f"Evenly spaced over the trimmed part. At {height} pixels, {most} fit the budget.",
    )
    rate = _rate(info, count, frames)
    st.caption(
        f"In use: {frames} of {count} frames, {rate:.3g} per second, {width} × {height} pixels."
    )
    if frames < count:
        st.warning(
            "Thinned: neighbours here are not neighbours in your video. A shorter part keeps all."
        )
    st.button("Use a scene instead", on_click=_forget, icon=":material/undo:")
    indices = first + uniform(count, frames) if frames < count else first + np.arange(count)
    try:
        return _working(upload.digest, tuple(indices.tolist()), height, rate, upload.data)
    except VidcoreError as error:
        _forget()
        st.session_state["_refused"] = f"**{_escaped(upload.name)}** was not read. {error}"
        st.rerun()


def _usual_height(heights: list[int], count: int, info: Info) -> int:
    """Choose the largest usual height at which every frame fits, so that none has to be left "
    "out."""
    wide = info.width / info.height
    fits = [h for h in heights if min(count, MOST_FRAMES) * h * h * wide <= WORKING_PIXELS]
    usual = [h for h in fits if h <= USUAL_HEIGHT]
    return max([*usual, min(LEAST_HEIGHT, heights[-1])])


def _trim(info: Info) -> tuple[int, int]:
    """Ask for start and length; return the first frame and the number of frames."""
    total = round(info.seconds, 1)
    if total < 0.5 or info.frames < 4:
        return 0, info.frames
    start, end = slider(
        "Part of the clip (seconds)",
        0.0,
        total,
        (0.0, total),
        0.1,
        key=ranged("clip_part", total),
    )
    first = min(info.frames - 2, int(start / total * info.frames))
    count = max(2, round((end - start) / total * info.frames))
    return first, min(count, info.frames - first)


def _rate(info: Info, count: int, frames: int) -> float:
    """Frames per second of the working clip: thinned frames play at their own, slower rate."""
    return info.fps * frames / count


def describe(info: Info) -> str:
    """Say what was read."""
    turned = f", rotated by {info.rotation}°" if info.rotation else ""
    return (
        f"{info.codec} in {info.container.split(',')[0]}: {info.width} × {info.height} pixels"
        f"{turned}, {info.frames} {'frame' if info.frames == 1 else 'frames'}, "
        f"{info.fps:.4g} per second, {info.seconds:.1f} s"
    )


@st.cache_resource(max_entries=CLIPS_HELD, show_spinner="Decoding the frames asked for…")
def _working(digest: str, indices: tuple[int, ...], height: int, fps: float, _data: bytes) -> Clip:
    return Clip(decode(_data, indices=list(indices), height=height).frames, fps)


# ---- a scene ----------------------------------------------------------------------------------
def _scene_panel() -> Clip:
    names = list(synthetic.GALLERY)
    st.selectbox(
        "Scene with known motion",
        names,
        format_func=title,
        **bound("scene"),
    )
    name = st.session_state["scene"]
    _gallery.grid(gallery(), [title(n) for n in names], names, name)
    tune = st.expander(
        "Change the scene",
        expanded=_tuned(name),
        icon=":material/tune:",
        on_change="rerun",
        key="tune",
    )
    if tune.open or _tuned(name):  # a closed panel costs nothing; a changed scene stays in the link
        with tune:
            for knob in synthetic.knobs(name):
                _knob(name, knob)
            st.number_input("Seed", 0, 9999, 0, **bound("seed"))
    return _scene(*_scene_settings()).clip


def _tuned(name: str) -> bool:
    """Whether the link or the visitor has changed anything about the scene."""
    keys = {"seed": 0, **{f"{name}_{knob.name}": knob.default for knob in synthetic.knobs(name)}}
    in_link = any(key in st.query_params for key in keys)
    return in_link or any(st.session_state.get(key, usual) != usual for key, usual in keys.items())


def _knob(scene: str, knob: synthetic.Knob) -> None:
    label = f"{knob.label} ({knob.unit})" if knob.unit else knob.label
    key, about = f"{scene}_{knob.name}", knob.help or None
    if isinstance(knob.default, bool):
        st.toggle(label, knob.default, help=about, **bound(key))
    elif knob.options:
        st.selectbox(
            label,
            range(len(knob.options)),
            int(knob.default),
            format_func=lambda k: knob.options[k].capitalize(),
            help=about,
            **bound(key),
        )
    else:
        slider(label, knob.low, knob.high, knob.default, knob.step, key=key, help=about)


def _scene_settings() -> tuple[str, tuple[tuple[str, Any], ...], int]:
    """Read the scene's settings back from its controls."""
    name = st.session_state.get("scene") or next(iter(synthetic.GALLERY))
    values = [
        (knob.name, st.session_state.get(f"{name}_{knob.name}", knob.default))
        for knob in synthetic.knobs(name)
    ]
    return name, tuple(values), int(st.session_state.get("seed") or 0)


@st.cache_resource(max_entries=SCENES_HELD, show_spinner=False)
def _scene(name: str, values: tuple[tuple[str, Any], ...], seed: int) -> synthetic.Scene:
    return synthetic.make(name, dict(values), seed=seed)


def scene(name: str, **values: Any) -> synthetic.Scene:
    """Return a scene of the gallery with some of its parameters set, shared and cached."""
    return _scene(name, tuple(sorted(values.items())), 0)


def title(name: str) -> str:
    """Turn a scene's name into words."""
    return name.replace("_", " ").capitalize()


@st.cache_resource(show_spinner=False)
def gallery() -> Clip:
    """Thumbnails of every scene, as one clip: `_gallery.MOMENTS` frames of each in turn."""
    stills = []
    for name in synthetic.GALLERY:
        frames = _scene(name, (), 0).clip.frames
        moments = uniform(len(frames), _gallery.MOMENTS)
        stride = max(1, min(frames.shape[1:3]) // _gallery.SIDE)
        small = frames[moments, ::stride, ::stride][:, : _gallery.SIDE, : _gallery.SIDE]
        stills.append(small)
    side = min(min(s.shape[1:3]) for s in stills)
    return Clip(np.concatenate([s[:, :side, :side] for s in stills]), fps=8.0)
