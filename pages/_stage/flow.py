"""The stages of the flow page: what they are sent, and what they tell."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from pages._stage import component
from pages._stage.assets import publish_clip, publish_values
from vidcore import flow
from vidcore.media import Clip
from vidcore.media.clip import grey
from vidcore.media.synthetic.palette import AMBER, CORAL, CREAM, INK, NAVY, SKY, TEAL
from vidcore.media.synthetic.square import BLUE_GREY, WHITE
from vidcore.media.synthetic.texture import Texture, mottled

WINDOWS = (5, 9, 15)  # pixels
ALPHAS = (0.03, 0.1, 0.3)
CONTRAST = 0.08  # grey levels of one wave: a disc this small has room for few spots
DIGITS = 5  # of a texture's numbers: a thousandth of a grey level

_VISUALIZER = component(
    "flow",
    js=[
        *("frames.js", "paint.js", "flow_math.js", "radios.js", "flow_kit.js"),
        *("flow_scene.js", "inspector.js", "flow.js"),
    ],
    css=["flow_kit.css"],
)

_APERTURE = component(
    "flow_aperture",
    js=[
        "frames.js",
        "flow_math.js",
        "radios.js",
        "flow_kit.js",
        "inspector.js",
        "flow_aperture.js",
    ],
    css=["flow_kit.css"],
)
_SWEEPS = component(
    "flow_sweeps",
    js=[
        *("frames.js", "paint.js", "flow_math.js", "flow_kit.js"),
        *("inspector.js", "flow_sweeps.js"),
    ],
    css=["flow_kit.css"],
)
_FILM = component(
    "flow_film",
    js=["frames.js", "paint.js", "numbers.js", "flow_math.js", "flow_kit.js", "flow_film.js"],
    css=["flow_kit.css"],
)


def visualizer(
    clip: Clip,
    equation: Mapping[str, Any],
    *,
    key: str,
    view: Mapping[str, Any],
    on_view: Callable[[], None],
) -> None:
    """Show the visualizer: a velocity to drag, and every method's answer while it is dragged.

    Parameters
    ----------
    clip
        The visitor's, for "your frame" and "your clip".
    equation
        From `inspector.equation`, with the symbols Ix, Iy, It, u, v and rest.
    view
        Where it opens, as a link may say.
    """
    data = {
        "clip": publish_clip(clip),
        "objects": objects(),
        "equation": dict(equation),
        "windows": list(WINDOWS),
        "alphas": list(ALPHAS),
        "view": dict(view),
        "moving": True,
    }
    _VISUALIZER(key=key, data=[data], default={"view": dict(view)}, on_view_change=on_view)


def aperture(
    windows: flow.Aperture,
    equation: Mapping[str, Any],
    *,
    key: str,
    content: str,
    presets: Mapping[str, tuple[int, int]],
    truth: np.ndarray | None,
    alt: str,
    view: Mapping[str, Any],
    on_view: Callable[[], None],
) -> None:
    """Show what the window around a clicked pixel can say.

    Parameters
    ----------
    equation
        With the symbols Sxx, Sxy, Syy, Sxt, Syt, u and v.
    content
        Names the pair of frames.
    presets
        Points (x, y) by what they show; the first is where a new pair opens.
    truth
        `(H, W, 2)`: the true flow, where it is known.
    """
    parts = {name: getattr(windows, name) for name in ("picture", "Ix", "Iy", "It")}
    data = {
        "arrays": {name: publish_values(name, a, key=content) for name, a in parts.items()},
        "truth": None if truth is None else publish_values("truth", truth, key=content),
        "presets": [
            {"name": name, "label": name, "point": list(point)} for name, point in presets.items()
        ],
        "windows": [3, 5, 9, 15],
        "reach": windows.reach,
        "equation": dict(equation),
        "alt": alt,
        "view": dict(view),
    }
    _APERTURE(key=key, data=[data], default={"view": dict(view)}, on_view_change=on_view)


def sweeps(
    clip: Clip,
    t: int,
    result: flow.FlowResult,
    settings: flow.HornSchunck,
    equation: Mapping[str, Any],
    *,
    key: str,
    truth: np.ndarray | None,
    point: tuple[int, int],
) -> None:
    """Play the kept sweeps of Horn-Schunck on frames `t` and `t + 1`.

    Parameters
    ----------
    equation
        With the symbols u, ubar, vbar, Ix, Iy, It and alpha.
    point
        (x, y) that is looked at first; its row is cut.
    """
    content = f"{clip.digest} {t}"
    fields = np.zeros((0, 0, 0, 2)) if result.iterates is None else result.iterates
    data = {
        "fields": publish_values("sweeps", fields, key=f"{content} {settings}", half=True),
        "prev": publish_values("prev", grey(clip.frames[t]), key=content),
        "next": publish_values("next", grey(clip.frames[t + 1]), key=content),
        "truth": None if truth is None else publish_values("truth", truth, key=content),
        "sweeps": flow.kept_sweeps(settings.iterations),
        "alpha": settings.alpha,
        "point": list(point),
        "equation": dict(equation),
    }
    _SWEEPS(key=key, data=[data])


def film(
    clip: Clip,
    whole: flow.Film,
    *,
    key: str,
    content: str,
    view: Mapping[str, Any],
    on_view: Callable[[], None],
) -> None:
    """Play a clip beside its flow; `content` names the clip and the method."""
    data = {
        "clip": publish_clip(clip),
        "flow": publish_values("flow", whole.flow, key=content, half=True),
        "check": publish_values("check", whole.consistent, key=content, half=True),
        "camera": whole.camera.tolist(),
        "longest": whole.longest,
        "view": dict(view),
    }
    _FILM(key=key, data=[data], default={"view": dict(view)}, on_view_change=on_view)


@cache
def objects() -> dict[str, Any]:
    """Return the scenes' surfaces: the gallery's colours, with more to see for a window."""
    rng = np.random.default_rng(0)
    ground = mottled(rng, NAVY, (TEAL, SKY, NAVY), contrast=CONTRAST)
    surface = mottled(rng, AMBER, (CORAL, CREAM, INK), contrast=CONTRAST)
    return {
        "disc": {"shape": "disc", "ground": _terms(ground), "surface": _terms(surface)},
        "plain": {"shape": "disc", "ground": _round(NAVY), "surface": _round(AMBER)},
        "square": {"shape": "square", "ground": _round(BLUE_GREY), "surface": _round(WHITE)},
    }


def _terms(texture: Texture) -> dict[str, Any]:
    waves = zip(texture.k, texture.phase, texture.wave_colour, strict=True)
    bumps = zip(texture.place, texture.sharpness, texture.bump_colour, strict=True)
    return {
        "base": _round(texture.base),
        "waves": [
            {"k": _round(k), "phase": round(float(phase), DIGITS), "colour": _round(colour)}
            for k, phase, colour in waves
        ],
        "bumps": [
            {"at": _round(at), "sharpness": round(float(b), DIGITS), "colour": _round(colour)}
            for at, b, colour in bumps
        ],
    }


def _round(values: np.ndarray) -> list[float]:
    return [round(float(value), DIGITS) for value in values]
