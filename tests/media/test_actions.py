"""The learned world: what reversing does, what a single frame cannot tell, what flow is true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.flow import warp
from vidcore.media.synthetic import GALLERY, knobs, learned_world, make
from vidcore.media.synthetic.actions import (
    ACTIONS,
    CAPTIONS,
    COLOURS,
    PAIRS,
    REVERSED,
    SHAPES,
    Spec,
    World,
    caption,
    render,
)
from vidcore.media.synthetic.actions.stage import stage

CLEAN = World(noise=0.0, camera=0.0, distractor=0.0)
numbers = st.tuples(  # the arguments of a Spec: the type checker uses chance, strategies may not
    st.integers(0, len(ACTIONS) - 1),
    st.integers(0, len(COLOURS) - 1),
    st.integers(0, len(SHAPES) - 1),
    st.integers(0, 10_000),
)
Numbers = tuple[int, int, int, int]


@settings(max_examples=15, deadline=None)
@given(numbers)
def test_the_partner_of_a_clip_is_the_clip_itself_played_backwards(of: Numbers) -> None:
    spec = Spec(*of)
    if REVERSED[spec.action] == spec.action:
        return
    forward, backward = render([spec], flow=False), render([spec.reversed()], flow=False)
    np.testing.assert_array_equal(forward.video[0], backward.video[0, ::-1])
    np.testing.assert_array_equal(forward.object[0], backward.object[0, ::-1])


@settings(max_examples=10, deadline=None)
@given(numbers)
def test_a_spec_draws_the_same_clip_alone_or_in_a_batch(of: Numbers) -> None:
    spec = Spec(*of)
    other = Spec(3, seed=99)
    np.testing.assert_array_equal(
        render([spec], flow=False).video[0], render([other, spec], flow=False).video[1]
    )


def test_every_pair_is_each_others_reverse_and_two_actions_are_their_own() -> None:
    assert sorted(np.ravel(PAIRS).tolist()) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13]
    assert [ACTIONS[k] for k in range(14) if REVERSED[k] == k] == ["bounce", "oscillate"]
    assert all(REVERSED[REVERSED[k]] == k for k in range(14))


@pytest.mark.parametrize("seed", range(4))
def test_a_slow_pathway_sees_the_same_four_frames_of_both_whirls(seed: int) -> None:
    clips = render([Spec(action, seed=seed, world=CLEAN) for action in (12, 13)]).video
    seen = clips[:, [0, 5, 10, 15]]
    np.testing.assert_array_equal(seen[0], seen[1])
    assert (clips[0] != clips[1]).any()


@pytest.mark.parametrize(
    ("action", "axis", "sign"), [("right", 0, 1), ("left", 0, -1), ("down", 1, 1), ("up", 1, -1)]
)
def test_convention_the_name_of_a_slide_is_its_direction_on_the_screen(
    action: str, axis: int, sign: int
) -> None:
    centre = stage(Spec(ACTIONS.index(action), world=CLEAN)).layers[-1].motion.centre
    assert (sign * np.diff(centre[:, axis]) > 0.5).all()  # pixels per frame


@pytest.mark.parametrize(("action", "sign"), [("clockwise", 1), ("counter-clockwise", -1)])
def test_convention_clockwise_is_clockwise_on_the_screen(action: str, sign: int) -> None:
    batch = render([Spec(ACTIONS.index(action), seed=3, world=CLEAN)])
    y, x = np.indices(batch.object.shape[-2:])
    inside, (u, v) = batch.object[0, 0], np.moveaxis(batch.flow[0, 0], -1, 0)
    dx, dy = x - x[inside].mean(), y - y[inside].mean()
    assert sign * (dx * v - dy * u)[inside].mean() > 0.5


@pytest.mark.parametrize(("action", "sign"), [("approach", 1), ("recede", -1)])
def test_convention_what_approaches_grows(action: str, sign: int) -> None:
    area = render([Spec(ACTIONS.index(action), world=CLEAN)]).object[0].sum(axis=(1, 2))
    assert sign * (int(area[-1]) - int(area[0])) > 100  # pixels


@settings(max_examples=10, deadline=None)
@given(numbers)
def test_brightness_is_constant_along_the_flow(of: Numbers) -> None:
    quiet = Spec(*of, World(noise=0.0, size=64))
    batch = render([quiet])
    frames = batch.video[0].astype(np.float32) / 255
    inner = np.zeros(frames.shape[1:3], dtype=bool)
    inner[6:-6, 6:-6] = True
    errors = [
        np.abs(warp(frames[t + 1], batch.flow[0, t]) - frames[t]).mean(axis=-1)[inner]
        for t in range(0, 15, 5)
    ]
    assert np.median(errors) < 0.01  # grey levels; edges and covered pixels are the rest


def test_a_leak_gives_the_action_away_and_no_leak_does_not() -> None:
    def ground(action: int, leak: float, seed: int) -> np.ndarray:
        return stage(Spec(action, seed=seed, world=World(leak=leak))).ground.base

    apart = [np.abs(ground(0, 1.0, s) - ground(4, 1.0, s)).max() for s in range(5)]
    same = [np.abs(ground(0, 0.0, s) - ground(0, 0.0, s)).max() for s in range(5)]
    assert min(apart) > 0.05
    assert max(same) == 0
    slide, spin = (np.mean([ground(a, 1.0, s) for s in range(20)], axis=0) for a in (0, 7))
    np.testing.assert_allclose((slide - spin)[0], 2 * 0.16, atol=0.06)  # red, opposite hues


def test_captions_name_colour_shape_and_action() -> None:
    batch = render([Spec(8, 0, 4, seed=1), Spec(2, 4, 1, seed=2)], flow=False)
    for text, colour, shape, ways in zip(
        batch.captions, ("red", "blue"), ("ring", "square"), ("throw", "down"), strict=True
    ):
        assert text.startswith(f"a {colour} {shape} ")
        assert text.removeprefix(f"a {colour} {shape} ") in CAPTIONS[ways]
    assert len({way for ways in CAPTIONS.values() for way in ways}) == 3 * len(ACTIONS)
    assert caption(0, 0, 0) == "a red disc flies to the right"


def test_the_gallery_offers_the_world_with_its_labels_by_name() -> None:
    own = {knob.name: knob for knob in knobs("learned_world")}
    assert own["action"].options == ACTIONS
    scene = make("learned_world", {"action": 4, "colour": 2}, seed=5)
    assert scene.clip.frames.shape == (16, 48, 48, 3)
    assert scene.flow.shape == (15, 48, 48, 2)
    assert GALLERY["learned_world"] is learned_world
    with pytest.raises(ShapeError, match="action needs a whole number from 0 to 13; got 14"):
        make("learned_world", {"action": 14})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"action": 14}, "action needs an index into right, left"),
        ({"action": -1}, "got -1"),
        ({"colour": 6}, "colour needs"),
        ({"shape": 5}, "shape needs"),
    ],
)
def test_an_unknown_label_is_refused(wrong: dict[str, int], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        Spec(**wrong)


def test_a_batch_of_nothing_or_of_two_sizes_is_refused() -> None:
    with pytest.raises(ShapeError, match="got 0 specs"):
        render([])
    with pytest.raises(ShapeError, match="Render them apart"):
        render([Spec(), Spec(world=World(size=32))])
    for wrong in ({"size": 7}, {"frames": 0}, {"radius": (0.0, 0.2)}, {"radius": (0.2, 0.6)}):
        with pytest.raises(ShapeError, match="A world needs"):
            World(**wrong)
