"""The questions that our small classifiers answer about a clip, one linear layer each."""

from jaxtyping import Float
from torch import Tensor, nn

QUESTIONS = {"colour": 6, "shape": 5, "action": 14}  # answers, see media.synthetic.actions


class Heads(nn.Module):
    """What colour, what shape, which action: three readings of the same features."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.colour = nn.Linear(width, QUESTIONS["colour"])
        self.shape = nn.Linear(width, QUESTIONS["shape"])
        self.action = nn.Linear(width, QUESTIONS["action"])

    def forward(self, features: Float[Tensor, "*B D"]) -> dict[str, Tensor]:
        """Return the logits of each question."""
        return {name: getattr(self, name)(features) for name in QUESTIONS}
