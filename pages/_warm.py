"""Start-up: import and make, once per process, what the first visitor would wait for."""

import importlib
import threading

from pages import _clip, _previews
from pages._stage import assets
from vidcore import motion
from vidcore.figures import motion as figures
from vidcore.media import synthetic

LATE = (  # otherwise imported on first use, by pages and by Streamlit itself
    *("pages._chapters.motion", "pages._chapters.sampling", "vidcore.media.encode", "orjson"),
    *("pages._chapters.slowfast", "pages._chapters.slowfast_trained"),
    *("pages._chapters.attention", "pages._chapters.attention_explorer"),
    *("pages._chapters.flow", "pages._chapters.flow_aperture"),
    *("pages._chapters.flow_smooth", "pages._chapters.flow_clip"),
    *("pages._chapters.conv3d", "pages._chapters.conv3d_workshop"),
    *("pages._chapters.conv3d_budget", "pages._chapters.conv3d_trained"),
    *("pages._chapters.raft", "pages._chapters.raft_measured"),
    *("pages._chapters.videomae", "pages._chapters.videomae_gains"),
    *("pages._chapters.alignment", "pages._chapters.alignment_space"),
    "pages._chapters.alignment_stages",
    *("pages._chapters.twostream", "pages._chapters.twostream_learned"),
    *("pages._chapters.twostream_bias", "pages._chapters.twostream_cost"),
    "pages._chapters.twostream_changes",
    *("streamlit.emojis", "streamlit.material_icon_names", "streamlit.components.v2"),
    "streamlit.runtime.scriptrunner.magic_funcs",
)


def warm() -> None:
    """Load the pages' libraries, the pictures, the first scene and the first figure.

    What is imported here is frozen with the rest (`app.lifespan`); what is imported later, by the
    first page that needs it, would be walked by every garbage collection.
    """
    for name in LATE:
        importlib.import_module(name)
    _clip.gallery()
    clip = _clip.scene(next(iter(synthetic.GALLERY))).clip
    figures.order_scores(motion.compare_orders(clip)).to_json()
    # below the stage: the first visitor sees that move while these are made
    threading.Thread(target=_previews.previews, daemon=True).start()
    threading.Thread(target=assets.pack_scripts, daemon=True).start()
