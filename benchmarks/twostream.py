"""Two streams: references beside the article's loops and torch, and flow beside the networks."""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.ratio import Ratio, compare
from vidcore import twostream
from vidcore.twostream.small_torch import FlowNet, FrameNet, flow_of
from vidcore.twostream.svm import fit_svm
from vidcore.twostream.watch import flow_between
from vidcore.twostream.watch_torch import find_flow

SIDE, FILTERS, FIELDS = 112, 24, 10  # a frame as C3D read it, our first layer's width, published L
SMALL = 24  # pixels: what the triple loop gets through while one waits
CLASSES, CLIPS = 14, 1400  # actions, validation clips


def measure() -> list[Ratio]:
    """Compare the room's costly parts."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    return [*features(rng), *fusion(rng), svm(rng), *flow_and_networks(rng)]


def features(rng: np.random.Generator) -> list[Ratio]:
    """Compare the first layers."""
    frame = rng.random((SIDE, SIDE, 3), dtype=np.float32)
    flow = rng.standard_normal((FIELDS, SIDE, SIDE, 2), dtype=np.float32)
    colour = rng.standard_normal((FILTERS, 3, 3, 3), dtype=np.float32)
    motion = rng.standard_normal((FILTERS, 3, 3, 2 * FIELDS), dtype=np.float32)
    stack = twostream.stack_flow(flow)
    return [
        compare(
            f"spatial features, {SMALL} x {SMALL}, {FILTERS} filters",
            partial(twostream.spatial_features, frame[:SMALL, :SMALL], colour),
            partial(plain_loop, frame[:SMALL, :SMALL], colour),
            against="the article's triple loop",
            target=0.02,
            pairs=3,
        ),
        compare(
            f"spatial features, {SIDE} x {SIDE}, {FILTERS} filters",
            partial(twostream.spatial_features, frame, colour),
            partial(by_torch, frame, colour),
            against="torch conv2d, one thread",
            repeats=10,
        ),
        compare(
            f"temporal features, {SIDE} x {SIDE}, {2 * FIELDS} channels",
            partial(twostream.temporal_features, flow, motion),
            partial(by_torch, stack, motion),
            against="torch conv2d, one thread, stack ready",
            repeats=10,
        ),
    ]


def fusion(rng: np.random.Generator) -> list[Ratio]:
    """Compare all weights at once with one after the other."""
    s, t = rng.normal(size=(2, CLASSES))
    return [
        compare(
            "fusion at 101 weights, with exact turning points",
            partial(twostream.fusion_curve, s, t),
            partial(one_by_one, s, t),
            against="fuse, weight by weight",
            target=0.5,
            repeats=20,
        )
    ]


def svm(rng: np.random.Generator) -> Ratio:
    """Compare the learned fusion's training with a general minimiser of the same price."""
    y = rng.integers(CLASSES, size=CLIPS)
    s = 3 * np.eye(CLASSES)[y] + rng.normal(0, 1.5, (CLIPS, CLASSES))
    t = 3 * np.eye(CLASSES)[y] + rng.normal(0, 1.5, (CLIPS, CLASSES))
    X = twostream.both_answers(s, t)
    return compare(
        f"linear SVM, {CLIPS} clips, {CLASSES} classes",
        partial(fit_svm, X, y, classes=CLASSES, C=1.0),
        partial(by_lbfgs, X, y),
        against="torch L-BFGS on the same price",
        target=0.5,
        pairs=3,
    )


def flow_and_networks(rng: np.random.Generator) -> list[Ratio]:
    """Compare what a clip costs before and inside the networks; their weights do not matter."""
    frames = rng.random((16, 48, 48, 3), dtype=np.float32)
    video = torch.from_numpy(frames).movedim(3, 0)[None].contiguous()
    spatial, temporal = FrameNet().eval(), FlowNet().eval()
    flow = flow_of(video)

    @torch.inference_mode()
    def networks() -> None:
        spatial(video)
        temporal(flow=flow)

    @torch.inference_mode()
    def frame_network() -> None:
        spatial(video)

    @torch.inference_mode()
    def flow_network() -> None:
        temporal(flow=flow)

    at_once = partial(find_flow, frames[None])
    return [
        compare("flow of 16 frames, 48 x 48", at_once, networks,
                against="both of our small networks", repeats=3),
        compare("flow of 16 frames, torch", at_once, partial(flow_between, frames),
                against="the reference, pair by pair", repeats=3),
        compare("flow network", flow_network, frame_network, against="frame network", repeats=5),
    ]  # fmt: skip


def plain_loop(image: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """The article's features, pixel by pixel."""
    (H, W, _), N = image.shape, len(filters)
    features = np.zeros((H - 2, W - 2, N))
    for n in range(N):
        for y in range(H - 2):
            for x in range(W - 2):
                features[y, x, n] = np.sum(image[y : y + 3, x : x + 3] * filters[n])
    return np.maximum(features, 0)


@torch.inference_mode()
def by_torch(image: np.ndarray, filters: np.ndarray) -> Tensor:
    """The same by torch, from the same arrays."""
    batch = torch.from_numpy(image).movedim(2, 0)[None]
    return torch.relu(F.conv2d(batch, torch.from_numpy(filters).movedim(3, 1)))


def one_by_one(s: np.ndarray, t: np.ndarray) -> None:
    """Fuse at every weight in turn."""
    for weight in np.linspace(0, 1, 101):
        twostream.fuse(s, t, weight=weight).argmax()


def by_lbfgs(X: np.ndarray, y: np.ndarray) -> Tensor:
    """Minimise the SVM's price for all classes together."""
    side = torch.from_numpy(2.0 * np.eye(CLASSES)[y] - 1)
    x = torch.from_numpy(np.column_stack([X, np.ones(len(X))]))
    w = torch.zeros(x.shape[1], CLASSES, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS(
        [w], max_iter=300, tolerance_grad=1e-6, line_search_fn="strong_wolfe"
    )

    def price() -> Tensor:
        search.zero_grad()
        short = (1 - side * (x @ w)).clamp(min=0)
        total = (w[:-1] ** 2).sum() / 2 + (short**2).sum()
        total.backward()
        return total

    search.step(price)
    return w.detach()
