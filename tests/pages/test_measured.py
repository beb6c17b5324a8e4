"""What the pages say of our models: mean and spread where there are seeds, one seed where not."""

from typing import Any

import pytest

from pages import _measured
from pages._chapters import conv3d_measured
from pages._chapters.conv3d_measured import BASELINE, MODELS, against_full, outcome, table
from pages._measured import Measured, measured, seeds
from tests.pages.test_conv3d import open_chapter, text
from vidcore.figures.conv3d import learning_curves, seed_band
from vidcore.weights.card import names

LABELS = MODELS | BASELINE
needs_weights = pytest.mark.skipif(
    not set(LABELS) <= set(names()), reason="the 3-D networks are not trained"
)


def run(name: str, seed: int, action: float, turning: float = 0.9) -> dict[str, Any]:
    metrics = {"action": action, "pair clockwise/counter-clockwise": turning}
    return {"name": name, "seed": seed, "metrics": metrics, "curve": [{"step": 1, **metrics}]}


def plain(said: str) -> str:
    return said.replace(_measured.TIED, " ")


def model(*actions: float) -> Measured:
    return Measured(tuple(run("c3d", seed, action) for seed, action in enumerate(actions)))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a table with three seeds of C3D, out of order, and one of R(2+1)D."""
    runs = [run("c3d", 2, 0.97), run("c3d", 0, 0.99), run("c3d", 1, 0.98), run("r2plus1d", 0, 0.9)]
    monkeypatch.setattr(_measured.weights, "results", lambda: runs)


def test_three_seeds_are_a_mean_and_a_standard_deviation() -> None:
    assert model(0.97, 0.98, 0.99).said("action").split() == ["98.0", "±", "1.0", "%"]


def test_one_seed_is_a_number_without_a_spread() -> None:
    assert model(0.975).said("action").split() == ["97.5", "%"]
    assert model(0.975).spread("action") == 0
    assert model(0.975).said("no such metric") == "–"


@needs_weights
def test_the_other_optimiser_is_named_with_what_it_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run("c3d", 0, 0.99), *(run("c3d_adamw", seed, 0.9, 0.6) for seed in (0, 1))]
    monkeypatch.setattr(_measured.weights, "results", lambda: runs)
    said = plain(conv3d_measured.by_adamw(measured(["c3d", "r2plus1d"])))
    assert "C3D 90.0 ± 0.0 % (60.0 ± 0.0 %)." in said
    monkeypatch.setattr(_measured.weights, "results", lambda: runs[:1])
    assert conv3d_measured.by_adamw(measured(["c3d"])) == ""


@needs_weights
@pytest.mark.usefixtures("planted")
def test_a_table_of_several_and_single_seeds_says_which_is_which() -> None:
    found = measured(LABELS)
    assert [r["seed"] for r in found["c3d"].runs] == [0, 1, 2]
    assert seeds(found, LABELS).startswith("3 seeds, mean ± standard deviation: C3D. One seed: ")
    assert "R(2+1)D" in seeds(found, LABELS)
    alone = {"c3d": found["c3d"]}
    assert seeds(alone, LABELS) == "3 seeds each, mean ± standard deviation."
    assert seeds(alone, LABELS, shown="their mean") == "3 seeds each, their mean."
    rows = {line.split("**")[1]: plain(line) for line in table(found).splitlines()[2:]}
    assert "| 98.0 ± 1.0 |" in rows["C3D"]
    assert "| 90.0 |" in rows["R(2+1)D"]


@needs_weights
def test_a_model_that_the_table_lacks_is_quoted_from_its_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_measured.weights, "results", list)
    found = measured(LABELS)
    assert {len(m.runs) for m in found.values()} == {1}
    assert "One seed each" in seeds(found, LABELS)


@pytest.mark.parametrize(
    ("split", "full", "said"),
    [
        ((0.9,), (0.95,), "the split is worse"),
        ((0.95,), (0.9,), "the split is better"),
        ((0.90, 0.94, 0.98), (0.93, 0.95, 0.97), "no difference beyond the spread"),
    ],
)
def test_the_verdict_follows_the_numbers_and_their_spread(
    split: tuple[float, ...], full: tuple[float, ...], said: str
) -> None:
    assert outcome(model(*split), model(*full)) == said


def test_a_verdict_on_one_seed_says_that_it_does_not_settle_it() -> None:
    several = model(0.97, 0.98, 0.99)
    assert "One seed does not" in against_full({"c3d": several, "r2plus1d": model(0.9)})
    assert "One seed does not" not in against_full({"c3d": several, "r2plus1d": several})
    assert against_full({"c3d": several}) == ""


def test_curves_are_averaged_where_all_seeds_have_a_step() -> None:
    curves = [
        [{"step": 1, "action": 0.2}, {"step": 2, "action": 0.5}],
        [{"step": 1, "action": 0.4}],
    ]
    steps, low, mean, high = seed_band(curves, "action")
    assert steps == [1]
    assert [low[0], mean[0], high[0]] == pytest.approx([20, 30, 40])
    drawn = learning_curves({"one": model(0.5).runs, "three": model(0.4, 0.5, 0.6).runs})
    assert [bool(trace.error_y.array is not None) for trace in drawn.data] == [False, True]


@needs_weights
@pytest.mark.usefixtures("planted")
def test_the_page_shows_the_spread_and_the_verdict_of_the_table() -> None:
    said = plain(text(open_chapter("Trained")))
    assert "| 98.0 ± 1.0 |" in said
    assert conv3d_measured.outcome(measured(MODELS)["r2plus1d"], measured(MODELS)["c3d"]) in said
    assert "90.0 % of all actions against 98.0 ± 1.0 %" in said
    assert "the split is worse" in text(open_chapter("Factorise"))
