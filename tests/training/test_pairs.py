"""training.pairs: drawn pairs are exact, say what vanishes, and depend on their seed alone."""

import numpy as np
import pytest
import torch

from training import pairs
from training.tasks.flow import LONG, PLAIN_FROM, SIZE, Flow, corrections

SMALL = (64, 80)
REACH = np.array([1.0, 6.0, 16.0, 28.0])


@pytest.mark.parametrize("plain", [0.0, 1.0])
def test_the_first_frame_is_the_second_one_where_the_flow_points(plain: float) -> None:
    seed = [3, 1]
    pair = pairs.draw(seed, REACH, size=SMALL, plain=plain, light=False)
    layers = pairs.choose(np.random.default_rng([*seed, 0]), REACH, SMALL)
    if plain:
        layers = pairs.plainer(np.random.default_rng([*seed, 1]), layers, plain)
    target = pairs.pixels(SMALL)[0] + pair.flow.movedim(1, -1)  # real points of frame 2
    at = target[:, None].expand(-1, pairs.LAYERS, -1, -1, -1)
    there = pairs.blend(pairs.texture(layers, pairs.textures_of(0), at), pairs.coverage(layers, at))
    p = pairs.pixels(SMALL)
    cover = pairs.coverage(layers, p + pairs.displacement(layers, p, SMALL))
    pure = ((cover == 0) | (cover == 1)).all(1)  # not a mixture of two layers on an edge
    known = pair.valid & pure
    assert known.float().mean() > 0.5
    torch.testing.assert_close(
        pair.prev.movedim(1, -1)[known], there.movedim(1, -1)[known], atol=2e-5, rtol=0
    )


def test_what_gets_covered_or_leaves_is_not_valid() -> None:
    pair = pairs.draw([4], np.full(8, 20.0), size=SMALL, light=False)
    y, x = torch.meshgrid(*(torch.arange(n) for n in SMALL), indexing="ij")
    tx, ty = x + pair.flow[:, 0], y + pair.flow[:, 1]
    inside = (tx >= 0) & (tx <= SMALL[1] - 1) & (ty >= 0) & (ty <= SMALL[0] - 1)
    assert not (pair.valid & ~inside).any()
    assert (inside & ~pair.valid).any()  # some layer covers some other


def test_the_seed_says_everything() -> None:
    one, same, other = (pairs.draw([k], REACH, size=SMALL) for k in (1, 1, 2))
    for name in ("prev", "next_", "flow", "valid"):
        torch.testing.assert_close(getattr(one, name), getattr(same, name), rtol=0, atol=0)
    assert not torch.equal(one.prev, other.prev)


def test_light_changes_the_pictures_and_not_the_truth() -> None:
    dark, lit = (pairs.draw([5], REACH, size=SMALL, light=light) for light in (False, True))
    torch.testing.assert_close(dark.flow, lit.flow)
    assert not torch.equal(dark.next_, lit.next_)
    assert lit.prev.min() >= 0
    assert lit.next_.max() <= 1


def test_the_reach_bounds_the_motion_of_most_pixels() -> None:
    lengths = pairs.draw([6], np.full(16, 10.0), size=SMALL).flow.norm(dim=1)
    assert 2 < lengths.mean() < 10
    assert lengths.quantile(0.95) < 25


def test_a_batch_is_a_pure_function_of_its_arguments() -> None:
    task = Flow(100)
    first, again = (task.batch("train", np.array([1, 2]), 50) for _ in range(2))
    for name, tensor in first.items():
        torch.testing.assert_close(tensor, again[name], rtol=0, atol=0)
    other = task.batch("validation", np.array([1, 2]), 50)
    assert not torch.equal(first["prev"], other["prev"])
    assert first["prev"].shape == (2, 3, *SIZE)


def test_motions_grow_over_the_first_half_and_corrections_with_them() -> None:
    task = Flow(PLAIN_FROM)
    indices = np.arange(24)
    early, late = (task.batch("train", indices, step)["flow"] for step in (0, PLAIN_FROM - 1))
    assert late.abs().mean() > 1.5 * early.abs().mean()
    assert late.norm(dim=1).max() < 4 * LONG
    rng = np.random.default_rng(0)
    assert corrections(0.01, rng) == 1
    assert max(corrections(0.9, rng) for _ in range(50)) == 6


def test_plain_pairs_have_less_texture() -> None:
    textured, plain = (pairs.draw([7], np.full(8, 4.0), size=SMALL, plain=p) for p in (0.0, 1.0))
    slope = lambda image: image.diff(dim=-1).abs().mean()  # noqa: E731
    grain = [slope(pairs.draw([7], np.full(8, 4.0), size=SMALL, plain=p, light=False).prev)
             for p in (0.0, 1.0)]  # fmt: skip
    assert grain[1] < 0.7 * grain[0]
    assert textured.prev.shape == plain.prev.shape
