"""Public checkpoints: a state dict in its published layout, and the network of ours that it fits.

Each room builds its own networks from the shapes of the tensors; here their names meet. Nothing is
downloaded: files come from the visitor's machine.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from vidcore.attention import timesformer_torch, vivit_layouts_torch
from vidcore.conv3d import c3d_torch, i3d_torch, resnet_torch
from vidcore.errors import WeightsError
from vidcore.flow import raft_torch
from vidcore.slowfast import slowfast_torch
from vidcore.videomae import published_torch
from vidcore.weights.state_torch import unwrap

Config = Mapping[str, Any]


def _resnet(name: str) -> Callable[[Mapping[str, Tensor], Config], nn.Module]:
    return lambda state, config: resnet_torch.from_state(state, name)


def _slowfast(alpha: int) -> Callable[[Mapping[str, Tensor], Config], nn.Module]:
    return lambda state, config: slowfast_torch.from_state(state, {"alpha": alpha, **config})


def _videomae(name: Any) -> Callable[[Mapping[str, Tensor], Config], nn.Module]:
    return lambda state, config: published_torch.from_state(state, config, architecture=name)


BUILDERS: Mapping[str, Callable[[Mapping[str, Tensor], Config], nn.Module]] = MappingProxyType(
    {
        **{name: _resnet(name) for name in ("r3d_18", "mc3_18", "r2plus1d_18")},
        "c3d": lambda state, config: c3d_torch.from_state(state),
        "i3d": lambda state, config: i3d_torch.from_state(state),
        "slowfast_r50_8x8": _slowfast(4),  # Slow 8 of Fast's 32 frames
        "slowfast_r50_4x16": _slowfast(8),
        "raft_small": lambda state, config: raft_torch.from_state(state),
        "videomae": _videomae("videomae"),
        "videomae_pretraining": _videomae("videomae_pretraining"),
        "timesformer": timesformer_torch.from_state,
        "vivit": vivit_layouts_torch.from_state,
        "vivit_scenic": vivit_layouts_torch.from_scenic,
    }
)
NAMED = {  # what a Hugging Face config.json calls its class -> our name
    "VideoMAEForVideoClassification": "videomae",
    "VideoMAEForPreTraining": "videomae_pretraining",
    "TimesformerForVideoClassification": "timesformer",
    "VivitForVideoClassification": "vivit",
}


def from_state_dict(
    architecture: str, state: dict[str, Any], config: dict[str, Any] | None = None
) -> nn.Module:
    """Build a public network and load its weights; in eval mode, on the CPU.

    Parameters
    ----------
    architecture
        One of `BUILDERS`.
    state
        Keys as published; `{"model_state": …}` and `{"model": …}` are unwrapped. Widths, depths,
        kernels and the number of classes are read from the shapes.
    config
        What shapes cannot tell, under the keys of a Hugging Face `config.json` where there is one.

    Returns
    -------
    nn.Module
        `forward(video (B, C, T, H, W)) -> logits (B, K)`, before any softmax; SlowFast takes
        `(slow, fast)`, RAFT two images, pre-training a video and what is masked of it.

    Raises
    ------
    WeightsError
        If there is no such architecture, a key is missing or unexpected, or a shape does not fit.
    """
    if architecture not in BUILDERS:
        raise WeightsError(
            f"There is no architecture {architecture!r}. There are: {', '.join(BUILDERS)}."
        )
    state = dict(unwrap(state))
    wrong = [key for key, value in state.items() if not isinstance(value, Tensor)]
    if wrong or not state:
        raise WeightsError(
            f"{architecture} needs a state dict: names and tensors; got {', '.join(wrong[:4])} "
            "that are none. Pass the checkpoint's state dict."
            if wrong
            else f"{architecture} needs a state dict; got an empty one."
        )
    return BUILDERS[architecture](state, config or {})


def from_folder(path: str | Path, architecture: str | None = None) -> nn.Module:
    """Load a folder as Hugging Face saves it: `config.json` and `model.safetensors`.

    Parameters
    ----------
    architecture
        Read from the config where left out.

    Raises
    ------
    WeightsError
        If a file is missing or unreadable, the config names no class that we have, or the weights
        do not fit.
    """
    folder = Path(path)
    config = _config(folder / "config.json")
    if architecture is None:
        classes = config.get("architectures") or []
        architecture = next((NAMED[name] for name in classes if name in NAMED), None)
        if architecture is None:
            raise WeightsError(
                f"config.json names {classes or 'no architecture'}; we have "
                f"{', '.join(NAMED)}. Say which of {', '.join(BUILDERS)} it is."
            )
    return from_state_dict(architecture, _tensors(folder / "model.safetensors"), config)


def from_file(
    path: str | Path, architecture: str, config: dict[str, Any] | None = None
) -> nn.Module:
    """Load a single checkpoint: `.safetensors`, or `.pth` and the like without running its code.

    Raises
    ------
    WeightsError
        If the file cannot be read as tensors alone, or does not fit.
    """
    file = Path(path)
    if file.suffix == ".safetensors":
        return from_state_dict(architecture, _tensors(file), config)
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a strange file makes torch raise
        raise WeightsError(
            f"{file.name} cannot be read as a checkpoint of tensors alone: {error}"
        ) from error
    if not isinstance(state, dict):
        raise WeightsError(f"{file.name} holds no state dict; got {type(state).__name__}.")
    return from_state_dict(architecture, state, config)


def _config(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"A model's folder needs a readable {path.name}: {error}") from error
    if not isinstance(read, dict):
        raise WeightsError(f"{path.name} needs an object of settings; got {type(read).__name__}.")
    return read


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path.name} cannot be read as safetensors: {error}") from error
