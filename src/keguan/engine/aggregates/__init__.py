"""Named aggregates: what a kind may ask about a population when it is fitted, answered for all schemes in few passes."""

from keguan.engine.aggregates.requests import (
    Answer,
    CutAnswer,
    CutsByHeads,
    CutsByValue,
    Key,
    Quantiles,
    QuantilesAnswer,
    Request,
    Rows,
    RowsAnswer,
    Tally,
    TallyAnswer,
)

__all__ = [
    "Answer",
    "CutAnswer",
    "CutsByHeads",
    "CutsByValue",
    "Key",
    "Quantiles",
    "QuantilesAnswer",
    "Request",
    "Rows",
    "RowsAnswer",
    "Tally",
    "TallyAnswer",
]
