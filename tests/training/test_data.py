"""The training data: splits that cannot meet, labels that follow the augmentation."""

import numpy as np
import pytest

from training import data
from vidcore.media.synthetic.actions import MIRRORED, REVERSED, Spec, render


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    """Pools of 28 clips, in a folder of this test."""
    monkeypatch.setattr(data, "POOLS", tmp_path)
    monkeypatch.setattr(data, "sizes", lambda world=None: dict.fromkeys(data.SPLITS, 28))
    data.pool.cache_clear()
    yield
    data.pool.cache_clear()


def test_no_clip_of_one_split_can_occur_in_another() -> None:
    seeds = {split: {spec.seed for spec in data.specs(split, range(500))} for split in data.SPLITS}
    assert all(len(found) == 500 for found in seeds.values())
    assert not seeds["train"] & seeds["test"]
    assert not seeds["train"] & seeds["validation"]
    assert not seeds["validation"] & seeds["test"]


def test_every_block_of_fourteen_holds_each_action_once() -> None:
    actions = [spec.action for spec in data.specs("test", range(70))]
    assert all(sorted(actions[k : k + 14]) == list(range(14)) for k in range(0, 70, 14))
    assert data.TEST >= 5_000


def test_a_kept_pool_is_what_is_drawn_on_the_fly() -> None:
    kept = data.pool("validation").video[[3, 17]]
    np.testing.assert_array_equal(kept, data.clips("validation", [3, 17]).video)


def test_colour_and_shape_do_not_depend_on_the_action() -> None:
    specs = data.specs("train", range(2_800))
    table = np.zeros((14, 6))
    for spec in specs:
        table[spec.action, spec.colour] += 1
    assert abs(table / 200 - 1 / 6).max() < 0.09  # 200 clips an action: 3.4 standard errors


def test_what_is_reversed_or_mirrored_gets_the_label_of_what_it_then_shows() -> None:
    """The flow of the augmented clip is asked: is it what the new label says?"""
    for action in (0, 4):  # right, clockwise
        clip = render([Spec(action, seed=4)]).video[0]
        found = set()
        for seed in range(30):
            label = np.array([action])
            shown = data._augment(clip, label, 0, np.random.default_rng(seed))
            for reverse in (False, True):
                for mirror in (False, True):
                    changed = clip[::-1] if reverse else clip
                    changed = changed[:, :, ::-1] if mirror else changed
                    inner = changed[:, 4:-4, 4:-4].astype(int)
                    nearest = min(
                        abs(shown[:, 4 + y : 44 + y, 4 + x : 44 + x].astype(int) - inner).max()
                        for y in range(-2, 3)
                        for x in range(-2, 3)
                    )
                    if nearest == 0:
                        expected = REVERSED[action] if reverse else action
                        assert label[0] == (MIRRORED[expected] if mirror else expected)
                        found.add((reverse, mirror))
        assert len(found) == 4


def test_a_batch_is_a_pure_function_of_its_arguments() -> None:
    first = data.labelled("train", np.array([5, 1, 9]), 3, augment=True)
    again = data.labelled("train", np.array([5, 1, 9]), 3, augment=True)
    other = data.labelled("train", np.array([5, 1, 9]), 4, augment=True)
    assert all((first[name] == again[name]).all() for name in first)
    assert (first["video"] != other["video"]).any()
    assert first["video"].shape == (3, 3, 16, 48, 48)
