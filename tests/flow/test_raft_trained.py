"""The shipped RAFT: better than stillness at every speed, never NaN, small, as its card says."""

import numpy as np
import pytest
import torch

from training.pairs import draw
from vidcore import flow, weights
from vidcore.flow.raft_torch import trained
from vidcore.weights.card import FILES

GROUPS = ((0, 1), (1, 3), (3, 8), (8, 16), (16, 32))  # pixels
MOST_BYTES = 4 * 2**20


@pytest.fixture(scope="module")
def measured() -> tuple[np.ndarray, np.ndarray]:
    """Errors and true lengths at the valid pixels of fresh pairs, slow and fast ones."""
    errors, lengths = [], []
    for k, reach in enumerate((1.0, 1.0, 4.0, 10.0, 20.0, 28.0, 28.0)):
        pair = draw([9, k], np.array([reach]), size=(128, 160), atlas=90_000)
        prev, next_ = (image[0].movedim(0, -1).numpy() for image in (pair.prev, pair.next_))
        found = flow.raft(prev, next_).flow
        truth, valid = pair.flow[0].movedim(0, -1).numpy(), pair.valid[0].numpy()
        errors.append(np.linalg.norm(found - truth, axis=-1)[valid])
        lengths.append(np.linalg.norm(truth, axis=-1)[valid])
    return np.concatenate(errors), np.concatenate(lengths)


@pytest.mark.parametrize(("low", "high"), GROUPS)
def test_it_beats_zero_flow_in_every_displacement_group(
    measured: tuple[np.ndarray, np.ndarray], low: int, high: int
) -> None:
    errors, lengths = measured
    inside = (lengths >= low) & (lengths < high)
    assert inside.sum() > 500
    assert errors[inside].mean() < lengths[inside].mean()


@pytest.mark.parametrize("shape", [(16, 16, 3), (17, 23, 3), (16, 130), (67, 16, 3), (96, 96)])
@pytest.mark.parametrize("content", ["noise", "black", "white against black"])
def test_it_is_finite_for_any_size_and_content(shape: tuple[int, ...], content: str) -> None:
    rng = np.random.default_rng(0)
    prev, next_ = {
        "noise": rng.random((2, *shape), np.float32),
        "black": np.zeros((2, *shape), np.float32),
        "white against black": np.stack([np.ones(shape), np.zeros(shape)]).astype(np.float32),
    }[content]
    result = flow.raft(prev, next_, iterations=3)
    assert result.flow.shape == (*shape[:2], 2)
    assert np.isfinite(result.flow).all()


def test_the_same_frame_twice_hardly_moves() -> None:
    pair = draw([9, 0], np.array([4.0]), size=(96, 128), atlas=90_000)
    image = pair.prev[0].movedim(0, -1).numpy()
    assert np.linalg.norm(flow.raft(image, image).flow, axis=-1).mean() < 0.1


def test_the_file_is_small_and_the_card_speaks_of_it() -> None:
    card = weights.card("raft")
    assert (FILES / "raft.safetensors").stat().st_size <= MOST_BYTES
    assert card.parameters == sum(p.numel() for p in trained().parameters())
    assert card.metrics["least_gain"] > 0
    assert all(card.metrics[f"gain_{low}-{high}px"] > 0 for low, high in GROUPS)


def test_a_run_gives_the_same_field_as_the_door(rng: np.random.Generator) -> None:
    from vidcore.media import Clip

    clip = Clip(rng.random((2, 40, 50, 3), np.float32), fps=8.0)
    inside = flow.raft_inside(clip, 0, iterations=3)
    np.testing.assert_array_equal(
        inside.iterates[-1], flow.raft(*clip.frames, iterations=3).flow.astype(np.float32)
    )
    assert inside.features1.shape[:2] == inside.coarse.shape[1:3] == (5, 7)
    np.testing.assert_allclose(inside.shares.sum(2), 1, rtol=1e-5)
    assert not inside.coarse.flags.writeable
    assert (inside.trust >= 0).all()
    assert (inside.trust <= 1).all()


def test_the_last_field_alone_is_the_last_of_all(rng: np.random.Generator) -> None:
    from vidcore.flow.raft_torch import infer

    prev, next_ = rng.random((2, 32, 40, 3), np.float32)
    with torch.inference_mode():
        every, last = (
            infer(trained(), prev, next_, iterations=3, every=every) for every in (True, False)
        )
    assert (len(every), len(last)) == (3, 1)
    np.testing.assert_array_equal(every[-1], last[0])
