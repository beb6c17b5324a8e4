"""What can go wrong on purpose. Every message says what was needed, what came, and what to do.

    VidcoreError
    ├── DecodeError          the bytes are not a video that can be read
    ├── LimitError           a video, but larger or longer than the stated limits
    ├── ShapeError           a wrong shape, range or count in a public function's arguments
    └── WeightsError         weights are missing, damaged or of another model

Catch `VidcoreError` to keep an app alive; catch one below it to act on the cause.
"""


class VidcoreError(Exception):
    """Base of every error this library raises on purpose."""


class DecodeError(VidcoreError):
    """The bytes cannot be read as a video, or the frames asked for are not in it."""


class LimitError(VidcoreError):
    """The video exceeds a stated limit; the message names the limit and the way out."""


class ShapeError(VidcoreError, ValueError):
    """An argument has the wrong shape, range or count. Also a `ValueError`."""


class WeightsError(VidcoreError):
    """Weights are missing, damaged, or belong to another model."""
