"""vidcore.flow.raft_step_torch: the Lucas-Kanade step inside RAFT's update, on features we know."""

import dataclasses

import pytest
import torch

from vidcore.flow import raft_step_torch, raft_torch
from vidcore.flow.raft_blocks_torch import STEP_CHANNELS, Recurrent, SteadyRecurrent
from vidcore.flow.raft_step_torch import FineStep, interpolation, pool
from vidcore.flow.warp_torch import sample

H, W = 80, 120  # at 1/2 resolution: 20 x 30 cells


def waves(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Smooth features of any real point, three channels: no interpolation error."""
    return torch.stack(
        [
            torch.sin(0.31 * x + 0.22 * y),
            torch.sin(0.17 * x - 0.35 * y + 1),
            torch.cos(0.28 * y + 0.1 * x),
        ],
        1,
    )


def shifted(u: float, v: float) -> tuple[FineStep, raft_step_torch.Details]:
    """A step and the details of two feature maps, the second moved by (u, v) pixels."""
    torch.manual_seed(0)
    fine = FineStep(3, 4).double()
    y, x = torch.meshgrid(torch.arange(H).double(), torch.arange(W).double(), indexing="ij")
    x, y = x[None], y[None]
    return fine, fine.prepare(torch.cat([waves(x, y), waves(x - u, y - v)]))


@pytest.mark.parametrize(("u", "v"), [(0.4, -0.3), (0.0, 0.0), (-0.8, 0.6)])
def test_a_few_steps_find_a_fraction_of_a_pixel(u: float, v: float) -> None:
    fine, details = shifted(u, v)
    flow = torch.zeros(1, 2, H // 4, W // 4, dtype=torch.float64)
    for _ in range(6):
        step, _ = fine(details, flow)
        flow = flow + step
    inner = 4 * flow[0, :, 1:-1, 1:-1].detach()  # in pixels at 1/2 resolution
    expected = torch.tensor([u, v], dtype=torch.float64)[:, None, None].expand_as(inner)
    assert (inner - expected).abs().mean() < 0.035  # each frame is normalised by its own spread
    assert (inner - expected).mean((1, 2)).abs().max() < 0.02


def test_where_the_flow_is_right_the_step_is_zero_and_nothing_remains() -> None:
    fine, details = shifted(0.0, 0.0)
    step, notes = fine(details, torch.zeros(1, 2, H // 4, W // 4, dtype=torch.float64))
    assert notes.shape == (1, STEP_CHANNELS, H // 4, W // 4)
    assert step.abs().max() < 1e-12
    assert notes[:, 4].abs().max() < 1e-12


def test_flat_features_say_so_and_take_no_step() -> None:
    fine = FineStep(3, 4).double()
    half = torch.ones(2, 3, H, W, dtype=torch.float64)
    step, notes = fine(fine.prepare(half), torch.zeros(1, 2, H // 4, W // 4, dtype=torch.float64))
    assert step.abs().max() < 1e-9
    assert notes[:, 2].abs().max() < 1e-9  # texture


def test_a_wild_flow_gives_no_wild_step() -> None:
    fine, details = shifted(0.4, -0.3)
    flow = torch.full((1, 2, H // 4, W // 4), 1e4, dtype=torch.float64)
    step, notes = fine(details, flow)
    assert torch.isfinite(step).all()
    assert torch.isfinite(notes).all()
    assert step.abs().max() <= raft_step_torch.LONGEST / raft_step_torch.RATIO


def test_cells_are_read_linearly_at_every_quarter() -> None:
    cells = torch.arange(5.0)[:, None]
    read = (interpolation(torch.zeros(20)) @ cells)[:, 0]
    torch.testing.assert_close(read, (torch.arange(20) / 4).clamp(max=4))


def test_the_window_sees_what_the_cell_stands_on() -> None:
    _, details = shifted(0, 0)
    spot = torch.zeros(1, 1, H, W, dtype=torch.float64)
    spot[0, 0, 8, 12] = 1  # the pixel of cell (2, 3)
    pooled = pool(spot, *details.windows)[0, 0]
    assert pooled.shape == (H // 4, W // 4)
    assert pooled.flatten().argmax() == 2 * (W // 4) + 3


def test_a_context_convolved_once_changes_no_step_and_no_gradient() -> None:
    torch.manual_seed(0)
    plain, steady = Recurrent(6, 5 + 4).double(), SteadyRecurrent(6, 5 + 4).double()
    steady.load_state_dict(plain.state_dict())
    h, context, motion = (torch.randn(2, n, 7, 9, dtype=torch.float64) for n in (6, 5, 4))
    for gru in (plain, steady):
        gru(h, gru.begin(context), motion).square().sum().backward()
    expected, found = (gru(h, gru.begin(context), motion) for gru in (plain, steady))
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    for a, b in zip(steady.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, atol=1e-10, rtol=0)


def test_ours_is_rebuilt_from_its_tensors_shapes() -> None:
    ours = raft_torch.ours()
    again = raft_torch.from_state(ours.state_dict())
    assert again.widths == ours.widths
    assert dataclasses.replace(again.widths, fine=0).looked_up == ours.widths.looked_up


def test_gradients_reach_the_mixture_and_both_numbers() -> None:
    fine, _ = shifted(0, 0)
    half = torch.rand(2, 3, H, W, dtype=torch.float64)
    step, notes = fine(fine.prepare(half), torch.zeros(1, 2, H // 4, W // 4, dtype=torch.float64))
    (step.square().sum() + notes.square().sum()).backward()
    for parameter in fine.parameters():
        if parameter is not fine.mix.bias:  # the norm takes a constant out again
            assert parameter.grad is not None
            assert parameter.grad.abs().sum() > 0


def test_borders_are_repeated_when_features_are_looked_up_outside() -> None:
    image = torch.arange(4.0)[None, None, None].expand(1, 1, 3, 4)
    far = torch.full((1, 1, 1), 9.0)
    assert sample(image, far, torch.zeros(1, 1, 1)).item() == 3
