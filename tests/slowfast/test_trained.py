"""vidcore.slowfast.trained and vidcore.slowfast.trained_torch: what the small pathways fire on."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from vidcore import slowfast
from vidcore.errors import ShapeError, WeightsError
from vidcore.media import Clip
from vidcore.media.synthetic.actions import ACTIONS, Spec, World, render
from vidcore.slowfast import trained, trained_torch
from vidcore.weights.card import names

TRAINED = [name for name in ("slowfast", "slow") if name in names("classify")]


@pytest.fixture
def clip() -> Clip:
    return slowfast.draw("throw", seed=1)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("name", ["slowfast", "slowfast_alpha8", "slow", "fast"])
def test_every_stage_of_a_pathway_is_kept_and_only_its_own(name: str, clip: Clip) -> None:
    fired = slowfast.fires(clip, name)
    pathways = {"slow", "fast"} & {name} or {"slow", "fast"}
    assert set(fired.maps) == {f"{p}{k}" for p in pathways for k in (1, 2, 3)}
    if "slow" in pathways:
        assert len(fired.maps["slow1"]) == len(fired.slow_at)
    for key, maps in fired.maps.items():
        assert maps.shape[1:3] == (48 // 2 ** int(key[-1]),) * 2
        assert maps.min() >= 0
        assert not maps.flags.writeable


@pytest.mark.usefixtures("shipped")
def test_heat_lies_over_the_pixels_it_came_from_and_slow_holds(clip: Clip) -> None:
    fired = slowfast.fires(clip)
    maps = fired.maps["fast2"]
    heat = fired.heat("fast", 2, 5)
    assert heat.shape == (16, 48, 48)
    np.testing.assert_array_equal(heat[7, 20:24, 8:12], np.full((4, 4), maps[7, 5, 2, 5]))
    held = fired.heat("slow", 1)
    assert fired.slow_at.tolist() == [0, 5, 10, 15]
    for t in range(1, 16):
        assert (held[t] == held[t - 1]).all() == (t not in fired.slow_at), t


@pytest.mark.usefixtures("shipped")
def test_the_liveliest_channel_varies_most(clip: Clip) -> None:
    fired = slowfast.fires(clip)
    spread = [fired.heat("fast", 1, c).var() for c in range(fired.channels("fast", 1))]
    assert fired.liveliest("fast", 1) == int(np.argmax(spread))


@pytest.mark.usefixtures("shipped")
def test_each_way_of_stopping_is_what_it_says(clip: Clip) -> None:
    result = slowfast.intervene(clip)
    assert result.ways == ("whole", "links cut", "Slow frozen", "Fast frozen")
    np.testing.assert_allclose(result.action.sum(axis=1), 1, rtol=1e-5)
    still = Clip(np.repeat(clip.frames[:1], 16, 0), 8.0)
    stopped = slowfast.intervene(still)  # nothing moves: freezing changes nothing
    np.testing.assert_allclose(stopped.action[2:], stopped.action[[0, 0]], atol=1e-6)
    assert abs(result.action[3] - result.action[0]).max() > 1e-4
    cut = copy.deepcopy(trained_torch.network("slowfast"))
    for link in cut.laterals:
        torch.nn.init.zeros_(link.weight)  # a link that says nothing
    video = torch.tensor(clip.frames).permute(3, 0, 1, 2)[None]
    said = cut(video)["action"].softmax(-1)[0].detach().numpy()
    np.testing.assert_allclose(result.action[1], said, atol=1e-6)


@pytest.mark.usefixtures("shipped")
def test_a_pathway_responds_to_what_reaches_it(clip: Clip) -> None:
    grey = Clip(np.repeat(clip.frames.mean(-1, keepdims=True), 3, -1), 8.0)
    here = slowfast.respond(clip)
    assert here.changes == ("without colour", "backwards", "frozen")
    there = slowfast.respond(grey)
    assert here.slow[0] > 1e-3
    np.testing.assert_allclose([there.slow[0], there.fast[0]], 0, atol=1e-5)
    still = slowfast.respond(Clip(np.repeat(clip.frames[:1], 16, 0), 8.0))
    np.testing.assert_allclose([still.slow[1:], still.fast[1:]], 0, atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_slow_sees_the_shape_of_a_whirl_at_one_place(seed: int) -> None:
    clockwise, counter = slowfast.whirl(seed)
    np.testing.assert_array_equal(counter.frames, clockwise.frames[::-1])
    still = World(camera=0.0, noise=0.0, distractor=0.0)  # nothing but the whirl moves
    frames = render([Spec(ACTIONS.index(slowfast.WHIRL[0]), seed=seed, world=still)]).video[0]
    slow = slowfast.slow_index(16, 4)
    assert slow.tolist() == [0, 5, 10, 15]
    assert (frames[slow] == frames[0]).all()
    assert (frames[1:5] != frames[0]).any(axis=(1, 2, 3)).all()


def test_a_whirl_and_its_reverse_differ_to_fast_alone() -> None:
    slow, fast = slowfast.apart(slowfast.whirl(3, panning=False))
    assert 0 < slow < 0.5 * fast  # noise, and nothing else
    clip = slowfast.draw("throw", seed=0)
    assert slowfast.apart((clip, clip)) == (0, 0)


@pytest.mark.usefixtures("shipped")
def test_a_verdict_is_about_the_two_whirls_alone() -> None:
    pairs = [slowfast.whirl(seed) for seed in (1, 2, 3)]
    said = slowfast.judge(pairs, "slowfast")
    assert said.clockwise.shape == (3, 2)
    first = trained_torch.run("slowfast", pairs[1][0].frames[None])["action"][0, -2:]
    assert said.clockwise[1, 0] == pytest.approx(first[0] / first.sum(), abs=1e-5)
    told = trained.Verdicts("x", np.array([[0.9, 0.2], [0.4, 0.4]], np.float32))
    assert told.right.tolist() == [[True, True], [False, True]]
    assert told.accuracy == 0.75


@pytest.mark.skipif(
    len(TRAINED) < 2, reason="the trained networks are not in vidcore/weights/files"
)
def test_both_pathways_tell_a_whirl_that_slow_alone_cannot() -> None:
    pairs = [slowfast.whirl(5000 + k, colour=k % 6, shape=k % 5) for k in range(20)]
    assert slowfast.judge(pairs, "slowfast").accuracy > 0.9
    assert slowfast.judge(pairs, "slow").accuracy < 0.8  # a coin: 0.5, and 0.8 in 1 of 10,000


@pytest.mark.parametrize("shape", [(15, 48, 48), (16, 47, 48), (16, 48, 49)])
def test_clips_the_networks_do_not_read_are_refused(shape: tuple[int, ...]) -> None:
    clip = Clip(np.zeros((*shape, 3), np.float32), 8.0)
    for door in (slowfast.fires, slowfast.respond, slowfast.intervene):
        with pytest.raises(ShapeError, match=" x ".join(map(str, shape))):
            door(clip)


def test_without_its_weights_a_network_says_so(shipped: Path, clip: Clip) -> None:
    (shipped / "slowfast.json").unlink()
    with pytest.raises(WeightsError, match=r"training\.train slowfast"):
        slowfast.fires(clip)
