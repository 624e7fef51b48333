"""Work over many rows in cache-sized pieces, always in the same order; knows no model.

One thread on purpose: the pieces are so short that threads would spend their time handing over the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from keguan.models._special import Floats

#: Rows per piece: fits the second-level cache and hides the interpreter.
SIZE = 8192


def pieces(n: int, size: int = SIZE) -> Iterator[slice]:
    """Consecutive slices that cover range(n)."""
    return (slice(i, min(i + size, n)) for i in range(0, n, size))


def fill_pieces(work: Callable[[slice], Floats], n: int, size: int = SIZE) -> Floats:
    """An array of n rows whose slices are filled by `work`."""
    out = np.empty(n)
    for piece in pieces(n, size):
        out[piece] = work(piece)
    return out
