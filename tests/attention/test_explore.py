"""vidcore.attention.explore, vidcore.attention.explore_torch: what is kept is what is computed."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import attention
from vidcore.attention import explore_torch, track_torch
from vidcore.attention.small_torch import SmallTransformer
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip
from vidcore.weights import card, names

QUERIES = [(0, 0, 0), (3, 2, 5), (7, 5, 1)]


@pytest.fixture
def frames(rng: np.random.Generator) -> np.ndarray:
    return rng.random((16, 48, 48, 3), dtype=np.float32)


def network(name: str) -> torch.nn.Module:
    torch.manual_seed(3)
    if name.startswith("track_"):
        made = track_torch.Copier(name.removeprefix("track_"))  # type: ignore[arg-type]
    else:
        made = SmallTransformer(name)  # type: ignore[arg-type]
    for p in made.parameters():
        p.data *= 2  # maps far from uniform
    return made.eval()


def kept(
    name: str, frames: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> attention.AttentionResult:
    monkeypatch.setattr(explore_torch, "load", network)
    look = explore_torch.copier if name.startswith("track_") else explore_torch.classifier
    return look(frames, name)


@torch.inference_mode()
@pytest.mark.parametrize("scheme", ["joint", "divided"])
def test_the_map_shown_is_the_one_that_copies(
    scheme: str, frames: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, made = kept(f"track_{scheme}", frames, monkeypatch), network(f"track_{scheme}")
    video = torch.from_numpy(frames[::2]).permute(3, 0, 1, 2)[None]
    pointed = made.pointed(made.features(video)[-1])
    between = track_torch.weights_between(pointed)[0].numpy()
    mixed = track_torch.gated(pointed)[0].numpy()
    for t, y, x in QUERIES:
        n = 8 * y + x
        for h in range(4):
            found = attention.attends(result, -1, (t, y, x), head=h).reshape(8, 64)
            np.testing.assert_allclose(found, between[h, t, n], atol=5e-3)  # half precision
        found = attention.attends(result, -1, (t, y, x), head="gate").reshape(8, 64)
        np.testing.assert_allclose(found, mixed[t, n], atol=5e-3)
        assert found[t].sum() == 0  # never from its own frame
    assert abs(mixed - 1 / 448).max() > 0.05  # the comparison is not one of uniform maps


@torch.inference_mode()
@pytest.mark.parametrize("scheme", attention.SCHEMES)
def test_a_classifiers_maps_are_those_of_its_forward_pass(
    scheme: str, frames: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(scheme, frames, monkeypatch)
    video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None]
    maps = network(scheme)(video, keep=True)["maps"]
    for t, y, x in QUERIES:
        n = 6 * y + x
        for k, layer in enumerate(result.layers[:3]):
            for view in layer.steps:
                found = attention.attends(result, k, (t, y, x), view=view).reshape(8, 36)
                expected = np.zeros((8, 36))
                if view == "joint":
                    expected = maps["space"][k][0].mean(0)[36 * t + n].reshape(8, 36).numpy()
                elif view == "space":
                    expected[t] = maps["space"][k][0, t].mean(0)[n]
                else:
                    expected[:, n] = maps["time"][k][0, n].mean(0)[t]
                np.testing.assert_allclose(found, expected, atol=5e-3)
        for k, late in enumerate(maps["late"]):
            found = attention.attends(result, 3 + k, (t, y, x)).reshape(8, 36)
            expected = np.repeat(late[0].mean(0)[t].numpy()[:, None] / 36, 36, axis=1)
            np.testing.assert_allclose(found, expected, atol=5e-3)


@torch.inference_mode()
def test_one_frame_at_a_time_cannot_tell_which_way_a_clip_was_played(frames: np.ndarray) -> None:
    torch.manual_seed(3)
    made = SmallTransformer("space", reach=1).eval()
    video = torch.from_numpy(frames).permute(3, 0, 1, 2)[None]
    scores, played_back = made(video), made(video.flip(2))
    for name, logits in scores.items():
        torch.testing.assert_close(played_back[name], logits)
    for t in range(16):  # and it does see the frames it names
        changed = video.clone()
        changed[:, :, t] = 0
        assert torch.equal(made(changed)["action"], scores["action"]) == (t not in made.shown)


@pytest.mark.parametrize("name", ["track_joint", "track_divided", *attention.SCHEMES])
def test_every_map_and_rollout_sums_to_one(
    name: str, frames: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(name, frames, monkeypatch)
    for query in QUERIES[:2]:
        for k, layer in enumerate(result.layers):
            for head in ("mean", 0, *(["gate"] if layer.gate is not None else [])):
                for view in ("both", *layer.steps):
                    weights = attention.attends(result, k, query, head=head, view=view)
                    assert weights.shape == result.grid
                    assert weights.sum() == pytest.approx(1, abs=1e-5)
        assert attention.rolled(result, query).sum() == pytest.approx(1, abs=1e-5)


@given(
    at=st.tuples(*[st.integers(0, 7)] * 3),
    query=st.tuples(*[st.integers(0, 7)] * 3),
    scheme=st.sampled_from(["joint", "divided", "space"]),
)
def test_whoever_can_reach_the_hot_patch_points_at_it(
    at: tuple[int, int, int], query: tuple[int, int, int], scheme: str
) -> None:
    test = attention.hot_patch(*at, scheme=scheme)
    weights = attention.attends(test.result, 0, query)
    t, y, x = at
    assert test.clip.frames[2 * t, 6 * y + 3, 6 * x + 3].min() > 0.9  # where it says it is
    if scheme == "space" and query[0] != t:
        assert weights[t].sum() == 0
    elif scheme == "divided" and query[0] != t:  # no place of its own frame tells where to go
        assert weights[t, y, x] > 1 / 64 - 1e-6
        assert np.unravel_index(weights.argmax(), weights.shape) == at
    else:
        assert weights[at] > 0.99


@pytest.mark.parametrize(
    ("query", "layer", "head", "view", "says"),
    [
        ((8, 0, 0), 0, "mean", "both", "grid"),
        ((0, 0, -1), 0, "mean", "both", "grid"),
        ((0, 0, 0), 0, "gate", "both", "no gate"),
        ((0, 0, 0), 0, "mean", "time", "joint"),
    ],
)
def test_what_is_not_there_cannot_be_asked_for(
    query: tuple[int, int, int], layer: int, head: str, view: str, says: str
) -> None:
    with pytest.raises(ShapeError, match=says):
        attention.attends(attention.hot_patch().result, layer, query, head=head, view=view)  # type: ignore[arg-type]


def test_a_clip_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"zoo\.prepare"):
        attention.explore(Clip(np.zeros((16, 64, 64, 3), np.float32), 10.0), "track_joint")


def test_a_network_without_attention_or_weights_is_named(frames: np.ndarray) -> None:
    with pytest.raises(WeightsError, match="nothing_like_it"):
        attention.explore(Clip(frames, 10.0), "nothing_like_it")
    others = [n for n in names("classify") if n in {"frame", "c3d", "flow"}]
    if others:
        with pytest.raises(WeightsError, match="no attention"):
            attention.explore(Clip(frames, 10.0), others[0])


@pytest.mark.parametrize("name", ["track_joint", "track_divided"])
def test_a_cards_numbers_come_out_again_on_other_clips(name: str) -> None:
    """On 56 clips of the validation split; the card's are a thousand of the test split."""
    if name not in names("track"):
        pytest.skip(f"{name} is not trained yet: python -m training.train {name}")
    from training.tasks.track import measure, small_objects
    from vidcore.weights.load_torch import load

    found: dict[str, list[float]] = {}
    for video, seen in small_objects("validation", 56):
        for row in measure(load(name), video, seen):
            for key, value in row.items():
                found.setdefault(key, []).append(value)
    metrics, means = card(name).metrics, {key: np.mean(values) for key, values in found.items()}
    assert means["share"] == pytest.approx(metrics["share"], abs=0.04)
    assert means["top1"] == pytest.approx(metrics["top1"], abs=0.04)
    assert means["far_share"] == pytest.approx(metrics["far_share"], abs=0.06)
    assert means["background"] == pytest.approx(metrics["background"], abs=0.1)
    for key, least in card(name).floor.items():
        sign = -1 if key.startswith("-") else 1
        assert sign * metrics[key.removeprefix("-")] >= least


