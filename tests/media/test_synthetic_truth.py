"""The exact flow is exact: asked of the frames, of the tracks and of the surfaces themselves."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore.media import synthetic
from vidcore.media.synthetic import GALLERY, Scene
from vidcore.media.synthetic.motion import Motion

GREY = 1 / 255
SMOOTH = 0.2  # grey levels (white is 1) that a 5 x 5 neighbourhood may span
NEIGHBOURS = np.ones((5, 5), np.uint8)
SURFACE = ["moving_circle", "pan", "zoom", "two_layers"]  # moving texture everywhere


def spread(image: np.ndarray) -> np.ndarray:
    """Return the largest range of any channel in the 5 x 5 neighbourhood of every pixel."""
    return (cv2.dilate(image, NEIGHBOURS) - cv2.erode(image, NEIGHBOURS)).max(axis=-1)


def warp_errors(scene: Scene, flow: np.ndarray) -> tuple[np.ndarray, float]:
    """Fetch each frame from the next one along the flow; compare well inside smooth surfaces.

    Returns the errors, and which share of the moving pixels was compared.
    """
    frames = scene.clip.frames
    H, W = frames.shape[1:3]
    x, y = np.meshgrid(np.arange(W, dtype=np.float32), np.arange(H, dtype=np.float32))
    errors, compared, moving = [], 0, 0
    for t, field in enumerate(flow):
        to = x + field[..., 0], y + field[..., 1]
        fetched = cv2.remap(frames[t + 1], *to, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        ahead = cv2.remap(
            spread(frames[t + 1]), *to, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
        )
        inside = cv2.erode(scene.valid[t].astype(np.uint8), NEIGHBOURS).astype(bool)
        inside &= spread(scene.flow[t]) < 1  # pixels per frame: one surface, not two
        moves = np.hypot(*scene.flow[t].transpose(2, 0, 1)) > 0.1
        chosen = inside & moves & (spread(frames[t]) < SMOOTH) & (ahead < SMOOTH)
        errors.append(np.abs(fetched - frames[t]).max(axis=-1)[chosen])
        compared, moving = compared + chosen.sum(), moving + moves.sum()
    return np.concatenate(errors), compared / max(moving, 1)


def shadowless(name: str) -> Scene:
    off = {"shadow": False, "noise": 0.0}  # brightness that is no surface's
    settings = {knob.name: off[knob.name] for knob in synthetic.knobs(name) if knob.name in off}
    return GALLERY[name](**settings)


@pytest.mark.parametrize("name", [name for name in GALLERY if name not in {"clap", "wheel"}])
def test_following_the_flow_finds_the_same_brightness(name: str) -> None:
    scene = shadowless(name)
    errors, share = warp_errors(scene, scene.flow)
    assert share > 0.01
    assert np.quantile(errors, 0.95) < 4 * GREY  # cubic interpolation in limbs a few pixels wide


@pytest.mark.parametrize("name", SURFACE)
def test_a_flow_a_quarter_pixel_wrong_is_noticed(name: str) -> None:
    scene = shadowless(name)
    right, share = warp_errors(scene, scene.flow)
    wrong, _ = warp_errors(scene, scene.flow + np.float32([0.25, 0]))
    assert share > 0.3
    assert np.median(wrong) > 3 * np.median(right)


def test_the_flow_of_the_wheel_turns_every_point_about_the_hub() -> None:
    scene = synthetic.wheel(size=97, degrees_per_frame=25.0)
    rows, columns = np.indices((97, 97)) - 48
    turned = (columns + 1j * rows) * (np.exp(1j * np.radians(25.0)) - 1)
    wheel = (scene.flow != 0).any(axis=-1)
    assert 0.1 < wheel.mean() < 0.4
    for flow, seen in zip(scene.flow, wheel, strict=True):
        np.testing.assert_allclose(flow[seen, 0], turned.real[seen], atol=1e-4)  # pixels
        np.testing.assert_allclose(flow[seen, 1], turned.imag[seen], atol=1e-4)


def test_the_clap_moves_in_both_directions_and_its_flow_follows_its_hands() -> None:
    scene = synthetic.clap(start=100, length=15)
    errors, share = warp_errors(scene, scene.flow)
    assert share > 0.05
    assert np.quantile(errors, 0.95) < 3 * GREY
    assert not scene.flow[:99].any()
    assert scene.flow[99:115].any(axis=(1, 2, 3)).all()
    assert not scene.flow[115:].any()


@pytest.mark.parametrize(
    "name", ["throw", "catch", "bouncing_balls", "two_layers", "moving_circle"]
)
def test_the_flow_at_a_tracked_centre_is_the_step_of_its_track(name: str) -> None:
    scene = GALLERY[name]()
    track, points = list(scene.tracks.items())[-1]  # the last ball is in front of the others
    if name in {"throw", "catch"}:
        points = scene.tracks["ball"]
    size, seen = scene.flow.shape[1], 0
    for t, (x, y) in enumerate(points[:-1]):
        if 0 <= round(x) < size and 0 <= round(y) < size:
            step = points[t + 1] - points[t]
            seen += np.abs(scene.flow[t, round(y), round(x)] - step).max() < 0.3  # px; balls spin
    assert seen > 0.8 * len(points), track


def test_a_ball_is_drawn_where_its_track_says() -> None:
    scene = synthetic.bouncing_balls(count=1, shadow=False)
    frames = scene.clip.frames
    ground = np.median(frames, axis=0)
    for frame, centre in zip(frames, scene.tracks["ball 1"], strict=True):
        rows, columns = np.nonzero(np.abs(frame - ground).max(axis=-1) > 0.1)
        assert np.hypot(*(np.array([columns.mean(), rows.mean()]) - centre)) < 1  # pixels


def test_the_flat_circle_is_drawn_where_its_track_says() -> None:
    scene = synthetic.moving_circle(velocity=(1.3, -0.7), textured=False)
    frames = scene.clip.frames.astype(np.float64)
    blue, amber = frames[0, 0, 0], frames[5, 32, 32]
    share = (frames - blue) @ (amber - blue) / ((amber - blue) @ (amber - blue))
    x = np.arange(64)
    for cover, centre in zip(share, scene.tracks["circle"], strict=True):
        drawn = np.array([(cover.sum(0) * x).sum(), (cover.sum(1) * x).sum()]) / cover.sum()
        np.testing.assert_allclose(drawn, centre, atol=0.01)  # pixels: anti-aliased, so sub-pixel
        assert cover.sum() == pytest.approx(np.pi * (0.22 * 64) ** 2, rel=0.005)


# ---- validity ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("velocity", "gone"),
    [
        ((2.0, 0.0), np.s_[:, -2:]),
        ((-2.0, 0.0), np.s_[:, :2]),
        ((0.0, 2.0), np.s_[-2:, :]),
        ((0.0, -2.0), np.s_[:2, :]),
        ((0.5, 0.0), np.s_[:, -1:]),
    ],
)
def test_a_pixel_that_leaves_the_frame_is_not_valid(
    velocity: tuple[float, float], gone: tuple[slice, slice]
) -> None:
    valid = synthetic.pan(velocity=velocity).valid
    expected = np.ones(valid.shape[1:], dtype=bool)
    expected[gone] = False
    assert (valid == expected).all()


def test_still_ground_is_valid_until_the_circle_covers_it() -> None:
    scene = synthetic.moving_circle(velocity=(3.0, 1.0))
    rows, columns = np.indices((64, 64))
    circle = [
        np.hypot(columns - x, rows - y) < 0.22 * 64 for x, y in scene.tracks["circle"]
    ]  # 14.08 px about whole pixels: no pixel centre lies on the edge
    for t, valid in enumerate(scene.valid):
        np.testing.assert_array_equal(valid, circle[t] | ~circle[t + 1])


def test_in_a_zoom_out_every_pixel_stays_in_the_frame() -> None:
    assert synthetic.zoom(rate=-1.0).valid.all()


def test_the_sea_ahead_of_the_island_is_covered_and_the_sea_behind_it_is_not() -> None:
    front, back = np.array([2.0, 0.0]), np.array([-1.0, 0.0])
    scene = synthetic.two_layers(T=6, front=tuple(front), back=tuple(back))
    island = (scene.flow == front).all(axis=-1)
    size = island.shape[1]
    for t in range(len(island) - 1):
        for y, x in zip(*np.nonzero(~island[t]), strict=True):
            to = int(x + back[0])  # whole pixels: the target is a pixel
            assert scene.valid[t, y, x] == (0 <= to < size and not island[t + 1, y, to])


@given(front=st.tuples(*[st.integers(-3, 3)] * 2), back=st.tuples(*[st.integers(-3, 3)] * 2))
def test_two_layers_are_valid_exactly_where_the_same_surface_is_seen_again(
    front: tuple[int, int], back: tuple[int, int]
) -> None:
    scene = synthetic.two_layers(T=3, size=40, front=front, back=back)
    if front == back:
        return
    owner = (scene.flow == np.float32(front)).all(axis=-1)
    rows, columns = np.indices((40, 40))
    to_x, to_y = (
        np.rint(part).astype(int)
        for part in (columns + scene.flow[0, ..., 0], rows + scene.flow[0, ..., 1])
    )
    within = (to_x >= 0) & (to_x < 40) & (to_y >= 0) & (to_y < 40)
    same = owner[1][to_y.clip(0, 39), to_x.clip(0, 39)] == owner[0]
    assert (scene.valid[0] != (within & same)).sum() <= 3  # pixels whose centre lies on the edge


def test_a_ball_behind_another_is_covered() -> None:
    scene = synthetic.bouncing_balls(T=40, count=5)
    inner = scene.valid[:, 10:-10, 10:-10]
    moves = (scene.flow != 0).any(axis=-1)[:, 10:-10, 10:-10]
    assert (moves & ~inner).any()


def test_a_shadow_moves_and_has_no_flow() -> None:
    lit, shaded = (synthetic.bouncing_balls(shadow=shadow) for shadow in (False, True))
    assert (lit.clip.frames != shaded.clip.frames).any()
    np.testing.assert_array_equal(lit.flow, shaded.flow)
    np.testing.assert_array_equal(lit.valid, shaded.valid)


# ---- the motion itself ------------------------------------------------------------------------
NUMBERS = st.floats(-50, 50)


@given(
    centre=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    angle=st.tuples(st.floats(-7, 7), st.floats(-7, 7)),
    scale=st.tuples(st.floats(0.5, 2), st.floats(0.5, 2)),
    turns=st.booleans(),
    grows=st.booleans(),
)
def test_a_point_of_a_surface_stays_the_same_point_along_the_flow(
    centre: tuple[float, ...],
    angle: tuple[float, ...],
    scale: tuple[float, ...],
    turns: bool,
    grows: bool,
) -> None:
    motion = Motion(
        np.array(centre).reshape(2, 2),
        np.array(angle) if turns else None,
        np.array(scale) if grows else None,
    )
    X, Y = np.float32([[[0, 20, 40]]]), np.float32([[[0], [30]]])
    u, v = motion.flow(X, Y)
    here = motion.at(slice(0, 1)).own(X, Y)
    there = motion.at(slice(1, 2)).own(X + u, Y + v)
    for before, after in zip(here, there, strict=True):
        np.testing.assert_allclose(*np.broadcast_arrays(before, after), atol=1e-3)  # px, float32


@given(angle=st.floats(-3, 3), scale=st.floats(0.5, 2), x=NUMBERS, y=NUMBERS)
def test_pulling_a_point_back_and_following_the_flow_returns_to_it(
    angle: float, scale: float, x: float, y: float
) -> None:
    motion = Motion(
        np.array([[3.0, 4.0], [9.0, -2.0]]), np.array([0.2, angle]), np.array([1, scale])
    )
    before = motion.pull_back(np.array([[x, y]]))
    X, Y = (np.float32(part).reshape(1, 1, 1) for part in before[0])
    u, v = motion.flow(X, Y)
    np.testing.assert_allclose([(X + u).item(), (Y + v).item()], [x, y], atol=1e-3)  # pixels
