"""Knobs: any setting a page can offer makes a scene, and none that it cannot."""

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidcore.errors import ShapeError
from vidcore.media import synthetic
from vidcore.media.synthetic import GALLERY, Knob, Scene, knobs, make
from vidcore.media.synthetic.knob import MAX_PIXELS

KNOBS = {name: knobs(name) for name in GALLERY}
EACH = [(name, knob) for name, own in KNOBS.items() for knob in own]
NAMES = [f"{name}-{knob.name}" for name, knob in EACH]


def assert_sound(scene: Scene) -> None:
    frames = scene.clip.frames
    assert frames.size <= 3 * MAX_PIXELS
    assert np.isfinite(frames).all()
    assert frames.min() >= 0
    assert frames.max() <= 1
    assert np.isfinite(scene.flow).all()


@st.composite
def settings_of(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a scene and a value of every knob; the size stays small, so that the suite does."""
    name = draw(st.sampled_from(list(GALLERY)))
    values = {knob.name: draw(value_of(knob)) for knob in KNOBS[name]}
    return name, values | {knob.name: knob.low for knob in KNOBS[name] if knob.name == "size"}


def value_of(knob: Knob) -> st.SearchStrategy[Any]:
    if isinstance(knob.default, bool):
        return st.booleans()
    if isinstance(knob.default, int):
        return st.integers(int(knob.low), int(knob.high))
    return st.floats(knob.low, knob.high)


@pytest.mark.parametrize(("name", "knob"), EACH, ids=NAMES)
def test_a_knob_offers_one_kind_of_number_around_its_default(name: str, knob: Knob) -> None:
    kinds = {type(value) for value in (knob.low, knob.high, knob.step, knob.default)}
    assert len(kinds) == 1  # a slider refuses to mix whole numbers and fractions
    assert knob.low <= knob.default <= knob.high
    assert knob.low < knob.high
    assert knob.label
    steps = (knob.default - knob.low) / knob.step
    assert steps == pytest.approx(round(steps))


@pytest.mark.parametrize("name", GALLERY)
def test_every_parameter_but_the_generator_is_a_knob(name: str) -> None:
    names = [knob.name for knob in knobs(name)]
    assert len(set(names)) == len(names)
    parameters = set(inspect.signature(GALLERY[name]).parameters) - {"rng"}
    assert {n.removesuffix("_x").removesuffix("_y") for n in names} == parameters


@pytest.mark.parametrize(("name", "knob"), EACH, ids=NAMES)
def test_a_knob_at_either_end_makes_a_scene(name: str, knob: Knob) -> None:
    for value in (knob.low, knob.high):
        assert_sound(make(name, {knob.name: value}))


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("end", ["low", "high"])
def test_all_knobs_at_one_end_make_a_scene(name: str, end: str) -> None:
    assert_sound(make(name, {knob.name: getattr(knob, end) for knob in knobs(name)}))


@settings(max_examples=60)
@given(drawn=settings_of(), seed=st.integers(0, 2**32 - 1))
def test_any_setting_of_the_knobs_makes_a_scene(
    drawn: tuple[str, dict[str, Any]], seed: int
) -> None:
    assert_sound(make(*drawn, seed=seed))


@pytest.mark.parametrize("name", GALLERY)
def test_the_defaults_of_the_knobs_are_the_defaults_of_the_scene(name: str) -> None:
    by_knob = make(name, {knob.name: knob.default for knob in knobs(name)})
    by_call = GALLERY[name]()
    assert by_knob.clip.digest == make(name, {}).clip.digest == by_call.clip.digest
    np.testing.assert_array_equal(by_knob.flow, by_call.flow)


def test_a_velocity_is_set_by_two_knobs() -> None:
    scene = make("moving_circle", {"velocity_x": -2.0, "velocity_y": 1})
    np.testing.assert_array_equal(scene.flow[0, 32, 32], [-2, 1])


def test_a_whole_number_from_a_link_may_come_as_a_fraction() -> None:
    assert len(make("wheel", {"T": 8.0}).clip.frames) == 8


def test_a_seed_changes_the_picture_of_a_made_scene() -> None:
    assert make("pan", {}, seed=1).clip.digest != make("pan", {}, seed=2).clip.digest


@pytest.mark.parametrize(("name", "knob"), EACH, ids=NAMES)
def test_a_value_outside_the_range_is_refused_by_name(name: str, knob: Knob) -> None:
    for value in (knob.low - knob.step, knob.high + knob.step, float("nan"), "much"):
        with pytest.raises(ShapeError, match=knob.name):
            make(name, {knob.name: value})


def test_a_fraction_is_no_count() -> None:
    with pytest.raises(ShapeError, match="spokes needs a whole number from 1 to 16"):
        make("wheel", {"spokes": 7.5})


@pytest.mark.parametrize(
    "call",
    [
        lambda: make("waterfall", {}),
        lambda: knobs("waterfall"),
        lambda: make("wheel", {"velocity": 1.0}),
        lambda: make("wheel", {}, seed=-1),
    ],
)
def test_an_unknown_scene_knob_or_seed_is_refused(call: Any) -> None:
    with pytest.raises(ShapeError):
        call()


def test_the_gallery_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        synthetic.GALLERY["mine"] = synthetic.pan  # type: ignore[index]
