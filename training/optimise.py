"""What turns gradients into steps: AdamW, or Muon for the matrices a recipe names."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from training.recipe import Recipe


def optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """Return the optimiser that a recipe asks for.

    Muon (Jordan 2024) makes the momentum of a weight matrix orthogonal before it steps: directions
    that are rarely asked for are learned as fast as the others. Scaled as by Liu et al. 2025
    ("Muon is Scalable for LLM Training"), it takes the rate and the decay of AdamW.
    """
    if not recipe.muon:
        return torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    inside: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in network.named_parameters():
        named = recipe.muon in name and parameter.ndim > 1
        (inside if named else others).append(parameter)
    return Together(
        Kernels(inside, lr=recipe.rate, weight_decay=recipe.decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=recipe.rate, weight_decay=recipe.decay),
    )


class Kernels(torch.optim.Muon):
    """Muon for weights of any rank: a kernel is a matrix with one row for each output.

    torch's own takes matrices only. It is given views, so its steps are taken by the weights.
    """

    def __init__(self, weights: Sequence[nn.Parameter], **settings: Any) -> None:
        self.weights = tuple(weights)
        rows = [nn.Parameter(weight.detach().view(len(weight), -1)) for weight in weights]
        super().__init__(rows, **settings)
        self.rows = rows

    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """Take one step with the weights' gradients."""
        for weight, row in zip(self.weights, self.rows, strict=True):
            row.grad = None if weight.grad is None else weight.grad.view(row.shape)
        super().step(closure)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the weights' gradients, and the views of them."""
        super().zero_grad()
        for weight in self.weights:
            if set_to_none or weight.grad is None:
                weight.grad = None
            else:
                weight.grad.zero_()


class Together(torch.optim.Optimizer):
    """Several optimisers of different parameters, used as one."""

    def __init__(self, *parts: torch.optim.Optimizer) -> None:
        self.parts = parts

    @property
    def param_groups(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The groups of all, where a rate is set."""
        return [group for part in self.parts for group in part.param_groups]

    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """Let each take its step."""
        for part in self.parts:
            part.step(closure)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop all gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """Return the states of all, by their place."""
        return {str(k): part.state_dict() for k, part in enumerate(self.parts)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up the states of all."""
        for k, part in enumerate(self.parts):
            part.load_state_dict(state[str(k)])
