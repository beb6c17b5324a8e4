"""The zoo: every model we ship, behind one door.

zoo.names("classify")            # what there is
zoo.card("c3d").metrics          # what it scored, on which split
zoo.predict(clip, "c3d").labels  # what it says about any clip
"""

from vidcore.media.prepare import prepare
from vidcore.weights.card import ModelCard, card, names
from vidcore.zoo.predict import Answer, Prediction, answer, predict

__all__ = ["Answer", "ModelCard", "Prediction", "answer", "card", "names", "predict", "prepare"]
