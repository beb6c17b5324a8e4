"""The door: a clip and a trained network's name in, all of its attention out."""

from vidcore.attention.result import AttentionResult
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip
from vidcore.weights import card

FRAMES, SIZE = 16, 48  # what our small networks read
BUILDERS = {
    "attention.track_torch:Copier": "copy",
    "attention.small_torch:SmallTransformer": "classify",
}


def explore(clip: Clip, name: str) -> AttentionResult:
    """Run one of our video transformers and keep every query and key.

    Parameters
    ----------
    clip
        16 frames of 48 x 48; `zoo.prepare` makes them of any clip.
    name
        "track_joint", "track_divided", or a classifier: "joint", "divided", "space", "factorised".

    Raises
    ------
    ShapeError
        If the clip has another size.
    WeightsError
        If there is no such trained network, or it has no attention to show.
    """
    needed = (FRAMES, SIZE, SIZE, 3)
    if clip.frames.shape != needed:
        raise ShapeError(
            f"explore needs frames of shape {needed}; got {clip.frames.shape}. "
            "Make them with zoo.prepare."
        )
    objective = BUILDERS.get(card(name).builder)
    if objective is None:
        raise WeightsError(
            f"{name!r} has no attention to show; take one of track_joint, track_divided, joint, "
            "divided, space, factorised."
        )
    from vidcore.attention.explore_torch import classifier, copier  # torch is heavy

    return (copier if objective == "copy" else classifier)(clip.frames, name)
