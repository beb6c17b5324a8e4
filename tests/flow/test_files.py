"""vidcore.flow.files: both formats byte by byte, and bytes that lie."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidcore import flow
from vidcore.errors import DecodeError, ShapeError

FIELD = np.array([[[1.5, -2.0], [0.25, 3.0], [100.0, -0.5]]], np.float32)  # one row, three columns


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, depth: int = 16, rows: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def test_a_flo_file_is_read_row_by_row_u_first() -> None:
    data = b"PIEH" + struct.pack("<ii", 3, 1) + struct.pack("<6f", 1.5, -2, 0.25, 3, 100, -0.5)
    field, valid = flow.read_flo(data)
    np.testing.assert_array_equal(field, FIELD)
    assert valid.all()
    assert flow.write_flo(FIELD) == data


def test_a_kitti_png_holds_u_in_red_v_in_green_known_in_blue() -> None:
    pixels = [(2**15 + 64, 2**15 - 128, 1), (2**15 + 1, 2**15, 1), (9, 9, 0)]
    rows = b"\0" + b"".join(struct.pack(">HHH", *pixel) for pixel in pixels)
    field, valid = flow.read_kitti(png(3, 1, rows=rows))
    np.testing.assert_array_equal(field, [[[1, -2], [1 / 64, 0], [0, 0]]])
    np.testing.assert_array_equal(valid, [[True, True, False]])


@given(H=st.integers(1, 9), W=st.integers(1, 9), seed=st.integers(0, 99))
def test_what_is_written_is_read_back(H: int, W: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    field, valid = rng.uniform(-511, 511, (H, W, 2)).astype(np.float32), rng.random((H, W)) < 0.7
    exact, known = flow.read_flo(flow.write_flo(field, valid))
    np.testing.assert_array_equal(known, valid)
    np.testing.assert_array_equal(exact, np.where(valid[..., None], field, 0))
    rounded, known = flow.read_kitti(flow.write_kitti(field, valid))
    np.testing.assert_array_equal(known, valid)
    np.testing.assert_allclose(rounded, exact, atol=1 / 128)  # half a step


def test_huge_and_missing_values_are_unknown() -> None:
    data = b"PIEH" + struct.pack("<ii4f", 2, 1, 2e9, 0, np.nan, 1)
    field, valid = flow.read_flo(data)
    assert not valid.any()
    np.testing.assert_array_equal(field, 0)


@pytest.mark.parametrize("read", [flow.read_flo, flow.read_kitti])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_field_or_a_decode_error(read, data: bytes) -> None:  # type: ignore[no-untyped-def]
    for prefix in (b"", b"PIEH", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", png(2, 2)[:40]):
        try:
            field, valid = read(prefix + data)
        except DecodeError:
            continue
        assert field.shape == (*valid.shape, 2)
        assert np.isfinite(field).all()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PIEH" + struct.pack("<ii", 2**30, 2**30), "header says"),
        (b"PIEH" + struct.pack("<ii", -1, 5), "header says"),
        (b"PIEH" + struct.pack("<ii", 0, 5), "header says"),
        (flow.write_flo(FIELD)[:-1], "has 36 bytes; got 35"),
        (flow.write_flo(FIELD) + b"\0", "has 36 bytes; got 37"),
        (b"HEIP" + flow.write_flo(FIELD)[4:], "PIEH"),
    ],
)
def test_a_flo_file_whose_header_lies_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        flow.read_flo(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (png(2**20, 2**20), "header says"),
        (png(0, 1), "header says"),
        (png(2, 2, depth=8), "16-bit"),
        (png(2, 2, rows=b""), "damaged"),
        (flow.write_kitti(FIELD)[:60], "damaged"),
        (b"", "header"),
    ],
)
def test_a_png_that_is_no_flow_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        flow.read_kitti(data)


@pytest.mark.parametrize("value", [-512.0, 511.98])
def test_a_png_holds_512_pixels_either_way_and_no_more(value: float) -> None:
    field = np.full((1, 1, 2), value)
    flow.write_kitti(field)
    with pytest.raises(ShapeError, match="write_flo"):
        flow.write_kitti(field + np.sign(value) / 50)


def test_fields_that_are_none_are_refused() -> None:
    for write in (flow.write_flo, flow.write_kitti):
        with pytest.raises(ShapeError, match="got"):
            write(np.zeros((3, 4)))
        with pytest.raises(ShapeError, match="mask"):
            write(np.zeros((3, 4, 2)), np.ones((4, 3), bool))
