"""vidcore.flow.speeds: where the linear picture breaks."""

import numpy as np
import pytest

from vidcore import flow
from vidcore.errors import ShapeError


@pytest.fixture(scope="module")
def speeds() -> flow.Speeds:
    return flow.speed_curve(fastest=10.0)


def test_every_method_is_right_where_nothing_moves(speeds: flow.Speeds) -> None:
    assert speeds.true[0] == 0
    for found in speeds.estimated.values():
        assert abs(found[0]) < 0.01  # pixels


def test_one_step_breaks_first_then_iterating_and_the_pyramid_not_at_all(
    speeds: flow.Speeds,
) -> None:
    one, many = speeds.reach("one step"), speeds.reach("iterated")
    assert 1 <= one < many < speeds.reach("coarse to fine") == 10
    np.testing.assert_allclose(speeds.estimated["coarse to fine"], speeds.true, atol=0.05)
    assert speeds.estimated["one step"].max() < 4  # it never finds what is faster


def test_a_blurred_image_extends_the_range_of_one_step(speeds: flow.Speeds) -> None:
    blurred = flow.speed_curve(blur=4.0, fastest=10.0)
    assert blurred.reach("one step") > speeds.reach("one step") + 1  # pixels


def test_reach_ends_at_the_first_wrong_answer() -> None:
    speeds = flow.Speeds(np.arange(5.0), {"a": np.array([0, 1, 2, 9, 4.0]), "b": np.full(5, 9.0)})
    assert speeds.reach("a") == 2
    assert speeds.reach("b") == 0


@pytest.mark.parametrize(
    "bad", [{"window": 4}, {"blur": -0.1}, {"fastest": 0.5}, {"fastest": 20.5}]
)
def test_a_setting_that_means_nothing_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ShapeError, match="got"):
        flow.speed_curve(**bad)
