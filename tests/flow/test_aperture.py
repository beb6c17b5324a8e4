"""vidcore.flow.aperture: flat, edge, corner, and the article's pixel."""

import numpy as np
import pytest

from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.media import Clip, synthetic


def at(array: np.ndarray, point: tuple[int, int]) -> float:
    return float(array[point[1], point[0]])


def test_the_articles_pixel_has_a_singular_window_and_no_answer_of_its_own() -> None:
    a = flow.apertures(flow.first_lesson().clip, window=5)
    assert at(a.l1, flow.LESSON_POINT) == pytest.approx(2.5)  # Ix = -0.5 in two columns of five
    assert at(a.l2, flow.LESSON_POINT) == 0
    assert not at(a.valid, flow.LESSON_POINT)
    x, y = flow.LESSON_POINT
    np.testing.assert_allclose(a.Ix[y - 2 : y + 3, x - 2 : x + 3], [[0, 0, -0.5, -0.5, 0]] * 5)
    np.testing.assert_array_equal(a.Iy[y - 2 : y + 3, x - 2 : x + 3], 0)


def test_the_lessons_truth_is_its_squares_shift() -> None:
    lesson = flow.first_lesson()
    pulled = flow.warp(lesson.clip.frames[1], lesson.flow[0])
    valid = lesson.valid[0]
    np.testing.assert_array_equal(pulled[valid], lesson.clip.frames[0][valid])
    assert (~valid).sum() == 12 * 3  # pixels that the square covers next


def test_one_solve_on_the_lesson_finds_a_pixel_where_three_were_moved() -> None:
    a = flow.apertures(flow.first_lesson().clip, window=5)
    decided = a.flow[a.valid]
    off = np.linalg.norm(decided - [3, 0], axis=-1)
    assert (off > 0.5).all()  # nowhere within half a pixel of the truth


@pytest.mark.parametrize("make", [flow.first_lesson, lambda: synthetic.two_layers(T=3)])
def test_the_three_cases_are_what_they_are_called(make) -> None:  # type: ignore[no-untyped-def]
    a = flow.apertures(make().clip, window=5)
    assert at(a.l1, a.flat) == min(at(a.l1, p) for p in (a.flat, a.edge, a.corner))
    assert at(a.l1, a.edge) > 20 * at(a.l2, a.edge)  # far longer than wide
    assert at(a.l2, a.corner) > max(a.least, at(a.l2, a.edge), at(a.l2, a.flat))
    assert at(a.valid, a.corner)


def test_the_window_decides_and_the_pair_is_the_one_asked_for() -> None:
    clip = synthetic.two_layers(T=4).clip
    a = flow.apertures(clip, 2, window=9)
    expected = flow.lucas_kanade(clip.frames[2], clip.frames[3], window=9)
    np.testing.assert_array_equal(a.flow, expected.flow)
    np.testing.assert_array_equal(a.valid, a.l2 > a.least)
    assert not a.Ix.flags.writeable


def test_the_smallest_frames_have_their_cases_too() -> None:
    frames = np.random.default_rng(0).random((2, 2, 3, 3), dtype=np.float32)
    a = flow.apertures(Clip(frames, 2.0), window=15)
    assert a.corner[0] < 3
    assert a.corner[1] < 2


@pytest.mark.parametrize("t", [-1, 1])
def test_a_frame_without_a_successor_is_refused(t: int) -> None:
    with pytest.raises(ShapeError, match=f"t={t}"):
        flow.apertures(flow.first_lesson().clip, t)
    with pytest.raises(ShapeError, match="odd"):
        flow.apertures(flow.first_lesson().clip, window=4)
