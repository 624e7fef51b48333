"""What a bands scheme says: a measure, and per class from which value or down to which share of heads it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.core.document import Reader
from keguan.kinds.base import Inputs, read_condition, reads
from keguan.language import ast

KEYS = {"measure": {"type": "string"}, "cut_by": {"enum": ["share", "value"]}}
CLASS_KEYS = {
    "up_to": {"type": ["string", "number"], "description": "cumulative share of heads"},
    "from": {
        "type": ["string", "number"],
        "description": "lowest value of the class, included",
    },
    "above": {
        "type": ["string", "number"],
        "description": "the class lies strictly above this value",
    },
    "when": {
        "type": "string",
        "description": "members whatever their value, tested first",
    },
    "rest": {"const": True},
}


@dataclass(frozen=True)
class Band:
    """One class. `apart` marks a class found by a condition and not by the measure."""

    code: str
    up_to: Decimal | None = None
    value: Decimal | None = None
    strict: bool = False
    apart: ast.Node | None = None


@dataclass(frozen=True)
class Bands:
    """Bands from high to low, the rest last; classes that stand apart are listed separately."""

    measure: str
    cut_by: str
    bands: tuple[Band, ...]
    apart: tuple[Band, ...]
    subject: str


def parse(reader: Reader) -> Bands:
    """The bands of a scheme document."""
    cut_by = reader.choice("cut_by", ("share", "value"), "share")
    classes = [_band(c, cut_by) for c in reader.items("classes")]
    bands = tuple(c for c in classes if c.apart is None)
    _check_order(reader, bands, cut_by)
    return Bands(
        reader.text("measure"),
        cut_by,
        bands,
        tuple(c for c in classes if c.apart is not None),
        reader.text("subject", "customer"),
    )


def _band(reader: Reader, cut_by: str) -> Band:
    code = reader.text("code")
    if reader.has("when"):
        return Band(code, apart=read_condition(reader, "when"))
    if reader.flag("rest", False):
        return Band(code)
    if cut_by == "share":
        reader.number("from", None), reader.number("above", None)
        return Band(code, up_to=reader.share("up_to"))
    reader.share("up_to", None)
    strict = reader.has("above")
    return Band(code, value=reader.number("above" if strict else "from"), strict=strict)


def _check_order(reader: Reader, bands: tuple[Band, ...], cut_by: str) -> None:
    for index, band in enumerate(bands):
        bounded = (band.up_to if cut_by == "share" else band.value) is not None
        if bounded == (index == len(bands) - 1):
            reader.report("KG410", reader.place_of("classes"), code=band.code)


def inputs(spec: Bands) -> Inputs:
    """The measure and whatever the conditions of the classes apart read."""
    apart = [n for b in spec.apart if b.apart is not None for n in reads(b.apart)]
    return Inputs(tuple(dict.fromkeys([spec.measure, *apart])))


def positive(spec: Bands) -> ast.Node:
    """Where bands are shares of heads, only what brings something takes a place above the rest."""
    return ast.Compare(">", ast.Name(spec.measure), ast.Literal(0))
