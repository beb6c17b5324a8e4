"""The published networks: equal to independent implementations, and strict about their weights.

Small ones: `../shared/golden/cnn_tiny`, other people's sources with reduced widths. Full ones:
`tests/golden/conv3d_full.npz` holds keys and shapes of the published layouts, and the logits that
torchvision 0.29.2, c3d-pytorch 1111ccf and pytorch-i3d 05783d1 gave for weights made from the keys'
names and a clip made by `wave` (their first row). Renewed from ../shared/golden: the arrays
`logits` of full/*.npz and the keys of layouts/*.keys.json.gz, by `python -m tests.conv3d.renew`.
"""

import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from vidcore.conv3d import c3d_torch, i3d_torch, resnet_torch
from vidcore.errors import ShapeError, WeightsError

GOLDEN = Path(__file__).parents[1] / "golden" / "conv3d_full.npz"
TINY = Path(__file__).parents[3] / "shared" / "golden" / "cnn_tiny"
RESNETS = ("r3d_18", "mc3_18", "r2plus1d_18")
State = dict[str, torch.Tensor]


def loader(name: str) -> Callable[[Any], torch.nn.Module]:
    if name in RESNETS:
        return lambda state: resnet_torch.from_state(state, name)
    return c3d_torch.from_state if name.startswith("c3d") else i3d_torch.from_state


def hashed(name: str, n: int) -> np.ndarray:
    """Numbers in [0, 1) that any library can make: murmur3's last mixing step over a counter."""
    h = np.arange(n, dtype=np.uint32)
    with np.errstate(over="ignore"):
        h = h * np.uint32(0x9E3779B1) + np.uint32(zlib.crc32(name.encode()))
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
            h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
    return h / 2**32


def filled(key: str, shape: tuple[int, ...], gain2: float) -> torch.Tensor:
    """A weight made from its name, so that two programs can share all of them without a file."""
    if key.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    u = hashed(key, int(np.prod(shape)))
    leaf = key.rpartition(".")[2]
    values = {
        "running_mean": lambda: 0.2 * (2 * u - 1),
        "running_var": lambda: 0.5 + u,
        "bias": lambda: 0.1 * (2 * u - 1),
    }.get(leaf, lambda: weight(u, shape, gain2))()
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def weight(u: np.ndarray, shape: tuple[int, ...], gain2: float) -> np.ndarray:
    if len(shape) == 1:
        return 0.75 + 0.5 * u
    return (2 * u - 1) * np.sqrt(3 * gain2 / np.prod(shape[1:]))


