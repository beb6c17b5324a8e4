"""vidcore.conv3d.workshop and pairs: what NumPy says about what the browser shows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import small_clips
from vidcore import conv3d as room
from vidcore.conv3d import kernels, workshop
from vidcore.errors import ShapeError
from vidcore.media import Clip, synthetic
from vidcore.media.clip import grey


@given(small_clips())
def test_the_bench_is_the_clip_in_half_precision_with_a_place_in_it(clip: Clip) -> None:
    bench = room.workbench(clip)
    np.testing.assert_array_equal(bench.grey, grey(clip.frames).astype(np.float16))
    assert all(0 <= i < n for i, n in zip(bench.place, bench.grey.shape, strict=True))


def test_a_long_clip_is_taken_from_its_middle() -> None:
    frames = np.zeros((100, 4, 5, 3), np.float32) + np.arange(100)[:, None, None, None] / 128
    bench = room.workbench(Clip(frames.astype(np.float32), 10.0))
    assert (bench.start, len(bench.grey)) == (18, 64)
    assert bench.grey[0, 0, 0] == pytest.approx(18 / 128, abs=1e-3)


def test_the_opening_place_is_where_the_opening_kernel_answers_most() -> None:
    clip = synthetic.GALLERY["throw"]().clip
    bench = room.workbench(clip)
    t, y, x = bench.place
    frame = np.abs(room.conv3d(bench.grey, room.kernel_of(workshop.OPENING)))[t - 1]
    assert frame[y - 1, x - 1] == frame.max()


def test_kernels_are_read_from_titles_and_numbers_and_junk_gives_the_opening_one() -> None:
    for named in room.offered():
        np.testing.assert_array_equal(room.kernel_of(room.title(named)), named.kernel)
    assert len({room.title(named) for named in room.offered()}) == len(room.offered())
    typed = room.kernel_of(",".join(str(k / 4) for k in range(27)))
    np.testing.assert_array_equal(typed.ravel(), np.arange(27) / 4)
    opening = room.kernel_of(workshop.OPENING)
    for junk in ("", "right", "1,2,3", ",".join(["nan"] * 27), ",".join(["1e9"] * 27), "a" * 99):
        np.testing.assert_array_equal(room.kernel_of(junk), opening)


@pytest.mark.parametrize("padding", room.PADDINGS)
def test_inspecting_gives_the_answer_at_the_place(padding: str) -> None:
    clip = synthetic.GALLERY["pan"]().clip
    seen = room.inspect(clip, kernel="time: change over time", at=(2, 3, 4), padding=padding)
    bench = room.workbench(clip).grey
    expected = room.conv3d(bench, seen.kernel, padding=padding)[2, 3, 4]
    assert seen.voxel is not None
    assert seen.voxel.total == pytest.approx(float(expected), abs=1e-12)
    assert seen.separation.energy[0] == pytest.approx(1)
    assert room.inspect(clip, at=(2, 3, 999)).voxel is None
    assert room.inspect(clip, at=()).voxel is None
    with pytest.raises(ShapeError, match="padding"):
        room.inspect(clip, padding="same")


def test_a_clip_smaller_than_the_kernel_has_no_valid_answer() -> None:
    clip = Clip(np.zeros((2, 9, 9, 3), np.float32), 5.0)
    assert room.inspect(clip, at=(0, 0, 0), padding="valid").voxel is None
    assert room.inspect(clip, at=(0, 0, 0), padding="zero").voxel is not None


def test_learned_kernels_add_up_their_colours_and_the_liveliest_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = np.zeros((3, 3, 3, 3, 3))
    weights[0] = 1.0  # blurs: nothing changes over time
    weights[1, :, 0], weights[1, :, 2] = -1.0, 1.0
    weights[2, 1, 1, 1, 1] = 1.0
    monkeypatch.setattr(kernels, "first_weights", lambda name: weights)
    found = room.learned("c3d")
    assert (found[0].name, found[-1].name) == ("filter 1", "filter 0")
    grey_clip = np.random.default_rng(0).normal(size=(4, 5, 6))
    apart = sum(room.conv3d(grey_clip, weights[1, c]) for c in range(3))
    np.testing.assert_allclose(room.conv3d(grey_clip, found[0].kernel), apart, atol=1e-12)


def test_without_trained_networks_nothing_learned_is_offered() -> None:
    assert room.learned("nobody") == []
    assert list(room.planes("nobody")) == [
        "vertical edge, by hand",
        "horizontal edge, by hand",
        "blur, by hand",
    ]


def test_pairs_on_a_clip_show_what_one_of_them_cannot_do() -> None:
    clip = synthetic.GALLERY["throw"]().clip
    result = room.compare_pairs(clip)
    chosen = {name: tuned.selectivity for name, tuned in result.tunings.items()}
    assert chosen["one pair"] == pytest.approx(0, abs=1e-9)
    assert chosen["27 weights"] > 0.4
    assert result.unlike["two pairs"] < 1e-6  # a detector along an axis has rank 2
    assert result.unlike["one pair"] > 0.1
    for name in ("27 weights", "one pair", "two pairs"):
        assert result.even[name] < 1e-6
    assert result.even["one pair, ReLU between"] > 0.1
    assert result.even["two pairs, ReLU between"] > 0.1
    split, x = result.separation, room.workbench(clip).grey - np.float32(0.5)
    first, second = (room.r2plus1d(x, split.spatial[r], split.temporal[r]) for r in (0, 1))
    middles = result.frames - 1  # answer t has frame t + 1 in the middle of its three
    assert middles[0] == 0
    assert middles[-1] == len(first) - 1
    np.testing.assert_allclose(
        result.answers["two pairs, ReLU between"], (first + second)[middles], atol=1e-6
    )
    assert result.affordable == 2
    with pytest.raises(ShapeError, match="along T"):
        room.compare_pairs(Clip(clip.frames[:2], 5.0))


@given(st.integers(1, 8), st.sampled_from([1, 3, 5]), st.integers(0, 3))
def test_a_stack_sees_as_far_as_its_layers_say(depth: int, time: int, halve: int) -> None:
    layers = room.stack(depth=depth, time=time, halve_time=halve, halve_space=0)
    bill = room.budget(layers, frames=4096, size=9)
    sees, jump = 1, 1
    for k in range(1, depth + 1):
        sees += (time - 1) * jump
        jump *= 2 if halve and k % halve == 0 else 1
    assert [row.frames for row in bill.rows if row.kind == "conv"][-1] == sees
