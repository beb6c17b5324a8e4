"""Real, difficult and hostile files with a stated outcome; they lie beside the checkout."""

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import SHARED
from tests.media import barcode
from vidcore.errors import LimitError, VidcoreError
from vidcore.media import Clip, decode, probe

MANIFEST = SHARED / "clips/manifest.json"
FILES = json.loads(MANIFEST.read_text())["files"] if MANIFEST.exists() else []
READABLE = [f for f in FILES if f["expected"] == "ok"]
LONG = "long10min.mp4"  # refused or cut, as one likes; here it is cut
REFUSED = [f for f in FILES if f["expected"] != "ok" and f["file"] != LONG]
UNMARKED = {"tiny16.mp4", "decord_video_90.mov", "neighbour_secret.ts", "m17_mp4.mp4"}
BARCODED = [f for f in READABLE if f["kind"] != "real" and f["file"] not in UNMARKED]
FIRST = {"editlist.mp4": 32}  # cut from a longer video, and two more by its edit list


def name(file: dict[str, Any]) -> str:
    return str(file["file"])


def read(file: dict[str, Any]) -> bytes:
    return MANIFEST.with_name(file["file"]).read_bytes()


def whole(data: bytes) -> Clip:
    """Decode all frames, smaller where they are too many pixels."""
    try:
        return decode(data)
    except LimitError as refused:
        assert "height=" in str(refused)  # noqa: PT017
        return decode(data, height=240)


def as_stored(frames: np.ndarray, file: dict[str, Any]) -> tuple[np.ndarray, Any]:
    """Turn frames back as they lie in the file, and say how large they are there."""
    turns = -file["rotation"] // 90
    size = (file["width"], file["height"])
    return np.rot90(frames, turns, axes=(1, 2)), size[::-1] if turns % 2 else size


def test_the_manifest_names_all_files(clips: Any) -> None:
    assert len(FILES) == 44
    assert len(READABLE) + len(REFUSED) + 1 == 44


@pytest.mark.parametrize("file", READABLE, ids=name)
def test_a_readable_file_is_what_the_manifest_says(file: dict[str, Any]) -> None:
    data = read(file)
    info, clip = probe(data), whole(data)
    fuzzed = "tolerance" in file  # any frames are right, if they agree
    assert len(clip.frames) == info.frames
    assert fuzzed or info.frames == file["frames"]
    assert fuzzed or info.fps == pytest.approx(file["fps"], rel=1e-3)
    assert fuzzed or info.seconds == pytest.approx(file["duration"], abs=0.04)  # a frame
    assert (info.width, info.height) == (file["display_width"], file["display_height"])
    assert info.rotation == file["rotation"]
    assert (info.codec, info.container) == (file["codec"], file["container"])
    assert info.damaged == file["decode_errors"]
    assert not info.truncated
    height = min(info.height, 240) if len(clip.frames[0]) != info.height else info.height
    assert abs(clip.frames.shape[2] - info.width * height / info.height) <= 1


@pytest.mark.parametrize("file", BARCODED, ids=name)
def test_every_index_is_the_one_in_the_picture(file: dict[str, Any]) -> None:
    frames, stored = as_stored(whole(read(file)).frames, file)
    first = FIRST.get(file["file"], 0)
    assert barcode.corners(frames[0]) == ["red", "green", "blue", "white"]
    assert barcode.indices(frames, stored) == list(range(first, first + len(frames)))


@pytest.mark.parametrize("file", BARCODED, ids=name)
def test_chosen_indices_are_found_in_one_pass(file: dict[str, Any]) -> None:
    n = file["frames"]
    chosen = [n - 1, 0, n // 2, n // 2, n // 3]
    frames, stored = as_stored(decode(read(file), indices=chosen, height=240).frames, file)
    assert barcode.indices(frames, stored) == [k + FIRST.get(file["file"], 0) for k in chosen]


@pytest.mark.parametrize("file", REFUSED, ids=name)
def test_an_unreadable_file_is_refused_in_a_sentence(file: dict[str, Any]) -> None:
    kind = LimitError if "too many pixels" in file["expected"] else VidcoreError
    for ask in (probe, decode):
        with pytest.raises(kind, match=r"^(It|Its|No|The) .*\. .*\.$"):
            ask(read(file))


def test_ten_minutes_give_their_first_two(clips: Any) -> None:
    data = (clips / LONG).read_bytes()
    info, clip = probe(data), decode(data)
    assert info.truncated
    assert clip.truncated
    assert info.frames == len(clip.frames) == 1200
    assert clip.times[-1] < 120
    assert barcode.indices(clip.frames, (160, 120)) == list(range(1200))
