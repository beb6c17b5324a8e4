"""Controls whose value is in the link, and survives a change of page or of the clip."""

from typing import Any

import streamlit as st


def bound(key: str) -> dict[str, Any]:
    """Keyword arguments of every control: in the link, and kept when the visitor changes page."""
    return {"key": key, "bind": "query-params", "persist_state": "session"}


def slider(
    label: str, low: Any, high: Any, default: Any, step: Any = None, *, key: str, **more: Any
) -> Any:
    """Offer a bound slider whose range may depend on the clip: a kept value is moved inside it.

    A range needs at least two values: where there is one, it is returned without a slider.
    """
    if low >= high:
        return default
    kept = st.session_state.get(key)
    if kept is not None:
        inside = _inside(kept, low, high)
        if inside != kept:
            st.session_state[key] = inside
    return st.slider(label, low, high, default, step, **bound(key), **more)


def _inside(value: Any, low: Any, high: Any) -> Any:
    if isinstance(value, tuple | list):
        return tuple(_inside(end, low, high) for end in value)
    return min(max(value, low), high)
