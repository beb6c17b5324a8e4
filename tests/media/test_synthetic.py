"""Scenes: the article's numbers, the conventions, what a seed decides, and what is refused."""

import hashlib
import inspect
from collections.abc import Callable

import numpy as np
import pytest

from vidcore.errors import ShapeError
from vidcore.media import synthetic
from vidcore.media.synthetic import GALLERY, Scene
from vidcore.media.synthetic.knob import MAX_PIXELS

SEEDED = [name for name, scene in GALLERY.items() if "rng" in inspect.signature(scene).parameters]


def digest(scene: Scene) -> str:
    """Hash everything a scene says, so that two can be compared as one."""
    content = hashlib.blake2b(scene.clip.digest.encode())
    for array in (scene.flow, scene.valid, *scene.tracks.values()):
        content.update(np.ascontiguousarray(array))
    return content.hexdigest()


# ---- the gallery ------------------------------------------------------------------------------
def test_the_gallery_opens_with_the_throw_and_has_every_scene_in_order() -> None:
    assert list(GALLERY) == [
        "throw", "catch", "moving_square", "moving_circle", "wheel", "pan", "zoom", "two_layers",
        "bouncing_balls", "clap", "waving_arm", "learned_world",
    ]  # fmt: skip


@pytest.mark.parametrize("scene", GALLERY.values(), ids=list(GALLERY))
def test_every_scene_needs_no_argument_and_holds_what_it_promises(
    scene: Callable[..., Scene],
) -> None:
    made = scene()
    T, H, W, C = made.clip.frames.shape
    assert (H, C) == (W, 3)
    assert made.flow.shape == (T - 1, H, W, 2)
    assert made.flow.dtype == np.float32
    assert made.valid.shape == (T - 1, H, W)
    assert made.valid.dtype == bool
    assert all(points.shape == (T, 2) for points in made.tracks.values())


@pytest.mark.parametrize("scene", GALLERY.values(), ids=list(GALLERY))
def test_no_scene_can_be_written_to(scene: Callable[..., Scene]) -> None:
    made = scene()
    arrays = [made.clip.frames, made.flow, made.valid, *made.tracks.values()]
    assert not any(array.flags.writeable for array in arrays)


@pytest.mark.parametrize("scene", GALLERY.values(), ids=list(GALLERY))
def test_a_clip_of_one_frame_has_no_flow(scene: Callable[..., Scene]) -> None:
    made = scene(T=1, size=40)
    assert len(made.clip.frames) == 1
    assert made.flow.shape == (0, 40, 40, 2)


@pytest.mark.parametrize("name", SEEDED)
def test_the_same_seed_makes_the_same_scene(name: str) -> None:
    first, second = (GALLERY[name](rng=np.random.default_rng(5)) for _ in range(2))
    assert digest(first) == digest(second)


@pytest.mark.parametrize("name", SEEDED)
def test_another_seed_makes_another_picture(name: str) -> None:
    first, second = (GALLERY[name](rng=np.random.default_rng(seed)) for seed in (5, 6))
    assert first.clip.digest != second.clip.digest


@pytest.mark.parametrize("name", SEEDED)
def test_without_a_generator_nothing_is_left_to_chance(name: str) -> None:
    np.random.seed(1)  # noqa: NPY002  the global state that must not matter
    first = GALLERY[name]()
    np.random.seed(2)  # noqa: NPY002
    assert digest(first) == digest(GALLERY[name]())


# ---- the article's square ---------------------------------------------------------------------
def test_the_square_changes_by_0_7_where_it_moves_and_by_nothing_elsewhere() -> None:
    frames = synthetic.moving_square(T=10, size=64, step=5).clip.frames
    motion = np.abs(np.diff(frames, axis=0)).mean(axis=-1)
    assert f"{motion[0].max():.3f}" == "0.700"
    assert motion[0, 0, 0] == 0
    assert (motion > 0).sum(axis=(1, 2)).tolist() == [150] * 8 + [135]


def test_the_square_is_the_one_that_slicing_draws() -> None:
    video = np.empty((10, 64, 64, 3), dtype=np.float32)
    for t in range(10):
        video[t] = [0.2, 0.3, 0.4]
        video[t, 20:35, 5 + t * 5 : 20 + t * 5] = 1.0
    np.testing.assert_array_equal(synthetic.moving_square().clip.frames, video)


@pytest.mark.parametrize("size", [36, 64, 90])
def test_the_square_keeps_its_pixels_whatever_the_size(size: int) -> None:
    white = synthetic.moving_square(T=1, size=size).clip.frames[0, ..., 0] == 1
    rows, columns = np.nonzero(white)
    assert (rows.min(), rows.max()) == (20, 34)
    assert (columns.min(), columns.max()) == (5, 19)


def test_the_square_covers_ground_ahead_and_loses_its_own_front_at_the_border() -> None:
    scene = synthetic.moving_square(T=10, size=64, step=5)
    assert not scene.valid[0, 25, 20:25].any()  # ground that the square covers next
    assert scene.valid[0, 25, 25:].all()
    assert scene.valid[0, 25, 5:20].all()
    assert not scene.valid[8, 25, 59:60].any()  # column 59 of the square goes to 64, outside
    assert scene.valid[8, 25, 45:59].all()


