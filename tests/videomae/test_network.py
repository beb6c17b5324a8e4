"""vidcore.videomae.videomae_torch and small_torch: who sees what, and who is asked what."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vidcore.videomae import PAPER, Sizes, Stack, cost, positions, tube_mask
from vidcore.videomae.blocks_torch import attend
from vidcore.videomae.small_torch import SmallMasked, SmallProbe
from vidcore.videomae.videomae_torch import Encoder, PreTraining, gather

TINY = Sizes(
    frames=4,
    side=12,
    patch=4,
    encoder=Stack(24, 2, 2, 48),
    decoder=Stack(16, 2, 2, 32),
)
GRID = TINY.grid


def masked(count: int = 2, ratio: float = 0.6) -> torch.Tensor:
    rng = np.random.default_rng(0)
    tubes = [tube_mask(GRID, ratio=ratio, rng=rng).ravel() for _ in range(count)]
    return torch.from_numpy(np.stack(tubes))


def pretraining(look: str = "all") -> PreTraining:
    torch.manual_seed(0)
    return PreTraining(replace(TINY, look=look)).eval()


def poked(video: torch.Tensor, cube: int) -> torch.Tensor:
    """Change one cube of every clip."""
    T, H, W = GRID
    t, y, x = np.unravel_index(cube, (T, H, W))
    changed = video.clone()
    changed[:, :, 2 * t : 2 * t + 2, 4 * y : 4 * y + 4, 4 * x : 4 * x + 4] += 3
    return changed


@torch.inference_mode()
@pytest.mark.parametrize("look", ["all", "visible"])
def test_a_hidden_cube_changes_nothing_and_a_visible_one_does(look: str) -> None:
    network, video, hidden = pretraining(look), torch.rand(1, 3, 4, 12, 12), masked(1)
    before = network(video, hidden)
    for cube in range(hidden.shape[1]):
        moved = bool((network(poked(video, cube), hidden) != before).any())
        assert moved == (not bool(hidden[0, cube]))


@torch.inference_mode()
def test_the_encoder_gets_as_many_tokens_as_are_visible() -> None:
    hidden = masked()
    tokens = pretraining().encoder(torch.rand(2, 3, 4, 12, 12), hidden)
    assert tokens.shape == (2, int((~hidden[0]).sum()), 24)


@torch.inference_mode()
def test_encoding_a_part_is_not_encoding_all_and_keeping_a_part() -> None:
    torch.manual_seed(0)
    encoder, video, hidden = Encoder(TINY).eval(), torch.rand(2, 3, 4, 12, 12), masked()
    assert not torch.allclose(encoder(video, hidden), gather(encoder(video), ~hidden), atol=1e-3)
    embedded = encoder.patch_embed(video, ~hidden)
    torch.testing.assert_close(embedded, gather(encoder.patch_embed(video), ~hidden))


@torch.inference_mode()
def test_embedding_is_the_convolution_it_says_it_is() -> None:
    embed, video = Encoder(TINY).patch_embed, torch.rand(2, 3, 4, 12, 12)
    expected = embed.proj(video).flatten(2).transpose(1, 2)
    torch.testing.assert_close(embed(video), expected, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_seeing_the_visible_only_a_prediction_ignores_what_else_is_asked() -> None:
    video, hidden = torch.rand(2, 3, 4, 12, 12), masked()
    asked = hidden.clone()
    for k in range(2):
        asked[k, hidden[k].nonzero()[::3, 0]] = False
    for look, same in (("visible", True), ("all", False)):
        network = pretraining(look)
        whole = torch.zeros(2, hidden.shape[1], TINY.values)
        whole[hidden] = network(video, hidden).flatten(0, 1)
        part = network(video, hidden, asked)
        assert torch.allclose(part, gather(whole, asked), atol=1e-5) == same


def test_plain_products_and_the_fused_kernel_agree() -> None:
    q, k, v = torch.randn(3, 2, 4, 9, 8, dtype=torch.float64)
    slow = attend(q, k[:, :, :5], v[:, :, :5])
    with torch.inference_mode():
        fast = attend(q, k[:, :, :5], v[:, :, :5])
    torch.testing.assert_close(slow, fast)


def test_flat_positions_are_the_published_table_and_factored_ones_share_an_axis() -> None:
    flat = positions.flat((2, 3, 4), 6)
    n, i = 17, 4
    assert flat[n, i] == pytest.approx(np.sin(n / 10000 ** (4 / 6)))
    assert flat[n, i + 1] == pytest.approx(np.cos(n / 10000 ** (4 / 6)))
    shape, D = (2, 3, 4), 12
    table = positions.factored(shape, D).reshape(*shape, D)
    np.testing.assert_array_equal(table[:, 1, 2, 4:], table[[0, 0], 1, 2, 4:])  # one place
    assert abs(table[0, 1, 2, :4] - table[1, 1, 2, :4]).max() > 0.5
    assert len(np.unique(table.reshape(-1, D).round(6), axis=0)) == 24


def test_the_cost_is_what_the_counter_of_torch_counts() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    hidden = masked(1)
    network = pretraining()
    with FlopCounterMode(display=False) as counter:  # with gradients: no fused, uncounted kernel
        network.encoder(torch.rand(1, 3, 4, 12, 12), hidden)
    counted = cost(TINY, int((~hidden).sum()))
    assert counter.get_total_flops() // 2 == counted.encoder
    with FlopCounterMode(display=False) as counter:
        network(torch.rand(1, 3, 4, 12, 12), hidden)
    assert counter.get_total_flops() // 2 == counted.encoder + counted.decoder


def test_the_published_cost_of_the_base_model() -> None:
    assert PAPER.tokens == 1568
    assert cost(PAPER, 1568).encoder == 180_344_893_440 - 768 * 400  # without its 400 classes


def small() -> SmallMasked:
    torch.manual_seed(0)
    return SmallMasked(width=24, depth=1, decoder_width=24, decoder_depth=1, heads=2).eval()


@torch.inference_mode()
def test_untrained_the_small_network_says_the_mean_visible_colour() -> None:
    network, video = small(), torch.rand(2, 3, 16, 48, 48)
    rng = np.random.default_rng(0)
    hidden = torch.from_numpy(
        np.stack([tube_mask((8, 8, 8), ratio=0.9, rng=rng).ravel() for _ in range(2)])
    )
    colour = gather(network.cubes(video).unflatten(2, (-1, 3)).mean(dim=2), ~hidden).mean(dim=1)
    said = network(video, hidden).unflatten(2, (-1, 3))
    torch.testing.assert_close(said, colour[:, None, None].expand_as(said), atol=1e-5, rtol=0)


@torch.inference_mode()
def test_a_brighter_clip_gets_a_brighter_answer() -> None:
    network, video = small(), 0.5 * torch.rand(1, 3, 16, 48, 48)
    torch.nn.init.normal_(network.network.decoder.head.weight)
    hidden = torch.from_numpy(
        tube_mask((8, 8, 8), ratio=0.75, rng=np.random.default_rng(0)).ravel()
    )[None]
    torch.testing.assert_close(
        network(video + 0.3, hidden), network(video, hidden) + 0.3, atol=1e-4, rtol=0
    )


def test_every_parameter_of_the_small_network_learns() -> None:
    network = small().train()
    torch.nn.init.normal_(network.network.decoder.head.weight)
    hidden = torch.from_numpy(
        tube_mask((8, 8, 8), ratio=0.9, rng=np.random.default_rng(0)).ravel()
    )[None]
    network(torch.rand(1, 3, 16, 48, 48), hidden).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@torch.inference_mode()
def test_a_probe_reads_the_mean_token() -> None:
    network, video = small(), torch.rand(2, 3, 16, 48, 48)
    probe = SmallProbe(network, 14)
    expected = probe.head(network.encode(video).mean(dim=1))
    torch.testing.assert_close(probe(video), expected)
