"""RAFT: its parts against plain loops, the network, the door.

`tests/golden/flow_raft_small.npz` has keys and shapes of torchvision 0.29.2's `raft_small`, and its
flow after 1, 3 and 12 corrections, every eighth row and column. Renewed by loading `filled`
below into `torchvision.models.optical_flow.raft_small()` and calling it on `golden_pair()`.
"""

import dataclasses
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import flow
from vidcore.errors import LimitError, ShapeError, WeightsError
from vidcore.flow import raft_blocks_torch, raft_parts, raft_torch
from vidcore.weights import card
from vidcore.weights.load_torch import load

GOLDEN = Path(__file__).parents[1] / "golden" / "flow_raft_small.npz"
SMALL = raft_blocks_torch.Widths(
    encoder=(8, 8, 8, 8), features=8, hidden=8, context=8, levels=2, radius=1, correlation=8,
    flow=(8, 8), motion=8, head=8, mask=8,
)  # fmt: skip


def hashed(name: str, n: int) -> np.ndarray:
    """Numbers in [0, 1) that any library can make: murmur3's last mixing step over a counter."""
    h = np.arange(n, dtype=np.uint64) * 0x9E3779B1 + zlib.crc32(name.encode())
    h &= 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        h = (h ^ (h >> np.uint64(shift))) * np.uint64(factor) & np.uint64(0xFFFFFFFF)
    return h / 2**32


