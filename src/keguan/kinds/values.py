"""Values in cuts: exact decimals and days as text in JSON, and back by the type of the measure they belong to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from keguan.core.money import plain
from keguan.engine.measures.resolve import find
from keguan.language import ast


def to_json(value: ast.Value, name: str | None = None, subject: str = "customer") -> Any:
    """Decimals and days become text, everything else is JSON already.

    A measure's type is known when the text is read again. A value of anything else, called `name`, says its type itself:
    `{"date": "2024-02-29"}`.
    """
    if not isinstance(value, (Decimal, date)):
        return value
    text = value.isoformat() if isinstance(value, date) else _written(value)
    if name is None or find(name, subject) is not None:
        return text
    return {"date" if isinstance(value, date) else "number": text}


def _written(value: Decimal) -> str:
    return plain(value) if value == value.quantize(Decimal("0.0001")) else f"{value:f}"


def from_json(name: str, value: Any, subject: str = "customer") -> ast.Literal:
    """The constant a cut holds for the measure `name` of `subject`."""
    measure = find(name, subject)
    kind = measure.definition.type if measure else "text"
    if isinstance(value, dict):
        [(kind, value)] = value.items()
    if isinstance(value, str) and kind == "date":
        return ast.Literal(date.fromisoformat(value))
    if isinstance(value, str) and kind in ("money", "number"):
        return ast.Literal(Decimal(value))
    return ast.Literal(value)
