"""What a fitted model is kept as: plain numbers, rounded before anything rests on them, under a name and a fingerprint.

Knows no engine, so that it costs nothing to import.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from keguan.core import fingerprint
from keguan.core.errors import fail

Record = dict[str, Any]
"""A fitted model as plain data: its parameters, how well it fits, and its own `fingerprint`."""

YEARLY_RATE = 0.1
"""Effective yearly rate by which later purchases count less (our default)."""
_DIGITS = 10


def named(name: str, make: Callable[[], Record]) -> Record:
    """The record that `make` gives, rounded, as the model `name`. Raises KG801 without the extra, and what `make` raises."""
    require_models()
    record = rounded(make())
    return {"name": name, **record, "fingerprint": fingerprint.of_json(record)}


def spending_record(model: Record, margin: object) -> Record:
    """A model of spending with what turns purchases into value: the base's margin, None where unknown, and the yearly rate."""
    return {**model, "margin": None if margin is None else str(margin), "yearly_rate": YEARLY_RATE}


def require_models() -> None:
    """Raises KG801 where the extra `models` is not installed."""
    if find_spec("scipy") is None:
        raise fail("KG801", extra="models")


def rounded(value: Any) -> Any:
    """Every fraction at ten significant digits: what a machine adds in its own way does not show. What carries a fingerprint of
    its own stays as it is."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return value if "fingerprint" in value else {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value
