"""Controls whose value is in the link, and survives a change of page or of the clip."""

from typing import Any

import streamlit as st


def bound(key: str) -> dict[str, Any]:
    """Keyword arguments of every control: in the link, and kept when the visitor changes page."""
    return {"key": key, "bind": "query-params", "persist_state": "session"}


def ranged(key: str, high: Any) -> str:
    """Return the key of a control whose range ends at `high`.

    A range that follows the clip gives each range a key of its own: a value kept from a longer
    clip can then never lie outside, and returns with that clip.
    """
    return f"{key}_{high:g}"


def slider(
    label: str, low: Any, high: Any, default: Any, step: Any = None, *, key: str, **more: Any
) -> Any:
    """Offer a bound slider; a range of a single value is returned without one."""
    if low >= high:
        return default
    return st.slider(label, low, high, default, step, **bound(key), **more)
