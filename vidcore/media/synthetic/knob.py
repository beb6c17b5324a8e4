"""Knobs: what a page needs to know to offer a parameter as a control.

A scene declares each parameter once, as `Annotated[float, Knob("Spokes", 2, 16, 1)]` with its
default in the signature. `declared` reads the pair back, so that a slider, the range check of
`make` and the door of the function cannot disagree. A parameter that is a pair, such as a velocity,
carries two knobs, named with `_x` and `_y`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar, get_args, get_type_hints

import numpy as np

from vidcore.errors import ShapeError

MAX_PIXELS = 3_000_000  # T x H x W: 36 MB of frames and 24 MB of flow, both float32
SLOWEST = 0.01  # fps: a frame every 100 s
LARGEST = 1_000_000  # of any number in its unit: float32 still tells it from its neighbour

P = ParamSpec("P")
R = TypeVar("R")
Scalar = float | int  # bool is an int


@dataclass(frozen=True, slots=True)
class Knob:
    """One parameter of a scene as a control.

    Parameters
    ----------
    label
        What a page writes beside the control.
    low, high, step
        The range a page offers; left out for a switch. Functions accept more; `make` does not.
    unit
        Unit of the values, empty where there is none.
    help
        One sentence for a visitor.
    least, most
        The range the function itself accepts.
    options
        Names of the values 0, 1, …, for a choice instead of a range.
    name, default
        Filled in from the signature by `declared`.
    """

    label: str
    low: Scalar = False
    high: Scalar = True
    step: Scalar = True
    unit: str = ""
    help: str = ""
    least: Scalar = -LARGEST
    most: Scalar = LARGEST
    options: tuple[str, ...] = ()
    name: str = ""
    default: Scalar = False

    def __post_init__(self) -> None:
        if self.options:
            last = len(self.options) - 1
            for field, value in (
                ("low", 0),
                ("high", last),
                ("step", 1),
                ("least", 0),
                ("most", last),
            ):
                object.__setattr__(self, field, value)

    def read(self, value: Any) -> Scalar:
        """Return a control's value as this knob's kind, once it lies in the offered range.

        Raises
        ------
        ShapeError
            If the value is not a number of the right kind, or lies outside `low` to `high`.
        """
        kind = type(self.default)
        whole = _is_number(value) and (kind is float or value == int(value))
        if not whole or not self.low <= value <= self.high:
            raise ShapeError(
                f"{self.name} needs {_KINDS[kind]} from {self.low} to {self.high}; got {value!r}."
            )
        return kind(value)

    def accept(self, value: Any) -> Scalar:
        """Return an argument of the function as this knob's kind, Python's own.

        Raises
        ------
        ShapeError
            If the argument is no number, not whole where it counts, or outside `least` to `most`.
        """
        kind = type(self.default)
        if not _is_number(value) or (kind is not float and not isinstance(value, WHOLE)):
            raise ShapeError(f"{self.name} needs {_KINDS[kind]}, finite; got {value!r}.")
        if not self.least <= value <= self.most:
            raise ShapeError(
                f"{self.name} needs {_KINDS[kind]} from {self.least} to {self.most}; got {value}."
            )
        return kind(value)


WHOLE = int | np.integer | np.bool_
_KINDS = {bool: "a truth value", int: "a whole number", float: "a number"}

Frames = Annotated[int, Knob("Frames", 8, 40, 2, help="The length of the clip.", least=1)]
Size = Annotated[int, Knob("Size", 64, 112, 16, "px", "Height and width of every frame.", least=8)]
Fps = Annotated[
    float,
    Knob("Frame rate", 4.0, 30.0, 1.0, "fps", "How fast it plays; the frames stay.", SLOWEST),
]
Noise = Annotated[
    float, Knob("Sensor noise", 0.0, 0.1, 0.01, "", "Standard deviation; white is 1.", least=0)
]
Velocity = Annotated[
    tuple[float, float],
    Knob("Velocity, right", -4.0, 4.0, 0.25, "px/frame", "Negative moves left."),
    Knob("Velocity, down", -4.0, 4.0, 0.25, "px/frame", "Negative moves up."),
]
Shadow = Annotated[
    bool,
    Knob("Shadow", help="A shadow moves and no surface does: its brightness is not constant."),
]


def declared(function: Callable[..., Any]) -> dict[str, tuple[Knob, ...]]:
    """Return the knobs of each parameter, complete with names and defaults, in signature order."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: _complete(name, parameter.default, get_args(hints[name])[1:])
        for name, parameter in inspect.signature(function).parameters.items()
        if get_args(hints[name])[1:] and isinstance(get_args(hints[name])[-1], Knob)
    }


def _complete(name: str, default: Any, knobs: tuple[Knob, ...]) -> tuple[Knob, ...]:
    if len(knobs) == 1:
        return (replace(knobs[0], name=name, default=default),)
    return tuple(
        replace(knob, name=f"{name}_{axis}", default=value)
        for knob, axis, value in zip(knobs, "xy", default, strict=True)
    )


def door(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments of a scene against its knobs before it draws.

    Raises
    ------
    ShapeError
        If a number is not finite, not whole where it counts something, outside what its knob
        accepts, or the clip would hold more than `MAX_PIXELS`.
    """
    signature, knobs = inspect.signature(function), declared(function)

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, own in knobs.items():
            bound.arguments[name] = _accept(name, bound.arguments[name], own)
        _check_volume(bound.arguments["T"], bound.arguments["size"])
        return function(*bound.args, **bound.kwargs)

    return checked


def _accept(name: str, value: Any, knobs: tuple[Knob, ...]) -> Scalar | tuple[Scalar, ...]:
    if len(knobs) == 1:
        return knobs[0].accept(value)
    if not isinstance(value, tuple | list | np.ndarray) or len(value) != len(knobs):
        raise ShapeError(f"{name} needs {len(knobs)} numbers, (x, y); got {value!r}.")
    return tuple(knob.accept(each) for knob, each in zip(knobs, value, strict=True))


def _check_volume(T: int, size: int) -> None:
    if T * size * size > MAX_PIXELS:
        raise ShapeError(
            f"A scene holds at most {MAX_PIXELS:,} pixels over all frames; T={T} at size={size} "
            f"makes {T * size * size:,}. Take fewer frames or a smaller size."
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, WHOLE) or (
        isinstance(value, float | np.floating) and bool(np.isfinite(value))
    )