# ---- conventions ------------------------------------------------------------------------------
def inside(scene: Scene, track: str, t: int = 0) -> np.ndarray:
    x, y = np.rint(scene.tracks[track][t]).astype(int)
    return scene.flow[t, y, x]


def brightest(frame: np.ndarray) -> np.ndarray:
    """Return the middle (x, y) of the warm pixels: the circle on its blue ground."""
    rows, columns = np.nonzero(frame[..., 0] > frame[..., 2])
    return np.array([columns.mean(), rows.mean()])


@pytest.mark.parametrize(("velocity", "axis"), [((2.0, 0.0), 0), ((0.0, 2.0), 1)])
def test_convention_u_is_right_and_v_is_down(velocity: tuple[float, float], axis: int) -> None:
    scene = synthetic.moving_circle(velocity=velocity, textured=False)
    first, second = (brightest(frame) for frame in scene.clip.frames[:2])
    assert (second - first)[axis] == pytest.approx(2, abs=0.05)  # pixels, seen in the frames
    np.testing.assert_array_equal(inside(scene, "circle"), velocity)


@pytest.mark.parametrize("velocity", [(2, -1), [2, -1], np.array([2, -1]), (2.0, np.float32(-1))])
def test_a_velocity_may_be_any_pair_of_numbers(velocity: tuple[float, float]) -> None:
    scene = synthetic.moving_circle(velocity=velocity)
    np.testing.assert_array_equal(inside(scene, "circle"), [2, -1])


def test_a_numpy_integer_is_a_count() -> None:
    assert len(synthetic.wheel(T=np.int64(3), size=np.int32(40)).clip.frames) == 3


def test_a_positive_turn_is_clockwise_on_the_screen() -> None:
    scene = synthetic.wheel(degrees_per_frame=10.0)
    (hub_x, _), (tip_x, tip_y) = scene.tracks["hub"][0], scene.tracks["first spoke"][0]
    assert tip_x > hub_x  # a spoke to the right of the hub ...
    u, v = scene.flow[0, round(tip_y), round(tip_x) - 1]
    assert v > 0  # ... goes down
    assert abs(u) < v


def test_convention_positive_zoom_points_away_from_the_centre() -> None:
    flow = synthetic.zoom(rate=2.0).flow[0]
    assert flow[48, 90, 0] > 0
    assert flow[90, 48, 1] > 0
    assert flow[48, 5, 0] < 0


# ---- throw and catch --------------------------------------------------------------------------
@pytest.mark.parametrize("settings", [{}, {"T": 9, "size": 65, "distance": 0.3, "shadow": False}])
def test_a_catch_is_the_throw_backwards_bit_for_bit(settings: dict[str, float]) -> None:
    throw, catch = synthetic.throw(**settings), synthetic.catch(**settings)
    np.testing.assert_array_equal(catch.clip.frames, throw.clip.frames[::-1])
    np.testing.assert_array_equal(catch.tracks["ball"], throw.tracks["ball"][::-1])


def test_the_ball_flies_a_parabola_without_a_jump_at_the_release() -> None:
    ball = synthetic.throw(T=400, size=64).tracks["ball"]
    speed = np.diff(ball, axis=0)
    flight = slice(int(0.39 * 400), None)
    fall = np.diff(speed[flight], axis=0)
    np.testing.assert_allclose(fall, np.broadcast_to(fall[0], fall.shape), atol=1e-9)
    assert fall[0, 0] == pytest.approx(0, abs=1e-9)
    assert fall[0, 1] > 0  # down
    jumps = np.hypot(*np.diff(speed, axis=0).T)
    assert jumps.max() < 0.12 * np.hypot(*speed.T).max()  # pixels per frame, per frame


def test_the_ball_of_a_throw_leaves_the_frame_by_default() -> None:
    scene = synthetic.throw()
    assert scene.tracks["ball"][-1, 0] > 96
    assert scene.tracks["ball"][0, 0] < 30


# ---- the others -------------------------------------------------------------------------------
@pytest.mark.parametrize("degrees", [0.0, 10.0, -7.5, 90.0, 170.0])
def test_the_wheel_turns_by_exactly_the_degrees_asked(degrees: float) -> None:
    scene = synthetic.wheel(T=5, degrees_per_frame=degrees)
    x, y = (scene.tracks["first spoke"] - scene.tracks["hub"]).T
    np.testing.assert_allclose(np.diff(np.unwrap(np.arctan2(y, x))), np.radians(degrees), atol=1e-9)


def test_a_quarter_turn_of_the_wheel_is_the_picture_turned_by_a_quarter() -> None:
    scene = synthetic.wheel(T=2, size=97, spokes=3, degrees_per_frame=90.0, marked=True)
    first, second = scene.clip.frames
    wheel = np.rot90((scene.flow[0] != 0).any(axis=-1), k=-1)  # k = -1 is clockwise on the screen
    solid = wheel & np.roll(wheel, 1, 0) & np.roll(wheel, -1, 0)
    solid &= np.roll(wheel, 1, 1) & np.roll(wheel, -1, 1)
    assert solid.sum() > 500
    np.testing.assert_allclose(np.rot90(first, k=-1)[solid], second[solid], atol=1e-4)


