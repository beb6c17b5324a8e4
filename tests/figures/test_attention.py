"""vidcore.figures.attention: the numbers drawn are the result's, and the crossing is shaded."""

import numpy as np
import pytest

from vidcore import attention
from vidcore.figures import attention as figures


def test_each_scheme_is_drawn_with_its_own_numbers() -> None:
    result = attention.cost([1, 8, 64], 196)
    pairs = figures.cost_curves(result, "pairs", T=8)
    assert [trace.name for trace in pairs.data] == list(attention.SCHEMES)
    for trace in pairs.data:
        np.testing.assert_array_equal(trace.y, result.pairs[trace.name])
    work = figures.cost_curves(result, "multiply_adds")
    np.testing.assert_allclose(work.data[0].y, np.array(result.multiply_adds["joint"]) / 1e9)


def test_the_crossing_is_shaded_on_the_meter_that_crosses() -> None:
    result = attention.cost(range(1, 33), 196)
    cross = result.crossover
    assert cross is not None
    bands = [
        s for s in figures.cost_curves(result, "multiply_adds").layout.shapes if s.type == "rect"
    ]
    assert [(b.x0 + b.x1) / 2 for b in bands] == [cross]
    assert not figures.cost_curves(result, "pairs").layout.shapes
    short = attention.cost(range(1, 5), 196)  # ends before it
    assert not figures.cost_curves(short, "multiply_adds").layout.shapes


def test_ticks_are_the_powers_of_two_inside() -> None:
    assert figures.ticks((3, 4, 5, 33)) == [4, 8, 16, 32]


def test_looks_are_drawn_beside_an_even_share() -> None:
    rows = {"a": {"ratio": 17.0, "background": 0.2}, "b": {"ratio": 5.0, "background": 8.0}}
    figure = figures.looks(rows)
    np.testing.assert_array_equal(figure.data[0].x, [17, 5])
    np.testing.assert_array_equal(figure.data[1].x, [0.2, 8])
    assert figure.layout.shapes[0].x0 == 1


@pytest.mark.parametrize("slope", [1.0, 1.87])
def test_the_fitted_exponent_is_in_the_legend(slope: float) -> None:
    figure = figures.timings({"joint": ([1, 2], [3.0, 9.0], slope)})
    assert f"T^{slope:.2f}" in figure.data[0].name
    np.testing.assert_array_equal(figure.data[0].y, [3, 9])
