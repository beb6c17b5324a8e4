"""Decoding files made here: which frames come out, when, which way up, at what size."""

import io
import os
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media import barcode
from vidcore.errors import DecodeError, LimitError, ShapeError
from vidcore.media import Limits, decode, probe

SIZE = W, H = 160, 120
T = 30
KINDS = [
    ("libx264", "mp4"),
    ("libx264", "matroska"),
    ("libx264", "mpegts"),
    ("libx264", "flv"),
    ("libx265", "mp4"),
    ("libvpx", "webm"),
    ("libvpx-vp9", "webm"),
    ("libsvtav1", "mp4"),
    ("mpeg4", "avi"),
    ("mjpeg", "avi"),
    ("wmv2", "asf"),
    ("mpeg2video", "mpeg"),
    ("prores_ks", "mov"),
    ("gif", "gif"),
    ("apng", "apng"),
]


@pytest.fixture(scope="module")
def mp4() -> bytes:
    return barcode.video(T=T)


@pytest.mark.parametrize(("codec", "container"), KINDS)
def test_every_frame_comes_out_once_and_in_order(codec: str, container: str) -> None:
    clip = decode(barcode.video(codec, container, T=T))
    assert barcode.indices(clip.frames, SIZE) == list(range(T))
    assert barcode.corners(clip.frames[0]) == ["red", "green", "blue", "white"]
    np.testing.assert_allclose(clip.times, np.arange(T) / 25, atol=1e-3)  # seconds
    assert clip.fps == pytest.approx(25, abs=0.05)
    assert not clip.truncated


def test_frames_are_float32_in_0_to_1_contiguous_and_read_only(mp4: bytes) -> None:
    for data in (mp4, barcode.turned(mp4, 90)):
        frames = decode(data).frames
        assert frames.dtype == np.float32
        assert frames.flags.c_contiguous
        assert not frames.flags.writeable
        assert frames.min() >= 0
        assert 0.9 < frames.max() <= 1


@settings(max_examples=12)
@given(chosen=st.lists(st.integers(0, T - 1), min_size=1, max_size=12))
def test_chosen_frames_are_those_of_the_whole_clip(mp4: bytes, chosen: list[int]) -> None:
    some, whole = decode(mp4, indices=chosen), decode(mp4).take(chosen)
    assert barcode.indices(some.frames, SIZE) == chosen
    np.testing.assert_array_equal(some.frames, whole.frames)
    np.testing.assert_allclose(some.times, np.arange(len(chosen)) / 25)


@pytest.mark.parametrize(
    ("codec", "container"), [("libx264", "mp4"), ("libx265", "mp4"), ("mpeg4", "avi")]
)
def test_odd_order_and_repeats_are_kept_with_b_frames(codec: str, container: str) -> None:
    chosen = [29, 0, 7, 7, 28, 1, 29]
    data = barcode.video(codec, container, T=T, bf="2")
    assert barcode.indices(decode(data).frames, SIZE) == list(range(T))
    assert barcode.indices(decode(data, indices=chosen).frames, SIZE) == chosen


@settings(max_examples=12)
@given(height=st.integers(1, 2 * H))
def test_height_scales_down_and_never_up(mp4: bytes, height: int) -> None:
    _, h, w, _ = decode(mp4, height=height, indices=[0]).frames.shape
    assert h == min(height, H)
    assert abs(w - W * h / H) <= 1


@pytest.mark.parametrize(
    ("degrees", "seen"),
    [
        (90, ["green", "white", "red", "blue"]),
        (-90, ["blue", "red", "white", "green"]),
        (180, ["white", "blue", "green", "red"]),
    ],
)
def test_rotation_is_applied_counter_clockwise(mp4: bytes, degrees: int, seen: list[str]) -> None:
    data = barcode.turned(mp4, degrees)
    clip, info = decode(data), probe(data)
    assert barcode.corners(clip.frames[0]) == seen
    assert info.rotation == degrees
    assert (info.height, info.width) == clip.frames.shape[1:3]
    assert decode(data, height=40).frames.shape[1] == 40


@pytest.mark.parametrize("entries", [[0] * 9, [1, 0, 0, 0, 0, 0, 0, 0, 0], [2**31 - 1] * 9])
def test_a_matrix_that_is_no_rotation_turns_by_whole_quarters_or_not(
    mp4: bytes, entries: list[int]
) -> None:
    info = probe(barcode.with_matrix(mp4, *entries))
    assert info.rotation == 0
    assert (info.width, info.height) == SIZE