def wave(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """A drifting wave with noise, `(B, C, T, H, W)`."""
    b, c, t, y, x = np.ogrid[tuple(slice(n) for n in shape)]
    noise = hashed(f"input:{name}", int(np.prod(shape))).reshape(shape)
    drift = np.sin(0.11 * y * (1 + 0.3 * b) + 0.07 * x - 0.9 * t + c)
    return torch.from_numpy((drift + 0.5 * (2 * noise - 1)).astype(np.float32))


@pytest.mark.parametrize("name", ["c3d", "i3d_inception", *RESNETS])
def test_small_weights_of_others_give_their_logits_and_features(name: str) -> None:
    folder = TINY / name
    if not folder.is_dir():
        pytest.skip("needs ../shared/golden, which is not part of the repository (size)")
    meta, golden = json.loads((folder / "meta.json").read_text()), np.load(folder / "golden.npz")
    size = re.search(r"\((\d, \d[\d, ]+)\)", meta["extra"]["inputs"][0])
    assert size is not None
    clip = wave(f"tiny{meta['seed']}", tuple(map(int, size[1].split(","))))
    with torch.inference_mode():
        logits, kept = loader(name)(load_file(folder / "weights.safetensors"))(clip, keep=True)
    close(logits, golden["logits"])
    compared = 0
    for key in golden.files:
        kind, _, stage = key.partition("/")
        if kind in ("stage", "stage_samples") and not stage.startswith("fc"):
            value = kept[stage].numpy()
            if kind == "stage_samples":
                value = value.ravel()[np.linspace(0, value.size - 1, 1024).astype(np.int64)]
            close(value, golden[key])
            compared += 1
    assert compared >= 3


def close(ours: Any, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(np.asarray(ours), theirs, atol=1e-4 * abs(theirs).max())


def full_state(name: str) -> State:
    golden = np.load(GOLDEN)
    return {
        str(key): filled(
            str(key), tuple(map(int, str(shape).split())), float(golden[f"{name}/gain2"])
        )
        for key, shape in zip(golden[f"{name}/keys"], golden[f"{name}/shapes"], strict=True)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "parameters"),
    [
        ("r3d_18", (2, 3, 8, 112, 112), 33_371_472),
        ("mc3_18", (2, 3, 8, 112, 112), 11_695_440),
        ("r2plus1d_18", (2, 3, 8, 112, 112), 31_505_325),
        ("c3d_sports1m", (2, 3, 16, 112, 112), 79_991_015),
        ("i3d_inception_rgb", (1, 3, 16, 224, 224), 12_697_264),
    ],
)
def test_the_published_size_gives_the_published_logits(
    name: str, size: tuple[int, ...], parameters: int
) -> None:
    net = loader(name)(full_state(name))
    assert sum(p.numel() for p in net.parameters()) == parameters
    with torch.inference_mode():
        logits = net(wave(name, size)[:1])  # a row of the batch: in eval mode they do not mix
    close(logits, np.load(GOLDEN)[f"{name}/logits"])


def small_state(name: str) -> State:
    torch.manual_seed(0)
    if name == "c3d":
        widths = c3d_torch.Widths((3, 2, 2, 2, 2, 2, 2, 2, 2), pooled=2, dense=(3, 4, 5))
        return dict(c3d_torch.C3D(widths).state_dict())
    if name == "i3d":
        units = {
            key: i3d_torch.Unit(2 if key != "logits" else 7, unit.kernel)
            for key, unit in i3d_torch.published().items()
        }
        return dict(i3d_torch.I3D(units).state_dict())
    design = resnet_torch.DESIGNS[name]
    small = resnet_torch.Design(
        design.kernels, design.split, widths=(2, 3, 4, 5), depths=(1, 2, 1, 1), channels=2,
        classes=6, middles={"stem": 3} if design.split else {},
    )  # fmt: skip
    return dict(resnet_torch.VideoResNet(small).state_dict())


NAMES = ("c3d", "i3d", *RESNETS)


@pytest.mark.parametrize("name", NAMES)
def test_widths_depths_and_classes_are_read_from_the_shapes(name: str) -> None:
    state = small_state(name)
    net = loader(name)(state)
    assert not net.training
    for key, tensor in net.state_dict().items():
        torch.testing.assert_close(tensor, state[key])
    for wrapper in ("model_state", "model"):
        loader(name)({wrapper: state, "epoch": 3})


@pytest.mark.parametrize("name", NAMES)
def test_weights_that_do_not_fit_are_named(name: str) -> None:
    load, keys = loader(name), [k for k in small_state(name) if k.endswith("weight")]
    for key in (keys[0], keys[len(keys) // 2], keys[-1]):
        missing = small_state(name)
        del missing[key]
        with pytest.raises(WeightsError, match=re.escape(key)):
            load(missing)
        grown = small_state(name)
        grown[key] = torch.zeros(*grown[key].shape, 1)
        with pytest.raises(WeightsError):
            load(grown)
    with pytest.raises(WeightsError, match=r"extra\.weight"):
        load({**small_state(name), "extra.weight": torch.zeros(1)})
    bias = next(k for k in small_state(name) if k.endswith("bias"))
    with pytest.raises(WeightsError, match=re.escape(bias)):
        load({**small_state(name), bias: torch.zeros(77)})


def test_one_resnet_is_not_taken_for_another() -> None:
    for given in RESNETS:
        for asked in RESNETS:
            if given != asked:
                with pytest.raises(WeightsError):
                    resnet_torch.from_state(small_state(given), asked)
    with pytest.raises(WeightsError, match="architectures"):
        resnet_torch.from_state(small_state("r3d_18"), "r3d_34")


def test_a_clip_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ShapeError, match="dense layers"):
        loader("c3d")(small_state("c3d"))(torch.zeros(1, 3, 16, 96, 96))
    with pytest.raises(ShapeError, match="9 frames"):
        loader("i3d")(small_state("i3d"))(torch.zeros(1, 3, 8, 193, 193))
    with torch.inference_mode():
        assert loader("i3d")(small_state("i3d"))(torch.zeros(1, 3, 9, 193, 193)).shape == (1, 7)


def test_eval_mode_is_deterministic_and_training_uses_dropout() -> None:
    torch.manual_seed(0)
    widths = c3d_torch.Widths((3, 2, 2, 2, 2, 2, 2, 2, 2), pooled=18, dense=(64, 64, 5))
    net, clip = c3d_torch.C3D(widths), torch.rand(1, 3, 16, 64, 64)
    with torch.inference_mode():
        assert not torch.equal(net.train()(clip), net(clip))
        torch.testing.assert_close(net.eval()(clip), net(clip))
