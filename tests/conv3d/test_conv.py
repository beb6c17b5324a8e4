"""vidcore.conv3d.conv and vidcore.conv3d.conv_torch: four ways to one sum, borders, steps, laws."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vidcore import conv3d as room
from vidcore.conv3d import conv_torch
from vidcore.errors import ShapeError

WAYS = (room.conv3d, room.shift_and_add, room.unfold)
seeds = st.integers(0, 2**32 - 1)
paddings = st.sampled_from(room.PADDINGS)
kernel_shapes = st.tuples(*[st.integers(1, 4)] * 3)
steps = st.one_of(st.integers(1, 3), st.tuples(*[st.integers(1, 3)] * 3))


def made(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def test_the_value_is_the_sum_of_27_products(rng: np.random.Generator) -> None:
    x, k = rng.normal(size=(5, 6, 7)), rng.normal(size=(3, 3, 3))
    total = 0.0
    for a in range(3):
        for b in range(3):
            for c in range(3):
                total += x[2 + a, 1 + b, 4 + c] * k[a, b, c]
    out = room.conv3d(x, k)
    assert out.shape == (3, 4, 5)
    assert out[2, 1, 4] == pytest.approx(total, abs=1e-12)


@given(seeds, kernel_shapes, paddings, steps, steps)
def test_every_way_agrees_with_the_definition(seed, size, padding, stride, dilation) -> None:  # type: ignore[no-untyped-def]
    x, k = made(seed, (11, 12, 10), size)
    how = {"padding": padding, "stride": stride, "dilation": dilation}
    expected = room.definition(x, k, **how)
    for way in WAYS:
        np.testing.assert_allclose(way(x, k, **how), expected, atol=1e-12, err_msg=way.__name__)


@given(seeds, kernel_shapes, paddings, steps, steps)
def test_torch_agrees_with_the_reference(seed, size, padding, stride, dilation) -> None:  # type: ignore[no-untyped-def]
    x, k = made(seed, (2, 11, 12, 10), (2, *size))
    how = {"padding": padding, "stride": stride, "dilation": dilation}
    fast = conv_torch.conv3d(torch.from_numpy(x), torch.from_numpy(k), **how)
    for b in (0, 1):
        slow = room.conv3d(x[b], k[b], **how)
        np.testing.assert_allclose(fast[b].numpy(), slow, rtol=0, atol=1e-9 * abs(slow).max())


def test_torch_shares_one_kernel_and_passes_gradients() -> None:
    x = torch.rand(2, 4, 5, 6, dtype=torch.float64, requires_grad=True)
    k = torch.rand(3, 3, 3, dtype=torch.float64, requires_grad=True)
    out = conv_torch.conv3d(x, k, padding="replicate")
    assert out.shape == x.shape
    assert torch.autograd.gradcheck(conv_torch.conv3d, (x, k))


@given(seeds, kernel_shapes, paddings)
def test_it_is_linear_in_the_volume_and_in_the_kernel(seed, size, padding) -> None:  # type: ignore[no-untyped-def]
    x, y, k = made(seed, (6, 7, 8), (6, 7, 8), size)
    both = room.conv3d(2 * x - 3 * y, k, padding=padding)
    apart = 2 * room.conv3d(x, k, padding=padding) - 3 * room.conv3d(y, k, padding=padding)
    np.testing.assert_allclose(both, apart, atol=1e-10)
    np.testing.assert_allclose(
        room.conv3d(x, -k, padding=padding), -room.conv3d(x, k, padding=padding)
    )


@given(seeds, st.tuples(*[st.integers(0, 2)] * 3))
def test_a_shifted_volume_gives_a_shifted_answer(seed, by) -> None:  # type: ignore[no-untyped-def]
    x, k = made(seed, (9, 10, 11), (3, 2, 3))
    t, i, j = by
    whole = room.conv3d(x, k)
    np.testing.assert_allclose(room.conv3d(x[t:, i:, j:], k), whole[t:, i:, j:], atol=1e-12)


@given(seeds, kernel_shapes)
def test_paddings_differ_at_the_border_alone(seed, size) -> None:  # type: ignore[no-untyped-def]
    x, k = made(seed, (7, 8, 9), size)
    inside = room.conv3d(x, k)
    before = [(n - 1) // 2 for n in size]
    at = tuple(slice(b, b + n) for b, n in zip(before, inside.shape, strict=True))
    for padding in ("zero", "replicate"):
        same = room.conv3d(x, k, padding=padding)
        assert same.shape == x.shape
        np.testing.assert_allclose(same[at], inside, atol=1e-12)
    causal = room.conv3d(x, k, padding="causal")
    assert causal.shape == (7, *inside.shape[1:])
    np.testing.assert_allclose(causal[size[0] - 1 :], inside, atol=1e-12)


def test_convention_an_even_kernel_pads_the_extra_after() -> None:
    x, k = np.arange(1.0, 5).reshape(4, 1, 1), np.ones((2, 1, 1))
    assert room.conv3d(x, k, padding="zero").ravel().tolist() == [3, 5, 7, 4]
    assert room.conv3d(x, k, padding="replicate").ravel().tolist() == [3, 5, 7, 8]
    assert room.conv3d(x, k, padding="causal").ravel().tolist() == [1, 3, 5, 7]


def test_convention_the_kernel_is_not_flipped() -> None:
    x = np.zeros((3, 3, 3))
    x[2, 0, 1] = 1
    k = np.arange(27.0).reshape(3, 3, 3)
    assert room.conv3d(x, k)[0, 0, 0] == k[2, 0, 1]


@given(seeds, st.integers(1, 6))
def test_causal_answers_do_not_know_the_future(seed, now) -> None:  # type: ignore[no-untyped-def]
    x, y, k = made(seed, (8, 5, 5), (8, 5, 5), (3, 3, 3))
    y[: now + 1] = x[: now + 1]
    a, b = (room.conv3d(v, k, padding="causal")[: now + 1] for v in (x, y))
    np.testing.assert_array_equal(a, b)


def test_a_constant_survives_replication_and_not_zeros() -> None:
    x, k = np.full((5, 6, 7), 0.5), np.full((3, 3, 3), 1 / 27)
    np.testing.assert_allclose(room.conv3d(x, k, padding="replicate"), 0.5)
    assert room.conv3d(x, k, padding="zero")[0, 0, 0] == pytest.approx(0.5 * 8 / 27)


@pytest.mark.parametrize(
    ("a", "b", "out"),
    [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("i8", "f4", "f8"), ("u1", "f4", "f4")],
)
def test_floats_keep_their_width(a: str, b: str, out: str) -> None:
    assert room.conv3d(np.ones((3, 3, 3), a), np.ones((2, 2, 2), b)).dtype == np.dtype(out)


@given(seeds, paddings, steps)
def test_a_layer_sums_its_input_channels(seed, padding, stride) -> None:  # type: ignore[no-untyped-def]
    x, w, bias = made(seed, (6, 7, 8, 3), (4, 3, 3, 2, 3), (4,))
    out = room.conv3d_layer(x, w, bias, padding=padding, stride=stride)
    for o in range(4):
        single = [room.conv3d(x[..., c], w[o, c], padding=padding, stride=stride) for c in range(3)]
        np.testing.assert_allclose(out[..., o], sum(single) + bias[o], atol=1e-12)


def test_a_voxel_opens_into_its_products(rng: np.random.Generator) -> None:
    x, k = rng.normal(size=(5, 6, 7)), rng.normal(size=(3, 3, 3))
    for padding in room.PADDINGS:
        out = room.conv3d(x, k, padding=padding)
        last = tuple(n - 1 for n in out.shape)
        opened = room.voxel(x, k, last, padding=padding)
        assert opened.total == pytest.approx(out[last], abs=1e-12)
        np.testing.assert_array_equal(opened.products, opened.window * k)
    with pytest.raises(ShapeError, match="no voxel"):
        room.voxel(x, k, (0, 0, 5))
    with pytest.raises(ShapeError, match="no voxel"):
        room.voxel(x, k, (-1, 0, 0))


@pytest.mark.parametrize("way", [room.conv3d, room.definition, room.shift_and_add, room.unfold])
def test_what_does_not_fit_is_refused_with_a_way_out(way) -> None:  # type: ignore[no-untyped-def]
    x, k = np.ones((4, 5, 6)), np.ones((3, 3, 3))
    for volume, kernel in (
        (x[0], k),
        (x[None], k),
        (x, k[0]),
        (x[:0], k),
        (x, k[:, :0]),
        (x.astype(str), k),
    ):
        with pytest.raises(ShapeError, match="needs a"):
            way(volume, kernel)
    assert way(x[:3], k).shape == (1, 3, 4)
    for axis, small in (("T", x[:2]), ("H", x[:, :2]), ("W", x[..., :2])):
        with pytest.raises(ShapeError, match=f"along {axis}"):
            way(small, k)
        assert way(small, k, padding="zero").shape == small.shape
    with pytest.raises(ShapeError, match="padding is one of"):
        way(x, k, padding="same")
    for step in ({"stride": 0}, {"dilation": (1, 0, 1)}):
        with pytest.raises(ShapeError, match="1 or more"):
            way(x, k, **step)


def test_torch_refuses_what_the_reference_refuses() -> None:
    x, k = torch.ones(2, 4, 5, 6), torch.ones(2, 3, 3, 3)
    for volume, kernel in ((x[0], k[0]), (x, k[:1]), (x, k[0, 0]), (x[:, :2], k), (x, k[:, :0])):
        with pytest.raises(ShapeError):
            conv_torch.conv3d(volume, kernel)
    with pytest.raises(ShapeError, match="padding"):
        conv_torch.conv3d(x, k, padding="same")


def test_a_layer_refuses_channels_that_do_not_fit() -> None:
    x, w = np.ones((4, 4, 4, 2)), np.ones((5, 2, 3, 3, 3))
    with pytest.raises(ShapeError, match="of its C"):
        room.conv3d_layer(x, w[:, :1])
    with pytest.raises(ShapeError, match="biases"):
        room.conv3d_layer(x, w, np.ones(4))
