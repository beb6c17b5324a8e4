"""vidcore.slowfast.slowfast_torch: the released layouts, and what cut links mean.

`tests/golden/slowfast_r50.npz` has the keys and shapes of PySlowFast 287ec00 (4x16) and of
pytorchvideo f3142bb (8x8) on ResNet-50, and the logits of a clip when every weight is made from its
name. Renewed by loading `filled` into either and calling it on `golden_clip(name)` and every
alpha-th frame of it.
"""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.conftest import SHARED
from vidcore import slowfast
from vidcore.errors import WeightsError
from vidcore.slowfast.keys import to_pyslowfast
from vidcore.slowfast.slowfast_torch import SlowFast, from_state

GOLDEN = Path(__file__).parents[1] / "golden" / "slowfast_r50.npz"
TINY = SHARED / "golden" / "cnn_tiny"
SMALL = slowfast.Layout(2, 4, 4, 4, 32, 5, 2, 8, (1, 2, 3, 1), (1, 2, 1, 1), 5)
State = dict[str, torch.Tensor]


def hashed(name: str, n: int) -> np.ndarray:
    """Numbers in [0, 1) that any library can make: murmur3's last mixing step over a counter."""
    h = np.arange(n, dtype=np.uint32)
    with np.errstate(over="ignore"):
        h = h * np.uint32(0x9E3779B1) + np.uint32(zlib.crc32(name.encode()))
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
            h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
    return h / 2**32


