"""Best one-to-one matching of fields and columns (the Hungarian method on a small dense table)."""

from __future__ import annotations

from collections.abc import Sequence


def best_assignment(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """For each row the column it gets, so that the sum of scores is largest; None where only a score of 0 was left.

    `scores[row][column]` >= 0, rows <= columns not required. O(rows² · columns).
    """
    if not scores or not scores[0]:
        return [None] * len(scores)
    rows, columns = len(scores), len(scores[0]) + len(scores)
    cost = [[-value for value in row] + [0.0] * rows for row in scores]
    of_row, of_column = [0.0] * (rows + 1), [0.0] * (columns + 1)
    owner, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0] = row
        column = _augment(cost, of_row, of_column, owner, way)
        while column:
            owner[column] = owner[way[column]]
            column = way[column]
    result: list[int | None] = [None] * rows
    for column in range(1, len(scores[0]) + 1):
        row = owner[column]
        if row and scores[row - 1][column - 1] > 0:
            result[row - 1] = column - 1
    return result


def _augment(
    cost: Sequence[Sequence[float]],
    of_row: list[float],
    of_column: list[float],
    owner: list[int],
    way: list[int],
) -> int:
    """One shortest augmenting path from the row in `owner[0]`; returns the free column it ends in."""
    columns = len(owner) - 1
    least, seen, column = [float("inf")] * (columns + 1), [False] * (columns + 1), 0
    while owner[column]:
        seen[column] = True
        row, step, nearest = owner[column], float("inf"), 0
        for other in range(1, columns + 1):
            if seen[other]:
                continue
            reduced = cost[row - 1][other - 1] - of_row[row] - of_column[other]
            if reduced < least[other]:
                least[other], way[other] = reduced, column
            if least[other] < step:
                step, nearest = least[other], other
        for other in range(columns + 1):
            if seen[other]:
                of_row[owner[other]] += step
                of_column[other] -= step
            else:
                least[other] -= step
        column = nearest
    return column
