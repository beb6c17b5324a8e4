"""Trained weights as checked files: what each model is, what it scored, and how it was made.

Every file `files/<name>.safetensors` has a card `files/<name>.json` beside it. Rooms load their own
networks from here, so this package lies below them and imports none.
"""

from vidcore.weights.card import ModelCard, card, names, results

__all__ = ["ModelCard", "card", "names", "results"]