def test_a_batch_of_training_clips_is_a_pure_function_of_its_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training import data
    from training.tasks.track import Track

    monkeypatch.setattr(data, "POOLS", tmp_path)

    task = Track("joint", pool=14)
    one, two = (task.batch("train", np.array([3, 1, 7]), 5) for _ in range(2))
    assert all(torch.equal(one[key], two[key]) for key in one)
    other = task.batch("train", np.array([3, 1, 7]), 6)
    assert not torch.equal(one["video"], other["video"])


def test_colours_are_predicted_from_other_frames_alone() -> None:
    """Changing the colours of a frame changes the prediction everywhere but there."""
    torch.manual_seed(0)
    made = network("track_joint")
    video = torch.rand(1, 3, 4, 48, 48)
    pointed = made.pointed(made.features(video)[-1])
    colours = torch.rand(1, 4, 64, 13)
    changed = colours.clone()
    changed[:, 2] = torch.rand(1, 64, 13)
    before, after = track_torch.copy(pointed, colours), track_torch.copy(pointed, changed)
    assert torch.allclose(before[:, 2], after[:, 2])
    assert not torch.allclose(before[:, 1], after[:, 1])


def test_the_network_that_copies_cannot_see_colour() -> None:
    made = network("track_divided")
    video = torch.rand(1, 3, 4, 48, 48)
    grey = torch.einsum("bcthw,c->bthw", video, torch.tensor(track_torch.LUMA))
    painted = grey[:, None].expand(-1, 3, -1, -1, -1)
    a, b = (made.features(v)[-1] for v in (video, painted))
    assert torch.allclose(a, b, atol=1e-4)
