"""The equation inspector: an equation whose symbols show the arrays they stand for.

Any page can use it, in two ways. Alone, beside arrays that are published once:

    inspector(
        row("{Ix} {u} + {Iy} {v} + {It} = 0"),
        [Symbol("Ix", "how brightness changes one pixel to the right, in grey levels"), ...],
        clip.take([t]),
        {"Ix": Ix, "u": u, ...},           # (H, W) or (T, H, W) float32, by the symbols' names
        key="my_equation", content=clip.digest, alt="...",
    )

draws the equation, a picture and, under each symbol, its value at the pointed pixel; a hovered or
focused symbol lays its array over the picture, a click or Enter keeps it there. Or inside a stage
of one's own: send `equation(template, symbols)` along with the data, join `inspector.js` before the
stage's script, and

    this.equation = new Equation(box, data.equation, (name) => this.highlight(name));
    this.equation.values({ Ix: 0.12, u: 1.5 });        // whenever the pointed pixel changes

Write the equation with `row`, `fraction`, `matrix` and `power`: tokens between spaces, `{name}` for
a symbol. The browser sets it as MathML, without a library.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages._stage import component
from pages._stage.assets import publish_clip, publish_values
from vidcore.media import Clip


class Math(str):
    """A piece of MathML, in which `{name}` stands for a symbol."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol of an equation.

    Parameters
    ----------
    name
        Of the array it stands for; unique in the equation.
    says
        What it is, in plain words and with its unit.
    math
        How it is written; by default after its name: Ix is I with a subscript x, ubar has a bar.
    signed
        Whether its array is drawn in two colours around zero.
    """

    name: str
    says: str
    math: str = ""
    signed: bool = True


def row(*pieces: str) -> Math:
    """Set pieces side by side: MathML as it is, text by its tokens, which spaces separate."""
    return Math(
        "".join(
            piece if isinstance(piece, Math) else "".join(_token(token) for token in piece.split())
            for piece in pieces
        )
    )


def _token(token: str) -> str:
    if token.startswith("{"):
        return token
    if re.fullmatch(r"[\d.]+", token):
        return f"<mn>{token}</mn>"
    return f"<mi>{token}</mi>" if token.isalpha() else f"<mo>{token}</mo>"


def fraction(over: str, under: str) -> Math:
    """Write one row over another."""
    return Math(f"<mfrac><mrow>{row(over)}</mrow><mrow>{row(under)}</mrow></mfrac>")


def power(base: str, exponent: int = 2) -> Math:
    """Raise a symbol to a power."""
    return Math(f"<msup><mrow>{row(base)}</mrow><mn>{exponent}</mn></msup>")


def matrix(*rows: Sequence[str]) -> Math:
    """Set rows of cells between brackets; rows of one cell each make a vector."""
    lines = ("".join(f"<mtd>{row(cell)}</mtd>" for cell in cells) for cells in rows)
    table = "".join(f"<mtr>{line}</mtr>" for line in lines)
    return Math(f'<mtable class="matrix">{table}</mtable>')


def equation(template: str, symbols: Sequence[Symbol]) -> dict[str, Any]:
    """Return what `Equation` in the browser needs: MathML and what each symbol says."""
    known = {symbol.name: symbol for symbol in symbols}
    math = re.sub(r"\{(\w+)\}", lambda m: _symbol(known[m[1]]), row(template))
    return {
        "math": math,
        "symbols": {s.name: {"says": s.says, "signed": s.signed} for s in symbols},
    }


def _symbol(symbol: Symbol) -> str:
    glyph = symbol.math or _glyph(symbol.name)
    return f'<mrow data-symbol="{symbol.name}">{glyph}</mrow>'


def _glyph(name: str) -> str:
    if name.endswith("bar"):
        return f"<mover><mi>{name[:-3]}</mi><mo>‾</mo></mover>"
    if len(name) > 1:
        return f"<msub><mi>{name[0]}</mi><mi>{name[1:]}</mi></msub>"
    return f"<mi>{name}</mi>"


_INSPECTOR = component(
    "inspector",
    js=["frames.js", "paint.js", "flow_kit.js", "inspector.js", "inspector_view.js"],
    css=["flow_kit.css"],
)


def inspector(
    template: str,
    symbols: Sequence[Symbol],
    picture: Clip,
    arrays: Mapping[str, np.ndarray],
    *,
    key: str,
    content: str,
    alt: str,
    point: tuple[int, int] | None = None,
    start: str | None = None,
    frame: str = "frame",
) -> None:
    """Show an equation over a picture; see the module for what it does.

    Parameters
    ----------
    picture
        What the arrays lie over: one frame, or as many as the arrays have.
    arrays
        By the symbols' names: `(H, W)` or `(T, H, W)`; a symbol without one shows no value.
    content
        Names what the arrays were computed from, e.g. the clip's digest and the settings.
    alt
        Says what the picture shows.
    point
        (x, y) of the pixel pointed at before the visitor points; the middle if left out.
    start
        The symbol whose array is shown before the visitor chooses one.
    frame
        What one step along T is called.
    """
    H, W = picture.frames.shape[1:3]
    layers = {
        name: publish_values(f"{key}-{name}", array, key=content) for name, array in arrays.items()
    }
    data = {
        "equation": equation(template, symbols),
        "clip": publish_clip(picture),
        "layers": layers,
        "point": list(point or (W // 2, H // 2)),
        "start": start,
        "frame": frame,
        "alt": alt,
    }
    _INSPECTOR(key=key, data=[data])
