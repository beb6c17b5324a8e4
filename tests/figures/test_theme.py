"""vidcore.figures.theme: readable on light and dark, with and without colour vision."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vidcore.figures import theme

PAGES = {"white": "#ffffff", "light": "#fdfcf9", "dark": "#11131b", "black": "#000000"}
LINES = ["INDIGO", "TEAL", "AMBER", "CORAL", "ROSE", "SLATE"]
ACCENTS = ["INDIGO", "TEAL", "AMBER", "CORAL"]  # the ones that share axes
SEEN_BY = {  # linear RGB, full strength: Machado, Oliveira and Fernandes 2009
    "everyone": np.eye(3),
    "protanopes": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopes": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopes": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", LINES)
def test_a_line_has_a_contrast_of_three_on_every_page(name: str, page: str) -> None:
    a, b = sorted([luminance(getattr(theme, name)), luminance(PAGES[page])])
    assert (b + 0.05) / (a + 0.05) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("name", LINES)
def test_text_on_a_colour_has_a_contrast_of_four_and_a_half(name: str) -> None:
    a, b = sorted([luminance(getattr(theme, name)), luminance(theme.ON_COLOUR)])
    assert (b + 0.05) / (a + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("viewer", SEEN_BY)
def test_colours_that_share_axes_differ_for_every_viewer(viewer: str) -> None:
    see = np.array(SEEN_BY[viewer])
    for a, b in combinations(ACCENTS, 2):
        seen = [lab(see @ linear(getattr(theme, name))) for name in (a, b)]
        assert np.linalg.norm(seen[0] - seen[1]) >= 20, (a, b)  # 2 or so is just noticeable


def test_a_figure_leaves_the_page_its_background() -> None:
    layout = theme.base([], x="x (s)", y="y (s)").layout
    assert layout.paper_bgcolor is None
    assert layout.plot_bgcolor is None
    assert layout.width is None


def test_all_text_is_in_the_ink_that_the_page_replaces() -> None:
    layout = theme.base([], x="x (s)", y="y (s)", xaxis={"range": [0, 1]}).layout
    page = (Path(__file__).parents[2] / "pages/_stage/plot.js").read_text()
    assert f'INK = "{theme.INK}"' in page
    for font in (layout.font, *(f for a in (layout.xaxis, layout.yaxis) for f in fonts(a))):
        assert font.color == theme.INK


def fonts(axis: Any) -> list[Any]:
    return [axis.tickfont, axis.title.font]


def test_a_legend_stands_in_a_row_on_top_and_only_where_asked() -> None:
    shown = theme.base([], x="x", y="y", legend=True).layout
    assert (shown.showlegend, shown.legend.orientation, shown.margin.t) == (True, "h", 40)
    assert theme.base([], x="x", y="y").layout.showlegend is False


def test_nothing_changes_at_full_transparency() -> None:
    assert theme.SEQUENTIAL[0][1].endswith(",0)")
    assert theme.DIVERGING[1] == (0.5, "rgba(123,132,148,0)")


@pytest.mark.parametrize(
    ("drawn", "labels"),
    [
        ([], None),
        ([0.0, 2.0, 9.0], None),  # zero has no place on the axis
        ([0.2, 0.9], None),
        ([0.2, 1.0], [0.1, 0.2, 0.5, 1, 2, 5]),
        ([0.2, 199], [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]),
        ([0.2, 201], [0.1, 1, 10, 100]),
    ],
)
def test_a_logarithmic_axis_writes_out_few_labels(
    drawn: list[float], labels: list[float] | None
) -> None:
    found = theme.log_axis(drawn[:1], drawn[1:]).get("tickvals")
    assert found == (None if labels is None else pytest.approx(labels))
