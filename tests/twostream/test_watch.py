"""What the trained pair is given, changed, and made of.

What vidcore.twostream.watch says is what vidcore.twostream.watch_torch was asked; change, filters
and scene_bias with it.
"""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.twostream.pair import nothing_trained, pair
from vidcore import twostream, zoo
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip, synthetic
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.twostream.change import CHANGES, noticed
from vidcore.twostream.filters import strongest, time_course
from vidcore.twostream.scene_bias import hue_of
from vidcore.twostream.small_torch import flow_of

watching = import_module("vidcore.twostream.watch")  # the package's name is the door's

__all__ = ["nothing_trained", "pair"]


@pytest.fixture(scope="module")
def thrown() -> Clip:
    return synthetic.make("learned_world", {"action": 8}, seed=1).clip


@given(T=st.integers(1, 40), H=st.integers(2, 60), W=st.integers(2, 60))
def test_the_pair_is_given_what_every_model_of_the_zoo_is_given(T: int, H: int, W: int) -> None:
    frames = np.random.default_rng(0).random((T, H, W, 3), dtype=np.float32)
    clip = Clip(frames, 10.0)
    np.testing.assert_array_equal(watching.prepare(clip), zoo.prepare(clip))


def test_the_flow_is_the_one_the_temporal_stream_was_trained_on(thrown: Clip) -> None:
    frames = watching.prepare(thrown)
    video = torch.tensor(frames).movedim(3, 0)[None]
    np.testing.assert_allclose(
        watching.flow_between(frames), flow_of(video)[0].numpy(), atol=1e-4
    )  # pixels


def test_the_spatial_stream_is_the_mean_over_frames_and_cannot_know_their_order(
    pair: Path, thrown: Clip
) -> None:
    frames = watching.prepare(thrown)
    before, after = twostream.watch_frames(frames, CHANGES["shuffled"](frames))
    for question, logits in before.spatial.items():
        mean = before.per_frame[question].mean(axis=0)
        np.testing.assert_allclose(logits, mean, atol=1e-5)
        assert noticed(logits, after.spatial[question]) < 1e-5
        assert noticed(before.temporal[question], after.temporal[question]) > 1e-4


def test_every_change_is_made_and_compared_with_none(
    pair: Path, thrown: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "vidcore.twostream.change.CHANGES",
        {name: CHANGES[name] for name in ("as it is", "covered")},
    )
    same, covered = twostream.which_notices(thrown)
    assert set(same.spatial.values()) | set(same.temporal.values()) == {0.0}
    assert covered.name == "covered"
    assert min(*covered.spatial.values(), *covered.temporal.values()) > 0
    np.testing.assert_array_equal(covered.after.frames, CHANGES["covered"](same.after.frames))


def test_who_sees_brightness_alone_does_not_miss_colour(pair: Path, thrown: Clip) -> None:
    frames = watching.prepare(thrown)
    flow = watching.flow_between(frames)
    for name in ("without colour", "negative"):
        changed = watching.flow_between(CHANGES[name](frames))
        assert np.quantile(abs(changed - flow), 0.99) < 1e-3  # pixels


def test_a_stopped_clip_has_no_flow(pair: Path, thrown: Clip) -> None:
    stopped = CHANGES["stopped"](watching.prepare(thrown))
    assert abs(watching.flow_between(stopped)).max() < 1e-6  # pixels


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_keeps_what_the_streams_need_and_the_clip_as_it_was(
    name: str, thrown: Clip
) -> None:
    frames = watching.prepare(thrown)
    kept = frames.copy()
    changed = CHANGES[name](frames)
    assert changed.shape == (16, 48, 48, 3)
    assert changed.dtype == np.float32
    assert changed.min() >= 0
    assert changed.max() <= 1
    np.testing.assert_array_equal(frames, kept)
    assert np.array_equal(changed, frames) == (name == "as it is")


def test_the_board_hides_the_middle_and_nothing_else(thrown: Clip) -> None:
    frames = watching.prepare(thrown)
    changed = CHANGES["covered"](frames)
    assert np.ptp(changed[:, 12:36, 12:36]) == 0
    np.testing.assert_array_equal(changed[:, :12], frames[:, :12])
    np.testing.assert_array_equal(changed[:, :, 36:], frames[:, :, 36:])


def test_noticing_runs_from_the_same_to_the_opposite() -> None:
    sure, other = np.array([50.0, 0, 0]), np.array([0, 50.0, 0])
    assert noticed(sure, sure) == 0
    np.testing.assert_allclose(noticed(sure, other), 1)
    assert noticed(sure, other) == noticed(other, sure)
    np.testing.assert_allclose(noticed(np.log([0.5, 0.5]), np.log([0.8, 0.2])), 0.3)


