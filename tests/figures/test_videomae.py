"""Figures of vidcore.videomae: what is drawn is what was measured."""

from typing import Any

import numpy as np
import pytest

from vidcore.figures import videomae as figures
from vidcore.media import Clip
from vidcore.videomae import PAPER, EncoderTimes, Reconstruction, cost, leakage_curve, targets_of


def test_the_leakage_curve_draws_every_kind_and_marks_the_ratio() -> None:
    curve = leakage_curve((8, 4, 4))
    figure = figures.leakage_curve(curve, ratio=0.9)
    assert [trace.name for trace in figure.data] == ["tube", "random", "frame"]
    np.testing.assert_array_equal(figure.data[1].y, curve.leakage["random"])
    assert len({trace.line.dash for trace in figure.data}) == 3  # told apart without colour
    assert figure.layout.shapes[0].x0 == 0.9
    assert not figures.leakage_curve(curve).layout.shapes


def test_errors_are_bars_with_the_network_on_top() -> None:
    frames, masked = np.zeros((16, 48, 48, 3), np.float32), np.ones((8, 8, 8), np.bool_)
    wrong = {"model": 0.01, "mean colour": 0.02, "nearest copy": 0.03}
    spent = {"encoder_seconds": 0.01, "seconds": 0.02}
    result = Reconstruction(
        frames, masked, frames, wrong, 0.0, 2, 6, 0, 512, model="masked", fps=10.0, **spent
    )
    figure = figures.errors(result)
    assert [trace.y[0] for trace in figure.data] == ["nearest copy", "mean colour", "model"]
    assert figure.data[2].x[0] == 0.01


def test_card_errors_read_the_ratio_asked_for() -> None:
    metrics = {
        f"{kind}_{ratio}_{what}": k + ratio
        for kind in ("tube", "random")
        for ratio in (75, 90)
        for k, what in enumerate(("mse", "mean", "copy"))
    }
    figure = figures.card_errors(metrics, ratio=75)
    assert list(figure.data[0].x) == ["tube", "random"]  # no frame metric, no frame bar
    assert [trace.y[0] for trace in figure.data] == [75, 76, 77]


def test_times_are_shares_of_the_whole_clips() -> None:
    times = EncoderTimes(np.array([0.0, 0.9]), np.array([512, 56]), np.array([0.02, 0.003]))
    figure = figures.encoder_times(times)
    assert list(figure.data[0].y) == pytest.approx([1, 0.15])
    assert list(figure.data[1].y) == pytest.approx([1, 56 / 512])


def test_multiply_adds_stack_to_encoder_and_decoder() -> None:
    costs = [cost(PAPER, 1568), cost(PAPER, 160)]
    figure = figures.multiply_adds(costs, (0.0, 0.9))
    total = sum(trace.y[1] for trace in figure.data)
    assert total == pytest.approx((costs[1].encoder + costs[1].decoder) / 1e9)
    assert figure.layout.barmode == "stack"


def test_targets_lie_side_by_side() -> None:
    frames = np.random.default_rng(0).random((16, 48, 48, 3), dtype=np.float32)
    pair = targets_of(Clip(frames, 10.0), 3)
    image = np.asarray(figures.target_pair(pair).data[0].z)
    assert image.shape == (48, 98, 3)
    np.testing.assert_array_equal(image[:, :48], np.rint(255 * frames[6]).astype(np.uint8))
    assert abs(image[:, 50:].astype(float).mean() / 255 - 0.5) < 0.01  # normalised: grey on average


def test_few_labels_show_means_spreads_and_chance() -> None:
    rows: list[dict[str, Any]] = [
        {"learner": who, "question": q, "labels": n, "mean": m, "spread": 0.01, "chance": 0.1}
        for who, m in (("probe", 0.5), ("probe_random", 0.3), ("finetune", 0.4), ("scratch", 0.2))
        for q in ("action", "colour")
        for n in (5, 100)
    ]
    figure = figures.few_labels(rows, "action")
    assert [list(trace.y) for trace in figure.data] == [
        [0.5, 0.5], [0.3, 0.3], [0.4, 0.4], [0.2, 0.2], [0.1, 0.1],
    ]  # fmt: skip
    assert list(figure.data[0].error_y.array) == [0.01, 0.01]
    assert figure.layout.xaxis.type == "log"


def test_the_ablation_names_both_data_sets() -> None:
    figure = figures.ablation([("tube", 69.6, 80.0), ("random", 68.3, 79.5)])
    assert list(figure.data[0].y) == [69.6, 68.3]
    assert list(figure.data[1].text) == ["80.0", "79.5"]
