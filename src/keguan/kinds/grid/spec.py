"""What a grid scheme says: two schemes with the classes that count, and which pairs belong to which class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from keguan.core.document import Reader
from keguan.kinds.base import Inputs, asked
from keguan.language import ast

ANY = "*"
_SIDE = {
    "type": "object",
    "required": ["scheme", "codes"],
    "properties": {
        "scheme": {"type": "string", "description": "a scheme, or scheme.dimension"},
        "codes": {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
    },
}
KEYS = {"rows": _SIDE, "columns": _SIDE}
CLASS_KEYS = {
    "cells": {
        "type": "array",
        "items": {"type": "string"},
        "description": "pairs row/column, * stands for every class of a side",
    },
    "otherwise": {"const": True, "description": "all pairs no class names"},
}
Cell = tuple[str, str]


@dataclass(frozen=True)
class Side:
    """A scheme, or one of its dimensions, with the classes that count."""

    scheme: str
    dimension: str | None
    codes: tuple[str, ...]

    def test(self, *codes: str) -> ast.ClassTest:
        """Whether the subject has one of these classes."""
        return ast.ClassTest(tuple(ast.ClassRef(self.scheme, c, self.dimension) for c in codes))


@dataclass(frozen=True)
class Grid:
    """Two sides, and the class of every cell."""

    rows: Side
    columns: Side
    classes: tuple[tuple[Cell, str], ...]

    def cells(self) -> Iterator[tuple[Cell, str]]:
        """Every cell with its class, row by row."""
        meant = dict(self.classes)
        for cell in product(self.rows.codes, self.columns.codes):
            yield cell, meant[cell]


def parse(reader: Reader) -> Grid:
    """The grid of a scheme document. Problems: KG411 (a cell without a class), KG456 (two classes for the rest), KG462 (a
    cell in two classes), KG463 (a cell that is not in the grid)."""
    rows, columns = _side(reader, "rows"), _side(reader, "columns")
    written = reader.items("classes")
    meant: dict[Cell, str] = {}
    rest: list[str] = []
    for one in written:
        code = one.text("code")
        rest += [code] if one.flag("otherwise", False) else []
        for text in one.texts("cells", None):
            for cell in _cells(one, text, rows, columns):
                if meant.setdefault(cell, code) != code:
                    shown = "/".join(cell)
                    one.report("KG462", one.place_of("cells"), cell=shown, code=code, other=meant[cell])
    if len(rest) > 1:
        reader.report("KG456", reader.place_of("classes"), key="otherwise")
    every = list(product(rows.codes, columns.codes))
    missing = [] if rest else ["/".join(c) for c in every if c not in meant]
    if missing:
        reader.report("KG411", reader.place_of("classes"), cells=", ".join(missing[:5]), n=len(missing))
    return Grid(rows, columns, tuple((c, meant.get(c, "".join(rest[:1]))) for c in every))


def _side(reader: Reader, key: str) -> Side:
    inner = reader.mapping(key)
    if inner is None:
        return Side("", None, ())
    scheme, _, dimension = inner.text("scheme").partition(".")
    return Side(scheme, dimension or None, tuple(dict.fromkeys(inner.texts("codes"))))


def _cells(reader: Reader, text: str, rows: Side, columns: Side) -> list[Cell]:
    row, _, column = text.partition("/")
    over = [codes if one == ANY else (one,) for one, codes in ((row, rows.codes), (column, columns.codes))]
    found = [(r, c) for r, c in product(*over) if r in rows.codes and c in columns.codes]
    if not found:
        known = f"({', '.join(rows.codes)}) / ({', '.join(columns.codes)})"
        reader.report("KG463", reader.place_of("cells"), cell=text, known=known)
    return found


def inputs(spec: Grid) -> Inputs:
    """Both schemes."""
    sides = (spec.rows, spec.columns)
    return Inputs(tuple(dict.fromkeys(asked(side.scheme, side.dimension) for side in sides)))
