"""The two file formats of flow: Middlebury's `.flo` and KITTI's 16-bit png.

    .flo    float32 202021.25 ("PIEH"), int32 width, int32 height, then (u, v) row by row, float32
    png     red = 64 u + 2^15, green = 64 v + 2^15, blue = 1 where known: steps of 1/64 pixel

All little-endian; png as its standard says. Bytes may come from anyone: sizes are checked before
anything is allocated.
"""

import struct

import cv2
import numpy as np

from vidcore.errors import DecodeError, ShapeError
from vidcore.flow.warp import check_flow

FLO_MAGIC = struct.pack("<f", 202021.25)
FLO_HEADER = struct.Struct("<4sii")
FLO_UNKNOWN = 1e9  # Baker et al.: a larger component means "unknown"
FLO_UNKNOWN_VALUE = np.float32(1.6666667e9)  # what their writer puts there

PNG_HEADER = struct.Struct(">8sI4sIIBB")  # signature, length, "IHDR", width, height, depth, colour
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_DEPTH, PNG_RGB = 16, 2
KITTI_STEP, KITTI_ZERO = 64, 2**15

MOST_PIXELS = 2**25  # one field: 268 MB as float32


def read_flo(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return (flow, valid) of a Middlebury file.

    Returns
    -------
    flow
        `(H, W, 2)` float32 in pixels; zero where unknown.
    valid
        `(H, W)`: True where known.

    Raises
    ------
    DecodeError
        If the bytes are not a whole `.flo` file of up to 2^25 pixels.
    """
    if len(data) < FLO_HEADER.size or not data.startswith(FLO_MAGIC):
        raise DecodeError("A .flo file starts with 'PIEH', width and height; these bytes do not.")
    _, W, H = FLO_HEADER.unpack_from(data)
    _check_size(W, H)
    needed = FLO_HEADER.size + 2 * 4 * W * H
    if len(data) != needed:
        raise DecodeError(
            f"A .flo file of {W} x {H} has {needed} bytes; got {len(data)}. Download it again."
        )
    raw = np.frombuffer(data, "<f4", offset=FLO_HEADER.size).reshape(H, W, 2)
    valid = (np.abs(raw) <= FLO_UNKNOWN).all(axis=-1)  # False for NaN as well
    return np.where(valid[..., None], raw, 0).astype(np.float32), valid


def write_flo(flow: np.ndarray, valid: np.ndarray | None = None) -> bytes:
    """Return a field as a Middlebury file; what is not `valid` is written as unknown.

    Raises
    ------
    ShapeError
        If the flow is not a finite `(H, W, 2)` field, or the mask does not fit.
    """
    known = _check_field(flow, valid)
    H, W = known.shape
    values = np.where(known[..., None], flow, FLO_UNKNOWN_VALUE).astype("<f4")
    return FLO_HEADER.pack(FLO_MAGIC, W, H) + values.tobytes()


def read_kitti(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return (flow, valid) of a KITTI flow png; as `read_flo`.

    Raises
    ------
    DecodeError
        If the bytes are not a 16-bit RGB png of up to 2^25 pixels.
    """
    if len(data) < PNG_HEADER.size:
        raise DecodeError(f"A png starts with {PNG_HEADER.size} bytes of header; got {len(data)}.")
    signature, _, kind, W, H, depth, colour = PNG_HEADER.unpack_from(data)
    if (signature, kind) != (PNG_SIGNATURE, b"IHDR") or (depth, colour) != (PNG_DEPTH, PNG_RGB):
        raise DecodeError("KITTI flow is a 16-bit RGB png; these bytes are something else.")
    _check_size(W, H)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.shape != (H, W, 3) or image.dtype != np.uint16:
        raise DecodeError("The png is damaged: it could not be decoded. Download it again.")
    known, v, u = (image[..., c].astype(np.float32) for c in range(3))  # OpenCV's order: B, G, R
    valid = known > 0
    flow = (np.stack([u, v], axis=-1) - KITTI_ZERO) / KITTI_STEP
    return np.where(valid[..., None], flow, np.float32(0)), valid


def write_kitti(flow: np.ndarray, valid: np.ndarray | None = None) -> bytes:
    """Return a field as a KITTI flow png, rounded to 1/64 pixel.

    Raises
    ------
    ShapeError
        If the flow is not a finite `(H, W, 2)` field, the mask does not fit, or a valid component
        is not within -512 to 511.98 pixels.
    """
    known = _check_field(flow, valid)
    coded = np.rint(np.where(known[..., None], flow, 0) * float(KITTI_STEP)) + KITTI_ZERO
    if coded.min() < 0 or coded.max() > np.iinfo(np.uint16).max:
        raise ShapeError(
            "A KITTI png holds flow from -512 to 511.98 pixels; got "
            f"{flow[known].min():.1f} to {flow[known].max():.1f}. Use write_flo instead."
        )
    image = np.dstack([known, coded[..., 1], coded[..., 0]]).astype(np.uint16)
    return cv2.imencode(".png", image)[1].tobytes()


def _check_size(W: int, H: int) -> None:
    if W < 1 or H < 1 or W * H > MOST_PIXELS:
        raise DecodeError(
            f"A flow file holds 1 to {MOST_PIXELS} pixels; its header says {W} x {H}."
        )


def _check_field(flow: np.ndarray, valid: np.ndarray | None) -> np.ndarray:
    check_flow(flow)
    known = np.ones(flow.shape[:2], bool) if valid is None else valid
    if known.shape != flow.shape[:2] or known.dtype != bool:
        raise ShapeError(f"A mask is bool {flow.shape[:2]}; got {known.dtype} {known.shape}.")
    return known