def test_equal_spokes_hide_a_turn_by_one_sector_and_a_mark_shows_it() -> None:
    plain = synthetic.wheel(T=2, spokes=8, degrees_per_frame=45.0).clip.frames
    marked = synthetic.wheel(T=2, spokes=8, degrees_per_frame=45.0, marked=True).clip.frames
    np.testing.assert_allclose(plain[0], plain[1], atol=1e-3)
    assert np.abs(marked[0] - marked[1]).max() > 0.2


@pytest.mark.parametrize(("start", "length"), [(140, 6), (0, 3), (57, 1), (58, 30), (20, 7)])
def test_a_clap_leaves_rest_in_exactly_the_frames_asked(start: int, length: int) -> None:
    frames = synthetic.clap(T=60 if start < 60 else 300, start=start, length=length).clip.frames
    rest = frames[-1] if start + length < len(frames) else frames[0]
    moved = np.nonzero((frames != rest).any(axis=(1, 2, 3)))[0]
    assert moved.tolist() == list(range(start, min(start + length, len(frames))))


def test_a_clap_beyond_the_end_never_happens() -> None:
    scene = synthetic.clap(T=60, start=60)
    assert (scene.clip.frames == scene.clip.frames[0]).all()
    assert not scene.flow.any()


def test_the_hands_meet_in_the_middle_of_the_clap() -> None:
    tracks = synthetic.clap(start=100, length=7).tracks
    gap = np.hypot(*(tracks["left hand"] - tracks["right hand"]).T)
    assert gap.argmin() == 103
    assert gap[103] < gap[0] / 3


def test_an_arm_with_no_swing_is_held_still() -> None:
    assert not synthetic.waving_arm(swing=0.0).flow.any()


def test_more_balls_than_colours_are_still_balls() -> None:
    assert len(synthetic.bouncing_balls(T=2, count=7).tracks) == 7


def test_a_flat_circle_has_two_colours_away_from_its_edge() -> None:
    frame = synthetic.moving_circle(velocity=(0.0, 0.0), textured=False).clip.frames[0]
    colours, counts = np.unique(frame.reshape(-1, 3), axis=0, return_counts=True)
    assert (counts > 200).sum() == 2
    assert counts[counts > 200].sum() > 0.95 * 64 * 64
    assert len(colours) > 2  # and an anti-aliased edge


def test_noise_has_the_standard_deviation_asked() -> None:
    clean, noisy = (synthetic.pan(noise=sigma).clip.frames for sigma in (0.0, 0.02))
    middle = (clean > 0.1) & (clean < 0.9)
    assert (noisy - clean)[middle].std() == pytest.approx(0.02, rel=0.02)


# ---- what is refused --------------------------------------------------------------------------
@pytest.mark.parametrize("scene", GALLERY.values(), ids=list(GALLERY))
@pytest.mark.parametrize("bad", [{"T": 0}, {"size": 7}, {"size": 64.0}, {"T": "ten"}, {"fps": 0.0}])
def test_a_scene_refuses_what_is_too_small_or_not_a_count(
    scene: Callable[..., Scene], bad: dict[str, object]
) -> None:
    with pytest.raises(ShapeError, match=next(iter(bad))):
        scene(**bad)


@pytest.mark.parametrize("scene", GALLERY.values(), ids=list(GALLERY))
def test_a_scene_of_the_smallest_size_is_drawn(scene: Callable[..., Scene]) -> None:
    assert scene(T=2, size=8).clip.frames.shape == (2, 8, 8, 3)


def test_a_scene_holds_exactly_the_pixels_allowed() -> None:
    T = MAX_PIXELS // 100**2
    assert len(synthetic.moving_square(T=T, size=100).clip.frames) == T
    with pytest.raises(ShapeError, match="fewer frames"):
        synthetic.moving_square(T=T + 1, size=100)


@pytest.mark.parametrize(
    ("scene", "bad"),
    [
        ("moving_circle", {"velocity": (1.0, float("nan"))}),
        ("moving_circle", {"velocity": (1.0, 2.0, 3.0)}),
        ("moving_circle", {"velocity": 2.0}),
        ("wheel", {"spokes": 0}),
        ("wheel", {"degrees_per_frame": float("inf")}),
        ("zoom", {"rate": -100.0}),
        ("zoom", {"rate": 100.0, "T": 40}),
        ("pan", {"velocity": (1e7, 0.0)}),
        ("pan", {"T": 10**400}),
        ("clap", {"length": 0}),
        ("clap", {"start": -1}),
        ("pan", {"noise": -0.1}),
        ("bouncing_balls", {"count": 0}),
    ],
)
def test_a_value_that_makes_no_scene_is_refused_by_name(scene: str, bad: dict[str, object]) -> None:
    with pytest.raises(ShapeError, match=next(iter(bad))):
        GALLERY[scene](**bad)
