"""vidcore.twostream.svm: the learned fusion is the minimum that it says it is."""

import numpy as np
import pytest
import torch

from vidcore import twostream
from vidcore.errors import ShapeError
from vidcore.twostream.svm import objective, separate


def examples(rng: np.random.Generator, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds that overlap."""
    labels = rng.integers(0, 3, n)
    centres = np.array([[0, 0], [2, 0], [0, 2]])
    return centres[labels] + rng.normal(0, 0.8, (n, 2)), labels


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_no_general_minimiser_finds_a_lower_price(rng: np.random.Generator, C: float) -> None:
    X, labels = examples(rng)
    X, y = np.column_stack([X, np.ones(len(X))]), np.where(labels == 1, 1.0, -1.0)
    w = separate(X, y, C=C)
    v = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    x, side = torch.from_numpy(X), torch.from_numpy(y)
    search = torch.optim.LBFGS(
        [v], max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe"
    )

    def price() -> torch.Tensor:
        search.zero_grad()
        short = (1 - side * (x @ v)).clamp(min=0)
        total = (v[:2] @ v[:2]) / 2 + C * short @ short
        total.backward()
        return total

    search.step(price)
    theirs = v.detach().numpy()
    np.testing.assert_allclose(w, theirs, rtol=1e-4, atol=1e-5)
    assert objective(w, X, y, C=C) <= objective(theirs, X, y, C=C) + 1e-9


def test_it_learns_whom_to_believe_about_what(rng: np.random.Generator) -> None:
    """The spatial stream knows class 0 from the rest, the temporal stream class 1 from class 2."""
    labels = rng.integers(0, 3, 600)
    s, t = rng.normal(size=(2, 600, 3))
    s[:, 0] += np.where(labels == 0, 4, -4)
    t[:, 1] += np.where(labels == 1, 4, -4) * (labels != 0)
    train, test = slice(0, 300), slice(300, 600)
    fusion = twostream.fit_svm(
        twostream.both_answers(s[train], t[train]), labels[train], classes=3, C=1.0
    )
    learned = twostream.fuse_learned(s[test], t[test], fusion).argmax(axis=1)
    averaged = (twostream.softmax(s[test]) + twostream.softmax(t[test])).argmax(axis=1)
    assert (learned == labels[test]).mean() > (averaged == labels[test]).mean() + 0.05


def test_a_class_that_never_occurs_is_never_chosen(rng: np.random.Generator) -> None:
    X, labels = examples(rng)
    fusion = twostream.fit_svm(X, labels, classes=4, C=1.0)
    assert fusion.weights.shape == (4, 2)
    assert ((X @ fusion.weights.T + fusion.bias).argmax(axis=1) != 3).all()


def test_what_is_no_training_set_is_refused(rng: np.random.Generator) -> None:
    X, labels = examples(rng)
    with pytest.raises(ShapeError, match="features"):
        twostream.fit_svm(X, labels[:-1], classes=3, C=1.0)
    with pytest.raises(ShapeError, match="features"):
        twostream.fit_svm(X[:0], labels[:0], classes=3, C=1.0)
    with pytest.raises(ShapeError, match="0 to 1"):
        twostream.fit_svm(X, labels, classes=2, C=1.0)
    for C in (0.0, -1.0):
        with pytest.raises(ShapeError, match="above 0"):
            twostream.fit_svm(X, labels, classes=3, C=C)
