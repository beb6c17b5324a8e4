"""vidcore.flow.film, rivals, peers and smoothness: what the page shows of whole clips and pairs."""

import numpy as np
import pytest

from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.flow.film import COST, SMALLEST, sampled, shrink
from vidcore.flow.peers import dis, farneback
from vidcore.flow.rivals import OPENCV, OURS
from vidcore.flow.smoothness import near_boundary
from vidcore.media import Clip, synthetic


@pytest.fixture(scope="module")
def layers() -> synthetic.Scene:
    return synthetic.two_layers(T=4, size=64)


@pytest.mark.parametrize("settings", [flow.LucasKanade(), flow.PyramidalLucasKanade()])
def test_a_films_fields_are_those_of_its_pairs(
    layers: synthetic.Scene, settings: flow.LucasKanade | flow.PyramidalLucasKanade
) -> None:
    whole = flow.film(layers.clip, settings)
    assert whole.shrunk == 1
    for t in range(3):
        there = flow.estimate(layers.clip, t, settings).flow
        home = flow.estimate(layers.clip.take([t + 1, t]), 0, settings).flow
        np.testing.assert_array_equal(whole.flow[t], there)
        np.testing.assert_array_equal(whole.consistent[t], flow.forward_backward(there, home)[1])


def test_the_camera_of_a_film_is_the_seas_drift(layers: synthetic.Scene) -> None:
    whole = flow.film(layers.clip, flow.PyramidalLucasKanade())
    np.testing.assert_allclose(whole.camera[:, :, 2], [[-0.75, 0.25]] * 3, atol=0.15)  # pixels


def test_a_clip_that_would_take_too_long_is_made_smaller() -> None:
    clip = Clip(np.random.default_rng(0).random((3, 90, 120, 3), dtype=np.float32), 10.0)
    assert shrink(clip, 3.0 * 90 * 120) == (clip, 1.0)
    small, factor = shrink(clip, 3.0 * 45 * 60)
    assert small.frames.shape == (3, 45, 60, 3)
    assert factor == pytest.approx(2)
    tiny, _factor = shrink(clip, 1.0)
    assert min(tiny.frames.shape[1:3]) == SMALLEST
    assert set(COST) == {type(settings) for settings in OURS.values()}


def test_one_frame_has_no_flow() -> None:
    with pytest.raises(ShapeError, match="two frames"):
        flow.film(synthetic.pan(T=2).clip.take([0]), flow.LucasKanade())


def test_a_sampled_mask_stays_inside_the_mask_unless_that_leaves_nothing() -> None:
    valid = np.zeros((100, 200), bool)
    assert 400 < sampled(valid).sum() < 1600
    valid[:50] = True
    chosen = sampled(valid)
    assert chosen[valid].any()
    assert not chosen[~valid].any()


def test_every_rival_reports_its_time_and_error_or_why_it_did_not_run(
    layers: synthetic.Scene,
) -> None:
    runs = flow.rivals(layers.clip, 1, layers.flow[1], layers.valid[1])
    assert [run.name for run in runs] == [*OURS, *OPENCV]
    for run in runs:
        if run.trouble:
            assert run.name.startswith("RAFT")
            assert run.milliseconds is run.error is run.unlike is None
        else:
            assert run.milliseconds is not None
            assert run.milliseconds > 0
            assert run.error is not None
            assert run.unlike is not None
    by_name = {run.name: run for run in runs}
    expected = flow.estimate(layers.clip, 1, OURS["Lucas–Kanade, coarse to fine"]).flow
    error = flow.endpoint_error(expected, layers.flow[1], layers.valid[1])
    assert by_name["Lucas–Kanade, coarse to fine"].error == pytest.approx(error)


def test_without_a_truth_no_error_is_made_up(layers: synthetic.Scene) -> None:
    runs = flow.rivals(layers.clip, 0)
    assert all(run.error is None for run in runs)
    assert sum(run.unlike is not None for run in runs) >= 6
    with pytest.raises(ShapeError, match="got 3"):
        flow.rivals(layers.clip, 3)


@pytest.mark.parametrize("peer", [farneback, dis])
def test_opencv_beside_ours_sees_the_same_frames(peer) -> None:  # type: ignore[no-untyped-def]
    scene = synthetic.pan(T=2, velocity=(2.0, -1.0))
    field = peer(*scene.clip.frames)
    np.testing.assert_allclose(np.median(field[16:-16, 16:-16], (0, 1)), [2, -1], atol=0.2)
    with pytest.raises(ShapeError):
        peer(scene.clip.frames[0], scene.clip.frames[1][:-1])


def test_more_smoothness_first_helps_inside_then_hurts_most_at_the_boundary(
    layers: synthetic.Scene,
) -> None:
    prev, next_ = layers.clip.frames[1:3]
    curve = flow.smoothness_curve(prev, next_, layers.flow[1], layers.valid[1], iterations=150)
    assert (curve.boundary > curve.inside).all()
    assert curve.inside[-1] > 3 * curve.inside.min()
    for alpha, boundary in zip(curve.alphas[::3], curve.boundary[::3], strict=True):
        field = flow.horn_schunck(prev, next_, alpha=float(alpha), iterations=150).flow
        near = near_boundary(layers.flow[1]) & layers.valid[1]
        assert flow.endpoint_error(field, layers.flow[1], near) == pytest.approx(boundary)


def test_a_boundary_is_where_the_true_motion_jumps() -> None:
    truth = np.zeros((20, 30, 2), np.float32)
    truth[:, 15:] = [1, 0]
    near = near_boundary(truth)
    assert near[:, 11:20].all()
    assert not near[:, :11].any()
    assert not near[:, 20:].any()
    assert not near_boundary(0.1 * truth).any()


def test_what_is_left_is_the_warped_frame_less_the_first(layers: synthetic.Scene) -> None:
    settings = flow.PyramidalLucasKanade()
    left = flow.residual(layers.clip, 1, settings)
    estimated = flow.estimate(layers.clip, 1, settings).flow
    np.testing.assert_array_equal(np.stack([left.u, left.v], axis=-1), estimated)
    second = left.prev + left.left
    np.testing.assert_allclose(second, left.warped, atol=1e-6)
    still = flow.interpolation_error(*layers.clip.frames[1:3], 0 * estimated)
    assert np.sqrt((left.left**2).mean()) < still / 2  # the motion explains most of the change
    assert np.sqrt((left.left**2).mean()) == pytest.approx(
        flow.interpolation_error(*layers.clip.frames[1:3], estimated), rel=1e-4
    )


def test_a_films_scale_is_longer_than_most_of_its_arrows(layers: synthetic.Scene) -> None:
    whole = flow.film(layers.clip, flow.LucasKanade())
    assert (np.linalg.norm(whole.flow, axis=-1) <= whole.longest).mean() == pytest.approx(
        0.99, abs=0.005
    )
    still = Clip(np.repeat(layers.clip.frames[:1], 2, axis=0), 10.0)
    assert flow.film(still, flow.LucasKanade()).longest == 0.25  # so that nothing divides by zero


def test_the_telling_point_lies_where_most_moves_sideways() -> None:
    field = np.zeros((10, 12, 2))
    field[3, 4:9, 0], field[3, 6, 0], field[7, 5, 0], field[8, :, 1] = 1, 2, 3, 9
    assert flow.telling_point(field) == (6, 3)
