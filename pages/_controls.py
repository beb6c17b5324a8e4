"""Controls whose value is in the link, and survives a change of page or of the clip."""

from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException


def bound(key: str) -> dict[str, Any]:
    """Keyword arguments of every control: in the link, and kept when the visitor changes page."""
    said = st.session_state.get("_carried", {}).get(key)
    if said is not None and key in st.session_state:
        st.session_state[key] = st.session_state[key]
        with suppress(StreamlitAPIException):  # a control of the page before still writes it
            st.query_params[key] = said
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


def carry(page: str) -> None:
    """Let the controls of `page` take over what a link has said to another page just before.

    Streamlit 1.67 hands a control's value on from page to page, but not when the visitor changes
    page before anything else has made the first one run again.
    """
    state, link = st.session_state, st.query_params.to_dict()
    first = "_carried" not in state
    opened, said = state.pop("_link", (page, {}))
    state["_carried"] = said if page != opened else {}
    if first:
        state["_link"] = page, link
