"""vidcore.flow.estimate: the right method, the right frames, on scenes whose flow is known."""

import numpy as np
import pytest

from vidcore import flow
from vidcore.errors import ShapeError
from vidcore.media import Clip, synthetic

METHODS = [
    (flow.LucasKanade(window=7), lambda a, b: flow.lucas_kanade(a, b, window=7)),
    (
        flow.PyramidalLucasKanade(window=7, iterations=2),
        lambda a, b: flow.pyramidal_lucas_kanade(a, b, window=7, iterations=2),
    ),
    (
        flow.HornSchunck(alpha=0.2, iterations=9),
        lambda a, b: flow.horn_schunck(a, b, alpha=0.2, iterations=9),
    ),
    (
        flow.PyramidalHornSchunck(alpha=0.7, iterations=2, sweeps=3),
        lambda a, b: flow.pyramidal_horn_schunck(a, b, alpha=0.7, iterations=2, sweeps=3),
    ),
]


@pytest.fixture(scope="module")
def noise() -> Clip:
    return Clip(np.random.default_rng(0).random((4, 20, 24, 3), dtype=np.float32), fps=10.0)


@pytest.mark.parametrize(("settings", "method"), METHODS, ids=lambda x: type(x).__name__)
def test_the_settings_choose_the_method_and_t_the_frames(settings, method, noise: Clip) -> None:  # type: ignore[no-untyped-def]
    expected = method(noise.frames[2], noise.frames[3])
    result = flow.estimate(noise, 2, settings)
    np.testing.assert_array_equal(result.flow, expected.flow)
    np.testing.assert_array_equal(result.valid, expected.valid)
    assert result.iterates is None


@pytest.mark.parametrize(("settings", "method"), METHODS[1:], ids=lambda x: type(x).__name__)
def test_the_field_on_its_way_comes_when_asked_for(settings, method, noise: Clip) -> None:  # type: ignore[no-untyped-def]
    iterates = flow.estimate(noise, 0, settings, iterates=True).iterates
    assert iterates is not None
    assert iterates.shape[1:] == (20, 24, 2)


def test_settings_with_equal_numbers_are_equal_keys_and_methods_differ() -> None:
    assert hash(flow.LucasKanade(7)) == hash(flow.LucasKanade(7))
    assert flow.LucasKanade(7) != flow.Raft(7)


@pytest.mark.parametrize("t", [-1, 3, 4])
def test_a_frame_without_a_successor_is_refused(t: int, noise: Clip) -> None:
    with pytest.raises(ShapeError, match=f"from 0 to 2; got {t}"):
        flow.estimate(noise, t)
    flow.estimate(noise, 2, flow.LucasKanade())


@pytest.mark.parametrize("name", ["two_layers", "pan", "zoom"])
@pytest.mark.parametrize("settings", [flow.PyramidalLucasKanade(), flow.PyramidalHornSchunck()])
def test_textured_scenes_are_followed_to_a_fifth_of_a_pixel(
    name: str, settings: flow.PyramidalLucasKanade | flow.PyramidalHornSchunck
) -> None:
    scene = synthetic.GALLERY[name]()
    result = flow.estimate(scene.clip, 0, settings)
    assert flow.endpoint_error(result.flow, scene.flow[0], scene.valid[0]) < 0.2  # pixels


def test_a_textured_disc_moves_as_it_was_told() -> None:
    scene = synthetic.moving_circle(size=96, velocity=(3.0, -1.0))
    result = flow.estimate(scene.clip, 2)
    moving = scene.valid[2] & (np.abs(scene.flow[2]).max(axis=-1) > 0) & result.valid
    np.testing.assert_allclose(np.median(result.flow[moving], axis=0), [3, -1], atol=0.1)


def test_the_articles_edge_pixel_is_undecided() -> None:
    scene = synthetic.moving_square(step=3)
    result = flow.estimate(scene.clip, 0, flow.LucasKanade())
    assert not result.valid[27, 19]  # the middle of the right edge: the aperture problem
    assert result.valid[20, 19]  # its upper corner
