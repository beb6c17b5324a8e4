"""vidcore.slowfast.pathways and vidcore.slowfast.pathways_torch: who is given which frame."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import slowfast
from vidcore.errors import ShapeError
from vidcore.slowfast import pathways_torch

layouts = st.builds(
    lambda slow, alpha, step, kernel: slowfast.Layout(slow, alpha * step, alpha, kernel=kernel),
    *(
        st.integers(1, 16),
        st.sampled_from([1, 2, 4, 8]),
        st.integers(1, 4),
        st.sampled_from([5, 7]),
    ),
)


def test_sixty_four_raw_frames_give_slow_four_or_eight_and_fast_thirty_two() -> None:
    basic, denser = slowfast.PUBLISHED.values()
    assert [(of.raw, of.slow, of.fast, of.alpha) for of in (basic, denser)] == [
        (64, 4, 32, 8),
        (64, 8, 32, 4),
    ]
    seen = slowfast.clocks(64, 30.0, basic)
    assert seen.fast.tolist() == list(range(0, 64, 2))  # not all 64
    assert seen.slow.tolist() == [0, 20, 40, 62]  # the released loader's linspace, truncated


def test_slow_is_spread_over_fast_with_both_ends() -> None:
    assert slowfast.slow_index(32, 8).tolist() == [0, 10, 20, 31]
    assert slowfast.slow_index(32, 4).tolist() == [0, 4, 8, 13, 17, 22, 26, 31]
    assert slowfast.slow_index(16, 16).tolist() == [0]


def test_the_link_tells_slow_about_another_moment_than_it_sees() -> None:
    seen = slowfast.clocks(64, 30.0)
    assert seen.slow_at.tolist() == [0, 10, 20, 31]
    assert seen.link_at.tolist() == [0, 8, 16, 24]
    assert seen.largest_offset == 7
    assert seen.reads[1].nonzero()[0].tolist() == [6, 7, 8, 9, 10]
    assert seen.unread == 14  # 32 frames; windows of 3, 5, 5 and 5


@given(layout=layouts, n=st.integers(1, 200), start=st.integers(0, 220))
def test_slow_sees_nothing_that_fast_does_not(layout: slowfast.Layout, n: int, start: int) -> None:
    seen = slowfast.clocks(n, 30.0, layout, start=start)
    assert len(seen.slow) == layout.slow
    assert len(seen.fast) == layout.alpha * layout.slow
    np.testing.assert_array_equal(seen.slow, seen.fast[seen.slow_at])
    assert (np.diff(seen.fast) >= 0).all()
    assert seen.fast.max() < n
    assert (np.diff(seen.fast) <= layout.stride // layout.alpha).all()


@given(layout=layouts)
def test_a_link_reads_as_many_frames_as_its_kernel_is_long_and_fewer_at_the_ends(
    layout: slowfast.Layout,
) -> None:
    reads = slowfast.clocks(64, 30.0, layout).reads
    assert reads.sum(axis=1).max() <= layout.kernel
    assert reads[0].sum() == min(layout.kernel // 2 + 1, layout.fast)  # zeros lie before the first
    for t, row in enumerate(reads):
        assert row[layout.alpha * t]


@pytest.mark.parametrize("n", [1, 63])
def test_a_clip_that_ends_too_early_repeats_its_last_frame(n: int) -> None:
    seen = slowfast.clocks(n, 30.0)
    assert seen.fast[-1] == n - 1
    assert seen.repeated == (31 if n == 1 else 0)


@given(F=st.integers(2, 40), alpha=st.sampled_from([1, 2]), seed=st.integers(0, 99))
def test_torch_splits_as_the_reference(F: int, alpha: int, seed: int) -> None:
    fast = np.random.default_rng(seed).random((F, 2, 3, 3))
    slow, same = slowfast.split(fast, alpha=alpha)
    to = lambda a: torch.from_numpy(a).movedim(-1, 0)[None]  # noqa: E731
    slow_t, fast_t = pathways_torch.split(to(fast), alpha=alpha)
    torch.testing.assert_close(slow_t, to(slow), rtol=0, atol=0)
    torch.testing.assert_close(fast_t, to(same), rtol=0, atol=0)


@pytest.mark.parametrize(("fast", "alpha"), [(0, 1), (7, 8), (4, 0)])
def test_too_few_frames_for_slow_are_refused(fast: int, alpha: int) -> None:
    with pytest.raises(ShapeError, match=f"got {fast} frames"):
        slowfast.slow_index(fast, alpha)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"stride": 12}, "Use a stride of 16"), ({"slow": 0}, "slow"), ({"beta_inv": 0}, "beta_inv")],
)
def test_an_impossible_layout_is_refused(change: dict[str, int], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        slowfast.Layout(**change)
