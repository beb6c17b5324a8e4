"""About: version, limits, privacy."""

import streamlit as st

import vidcore
from pages import _clip, _kit
from vidcore.media import Limits

limits = Limits()
_kit.opening("About", "What this is, what it does with your clip, and where it ends.")

st.markdown(
    f"""
## What this is
Version {vidcore.__version__}. A library, `vidcore`, in which every idea has a NumPy reference
written to be read, and this app, which runs it in front of you. The code shown under a
chapter is the code it rests on, printed from the running program. Licence: Apache-2.0.

## Your clip
- It is read on the server this page comes from, in a separate process with its own limits, and kept
  in memory while your session lives. It is not written to disk, not sent elsewhere, and not part
  of a copied link.
- Up to {_clip.UPLOAD_MB} MB; pictures up to {limits.pixels / 1e6:.1f} million pixels; the first
  {limits.seconds:.0f} seconds. The working clip holds at most {_clip.WORKING_PIXELS / 1e6:.1f}
  million pixels in all frames together: its height and frame count are yours to choose.
- Sound is ignored.

## Your data
No account, no cookies of ours, no usage statistics.

## Numbers
A number on a page was computed there, comes from the card of a network we trained or from a
benchmark in this repository, or is cited beside it.
"""
)
st.page_link("sources.py", label="Sources, page by page")
