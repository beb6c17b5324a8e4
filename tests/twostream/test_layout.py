"""vidcore.twostream.layout and twostream_torch: the published network, counted and built."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from vidcore import twostream
from vidcore.errors import ShapeError
from vidcore.twostream.layout import SPATIAL, TEMPORAL
from vidcore.twostream.twostream_torch import Stream, TwoStream, spread


@pytest.mark.parametrize(("channels", "second_norm"), [(SPATIAL, True), (TEMPORAL, False)])
def test_the_formula_counts_what_torch_counts(channels: int, second_norm: bool) -> None:
    with torch.device("meta"):
        stream = Stream(channels, second_norm=second_norm)
        image = torch.empty(1, channels, 224, 224)
        counter = FlopCounterMode(display=False)
        with counter:
            logits = stream(image)
    costs = twostream.layer_costs(channels)
    assert logits.shape == (1, 101)
    assert sum(cost.parameters for cost in costs) == sum(p.numel() for p in stream.parameters())
    assert sum(cost.multiply_adds for cost in costs) == counter.get_total_flops() // 2


def test_the_formula_knows_the_size_after_every_layer() -> None:
    with torch.device("meta"):
        stream = Stream(SPATIAL)
        x = torch.empty(1, SPATIAL, 224, 224)
        for block, cost in zip(stream.features, twostream.layer_costs(SPATIAL), strict=False):
            x = block(x)
            assert tuple(x.shape[1:]) == cost.shape
    assert x.shape[1:] == (512, 6, 6)


def test_the_streams_differ_in_their_first_layer_alone() -> None:
    spatial, temporal = twostream.layer_costs(SPATIAL), twostream.layer_costs(TEMPORAL)
    assert spatial[1:] == temporal[1:]
    assert temporal[0].parameters - spatial[0].parameters == 96 * 49 * (TEMPORAL - SPATIAL)


def test_three_quarters_and_more_of_a_stream_are_two_full_layers() -> None:
    costs = {cost.name: cost.parameters for cost in twostream.layer_costs(SPATIAL)}
    assert costs["full6"] == 4096 * (512 * 6 * 6 + 1)
    assert (costs["full6"] + costs["full7"]) / sum(costs.values()) > 0.75


def test_the_temporal_stream_leaves_the_second_normalisation_out() -> None:
    with torch.device("meta"):
        network = TwoStream()
    norms = [
        sum(isinstance(m, torch.nn.LocalResponseNorm) for m in stream.modules())
        for stream in (network.spatial, network.temporal)
    ]
    assert norms == [2, 1]


def test_the_whole_network_fuses_the_answers_of_its_streams() -> None:
    torch.manual_seed(0)
    with torch.device("meta"):
        network = TwoStream(classes=7)
    network.spatial, network.temporal = (  # small ones in their places: 180 million weights less
        torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(channels, 7))
        for channels in (3, 20)
    )
    frame, stack = torch.rand(2, 3, 1, 1), torch.randn(2, 20, 1, 1)
    s, t = network.spatial(frame).softmax(-1), network.temporal(stack).softmax(-1)
    torch.testing.assert_close(network(frame, stack), (s + t) / 2)
    torch.testing.assert_close(network(frame, stack, weight=0.9), 0.9 * s + 0.1 * t)


def test_a_spread_filter_answers_a_grey_picture_as_it_did_in_colour() -> None:
    torch.manual_seed(0)
    kernel, grey = torch.randn(4, 3, 7, 7), torch.rand(1, 1, 9, 9)
    before = torch.nn.functional.conv2d(grey.repeat(1, 3, 1, 1), kernel) / 3
    after = torch.nn.functional.conv2d(grey.repeat(1, 20, 1, 1), spread(kernel, 20)) / 20
    torch.testing.assert_close(after, before)


def test_a_picture_that_no_pool_survives_is_refused() -> None:
    assert twostream.layer_costs(3, size=57)[4].shape == (512, 1, 1)
    for wrong in ({"channels": 0}, {"channels": 3, "classes": 0}, {"channels": 3, "size": 56}):
        with pytest.raises(ShapeError, match="57 pixels"):
            twostream.layer_costs(**wrong)