def filled(key: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A weight made from its name, so that two programs can share all of them without a file."""
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    u = hashed(key, int(np.prod(shape)))
    leaf = key.rsplit(".", 1)[1]
    ways = {
        "running_mean": lambda: 0.2 * (2 * u - 1),
        "running_var": lambda: 0.5 + u,
        "bias": lambda: 0.1 * (2 * u - 1),
        "weight": lambda: (
            0.75 + 0.5 * u if len(shape) == 1 else (2 * u - 1) * np.sqrt(3 / np.prod(shape[1:]))
        ),
    }
    return torch.from_numpy(ways[leaf]().astype(np.float32).reshape(shape))


def golden_clip(name: str, B: int, T: int, side: int) -> torch.Tensor:
    b, c, t, y, x = np.ogrid[:B, :3, :T, :side, :side]
    wave = np.sin(0.11 * y * (1 + 0.3 * b) + 0.07 * x - 0.9 * t + c)
    noise = hashed(f"input:{name}", wave.size).reshape(wave.shape)
    return torch.from_numpy((wave + 0.5 * (2 * noise - 1)).astype(np.float32))


def golden_state(name: str) -> State:
    golden = np.load(GOLDEN)
    return {
        str(key): filled(str(key), tuple(map(int, str(shape).split())))
        for key, shape in zip(golden[f"{name}_keys"], golden[f"{name}_shapes"], strict=True)
    }


def network(layout: slowfast.Layout = SMALL) -> SlowFast:
    """Random weights, and norms that are not the identity."""
    torch.manual_seed(0)
    net = SlowFast(slowfast.widths(layout), alpha=layout.alpha).double()
    for key, value in net.state_dict().items():
        if key.endswith("running_mean"):
            value.uniform_(-0.1, 0.1)
        if key.endswith("running_var"):
            value.uniform_(0.01, 0.1)
    return net.eval()


def frames(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    fast = torch.rand(2, 3, 8, 32, 32, generator=torch.Generator().manual_seed(seed)).double()
    return fast[:, :, [0, 7]], fast


@pytest.mark.parametrize(
    ("name", "alpha"), [("pyslowfast_4x16_r50", 8), ("pytorchvideo_slowfast_r50", 4)]
)
def test_released_weights_give_the_released_logits(name: str, alpha: int) -> None:
    net = from_state({"model_state": golden_state(name)}, {"alpha": alpha})
    assert not net.training
    fast, expected = golden_clip(name, 1, 32, 224), np.load(GOLDEN)[f"{name}_logits"]
    with torch.inference_mode():
        logits = net(fast[:, :, ::alpha], fast)[0].numpy()
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-4 * abs(expected).max())


@pytest.mark.parametrize("name", ["slowfast_a8_k5", "slowfast_a4_k7"])
def test_the_small_networks_agree_stage_by_stage(name: str) -> None:
    folder = TINY / name
    if not folder.is_dir():
        pytest.skip("needs ../shared/golden, which is not part of the repository")
    extra = json.loads((folder / "meta.json").read_text())["extra"]
    state = torch.load(folder / "weights.pyth", weights_only=True)
    alpha, golden = extra["alpha"], np.load(folder / "golden.npz")
    net = from_state(state, {"alpha": alpha}).double()
    assert net.widths.links[0].kernel == extra["fusion_kernel"]
    fast = golden_clip(extra["inputs"][1].split('"')[1], 2, 16, 64).double()
    slow = fast[:, :, torch.from_numpy(slowfast.slow_index(16, alpha))]
    with torch.inference_mode():
        found, logits = net.stages(slow, fast), net(slow, fast).numpy()
    expected = golden["logits_float64"]
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-9 * abs(expected).max())
    for k, pair in enumerate(found.values(), 1):
        for pathway, stage in enumerate(pair):
            _compare(golden, f"s{k}/{pathway}", stage.numpy())


def _compare(golden: Any, name: str, ours: np.ndarray) -> None:
    if f"stage/{name}" in golden:
        theirs, flat = golden[f"stage/{name}"].ravel(), ours.ravel()
    else:
        theirs = golden[f"stage_samples/{name}"]
        flat = ours.ravel()[np.linspace(0, ours.size - 1, 1024).astype(np.int64)]
    np.testing.assert_allclose(flat, theirs, rtol=0, atol=1e-4 * abs(theirs).max())


def test_logits_are_never_softmaxed() -> None:
    with torch.inference_mode():
        logits = network()(*frames())
    assert logits.shape == (2, 5)
    assert (logits < 0).any()


def test_every_shape_is_read_from_the_weights() -> None:
    of = slowfast.widths(SMALL)
    assert from_state(network().state_dict(), {"alpha": 4}).widths == of
    assert of.into_slow() == (8 + 4, 32 + 16, 64 + 32, 128 + 64)


def test_without_links_slow_knows_nothing_of_fast() -> None:
    net, (slow, fast) = network(), frames()
    with torch.inference_mode():
        for links in (True, False):
            here = net.stages(slow, fast, links=links)["res5"][0]
            there = net.stages(slow, 1 - fast, links=links)["res5"][0]
            assert torch.equal(here, there) is not links
            assert here.std() > 0


def test_fast_never_knows_of_slow() -> None:
    net, (slow, fast) = network(), frames()
    with torch.inference_mode():
        torch.testing.assert_close(
            net.stages(slow, fast)["res5"][1], net.stages(1 - slow, fast)["res5"][1]
        )


def test_no_stage_strides_over_time_and_both_pathways_keep_one_size() -> None:
    with torch.inference_mode():
        for slow, fast in network().stages(*frames()).values():
            assert slow.shape[2:] == (2, *fast.shape[3:])
            assert fast.shape[2] == 8


def test_a_link_in_the_network_is_the_reference() -> None:
    net, rng = network(), np.random.default_rng(0)
    slow, fast = rng.normal(size=(2, 4, 5, 8)), rng.normal(size=(8, 4, 5, 2))
    link = net.get_submodule("s1_fuse")
    weights = {key: value.numpy() for key, value in link.state_dict().items()}
    scale = weights["bn.weight"] / np.sqrt(weights["bn.running_var"] + 1e-5)
    shift = weights["bn.bias"] - scale * weights["bn.running_mean"]
    kernel = weights["conv_f2s.weight"][..., 0, 0]
    expected = slowfast.fuse(slow, fast, kernel, scale=scale, shift=shift, alpha=4)
    to = lambda a: torch.from_numpy(a).movedim(-1, 0)[None]  # noqa: E731
    with torch.inference_mode():
        found = link(to(slow), to(fast))[0].movedim(0, -1).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_gradients_reach_every_weight() -> None:
    net = network().train()
    net(*frames()).sum().backward()
    for name, p in net.named_parameters():
        assert p.grad is not None, name
        assert torch.isfinite(p.grad).all(), name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("s3.pathway1_res1.branch2.b.weight"), "s3.pathway1_res1.branch2.b.weight"),
        (lambda s: s.pop("s1.pathway0_stem.conv.weight"), "s1.pathway0_stem.conv.weight"),
        (lambda s: s.pop("s4_fuse.bn.running_var"), "s4_fuse.bn.running_var"),
        (lambda s: s.update(extra=torch.zeros(1)), "extra"),
        (lambda s: s.update({"head.projection.bias": torch.zeros(4)}), "head.projection.bias"),
        (
            lambda s: s.update({"s2.pathway0_res0.branch2.a.weight": torch.zeros(8, 9, 1, 1, 1)}),
            r"s2.pathway0_res0.branch2.a.weight of shape \(8, 12, 1, 1, 1\); got \(8, 9",
        ),
    ],
)
def test_weights_that_do_not_fit_are_named(change: Callable[[State], Any], message: str) -> None:
    state = dict(network().state_dict())
    change(state)
    with pytest.raises(WeightsError, match=message):
        from_state(state, {"alpha": 4})


@pytest.mark.parametrize("config", [{}, {"alpha": 0}, {"alpha": "4"}])
def test_alpha_has_to_be_told(config: dict[str, Any]) -> None:
    with pytest.raises(WeightsError, match="alpha"):
        from_state(network().state_dict(), config)


def test_names_of_pytorchvideo_are_the_names_of_pyslowfast() -> None:
    golden = np.load(GOLDEN)
    ours = to_pyslowfast(dict.fromkeys(golden["pytorchvideo_slowfast_r50_keys"].tolist()))
    assert set(ours) == set(golden["pyslowfast_4x16_r50_keys"].tolist())
    assert len(ours) == len(golden["pytorchvideo_slowfast_r50_keys"])


def test_eval_mode_is_deterministic() -> None:
    net = network()
    with torch.inference_mode():
        torch.testing.assert_close(net(*frames()), net(*frames()), rtol=0, atol=0)
