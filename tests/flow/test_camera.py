"""vidcore.flow.camera: what remains once the camera's own motion is taken out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore import flow
from vidcore.errors import ShapeError


def affine(parameters: np.ndarray) -> np.ndarray:
    y, x = np.indices((30, 40), dtype=float)
    return np.stack([x, y, np.ones_like(x)], axis=-1) @ parameters.T


@given(seed=st.integers(0, 99))
def test_an_affine_camera_leaves_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parameters = rng.normal(size=(2, 3)) * [0.02, 0.02, 3]
    split = flow.remove_camera_motion(affine(parameters))
    np.testing.assert_allclose(split.parameters, parameters, atol=1e-9)
    np.testing.assert_allclose(split.residual, 0, atol=1e-9)


def test_an_object_keeps_its_own_motion_and_does_not_bend_the_camera() -> None:
    field = affine(np.array([[0.01, 0, 2], [0, 0.01, -1]]))
    background = field.copy()
    field[8:22, 10:26] += [4, 3]  # 19 % of the picture
    split = flow.remove_camera_motion(field)
    np.testing.assert_allclose(split.camera, background, atol=0.05)  # pixels
    np.testing.assert_allclose(split.residual[15, 18], [4, 3], atol=0.05)
    np.testing.assert_allclose(split.camera + split.residual, field)


def test_only_valid_pixels_speak() -> None:
    field = affine(np.array([[0, 0, 1.0], [0, 0, 0]]))
    field[:, 15:], valid = 99, np.zeros((30, 40), bool)
    valid[:, :15] = True
    np.testing.assert_allclose(flow.remove_camera_motion(field, valid).parameters[0, 2], 1)


def test_the_split_is_read_only_and_keeps_the_dtype() -> None:
    split = flow.remove_camera_motion(np.zeros((4, 5, 2), np.float32))
    assert split.residual.dtype == split.camera.dtype == np.float32
    assert not split.residual.flags.writeable


def test_too_few_pixels_are_refused() -> None:
    valid = np.zeros((30, 40), bool)
    valid[0, :2] = True
    with pytest.raises(ShapeError, match="at least 3"):
        flow.remove_camera_motion(np.zeros((30, 40, 2)), valid)
    valid[1, 0] = True
    flow.remove_camera_motion(np.zeros((30, 40, 2)), valid)
    for bad in (valid[:, :-1], valid.astype(int)):
        with pytest.raises(ShapeError, match="got"):
            flow.remove_camera_motion(np.zeros((30, 40, 2)), bad)