def filled(key: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A weight made from its name, so that two programs can share all of them without a file."""
    u = 2 * hashed(key, int(np.prod(shape))) - 1
    scale = 0.1 if key.endswith("bias") else np.sqrt(3 / np.prod(shape[1:]))
    return torch.from_numpy((scale * u).astype(np.float32).reshape(shape))


def golden_pair() -> list[torch.Tensor]:
    c, t, y, x = np.ogrid[:3, :2, :128, :136]
    noise = hashed("input:raft_small", 3 * 2 * 128 * 136).reshape(3, 2, 128, 136)
    wave = np.sin(0.11 * y + 0.07 * x - 0.9 * t + c) + 0.5 * (2 * noise - 1)
    frames = np.clip(wave.astype(np.float32) / 1.5, -1, 1)
    return [torch.from_numpy(frames[None, :, k]) for k in (0, 1)]


def network(widths: raft_blocks_torch.Widths = SMALL) -> raft_torch.Raft:
    torch.manual_seed(0)
    return raft_torch.Raft(widths).double().eval()


def test_published_weights_give_the_published_flow() -> None:
    golden = np.load(GOLDEN)
    state = {
        str(key): filled(str(key), tuple(map(int, str(shape).split())))
        for key, shape in zip(golden["keys"], golden["shapes"], strict=True)
    }
    small = raft_torch.from_state(state)
    assert small.widths == raft_blocks_torch.Widths()
    assert sum(p.numel() for p in small.parameters()) == 990_162
    with torch.inference_mode():
        fields = small(*golden_pair(), iterations=12)[[0, 2, 11], 0, :, ::8, ::8].numpy()
    for ours, theirs in zip(fields, golden["flow"], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * abs(theirs).max())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("feature_encoder.conv.weight"), "feature_encoder.conv.weight"),
        (lambda s: s.pop("update_block.flow_head.conv2.bias"), "flow_head.conv2.bias"),
        (lambda s: s.update(extra=torch.zeros(1)), "extra"),
        (lambda s: s.update({"context_encoder.conv.bias": torch.zeros(3)}), "context_encoder.conv"),
    ],
)
def test_weights_that_do_not_fit_are_named(change, message: str) -> None:  # type: ignore[no-untyped-def]
    state = dict(network().state_dict())
    raft_torch.from_state(state, radius=1)
    change(state)
    with pytest.raises(WeightsError, match=message):
        raft_torch.from_state(state, radius=1)


def test_a_pixel_is_compared_with_every_pixel(rng: np.random.Generator) -> None:
    f1, f2 = rng.normal(size=(2, 3, 4, 5))
    volume = raft_parts.correlation_volume(f1, f2)
    assert volume.shape == (3, 4, 3, 4)
    assert volume[1, 2, 0, 3] == pytest.approx(f1[1, 2] @ f2[0, 3] / np.sqrt(5))


def test_the_pyramid_averages_the_second_frame_only(rng: np.random.Generator) -> None:
    volume = rng.normal(size=(2, 3, 5, 6))
    pyramid = raft_parts.correlation_pyramid(volume, levels=3)
    assert [level.shape for level in pyramid] == [(2, 3, 5, 6), (2, 3, 2, 3), (2, 3, 1, 1)]
    assert pyramid[1][1, 2, 1, 0] == pytest.approx(volume[1, 2, 2:4, 0:2].mean())


def test_the_lookup_reads_where_the_flow_points_dx_slowest() -> None:
    y, x = np.indices((6, 7), dtype=float)
    plane = 10 * y + x  # the value at a place says where it was read
    volume = np.broadcast_to(plane, (6, 7, 6, 7))
    field = np.zeros((6, 7, 2))
    field[3, 2] = [1.5, -0.5]
    read = raft_parts.lookup([volume], field, radius=1)[3, 2]
    expected = [10 * (2.5 + dy) + 3.5 + dx for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    np.testing.assert_allclose(read, expected)


def test_the_lookup_finds_nothing_outside_the_frame() -> None:
    volume, field = np.ones((4, 4, 4, 4)), np.zeros((4, 4, 2))
    field[0, 0] = [-1e6, 1e6]
    field[0, 1] = [-1.5, 0]
    read = raft_parts.lookup([volume], field, radius=0)
    assert read[0, 0] == 0
    assert read[0, 1] == 0.5  # half of it lies over the border
    assert read[1, 1] == 1


@given(seed=st.integers(0, 50), H=st.integers(2, 6), W=st.integers(2, 6))
def test_torch_looks_up_as_the_reference(seed: int, H: int, W: int) -> None:
    rng = np.random.default_rng(seed)
    f1, f2 = rng.normal(size=(2, H, W, 4))
    field = rng.normal(0, 3, (H, W, 2))
    slow = raft_parts.lookup(
        raft_parts.correlation_pyramid(raft_parts.correlation_volume(f1, f2), levels=2),
        field,
        radius=2,
    )
    to = lambda a: torch.from_numpy(a).movedim(-1, 0)[None]  # noqa: E731
    pyramid = raft_torch.correlation_pyramid(to(f1), to(f2), levels=2)
    fast = raft_torch.lookup(pyramid, to(field), radius=2)
    np.testing.assert_allclose(fast[0].movedim(0, -1).numpy(), slow, atol=1e-12)


def test_one_gru_step_agrees_with_torch(rng: np.random.Generator) -> None:
    gru = raft_blocks_torch.ConvGRU(3, 4).double()
    weights = {key: tensor.numpy() for key, tensor in gru.state_dict().items()}
    h, x = np.tanh(rng.normal(size=(5, 6, 3))), rng.normal(size=(5, 6, 4))
    to = lambda a: torch.from_numpy(a).movedim(-1, 0)[None]  # noqa: E731
    with torch.inference_mode():
        fast = gru(to(h), to(x))[0].movedim(0, -1).numpy()
    np.testing.assert_allclose(raft_parts.gru_step(h, x, weights), fast, atol=1e-12)
    keep = {**weights, "convz.bias": np.full(3, -1e3)}  # z = 0: nothing new
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(raft_parts.gru_step(h, x, keep), h)


def test_convex_upsampling_mixes_the_neighbours_it_is_told_to(rng: np.random.Generator) -> None:
    field, scores = rng.normal(size=(4, 5, 2)), np.full((4, 5, 9, 8, 8), -1e9)
    scores[:, :, 4] = 0  # everyone takes the coarse pixel itself ...
    scores[1, 2, :, 3, 7] = -1e9
    scores[1, 2, 5, 3, 7] = 0  # ... but this one the neighbour to the right
    fine = raft_parts.convex_upsample(field, scores.reshape(4, 5, -1))
    assert fine.shape == (32, 40, 2)
    np.testing.assert_allclose(fine[8 + 4, 16 + 7], 8 * field[1, 2])
    np.testing.assert_allclose(fine[8 + 3, 16 + 7], 8 * field[1, 3])


def test_convex_upsampling_agrees_with_torch(rng: np.random.Generator) -> None:
    field, scores = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 4, 576))
    to = lambda a: torch.from_numpy(a).movedim(-1, 0)[None]  # noqa: E731
    fast = raft_torch.convex_upsample(to(field), to(scores))[0].movedim(0, -1).numpy()
    np.testing.assert_allclose(fast, raft_parts.convex_upsample(field, scores), atol=1e-12)


def test_each_correction_has_its_own_gradient_path() -> None:
    image = torch.rand(1, 3, 64, 64, dtype=torch.float64)
    net = network()
    fields = net(image, image.flip(-1), iterations=2)
    fields.mean().backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in net.parameters())


def test_no_gradient_passes_through_the_running_estimate() -> None:
    net = network(dataclasses.replace(SMALL, mask=0))
    image = torch.rand(1, 3, 64, 64, dtype=torch.float64)
    net(image, image.flip(-1), iterations=3)[2, :, 0].sum().backward()
    bias = net.update_block.flow_head.conv2.bias.grad
    assert bias is not None
    torch.testing.assert_close(bias[0].item(), 8.0 * 64 * 64)  # the last correction's share alone


def test_the_door_gives_the_network_pixels_from_minus_one_to_one() -> None:
    prev, next_ = np.random.default_rng(0).random((2, 64, 64, 3))
    net = network()
    fields = raft_torch.infer(net, prev, next_, iterations=2)
    batch = [torch.from_numpy(2 * image - 1).movedim(-1, 0)[None] for image in (prev, next_)]
    with torch.inference_mode():
        expected = net(*batch, iterations=2)[:, 0].movedim(1, -1).numpy()
    np.testing.assert_allclose(fields, expected, atol=1e-12)


def test_eval_mode_is_deterministic() -> None:
    image = torch.rand(1, 3, 64, 72, dtype=torch.float64)
    with torch.inference_mode():
        torch.testing.assert_close(network()(image, image, 2), network()(image, image, 2))


@pytest.mark.parametrize("shape", [(16, 16), (17, 70, 3), (64, 64), (71, 16)])
def test_any_size_from_16_is_padded_and_cropped_and_never_nan(shape: tuple[int, ...]) -> None:
    prev, next_ = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
    fields = raft_torch.infer(raft_torch.Raft().eval(), prev, next_, iterations=2)
    assert fields.shape == (2, *shape[:2], 2)
    assert fields.dtype == np.float32
    assert np.isfinite(fields).all()


def test_the_door_returns_the_last_field_and_the_others_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(raft_torch, "trained", network)
    prev, next_ = np.random.default_rng(0).random((2, 20, 30, 3), dtype=np.float32)
    result = flow.raft(prev, next_, iterations=3, iterates=True)
    assert result.iterates is not None
    assert result.iterates.shape == (3, 20, 30, 2)
    np.testing.assert_array_equal(result.iterates[-1], result.flow)
    y, x = np.indices((20, 30))
    x, y = x + result.flow[..., 0], y + result.flow[..., 1]
    np.testing.assert_array_equal(result.valid, (x >= 0) & (x <= 29) & (y >= 0) & (y <= 19))
    assert flow.raft(prev, next_, iterations=1).iterates is None


def test_without_weights_the_door_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys.modules["vidcore.weights.card"], "FILES", tmp_path)
    card.cache_clear()
    load.cache_clear()
    with pytest.raises(WeightsError, match="training"):
        flow.raft(np.zeros((16, 16)), np.zeros((16, 16)))


def test_images_it_cannot_compare_are_refused() -> None:
    ok = np.zeros((16, 16))
    for other in (
        np.zeros((15, 16)),
        np.zeros((16, 15)),
        np.zeros((16, 17)),
        np.zeros((16, 16, 3)),
    ):
        with pytest.raises(ShapeError, match="got"):
            flow.raft(ok, other)
    for small in (np.zeros((15, 16)), np.zeros((16, 15))):
        with pytest.raises(ShapeError, match="16 x 16"):
            flow.raft(small, small)
    with pytest.raises(ShapeError, match="iterations"):
        flow.raft(ok, ok, iterations=0)
    with pytest.raises(LimitError, match="smaller height"):
        flow.raft(*np.zeros((2, 721, 1280), np.float32))
