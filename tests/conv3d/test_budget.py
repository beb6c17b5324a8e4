"""vidcore.conv3d.budget: parameters, multiply-adds and receptive fields, against counted ones."""

import pytest
import torch
from torch import nn

from vidcore import conv3d as room
from vidcore.errors import ShapeError

COUNTED = {  # of torchvision 0.29.2, by torch's FlopCounterMode at 16 x 112 x 112, 400 classes
    "r3d_18": (33_371_472, 40_696_553_472),
    "mc3_18": (11_695_440, 43_342_635_008),
    "r2plus1d_18": (31_505_325, 40_519_080_960),
}


@pytest.mark.parametrize("kind", COUNTED)
def test_a_resnet_costs_what_was_counted(kind: str) -> None:
    bill = room.budget(room.resnet18(kind))
    assert (bill.parameters, bill.multiply_adds) == COUNTED[kind]


def test_c3d_costs_what_was_counted_and_most_of_it_is_two_dense_layers() -> None:
    sports = room.budget(room.c3d(487))
    assert (sports.parameters, sports.multiply_adds) == (79_991_015, 38_548_959_232)
    bill = room.budget(room.c3d(101))
    assert round(bill.parameters / 1e6, 2) == 78.41
    two = sum(row.parameters for row in bill.rows if row.name in ("fc6", "fc7"))
    assert round(two / 1e6, 1) == 50.3
    assert bill.of_kind("dense") == two + 4096 * 101 + 101


def test_stacked_3x3x3_layers_add_two_frames_each_and_strides_double_that() -> None:
    stack = [room.Conv(f"c{k}", 8, stride=(2, 2, 2)) for k in range(4)]
    bill = room.budget(stack, frames=64, size=64)
    assert [row.frames for row in bill.rows] == [3, 7, 15, 31]
    plain = room.budget([room.Conv(f"c{k}", 8) for k in range(4)], frames=64, size=64)
    assert [row.frames for row in plain.rows] == [3, 5, 7, 9]
    assert [row.pixels for row in plain.rows] == [3, 5, 7, 9]
    assert plain.rows[1].seconds == pytest.approx(5 / 30)


def test_the_receptive_field_is_what_a_gradient_reaches() -> None:
    layers = [
        room.Conv("a", 1, (3, 3, 3)),
        room.Pool("p", (2, 2, 2)),
        room.Conv("b", 1, (3, 1, 3), (1, 2, 2)),
    ]
    bill = room.budget(layers, frames=16, size=32, channels=1)
    net = nn.Sequential(
        nn.Conv3d(1, 1, 3, padding=1),
        nn.AvgPool3d(2),
        nn.Conv3d(1, 1, (3, 1, 3), (1, 2, 2), padding=(1, 0, 1)),
    )
    x = torch.rand(1, 1, 16, 32, 32, requires_grad=True)
    y = net(x)
    assert tuple(y.shape[1:]) == bill.rows[-1].shape
    y[0, 0, 4, 4, 4].backward()
    assert x.grad is not None
    reached = x.grad[0, 0].abs() > 0
    assert int(reached.any(dim=2).any(dim=1).sum()) == bill.rows[-1].frames
    assert int(reached.any(dim=1).any(dim=0).sum()) == bill.rows[-1].pixels
    assert sum(p.numel() for p in net.parameters()) == bill.parameters


def test_it_sees_no_further_than_the_clip() -> None:
    last = room.budget(room.c3d(), frames=16, fps=25.0).rows[-1]
    assert (last.frames, last.seconds) == (16, 0.64)


def test_what_leaves_nothing_is_refused() -> None:
    for bad in (
        lambda: room.budget([room.Pool("p", (2, 2, 2))], frames=1),
        lambda: room.budget([], frames=0),
        lambda: room.budget([], fps=0.0),
        lambda: room.resnet18("r3d_34"),
    ):
        with pytest.raises(ShapeError):
            bad()
