r"""A linear support vector machine, trained exactly: the learned fusion of the 2014 paper.

    minimise over w, b:   |w|^2 / 2 + C sum_i max(0, 1 - y_i (w x_i + b))^2,     y_i = 1 or -1

One class against the rest. Where the examples that count (those within the margin) are known, this
is ridge regression on them alone; so: solve, look who counts now, solve again, until nobody changes
sides. Chapelle, Training a Support Vector Machine in the Primal, Neural Computation 19 (2007).
"""

import numpy as np
from jaxtyping import Float

from vidcore.errors import ShapeError
from vidcore.twostream.fusion import LinearFusion

ROUNDS = 100  # of who counts; a few are enough, and halving steps guards against cycles
HALVINGS = 30


def fit_svm(features: np.ndarray, labels: np.ndarray, *, classes: int, C: float) -> LinearFusion:
    """Train one linear classifier per class, each against all the others.

    Parameters
    ----------
    features
        `(N, D)`: an example per row; see `fusion.both_answers`.
    labels
        `(N,)`: integers from 0 to `classes` - 1.
    classes
        How many there are.
    C
        Price of an error against the length of the weights, above 0. Larger fits closer.

    Raises
    ------
    ShapeError
        If the two do not fit together, a label is out of range, or C is not above 0.
    """
    if features.ndim != 2 or labels.shape != features.shape[:1] or not len(labels):
        raise ShapeError(
            f"An SVM needs features (N, D) and labels (N,); got {features.shape}, {labels.shape}."
        )
    if labels.min() < 0 or labels.max() >= classes or not C > 0:
        raise ShapeError(
            f"An SVM needs labels from 0 to {classes - 1} and C above 0; "
            f"got {labels.min()} to {labels.max()} and {C}."
        )
    X = np.column_stack([features, np.ones(len(features))]).astype(np.float64)
    rows = [separate(X, np.where(labels == k, 1.0, -1.0), C=C) for k in range(classes)]
    w = np.array(rows)
    return LinearFusion(w[:, :-1].copy(), w[:, -1].copy())


def separate(
    X: Float[np.ndarray, "N D"], y: Float[np.ndarray, " N"], *, C: float
) -> Float[np.ndarray, " D"]:
    """Train one class against the rest by Newton steps; the last column of X is the bias."""
    w = np.zeros(X.shape[1])
    for _ in range(ROUNDS):
        inside = y * (X @ w) < 1
        target = ridge(X[inside], y[inside], C=C)
        w_next = descend(w, target, X, y, C=C)
        settled = np.array_equal(inside, y * (X @ w_next) < 1) and np.array_equal(w_next, target)
        w = w_next
        if settled:
            break
    return w


def ridge(
    X: Float[np.ndarray, "M D"], y: Float[np.ndarray, " M"], *, C: float
) -> Float[np.ndarray, " D"]:
    """Solve the problem of the examples within the margin: where its gradient is zero."""
    short = np.ones(X.shape[1])
    short[-1] = np.finfo(np.float64).eps  # the bias may be as long as it likes
    hessian = np.diag(short) + 2 * C * X.T @ X
    solution: np.ndarray = np.linalg.solve(hessian, 2 * C * X.T @ y)
    return solution


def descend(
    w: Float[np.ndarray, " D"],
    target: Float[np.ndarray, " D"],
    X: Float[np.ndarray, "N D"],
    y: Float[np.ndarray, " N"],
    *,
    C: float,
) -> Float[np.ndarray, " D"]:
    """Go to the target, or halve the way until the price has fallen."""
    price, share = objective(w, X, y, C=C), 1.0
    for _ in range(HALVINGS):
        moved = target if share == 1 else w + share * (target - w)
        if objective(moved, X, y, C=C) <= price:
            return moved
        share /= 2
    return w


def objective(
    w: Float[np.ndarray, " D"],
    X: Float[np.ndarray, "N D"],
    y: Float[np.ndarray, " N"],
    *,
    C: float,
) -> float:
    """Return what is minimised: short weights, and a price for what lies within the margin."""
    short = np.maximum(0, 1 - y * (X @ w))
    return float(w[:-1] @ w[:-1] / 2 + C * short @ short)