@pytest.mark.parametrize(
    ("aspect", "width"), [(Fraction(3, 2), 240), (Fraction(1, 2), 80), (Fraction(100), 640)]
)
def test_pixel_aspect_widens_the_picture_up_to_four_times(aspect: Fraction, width: int) -> None:
    data = barcode.video(pixel_aspect=aspect)
    info, clip = probe(data), decode(data)
    assert (info.width, info.height) == (width, H)
    assert clip.frames.shape[1:3] == (H, width)
    assert barcode.indices(clip.frames, SIZE) == list(range(12))


def test_pixel_aspect_and_rotation_go_together(mp4: bytes) -> None:
    info = probe(barcode.turned(barcode.video(pixel_aspect=Fraction(3, 2)), 90))
    assert (info.width, info.height) == (H, 240)


def test_uneven_times_are_kept_and_their_mean_is_the_rate() -> None:
    ticks = [0, 1, 4, 5, 9, 20, 21, 30]
    data = barcode.video(ticks=ticks)
    np.testing.assert_allclose(decode(data).times, np.array(ticks) / 25, atol=1e-4)
    assert decode(data).fps == pytest.approx(7 / 30 * 25)
    assert decode(data, indices=[2, 0]).fps == pytest.approx(2 / 4 * 25)  # as far as it was read


def test_times_start_at_zero_wherever_the_stream_starts() -> None:
    data = barcode.video(container="mpegts", ticks=list(range(250, 262)))
    np.testing.assert_allclose(decode(data).times, np.arange(12) / 25, atol=1e-4)


def test_stamps_that_go_backwards_give_way_to_the_rate() -> None:
    twice = barcode.video(container="mpegts") * 2  # the second half starts again
    clip = decode(twice)
    assert barcode.indices(clip.frames, SIZE) == [*range(12), *range(12)]
    np.testing.assert_allclose(clip.times, np.arange(24) / 25)


def test_a_change_of_size_is_scaled_to_the_first() -> None:
    small = barcode.video(container="mpegts", size=(96, 64))
    clip = decode(barcode.video(container="mpegts") + small)
    assert clip.frames.shape == (24, H, W, 3)
    assert barcode.indices(clip.frames[12:], (96, 64)) == list(range(12))


@pytest.mark.parametrize("default", [0, 1])
def test_the_default_track_is_taken(default: int) -> None:
    sizes = [(160, 120), (96, 64)]
    info = probe(barcode.two_tracks(default=default, sizes=sizes))
    assert (info.width, info.height) == sizes[default]


@pytest.mark.parametrize("cover", [False, True])
def test_music_is_refused_with_or_without_a_cover(cover: bool) -> None:
    with pytest.raises(DecodeError, match="no picture"):
        decode(barcode.sound(cover=cover))


def test_one_frame_is_a_clip() -> None:
    data = barcode.video(T=1)
    assert decode(data).frames.shape == (1, H, W, 3)
    assert probe(data).frames == 1
    assert probe(data).seconds == pytest.approx(1 / 25)


def test_probe_says_what_decode_returns(mp4: bytes) -> None:
    info = probe(mp4)
    assert (info.frames, info.width, info.height) == (T, W, H)
    assert info.fps == pytest.approx(25)
    assert info.seconds == pytest.approx(T / 25)
    assert (info.codec, info.rotation, info.truncated, info.damaged) == ("h264", 0, False, 0)
    assert "mp4" in info.container


def test_frames_behind_a_damaged_packet_are_kept() -> None:
    video = barcode.video(T=T, g="1")  # every frame stands for itself
    with av.open(io.BytesIO(video), "r") as container:
        at = [packet.pos or 0 for packet in container.demux(video=0)][10]
    damaged = video[:at] + b"\xff" * 64 + video[at + 64 :]
    info = probe(damaged)
    assert info.damaged == 1
    assert info.frames == T - 1
    assert barcode.indices(decode(damaged).frames, SIZE) == [*range(10), *range(11, T)]


