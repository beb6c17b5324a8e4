"""The flow page under AppTest: its chapters, and what they say where something is missing."""

import pytest

from pages._chapters import flow_clip
from pages._stage.inspector import Symbol, equation, fraction, matrix, power, row
from tests.pages.test_pages import complaints, open_page
from vidcore import flow


@pytest.mark.parametrize(
    ("chapter", "says", "more"),
    [
        ("The aperture", "Its code prints", {"flow_pair": "the article's square"}),
        ("The aperture", "only the motion across the edge", {}),
        ("Horn–Schunck", "News travels one pixel", {}),
        ("Your clip", "OpenCV DIS", {}),
        ("Measured", "RubberWhale", {}),
    ],
)
def test_a_chapter_runs_and_says_what_it_is_about(
    chapter: str, says: str, more: dict[str, str]
) -> None:
    at = open_page("flow.py", flow_chapter=chapter, scene="Moving square", **more)
    assert complaints(at) == []
    words = [e.value for kind in (at.markdown, at.info, at.caption) for e in kind]
    assert any(says in text for text in words)


def test_the_answer_to_the_question_is_what_one_step_found() -> None:
    at = open_page("flow.py")
    group = next(g for g in at.button_group if g.key == "flow_break_guess")
    group.set_value("2 pixels").run()
    found = flow.speed_curve().estimated["one step"][12]  # 6 pixels in steps of a half
    assert abs(found - 2) < 0.5
    assert any(f"It finds {found:.2f}" in e.value for e in at.success)


def test_a_method_without_weights_keeps_its_row_and_says_why() -> None:
    runs = (flow.Rival("ours", 1.25, None, 0.5), flow.Rival("RAFT", trouble="weights are missing"))
    text = flow_clip.table(runs).replace("\N{NO-BREAK SPACE}", " ")
    assert "| ours | 1.2 ms | – | 0.5000  |" in text
    assert "| RAFT | – | – | – |" in text
    assert text.endswith("RAFT: weights are missing")


def test_a_missed_target_is_marked_as_missed() -> None:
    base = {"what": "w", "ours": 0.002, "peer": 1, "against": "p", "ratio": 2.0}
    rows = [
        {**base, "unit": "CPU s", "target": 1.0, "met": False},
        {**base, "unit": "px", "target": 3.0, "met": True},
    ]
    missed, met = flow_clip.benchmark(rows).replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert "| 2 ms |" in missed
    assert "≤ 1 ✗" in missed
    assert "| 0.002 px |" in met
    assert "≤ 3 ✓" in met


def test_an_equation_names_every_symbol_and_says_what_it_is() -> None:
    symbols = [Symbol("Ix", "slope"), Symbol("ubar", "mean"), Symbol("u", "right", signed=False)]
    update = row("{u} = {ubar} −", fraction("{Ix}", row(power("{Ix}"), "+ 1")), matrix(["{u}"]))
    made = equation(update, symbols)
    assert made["math"].count('data-symbol="Ix"') == 2
    assert "<msub><mi>I</mi><mi>x</mi></msub>" in made["math"]
    assert "<mover><mi>u</mi><mo>‾</mo></mover>" in made["math"]
    assert "<mn>1</mn>" in made["math"]
    assert "{" not in made["math"]
    assert made["symbols"]["u"] == {"says": "right", "signed": False}


def test_an_equation_with_an_unexplained_symbol_is_refused() -> None:
    with pytest.raises(KeyError, match="v"):
        equation(row("{v}"), [Symbol("u", "right")])
