"""Reference sentences as the person would say them: a map from the coefficients of one voice to those of another.

Where some sentences are known, their steps are aligned with those of the reference, and each coefficient of the person
is explained by those of the reference around that time (linear regression with a small ridge).
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.takes.features import Features
from narrator.takes.likeness import align

Said: TypeAlias = Sequence[tuple[int, Features]]
"""Sentences that are known, by their places among the references, and the coefficients of the person."""

Sums: TypeAlias = NDArray[np.float64]

_AROUND = 2
"""Steps before and after one that explain it."""
_RIDGE = 10.0


def imitate(references: Sequence[Features], said: Said) -> list[Features]:
    """Return the references in the person's voice.

    What is taken for a sentence is not used to imitate that sentence, because a mistake would confirm itself.
    """
    explained = [_add_context(reference) for reference in references]
    learned: dict[int, tuple[Sums, Sums]] = {}
    for sentence, features in said:
        pairs = align(references[sentence], features)
        inputs = explained[sentence][pairs[:, 0]]
        learned[sentence] = inputs.T @ inputs, inputs.T @ features[pairs[:, 1]]
    squares, products = (np.sum([sums[side] for sums in learned.values()], axis=0) for side in (0, 1))
    squares += _RIDGE * np.eye(len(squares))
    imitated = []
    for sentence, inputs in enumerate(explained):
        own_squares, own_products = learned.get(sentence, (0.0, 0.0))
        weights = np.linalg.solve(squares - own_squares, products - own_products)
        imitated.append((inputs @ weights).astype(np.float32))
    return imitated


def _add_context(features: Features) -> NDArray[np.float64]:
    """Return each step with those around it and a constant, shape (steps, coefficients x around + 1)."""
    padded = np.pad(features, ((_AROUND, _AROUND), (0, 0)), mode="edge")
    parts = [padded[at : at + len(features)] for at in range(2 * _AROUND + 1)]
    return np.concatenate([*parts, np.ones((len(features), 1))], axis=1, dtype=np.float64)