def test_a_file_cut_short_gives_its_first_part() -> None:
    video = barcode.video(container="matroska", T=T)
    clip = decode(video[: len(video) // 2])
    assert 0 < len(clip.frames) < T
    assert barcode.indices(clip.frames, SIZE) == list(range(len(clip.frames)))


@pytest.mark.parametrize(
    "indices",
    [[], [-1], [0, -1], *map(np.array, ([0.0], [[0]], ["0"], [True], [2**70], 0))],
)
def test_indices_that_are_no_counting_numbers_are_refused(mp4: bytes, indices: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="indices"):
        decode(mp4, indices=indices)


@pytest.mark.parametrize("height", [0, -1])
def test_a_height_below_one_is_refused(mp4: bytes, height: int) -> None:
    with pytest.raises(ShapeError, match="height"):
        decode(mp4, height=height)


def test_the_last_index_is_found_and_the_one_behind_it_is_not(mp4: bytes) -> None:
    assert barcode.indices(decode(mp4, indices=[T - 1]).frames, SIZE) == [T - 1]
    with pytest.raises(DecodeError, match=f"Frame {T} was asked for; the video has {T}"):
        decode(mp4, indices=[0, T])
    with pytest.raises(DecodeError, match="Frame 1000000000000 was asked for"):
        decode(mp4, indices=[10**12])


class TestLimits:
    """Each on both sides of its boundary, alone."""

    def test_bytes(self, mp4: bytes) -> None:
        assert probe(mp4, limits=Limits(bytes=len(mp4))).frames == T
        with pytest.raises(LimitError, match="MB"):
            probe(mp4, limits=Limits(bytes=len(mp4) - 1))

    @pytest.mark.parametrize(
        ("codec", "container"), [k for k in KINDS if k[0] not in {"apng", "gif"}]
    )
    def test_pixels(self, codec: str, container: str) -> None:
        data = barcode.video(codec, container, T=2, size=(162, 122))  # sides no decoder works on
        assert len(decode(data, limits=Limits(pixels=162 * 122)).frames) == 2
        with pytest.raises(LimitError, match="162 x 122"):
            decode(data, limits=Limits(pixels=162 * 122 - 1))

    def test_pixels_of_a_later_frame(self) -> None:
        data = barcode.video(container="mpegts", size=(96, 64)) + barcode.video(container="mpegts")
        assert len(decode(data, limits=Limits(pixels=W * H)).frames) == 24
        with pytest.raises(LimitError, match="160 x 120"):
            decode(data, limits=Limits(pixels=W * H - 1))

    @pytest.mark.parametrize(("seconds", "frames"), [(1.17, T), (1.16, T - 1), (0.01, 1)])
    def test_seconds(self, mp4: bytes, seconds: float, frames: int) -> None:
        limits = Limits(seconds=seconds)  # the last frame is shown from 1.16 s on
        for found in (probe(mp4, limits=limits), decode(mp4, limits=limits)):
            assert found.truncated == (frames < T)
        assert probe(mp4, limits=limits).frames == len(decode(mp4, limits=limits).frames) == frames

    @pytest.mark.parametrize("frames", [T, T - 1, 1])
    def test_frames(self, mp4: bytes, frames: int) -> None:
        limits = Limits(frames=frames)
        assert probe(mp4, limits=limits).frames == len(decode(mp4, limits=limits).frames) == frames
        assert decode(mp4, limits=limits).truncated == (frames < T)

    def test_an_index_behind_the_limit_says_so(self, mp4: bytes) -> None:
        with pytest.raises(DecodeError, match="within the limits, has 10"):
            decode(mp4, limits=Limits(frames=10), indices=[10])

    def test_total_pixels_of_all_frames(self, mp4: bytes) -> None:
        assert len(decode(mp4, limits=Limits(total_pixels=T * W * H)).frames) == T
        with pytest.raises(LimitError, match=r"height=\d+, or for fewer indices"):
            decode(mp4, limits=Limits(total_pixels=T * W * H - 1))

    @pytest.mark.parametrize("indices", [[0, 5, 9], [4, 4, 4]])
    def test_total_pixels_of_chosen_frames(self, mp4: bytes, indices: list[int]) -> None:
        limits = Limits(total_pixels=3 * W * H)
        assert len(decode(mp4, limits=limits, indices=indices).frames) == 3
        with pytest.raises(LimitError, match="fewer indices"):
            decode(mp4, limits=Limits(total_pixels=3 * W * H - 1), indices=indices)

    @settings(max_examples=8)
    @given(budget=st.integers(T * 20, T * W * H - 1))
    def test_the_height_suggested_fits(self, mp4: bytes, budget: int) -> None:
        limits = Limits(total_pixels=budget)
        with pytest.raises(LimitError) as refused:
            decode(mp4, limits=limits)
        height = int(str(refused.value).partition("height=")[2].partition(",")[0])
        assert len(decode(mp4, limits=limits, height=height).frames) == T

    def test_probe_has_no_total(self, mp4: bytes) -> None:
        assert probe(mp4, limits=Limits(total_pixels=1)).frames == T

    def test_wall_seconds(self, mp4: bytes) -> None:
        assert probe(mp4, limits=Limits(wall_seconds=15)).frames == T
        with pytest.raises(LimitError, match=r"longer than 0.001 seconds"):
            probe(mp4, limits=Limits(wall_seconds=0.001))


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="no such call on this system")
def test_drawing_a_video_leaves_the_process_as_urgent_as_it_was() -> None:
    before = os.sched_getscheduler(0)
    barcode.video("libsvtav1", size=(64, 48), T=2)
    assert os.sched_getscheduler(0) == before
