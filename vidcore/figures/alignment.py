"""Pictures of text and video in one space."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vidcore.alignment import Described
from vidcore.figures import theme

PARTS = {  # of the card -> how the page says it
    "text_to_clip": "Clip found by its text",
    "clip_to_text": "Text found by its clip",
    "colour": "… right in colour",
    "shape": "… right in shape",
    "action": "… right in action",
}
ROW = 30  # pixels a bar takes


def caption_bars(described: Described, *, count: int = 6) -> go.Figure:
    """Show the captions nearest to a clip, forwards and backwards, by cosine.

    Parameters
    ----------
    count
        Captions shown of each direction; one that is near in both is shown once.
    """
    nearest = [
        np.argsort(-way, kind="stable")[:count] for way in (described.forward, described.backward)
    ]
    shown = list(dict.fromkeys(np.concatenate(nearest).tolist()))[::-1]  # the first one on top
    names = [described.captions[k] for k in shown]
    ways = (
        ("Forwards", described.forward, theme.FORWARD, ""),
        ("Backwards", described.backward, theme.REVERSED, "/"),
    )
    bars = [_bar(name, values[shown], names, colour, hatch) for name, values, colour, hatch in ways]
    return theme.base(
        bars[::-1],  # drawn from below: forwards on top
        x="Cosine with the clip",
        y="",
        height=theme.LEGEND_HEIGHT + 60 + ROW * len(shown),
        legend=True,
        barmode="group",
        bargap=0.25,
        xaxis={"range": [min(-0.1, *(float(w[shown].min()) for _, w, _, _ in ways)), 1.0]},
        yaxis={"showgrid": False},
    )


def _bar(name: str, values: Any, names: list[str], colour: str, hatch: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": values,
        "y": names,
        "marker": {"color": colour, "pattern": {"shape": hatch, "solidity": 0.35}},
        "hovertemplate": "%{y}: %{x:.3f}<extra>" + name + "</extra>",
    }


def recall_bars(metrics: Mapping[str, float], *, gallery: int) -> go.Figure:
    """Show recall over galleries and the parts of the first answer, as the card has them.

    Parameters
    ----------
    metrics
        Of the card.
    gallery
        Candidates in each gallery.
    """
    names = list(PARTS)[::-1]
    shares = [metrics[name] for name in names]
    hues = [theme.SLATE if PARTS[name].startswith("…") else theme.INDIGO for name in names]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": shares,
        "y": [PARTS[name] for name in names],
        "marker": {"color": hues},
        "text": [f"{share:.1%}" for share in shares],
        "textposition": "inside",
        "insidetextanchor": "end",
        "textfont": {"color": theme.ON_COLOUR},
        "hovertemplate": "%{y}: %{x:.1%}<extra></extra>",
    }
    return theme.base(
        [bars],
        x=f"Share of first answers among {gallery}",
        y="",
        height=60 + ROW * len(names),
        xaxis={"range": [0, 1], "tickformat": ".0%"},
        yaxis={"showgrid": False},
    )
