"""vidcore.motion.window and .layout: half a second of a clip, and where its values lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import small_clips
from vidcore.errors import ShapeError
from vidcore.media import Clip
from vidcore.motion import difference, long_range, memory_layout, motion_energy

sizes = st.integers(1, 6)


def burst(T: int = 300) -> Clip:
    """A dark clip that flickers between frames 100 and 105 only."""
    frames = np.zeros((T, 2, 2, 3), np.float32)
    frames[101:105:2] = 1
    return Clip(frames, fps=30.0)


def test_sixteen_frames_at_thirty_per_second_are_0_533_seconds() -> None:
    result = long_range(burst())
    assert result.seconds == pytest.approx(16 / 30)
    assert result.clip_seconds == pytest.approx(10)
    assert result.frame_share == pytest.approx(16 / 300)


def test_a_window_that_misses_the_event_holds_none_of_the_energy() -> None:
    before, on = long_range(burst(), start=60), long_range(burst(), start=95)
    assert (before.energy_share, before.largest_inside, before.largest_outside) == (0, 0, 1)
    assert (on.energy_share, on.largest_inside, on.largest_outside) == (1, 1, 0)


@given(small_clips(), st.integers(-3, 12), st.integers(1, 12))
def test_a_window_lies_inside_the_clip_and_counts_pairs_with_both_frames(
    clip: Clip, start: int, length: int
) -> None:
    result = long_range(clip, start=start, length=length)
    T = len(clip.frames)
    assert result.length == min(length, T)
    assert 0 <= result.start <= T - result.length
    energy = motion_energy(difference(clip))
    inside = energy[result.start : result.start + result.length - 1]
    total = energy.sum()
    assert result.energy_share == pytest.approx(inside.sum() / total if total else 0, abs=1e-6)
    assert max(result.largest_inside, result.largest_outside) == energy.max(initial=0)


def test_the_whole_clip_as_a_window_holds_everything() -> None:
    result = long_range(burst(), length=1000)
    assert (result.frame_share, result.energy_share) == (1, 1)


@pytest.mark.parametrize("length", [0, -1])
def test_a_window_without_frames_is_refused(length: int) -> None:
    with pytest.raises(ShapeError, match=f"at least 1 frame; got {length}"):
        long_range(burst(), length=length)
    assert long_range(burst(), length=1).energy_share == 0


# ---- layout -------------------------------------------------------------------------------------
@given(st.tuples(sizes, sizes, sizes, sizes), sizes, st.data())
def test_addresses_and_strides_are_numpys(
    shape: tuple[int, int, int, int], batch: int, data: st.DataObject
) -> None:
    at = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    t, y, x, c = at
    for order, full, index in [
        ("THWC", (batch, *shape), (0, t, y, x, c)),
        ("NCTHW", (batch, shape[3], *shape[:3]), (0, c, t, y, x)),
    ]:
        array = np.zeros(full, np.float32)
        result = memory_layout(shape, order, at=at, batch=batch)
        assert result.shape == full
        assert result.strides == tuple(s // 4 for s in array.strides)
        assert result.address == np.ravel_multi_index(index, full)
        assert result.bytes == array.nbytes


def test_thwc_keeps_colours_together_and_ncthw_keeps_columns_together() -> None:
    shape = (16, 112, 112, 3)
    pixels, planes = memory_layout(shape), memory_layout(shape, "NCTHW")
    assert (pixels.next_door, planes.next_door) == ("C", "W")
    assert pixels.head[:4, 3].tolist() == [0, 1, 2, 0]
    assert planes.head[:4, 2].tolist() == [0, 1, 2, 3]
    assert pixels.distance == {"T": 112 * 112 * 3, "H": 112 * 3, "W": 3, "C": 1}
    assert planes.distance == {"T": 112 * 112, "H": 112, "W": 1, "C": 16 * 112 * 112}


def test_memory_counts_the_batch_and_the_type() -> None:
    shape = (16, 112, 112, 3)
    assert memory_layout(shape).mebibytes == pytest.approx(16 * 112 * 112 * 3 * 4 / 2**20)
    assert memory_layout(shape, dtype="uint8").bytes == 16 * 112 * 112 * 3
    assert memory_layout(shape, batch=8).bytes == 8 * memory_layout(shape).bytes


def test_a_wrong_layout_is_refused_one_thing_at_a_time() -> None:
    shape = (2, 3, 4, 3)
    for axis in range(4):
        outside = tuple(shape[axis] if a == axis else 0 for a in range(4))
        with pytest.raises(ShapeError, match="inside"):
            memory_layout(shape, at=outside)
        last = tuple(shape[axis] - 1 if a == axis else 0 for a in range(4))
        assert memory_layout(shape, at=last).address > 0
        empty = tuple(0 if a == axis else 2 for a in range(4))
        with pytest.raises(ShapeError, match="at least 1"):
            memory_layout(empty)
    with pytest.raises(ShapeError, match="THWC, NCTHW"):
        memory_layout(shape, "HWC")
    with pytest.raises(ShapeError, match="float32 or uint8"):
        memory_layout(shape, dtype="float12")
    with pytest.raises(ShapeError, match="batch of 0"):
        memory_layout(shape, batch=0)
