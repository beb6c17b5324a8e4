"""The browser's half of a figure."""

from plotly.offline import get_plotlyjs


def script() -> str:
    """Return the JavaScript that draws figures, in the version that fits; it sets `Plotly`."""
    return str(get_plotlyjs())
