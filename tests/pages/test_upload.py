"""Uploads through the page's own panel, without a browser."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages import _clip
from tests.pages.test_pages import complaints, open_page
from vidcore.media import Clip, encode_mp4, synthetic

NASTY = [
    "<img src=x onerror=alert(1)>.mp4",
    "\u202e4pm.exe.mp4",
    "a\nb.mp4",
    "**bold** [link](http://x) $x$ :smile:.mp4",
    "é" * 240 + ".mp4",
    "../../etc/passwd.mp4",
]


@pytest.fixture(scope="module")
def video() -> bytes:
    return encode_mp4(synthetic.moving_circle().clip)


def upload(at: AppTest, name: str, data: bytes) -> AppTest:
    at.file_uploader[0].upload(name, data, "video/mp4")
    return at.run()


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_shown_and_cannot_do_anything(name: str) -> None:
    shown = _clip.readable(name)
    assert not set(shown) & set("<>\n\u202e")
    assert len(shown) < 2 * _clip.NAME_LENGTH


def test_the_names_of_the_manifest_are_all_taken(clips: Path, video: bytes) -> None:
    names = json.loads((clips / "manifest.json").read_text())["upload_names"]
    at = open_page("home.py")
    for name in names:
        upload(at, name if name.endswith(".mp4") else f"{name}.mp4", video)
        assert complaints(at) == [], name
        assert any(_clip.readable(name)[:8] in h.proto.body for h in at.get("html")), name


def test_an_upload_is_described_and_used_on_every_page(video: bytes) -> None:
    at = upload(open_page("motion.py"), "circle.mp4", video)
    assert complaints(at) == []
    assert any("h264 in mov" in c.value and "10 frames" in c.value for c in at.caption)
    at.switch_page("sampling.py").run()
    assert any("10 frames" in c.value for c in at.caption)
    at.button[0].click().run()  # "Use a scene instead"
    assert not any("10 frames" in c.value for c in at.caption)


@pytest.mark.parametrize(
    "data", [b"", b"no video at all", b"\x00\x00\x00\x18ftypisom" + bytes(500)]
)
def test_a_bad_file_is_refused_and_the_clip_stays(video: bytes, data: bytes) -> None:
    at = upload(open_page("motion.py"), "good.mp4", video)
    upload(at, "bad.mp4", data)
    assert complaints(at) == []
    assert any("was not read" in e.value for e in at.error)
    assert any("10 frames" in c.value for c in at.caption)  # the good one


def test_a_long_upload_after_a_short_one_keeps_all_its_frames() -> None:
    at = open_page("home.py")
    for T in (2, 300):
        wide = Clip(np.zeros((T, 112, 224, 3), np.float32), 30.0)
        upload(at, f"{T}.mp4", encode_mp4(wide))
        assert any(f"In use: {T} of {T} frames" in c.value for c in at.caption)


@pytest.mark.parametrize("kept", [(0.0, 0.2), (0.5, 0.5), (0.9, 1.0)])
def test_any_trim_leaves_a_clip(video: bytes, kept: tuple[float, float]) -> None:
    at = upload(open_page("motion.py"), "circle.mp4", video)
    at.slider(key="clip_part_1").set_value(kept).run()
    assert complaints(at) == []
