"""Weights of published layouts: unwrapped, read for their shapes, checked, loaded."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from torch import Tensor, nn

from vidcore.errors import WeightsError

WRAPPERS = ("model_state", "model", "module", "state_dict")
N = TypeVar("N", bound=nn.Module)
Shapes = Mapping[str, tuple[int, ...]]


def unwrap(state: Mapping[str, Any]) -> Mapping[str, Tensor]:
    """Take a state dict out of the wrappers that training programs put around it."""
    for wrapper in WRAPPERS:
        if isinstance(state.get(wrapper), Mapping):
            state = state[wrapper]
    return state


def load(name: str, build: Callable[[Shapes], N], state: Mapping[str, Any]) -> N:
    """Build the network that the shapes ask for, load the weights, in eval mode.

    Parameters
    ----------
    name
        The network's, for messages.
    build
        Makes the network from the shape of every tensor; a key it does not find is missing.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    weights = unwrap(state)
    shapes = shapes_of(weights)
    try:
        network = build(shapes)
    except KeyError as missing:
        raise WeightsError(f"{name} weights need {missing}; it is not among the keys.") from missing
    except (ValueError, IndexError, RuntimeError) as error:
        raise WeightsError(f"{name} weights have a tensor with the wrong axes: {error}.") from error
    check(name, shapes_of(network.state_dict()), shapes)
    network.load_state_dict(weights)
    return network.eval()


def shapes_of(state: Mapping[str, Tensor]) -> Shapes:
    """Return the shape of every tensor."""
    return {key: tuple(tensor.shape) for key, tensor in state.items()}


def check(name: str, expected: Shapes, given: Shapes) -> None:
    """Compare keys, then shapes.

    Raises
    ------
    WeightsError
        If a key is missing or unexpected, or a shape does not fit; the message names it.
    """
    if missing := sorted(expected.keys() - given.keys()):
        raise WeightsError(f"{name} weights lack {', '.join(missing)}.")
    if extra := sorted(given.keys() - expected.keys()):
        raise WeightsError(
            f"{name} weights have keys that it does not know: {', '.join(extra)}. "
            "Is this another network's file?"
        )
    for key, shape in expected.items():
        if shape != given[key]:
            raise WeightsError(f"{name} weights need {key} of shape {shape}; got {given[key]}.")
