"""The stages of the RAFT page: what they are sent, and what they tell."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pages._stage import component
from pages._stage.assets import publish_clip, publish_values
from vidcore import flow
from vidcore.media import Clip

_SHARED = ["frames.js", "paint.js", "flow_kit.js", "raft_kit.js"]
_MATCH = component("raft", js=[*_SHARED, "raft.js"], css=["flow_kit.css"])
_FIELDS = component("raft_fields", js=[*_SHARED, "raft_fields.js"], css=["flow_kit.css"])
_UPSAMPLE = component("raft_upsample", js=[*_SHARED, "raft_upsample.js"], css=["flow_kit.css"])


def match(
    clip: Clip,
    t: int,
    inside: flow.RaftInside,
    truth: np.ndarray | None,
    *,
    point: tuple[int, int],
    view: Mapping[str, Any],
    on_view: Callable[[], None],
) -> None:
    """Show what a clicked pixel of frame `t` is like in frame `t + 1`.

    Parameters
    ----------
    truth
        `(H, W, 2)`: the true flow, where it is known.
    point
        (x, y) that is looked at first.
    """
    content = f"{clip.digest} {t}"
    data = {
        "clip": publish_clip(clip),
        "t": t,
        "features1": publish_values("raft f1", inside.features1, key=content),
        "features2": publish_values("raft f2", inside.features2, key=content),
        "coarse": publish_values("raft coarse", inside.coarse, key=content),
        "truth": None if truth is None else publish_values("truth", truth, key=content),
        "levels": inside.levels,
        "radius": inside.radius,
        "point": list(point),
        "view": dict(view),
    }
    _MATCH(key="raft_match", data=[data], default={"view": dict(view)}, on_view_change=on_view)


def fields(
    content: str, inside: flow.RaftInside, truth: np.ndarray | None, valid: np.ndarray | None
) -> None:
    """Play the flow after each correction; `content` names the pair of frames."""
    data = {
        "iterates": publish_values("raft iterates", inside.iterates, key=content, half=True),
        "trust": publish_values("raft trust", inside.trust, key=content),
        **_known(content, truth, valid),
    }
    _FIELDS(key="raft_fields", data=[data])


def upsample(
    content: str, inside: flow.RaftInside, truth: np.ndarray | None, valid: np.ndarray | None
) -> None:
    """Take the enlarged field apart; `content` names the pair of frames."""
    data = {
        "coarse": publish_values("raft coarse", inside.coarse, key=content),
        "shares": publish_values("raft shares", inside.shares, key=content, half=True),
        "size": list(inside.iterates.shape[1:3]),
        **_known(content, truth, valid),
    }
    _UPSAMPLE(key="raft_upsample", data=[data])


def _known(content: str, truth: np.ndarray | None, valid: np.ndarray | None) -> dict[str, Any]:
    return {
        "truth": None if truth is None else publish_values("truth", truth, key=content),
        "valid": None if valid is None else publish_values("raft valid", valid, key=content),
    }
