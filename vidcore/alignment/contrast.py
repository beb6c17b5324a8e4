r"""The contrastive loss: of all texts in the batch, which one belongs to this clip, and back.

    S = clips . texts            cosine, both of length 1
    p = softmax(S / tau)         over the texts in each row, over the clips in each column
    L = (mean_rows H(target, p) + mean_columns H(target, p)) / 2

van den Oord et al. 2018 (InfoNCE); Radford et al. 2021 (CLIP), symmetric. Ours: two clips of one
batch may fit one text. A target then spreads evenly over all that fit (Khosla et al. 2020), for a
true pair is no negative. A row or column without any fit is a negative for the others and nothing
by itself.
"""

import numpy as np
from jaxtyping import Bool, Float


def cosine(a: Float[np.ndarray, "N D"], b: Float[np.ndarray, "M D"]) -> Float[np.ndarray, "N M"]:
    """Return the cosine of the angle between every two vectors, -1 to 1."""
    a = a / np.linalg.norm(a, axis=-1, keepdims=True)
    b = b / np.linalg.norm(b, axis=-1, keepdims=True)
    return np.asarray(a @ b.T)


def log_softmax(x: Float[np.ndarray, "N M"]) -> Float[np.ndarray, "N M"]:
    """Return the logarithm of the softmax of every row."""
    x = x - x.max(axis=-1, keepdims=True)  # the same softmax, and no overflow
    return np.asarray(x - np.log(np.exp(x).sum(axis=-1, keepdims=True)))


def one_way(
    similarity: Float[np.ndarray, "N M"], fits: Bool[np.ndarray, "N M"], *, temperature: float
) -> float:
    """Return the mean cross-entropy of the rows that fit anything.

    Parameters
    ----------
    temperature
        What similarities are divided by, above 0; smaller makes the softmax sharper.
    """
    asked = fits.any(axis=-1)
    target = fits[asked] / fits[asked].sum(axis=-1, keepdims=True)
    log_p = log_softmax(similarity / temperature)[asked]
    return float(-(target * log_p).sum(axis=-1).mean())


def info_nce(
    similarity: Float[np.ndarray, "N M"], fits: Bool[np.ndarray, "N M"], *, temperature: float
) -> float:
    """Return the symmetric contrastive loss, in nats.

    Parameters
    ----------
    similarity
        Cosines of clips (rows) and texts (columns).
    fits
        True where the text is true of the clip.
    temperature
        What similarities are divided by, above 0.
    """
    to_text = one_way(similarity, fits, temperature=temperature)
    to_clip = one_way(similarity.T, fits.T, temperature=temperature)
    return (to_text + to_clip) / 2


def pull(
    similarity: Float[np.ndarray, "N M"], fits: Bool[np.ndarray, "N M"], *, temperature: float
) -> Float[np.ndarray, "N M"]:
    r"""Return how a step down the loss moves every similarity: up where above 0, down below.

        pull = -dL / d(S / tau) = ((target - p)_rows / rows + (target - p)_columns / columns) / 2

    What is right and already certain is left alone, and so is what is wrong and already far.
    """
    rows = missing(similarity / temperature, fits)
    columns = missing(similarity.T / temperature, fits.T).T
    return np.asarray((rows + columns) / 2)


def missing(
    scores: Float[np.ndarray, "N M"], fits: Bool[np.ndarray, "N M"]
) -> Float[np.ndarray, "N M"]:
    """Return what the softmax of each row lacks of its target, over the rows that ask."""
    asked = fits.any(axis=-1, keepdims=True)
    target = fits / np.maximum(fits.sum(axis=-1, keepdims=True), 1)
    return np.asarray(asked * (target - np.exp(log_softmax(scores))) / asked.sum())
