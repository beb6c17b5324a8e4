"""From a card and a checked file to a network in eval mode, once per process."""

import hashlib
import importlib
from functools import lru_cache

from torch import nn

from vidcore.errors import WeightsError
from vidcore.weights.card import FILES, ModelCard, card


@lru_cache(maxsize=32)
def load(name: str) -> nn.Module:
    """Return a trained network in eval mode, float32 on the CPU; shared, so not to be changed.

    Raises
    ------
    WeightsError
        If there is no such model, or its file is missing, altered or does not fit.
    """
    of = card(name)
    network = build(of)
    read(network, of)
    return network.eval().requires_grad_(False)


def build(of: ModelCard) -> nn.Module:
    """Call the builder that a card names; the weights are still random.

    Raises
    ------
    WeightsError
        If the builder is not of this library.
    """
    module, _, builder = of.builder.partition(":")
    try:
        made = getattr(importlib.import_module(f"vidcore.{module}"), builder)(**of.settings)
    except (ImportError, AttributeError, TypeError) as error:
        raise WeightsError(
            f"The card of {of.name!r} names a builder that does not work: {error}."
        ) from error
    network: nn.Module = made
    return network


def read(network: nn.Module, of: ModelCard) -> None:
    """Read a model's file into its network, in float32 whatever lies on disk.

    Raises
    ------
    WeightsError
        If the file is missing, its hash is not the card's, or a key or shape does not fit.
    """
    path = FILES / f"{of.name}.safetensors"
    rebuild = f"Make it again with `python -m training.train {of.name}`."
    if not path.exists():
        raise WeightsError(f"{path.name} is missing. {rebuild}")
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != of.sha256:
        raise WeightsError(
            f"{path.name} needs the sha256 {of.sha256[:12]}… of its card; got {found[:12]}…. "
            f"{rebuild}"
        )
    from safetensors.torch import load as parse

    state = {key: tensor.float() for key, tensor in parse(data).items()}
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise WeightsError(f"{path.name} does not fit its network: {error}") from error
