"""The kernel workshop in a real browser: every number it shows is NumPy's."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from vidcore import conv3d
from vidcore.conv3d.workshop import OPENING
from vidcore.media import synthetic

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
GREY = conv3d.workbench(synthetic.GALLERY["throw"]().clip).grey


def total(page: Page) -> float:
    return float(page.locator(".kernel .total").get_attribute("data-total") or "nan")


def place(page: Page) -> tuple[int, ...]:
    """Read which output voxel the sentence above the products names."""
    found = re.search(r"\((\d+), (\d+), (\d+)\)", page.locator(".kernel .sum").inner_text())
    assert found is not None
    return tuple(map(int, found.groups()))


def click(page: Page, picture: str, x: float, y: float) -> None:
    box = page.locator(picture).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_a_clicked_voxel_opens_into_the_products_of_the_library(app: str, visit: Visit) -> None:
    page = visit(f"{app}/conv3d?scene=Throw")
    kernel = conv3d.kernel_of(OPENING)
    for padding in conv3d.PADDINGS:
        page.get_by_role("radio", name=padding, exact=True).click()
        answers = conv3d.conv3d(GREY, kernel, padding=padding)
        for picture, x, y in (
            (".answer", 0.31, 0.42),
            (".clip", 0.66, 0.27),
            (".answer-slice", 0.5, 0.4),
        ):
            click(page, f".kernel canvas{picture}", x, y)
            at = place(page)
            assert total(page) == pytest.approx(float(answers[at]), abs=1e-9), (padding, at)
            terms = page.locator(".kernel .product").evaluate_all(
                "cells => cells.map(cell => Number(cell.dataset.product))"
            )
            opened = conv3d.voxel(GREY, kernel, at, padding=padding)
            np.testing.assert_allclose(terms, opened.products.ravel(), atol=1e-12)
    click(page, ".kernel canvas.answer", 0.31, 0.42)
    expect(page.get_by_text("Off from the browser's by")).to_be_visible()
    expect(page).to_have_url(re.compile(r"conv3d_at=\d+"))


def test_an_edited_cell_changes_the_answer_as_it_should_and_fills_the_link(
    app: str, visit: Visit
) -> None:
    page = visit(f"{app}/conv3d?scene=Throw")
    page.locator(".kernel select.preset").select_option("space: the frame itself")
    at = place(page)
    assert total(page) == pytest.approx(float(GREY[at]), abs=1e-12)
    page.get_by_label("Weight: the frame before, row 2, column 2").fill("-1")
    assert total(page) == pytest.approx(float(GREY[at]) - float(GREY[at[0] - 1, at[1], at[2]]))
    page.get_by_role("button", name="Reverse time").click()
    assert total(page) == pytest.approx(float(GREY[at]) - float(GREY[at[0] + 1, at[1], at[2]]))
    page.locator(".kernel canvas.answer").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    assert place(page) == (at[0] + 1, at[1], at[2] + 1)
    expect(page).to_have_url(re.compile("conv3d_kernel="))
    shown = total(page)
    again = visit(page.url)
    assert total(again) == pytest.approx(shown, abs=1e-12)


@pytest.mark.parametrize(
    "chapter", ["Kernel+workshop", "Inflation", "Factorise", "Budget", "Trained"]
)
def test_a_chapter_fits_a_phone(app: str, visit: Visit, chapter: str) -> None:
    page = visit(f"{app}/conv3d?conv3d_chapter={chapter}", **PHONE)
    assert page.locator("[data-testid=stException]").count() == 0
    overflow = page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]');"
        " return m.scrollWidth - m.clientWidth; }"
    )
    assert overflow <= 0
