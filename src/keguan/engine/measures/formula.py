"""How a measure comes about, written in the language of conditions: what a table of measures shows beside each name."""

from __future__ import annotations

from keguan.engine.measures.definition import Computed, Definition, Fitted, Gathered
from keguan.language import ast
from keguan.language.writer import write


def formula(definition: Definition) -> str:
    """`sum(amount) of orders where status = "completed"`, `net_profit / customer_outlay`, `rhythm.median(purchase_days)`.

    Windows and parameters of a family go without saying: they are in its name.
    """
    source = definition.source
    if isinstance(source, Gathered):
        return _gathered(source)
    if isinstance(source, Computed):
        return _computed(source)
    return _fitted(source)


def without_rows(definition: Definition) -> str:
    """What it says of who has no row to count: `zero`, `unknown`, or `none` where that is known to be so. What is computed is
    unknown wherever a part of it is, and `of parts` says so."""
    if not isinstance(definition.source, Gathered):
        return "of parts"
    return {"zero": "zero", "missing": "unknown", "undefined": "none"}[definition.source.empty]


def _gathered(source: Gathered) -> str:
    of = "" if source.of is None else write(source.of)
    where = "" if source.where == ast.TRUE else f" where {write(source.where)}"
    return f"{source.aggregate}({of}) of {source.table}{where}"


def _computed(source: Computed) -> str:
    if source.expression is not None:
        return write(source.expression)
    if source.operation == "total":
        return " + ".join(source.reads)
    operation = f"rhythm.{source.figure}" if source.operation == "rhythm" else source.operation
    return f"{operation}({', '.join(source.reads)})"


def _fitted(source: Fitted) -> str:
    horizon = "" if source.months is None else f" in {source.months} months"
    return f"{source.figure}{horizon} by model {', '.join(source.models)} of {', '.join(source.reads)}"
