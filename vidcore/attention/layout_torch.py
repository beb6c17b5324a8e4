"""Published weights into our modules: every key accounted for, every shape checked, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vidcore.errors import WeightsError


def as_it_is(tensor: Tensor) -> Tensor:
    """Read a tensor that lies in the file as we have it."""
    return tensor


@dataclass(frozen=True, slots=True)
class Source:
    """Where one of our parameters comes from.

    Parameters
    ----------
    keys
        In the file; several are stacked along the first axis, as query, key and value are.
    shape
        Of each of them, in the file.
    read
        Turns one of them into our layout.
    """

    keys: tuple[str, ...]
    shape: tuple[int, ...]
    read: Callable[[Tensor], Tensor] = as_it_is


def fill(
    network: nn.Module, state: Mapping[str, Tensor], sources: Mapping[str, Source], *, what: str
) -> None:
    """Load every parameter of the network from its source.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    expected = {key: source.shape for source in sources.values() for key in source.keys}
    if wrong := sorted(expected.keys() - state.keys()):
        raise WeightsError(f"{what} weights lack the keys: {listed(wrong)}.")
    if wrong := sorted(state.keys() - expected.keys()):
        raise WeightsError(f"{what} weights have unexpected keys: {listed(wrong)}.")
    for key, shape in expected.items():
        if tuple(state[key].shape) != shape:
            raise WeightsError(
                f"{what} weights need {key} of shape {shape}; got {tuple(state[key].shape)}."
            )
    network.load_state_dict(
        {
            name: torch.cat([source.read(state[key]) for key in source.keys])
            if len(source.keys) > 1
            else source.read(state[source.keys[0]])
            for name, source in sources.items()
        }
    )


def listed(keys: list[str], most: int = 6) -> str:
    """Join keys for a message; a long list is cut."""
    rest = f", and {len(keys) - most} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + rest


def shape_of(state: Mapping[str, Tensor], key: str, *, what: str) -> tuple[int, ...]:
    """Return the shape of a tensor from which a size is read.

    Raises
    ------
    WeightsError
        If it is missing.
    """
    if key not in state:
        raise WeightsError(f"{what} weights lack the keys: {key}.")
    return tuple(state[key].shape)


def count(state: Mapping[str, Tensor], prefix: str) -> int:
    """Return how many numbered parts follow `prefix`: one more than the highest number."""
    numbers = [
        key[len(prefix) :].split("/")[0].split(".")[0] for key in state if key.startswith(prefix)
    ]
    return 1 + max((int(n) for n in numbers if n.isdecimal()), default=-1)