def test_without_weights_the_door_says_how_to_make_them(
    nothing_trained: Path, thrown: Clip
) -> None:
    with pytest.raises(WeightsError, match=r"training\.train frame"):
        twostream.watch(thrown)
    with pytest.raises(WeightsError, match=r"training\.train frame"):
        twostream.first_layers()


def test_frames_of_another_size_are_sent_to_the_other_door(pair: Path) -> None:
    for frames in (
        np.zeros((16, 48, 47, 3), np.float32),
        np.zeros((15, 48, 48, 3), np.float32),
        np.zeros((16, 48, 48, 3)),
    ):
        with pytest.raises(ShapeError, match=r"watch\(clip\)"):
            twostream.watch_frames(frames)


# ---- the fields shown as a stack ---------------------------------------------------------------
def test_long_and_large_clips_give_thirty_small_fields_from_their_middle() -> None:
    frames = np.random.default_rng(0).random((41, 100, 60, 3), dtype=np.float32)
    found = twostream.fields(Clip(frames, 10.0))
    assert found.start == 5
    assert found.channels.shape == (30, 2, 96, 58)
    assert len(found.clip.frames) == 31


def test_the_fields_and_their_means_are_the_flow_between_the_frames(thrown: Clip) -> None:
    found = twostream.fields(thrown)
    flow = watching.flow_between(thrown.frames)
    np.testing.assert_array_equal(found.channels, np.moveaxis(flow, -1, 1))
    np.testing.assert_allclose(found.means, flow.mean(axis=(1, 2)), atol=1e-5)
    assert found.start == 0
    assert 0.9 < (abs(flow) <= found.reach).mean() < 1


def test_a_single_frame_has_no_stack() -> None:
    with pytest.raises(ShapeError, match="two frames"):
        twostream.fields(Clip(np.zeros((1, 8, 8, 3), np.float32), 10.0))


# ---- filters -----------------------------------------------------------------------------------
def test_filters_come_strongest_first_with_their_channels_last(pair: Path) -> None:
    found = twostream.first_layers()
    assert found.spatial.shape == (24, 3, 3, 3)
    assert found.temporal.shape == (24, 3, 3, 30)
    for filters in (found.spatial, found.temporal):
        lengths = np.linalg.norm(filters.reshape(24, -1), axis=1)
        assert (np.diff(lengths) <= 1e-7).all()
    np.testing.assert_array_equal(strongest(found.spatial), found.spatial)


def test_a_filters_course_is_what_it_answers_to_one_motion_everywhere() -> None:
    rng = np.random.default_rng(0)
    filters, motion = rng.normal(size=(2, 3, 3, 8)), rng.normal(size=(4, 2))
    flow = np.broadcast_to(motion[:, None, None], (4, 3, 3, 2))
    answers = twostream.temporal_features(flow, filters)[0, 0]
    course = time_course(filters)
    np.testing.assert_allclose(answers, np.maximum(0, (course * motion).sum(axis=(1, 2))))


# ---- scene bias --------------------------------------------------------------------------------
def test_the_background_takes_a_hue_and_the_shape_and_its_motion_stay() -> None:
    plain, told = (twostream.biased_clip(0, b, seed=5).frames for b in (None, 3))
    shift = told - plain
    ground = np.isclose(shift, hue_of(3), atol=1e-5).all(axis=-1)
    same = np.isclose(shift, 0, atol=1e-6).all(axis=-1)
    assert ground.mean() > 0.5
    assert 0.03 < same.mean() < 0.4  # the shape, the box and the blob
    assert (ground | same).mean() > 0.95  # the rest was clipped, or is an edge


def test_no_two_actions_share_a_hue() -> None:
    hues = np.array([hue_of(k) for k in range(len(ACTIONS))])
    apart = np.linalg.norm(hues[:, None] - hues[None], axis=-1) + np.eye(len(hues))
    assert apart.min() > 0.05
    np.testing.assert_allclose(hues.sum(axis=1), 0, atol=1e-9)  # no brighter, no darker


def test_a_background_of_its_own_action_is_the_leaking_world() -> None:
    from vidcore.media.synthetic.actions import Spec, World, render

    leaked = render([Spec(6, 0, 0, 4, World(leak=1.0))], flow=False).video[0]
    ours = twostream.biased_clip(6, 6, seed=4).frames
    np.testing.assert_allclose(ours, leaked / 255, atol=0.6 / 255)  # grey levels: rounding


def test_a_change_of_another_name_is_refused_with_those_there_are(pair: Path, thrown: Clip) -> None:
    for ask in (twostream.changed_clip, twostream.which_notices):
        with pytest.raises(ShapeError, match="backwards, shuffled"):
            ask(thrown, "sideways")
    with pytest.raises(ShapeError, match="one video or more"):
        twostream.watch_frames()
