"""vidcore.slowfast.cost: what each pathway costs, against the released networks and our own."""

import json
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from tests.conftest import SHARED
from vidcore import slowfast
from vidcore.slowfast import slowfast_torch

BASIC, DENSER = slowfast.PUBLISHED.values()
# PySlowFast 287ec00, counted with torch's FlopCounterMode: parameters, multiply-adds
COUNTED = {(BASIC, 224): (34_480_216, 27_638_665_216), (DENSER, 224): (34_566_488, 50_308_583_424)}
PLACES = 4  # at 256 pixels the released head scores 2 x 2 places


@pytest.mark.parametrize(("of", "side"), COUNTED, ids=str)
def test_the_formula_counts_what_the_released_network_has(of: slowfast.Layout, side: int) -> None:
    found = slowfast.cost(replace(of, side=side))
    assert (found.parameters(), found.multiply_adds()) == COUNTED[of, side]


def test_the_shared_counts_agree_as_well() -> None:
    path = SHARED / "golden" / "counts.json"
    if not path.exists():
        pytest.skip("needs ../shared/golden, which is not part of the repository")
    counts = json.loads(path.read_text())
    models = next(v for v in counts.values() if "pyslowfast_SLOWFAST_4x16_R50_256" in v)
    for name, layout in (("4x16", BASIC), ("8x8", DENSER)):
        for side, places in ((224, 1), (256, PLACES)):
            counted = models[f"pyslowfast_SLOWFAST_{name}_R50_{side}"]
            found = slowfast.cost(replace(layout, side=side))
            head = found.multiply_adds("Head")
            assert counted["params"] == found.parameters()
            assert counted["macs"] == found.multiply_adds() + (places - 1) * head


def test_the_paper_prints_what_the_formula_gives() -> None:
    at_test = replace(BASIC, side=256)
    billions = [slowfast.cost(at_test), slowfast.cost(at_test, only="Slow")]
    assert [round(c.multiply_adds() / 1e9, 1) for c in billions] == [36.1, 27.3]


def test_fast_takes_about_a_fifth_of_the_compute() -> None:
    found = slowfast.cost(BASIC)
    assert 0.18 < found.share("Fast", "Link") < 0.22
    assert found.parameters("Fast") / found.parameters("Slow") < 0.02
    assert sum(found.share(p) for p in slowfast.PATHWAYS) == pytest.approx(1)


@settings(max_examples=12)  # each builds a network
@given(
    slow=st.integers(1, 4),
    alpha=st.sampled_from([1, 2, 4]),
    beta_inv=st.sampled_from([1, 2, 3, 8]),
    side=st.sampled_from([32, 40, 63]),
    kernel=st.sampled_from([5, 7]),
)
def test_the_formula_counts_what_our_network_does(
    slow: int, alpha: int, beta_inv: int, side: int, kernel: int
) -> None:
    layout = slowfast.Layout(
        *(slow, alpha, alpha, beta_inv, side, kernel),
        width=8,
        depths=(2, 1, 1, 1),
        classes=3,
    )
    with torch.device("meta"):  # shapes only: nothing is computed
        net = slowfast_torch.SlowFast(slowfast.widths(layout), alpha=alpha).eval()
        fast = torch.empty(1, 3, layout.fast, side, side)
    with FlopCounterMode(display=False) as counter:
        net(fast[:, :, ::alpha], fast)
    found = slowfast.cost(layout)
    assert counter.get_total_flops() == 2 * found.multiply_adds()
    assert sum(p.numel() for p in net.parameters()) == found.parameters()


def test_the_cost_of_fast_is_linear_in_alpha_and_quadratic_in_beta() -> None:
    def fast(alpha: int, beta_inv: int) -> int:
        layout = slowfast.Layout(stride=16, alpha=alpha, beta_inv=beta_inv)
        return slowfast.cost(layout).multiply_adds("Fast")

    assert fast(16, 8) == 2 * fast(8, 8)
    assert 3 < fast(8, 4) / fast(8, 8) < 4  # conv1 has 3 input channels whatever beta is


def test_cutting_the_links_saves_the_links_and_slows_wider_inputs() -> None:
    whole, cut = slowfast.cost(BASIC), slowfast.cost(BASIC, links=False)
    assert cut.multiply_adds("Link") == 0
    assert cut.multiply_adds("Fast") == whole.multiply_adds("Fast")
    assert cut.multiply_adds("Slow") == slowfast.cost(BASIC, only="Slow").multiply_adds("Slow")


def test_a_pathway_alone_has_a_head_of_its_own() -> None:
    assert slowfast.cost(BASIC, only="Fast").parameters("Slow", "Link") == 0
    assert slowfast.cost(BASIC, only="Fast").parameters("Head") == 256 * 400 + 400
    assert slowfast.cost(BASIC, only="Slow").parameters("Head") == 2048 * 400 + 400


def test_the_stages_add_up() -> None:
    found = slowfast.cost(BASIC)
    stages = {layer.stage for layer in found.layers}
    assert sum(found.multiply_adds(stage=s) for s in stages) == found.multiply_adds()
