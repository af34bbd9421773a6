"""How alike two sounds are: dynamic time warping of their coefficients.

The cost of a pair is the least mean distance along a path through both, on which neither is ever more than twice as
fast as the other (Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition", IEEE
Trans. ASSP 26, 1978, with a slope of at most two). The distance is one minus the cosine between two moments. With an
open end, the whole of the first is compared with a beginning of the second.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.takes.features import Features

_BATCH = 64
"""Pairs compared at once."""
UNLIKE = 1.0
"""Cost of a pair that cannot be compared, because one is more than twice as long: that of unrelated sounds."""


def compare_pairs(pairs: Sequence[tuple[Features, Features]], *, open_end: bool = False) -> NDArray[np.float64]:
    """Return the cost of each pair; all are compared side by side, those of like length together."""
    costs = np.full(len(pairs), UNLIKE)
    sizes = [(len(first), len(second)) for first, second in pairs]
    fitting = [number for number, (one, other) in enumerate(sizes) if _may_fit(one, other, open_end=open_end)]
    fitting.sort(key=lambda number: sizes[number])
    for start in range(0, len(fitting), _BATCH):
        numbers = fitting[start : start + _BATCH]
        costs[numbers] = _compare([pairs[number] for number in numbers], open_end=open_end)
    return costs


def _may_fit(one: int, other: int, *, open_end: bool) -> bool:
    return one > 1 and other > 1 and other > 0.5 * one and (open_end or other < 2 * one)


def _compare(pairs: Sequence[tuple[Features, Features]], *, open_end: bool) -> NDArray[np.float64]:
    lengths = np.array([(len(first), len(second)) for first, second in pairs])
    if open_end:
        lengths[:, 1] = np.minimum(lengths[:, 1], 2 * lengths[:, 0])
    first, second = (_stack([pair[side] for pair in pairs], lengths[:, side]) for side in (0, 1))
    total = _walk(1 - first @ second.transpose(0, 2, 1))
    every = np.arange(len(pairs))
    means = total[every, lengths[:, 0] - 1] / (lengths[:, :1] + np.arange(1, total.shape[2] + 1))
    ends = lengths[:, 1] - 1
    if not open_end:
        found = means[every, ends]
    else:
        found = np.where(np.arange(total.shape[2]) <= ends[:, None], means, np.inf).min(axis=1)
    costs: NDArray[np.float64] = np.minimum(found, UNLIKE).astype(np.float64)
    return costs


def align(first: Features, second: Features) -> NDArray[np.int64]:
    """Return the steps of two sounds that are together on the best path, shape (pairs, 2); none if there is no path."""
    lengths = np.array([(len(first), len(second))])
    distances = 1 - _stack([first], lengths[:, 0])[0] @ _stack([second], lengths[:, 1])[0].T
    total = np.pad(_walk(distances[None])[0], ((2, 0), (2, 0)), constant_values=np.inf)
    total[1, 1] = 0
    row, column = len(first) - 1, len(second) - 1
    pairs: list[tuple[int, int]] = []
    while row >= 0 and column >= 0 and np.isfinite(total[row + 2, column + 2]):
        here = distances[row, column]
        ways = {(1, 1): total[row + 1, column + 1] + 2 * here}
        if row:
            ways[2, 1] = total[row, column + 1] + 2 * distances[row - 1, column] + here
        if column:
            ways[1, 2] = total[row + 1, column] + 2 * distances[row, column - 1] + here
        back, side = min(ways, key=lambda way: ways[way])
        pairs += [(row - one, column - other) for one in range(back) for other in range(side)]
        row, column = row - back, column - side
    return np.array(pairs, np.int64).reshape(-1, 2)


def _stack(parts: Sequence[Features], lengths: NDArray[Any]) -> NDArray[np.float32]:
    """Return unit vectors, shape (parts, steps of the longest, coefficients)."""
    stacked = np.zeros((len(parts), int(lengths.max()), parts[0].shape[1]), np.float32)
    for number, (part, length) in enumerate(zip(parts, lengths, strict=True)):
        stacked[number, :length] = part[:length] / (np.linalg.norm(part[:length], axis=1, keepdims=True) + 1e-6)
    return stacked


def _walk(distances: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the least sum of distances up to each place, shape (pairs, rows, columns).

    A step in both counts twice, so that all paths to a place have the same number of steps.
    """
    pairs, rows, columns = distances.shape
    # Two rows and columns before the first, in which a path starts.
    total = np.full((pairs, rows + 2, columns + 2), np.inf, np.float32)
    total[:, 1, 1] = 0
    for row in range(rows):
        here = distances[:, row]
        best = total[:, row + 1, 1:-1] + 2 * here
        if row:
            best = np.minimum(best, total[:, row, 1:-1] + 2 * distances[:, row - 1] + here)
        best[:, 1:] = np.minimum(best[:, 1:], total[:, row + 1, 1:-2] + 2 * here[:, :-1] + here[:, 1:])
        total[:, row + 2, 2:] = best
    return total[:, 2:, 2:]
