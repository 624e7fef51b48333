"""What an attribute scheme says: a field, and per class the values that mean it, in any language and spelling."""

from __future__ import annotations

from dataclasses import dataclass

from keguan.core.document import Reader
from keguan.kinds.base import Inputs, parse_at, read_condition, reads
from keguan.language import ast
from keguan.language.folding import fold

KEYS = {
    "field": {"type": "string", "description": "the attribute or measure that says the class"},
    "note": {
        "type": "string",
        "description": "what a person's judgement rests on: without it the field does not count",
    },
}
CLASS_KEYS = {
    "values": {
        "type": "array",
        "items": {"type": ["string", "number"]},
        "description": "what the field may say, beside the code; width, case, spaces and hyphens do not matter",
    },
    "when": {
        "type": "string",
        "description": "where the field says nothing: the condition that derives the class",
    },
    "when_known": {
        "type": ["string", "array"],
        "description": "what must hold beside the value where the data know it; else the record is incomplete",
    },
    "details": {"type": "array", "items": {"type": "object", "required": ["code", "when_known"]}},
    "unlisted": {"const": True, "description": "the class of values no class lists"},
    "otherwise": {"const": True, "description": "the class of everybody else, empty fields included"},
}


@dataclass(frozen=True)
class ValueClass:
    """One class: the folded values that mean it, what must hold beside them, and the condition that derives it."""

    code: str
    values: tuple[str, ...]
    when: ast.Node | None
    when_known: tuple[ast.Node, ...]
    details: tuple[tuple[str, ast.Node], ...]
    unlisted: bool
    otherwise: bool


@dataclass(frozen=True)
class Attribute:
    """A field, the field of the note it needs, and the classes in the order in which derivations are tried."""

    field: str
    note: str | None
    classes: tuple[ValueClass, ...]
    subject: str


def parse(reader: Reader) -> Attribute:
    """The map of a scheme document. Problems: KG455 (a value means two classes), KG456 (two classes for the rest)."""
    classes = tuple(_class(c) for c in reader.items("classes"))
    meant: dict[str, str] = {}
    for one, written in zip(classes, reader.items("classes", None), strict=True):
        for value in one.values:
            if meant.setdefault(value, one.code) != one.code:
                place = written.place_of("values")
                reader.report("KG455", place, value=value, code=one.code, other=meant[value])
    for key, n in (
        ("unlisted", sum(c.unlisted for c in classes)),
        ("otherwise", sum(c.otherwise for c in classes)),
    ):
        if n > 1:
            reader.report("KG456", reader.place_of("classes"), key=key)
    return Attribute(
        reader.text("field"), reader.text("note", None), classes, reader.text("subject", "customer")
    )


def _class(reader: Reader) -> ValueClass:
    code = reader.text("code")
    written = [code, *reader.texts("values", None)]
    place = reader.place_of("when_known")
    return ValueClass(
        code=code,
        values=tuple(dict.fromkeys(fold(v) for v in written)),
        when=read_condition(reader, "when") if reader.has("when") else None,
        when_known=tuple(parse_at(reader, t, place) for t in reader.texts("when_known", None)),
        details=tuple(_detail(d) for d in reader.items("details", None)),
        unlisted=reader.flag("unlisted", False),
        otherwise=reader.flag("otherwise", False),
    )


def _detail(reader: Reader) -> tuple[str, ast.Node]:
    return reader.text("code"), read_condition(reader, "when_known")


def inputs(spec: Attribute) -> Inputs:
    """The field and its note; where classes can be derived, these or what one of the derivations asks for."""
    own = (spec.field,) if spec.note is None else (spec.field, spec.note)
    derivations = [tuple(reads(c.when)) for c in spec.classes if c.when is not None]
    beside = [n for c in spec.classes for k in (*c.when_known, *(d for _, d in c.details)) for n in reads(k)]
    maybe = tuple(dict.fromkeys(n for n in beside if n not in own))
    if not derivations:
        return Inputs(own, maybe)
    further = [n for names in derivations for n in names]
    return Inputs((), tuple(dict.fromkeys([*own, *further, *maybe])), (own, *derivations))
