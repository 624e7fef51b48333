"""What a cues scheme says: cues that were seen or that hold, which of them speak for which class, and what decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from keguan.core.document import Reader
from keguan.engine.measures.resolve import named
from keguan.kinds.base import Inputs, read_condition, reads
from keguan.kinds.looks import looks_in
from keguan.language import ast

FEWEST = 2
"""One cue types nobody."""
_LABELS = {"type": "object", "additionalProperties": {"type": "string"}}
KEYS = {
    "cues": {
        "type": "array",
        "minItems": 1,
        "description": "what can be seen; without `when` it is a cue of the table observations",
        "items": {
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "string"}, "when": {"type": "string"}, "labels": _LABELS},
        },
    },
    "decide": {
        "type": "object",
        "description": "fewest cues of the class, its least share of its cues, and its lead over the next class",
        "required": ["minimum", "share", "lead"],
        "properties": {
            "minimum": {"type": "integer", "minimum": FEWEST},
            "share": {"type": ["string", "number"]},
            "lead": {"type": ["string", "number"]},
        },
    },
}
CLASS_KEYS = {
    "cues": {
        "type": "array",
        "items": {"type": "string"},
        "description": "the cues that speak for the class",
    },
    "otherwise": {"const": True, "description": "the class of those who cannot be told"},
}


@dataclass(frozen=True)
class Cue:
    """One cue: the condition under which it counts, and the measure that counts sightings (None for a condition)."""

    code: str
    holds: ast.Node
    seen: str | None
    labels: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class CueClass:
    code: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class Cues:
    """The classes with their cues, the class of those who cannot be told, and what decides."""

    classes: tuple[CueClass, ...]
    undetermined: str
    minimum: int
    share: Decimal
    lead: Decimal

    @property
    def all_cues(self) -> tuple[Cue, ...]:
        """Every cue of every class, once."""
        return tuple(dict.fromkeys(c for one in self.classes for c in one.cues))


def parse(reader: Reader) -> Cues:
    """The cues of a scheme document. Problems: KG457 (no one class for those who cannot be told), KG458 (a cue nobody
    listed), KG459 (a class that could never be reached), KG460 (a cue from looks)."""
    known = {c.code: c for c in _cues(reader)}
    written = reader.items("classes")
    classes = [_class(c, known) for c in written if not c.flag("otherwise", False)]
    rest = [c.text("code") for c in written if c.flag("otherwise", False)]
    if len(rest) != 1:
        reader.report("KG457", reader.place_of("classes"))
    decide = reader.mapping("decide")
    if decide is None:
        return Cues((), "", FEWEST, Decimal(1), Decimal(1))
    minimum = decide.whole("minimum")
    if minimum < FEWEST:
        decide.report(
            "KG404", decide.place_of("minimum"), expected=f"{FEWEST}, {FEWEST + 1} …", found=minimum
        )
    for one in classes:
        if len(one.cues) < minimum:
            reader.report(
                "KG459", reader.place_of("classes"), code=one.code, n=len(one.cues), minimum=minimum
            )
    return Cues(tuple(classes), "".join(rest[:1]), minimum, decide.share("share"), decide.share("lead"))


def _cues(reader: Reader) -> Sequence[Cue]:
    window = reader.context.get("window", "12m")
    return [_cue(c, window) for c in reader.items("cues")]


def _cue(reader: Reader, window: str) -> Cue:
    code = reader.text("code")
    inner = reader.mapping("labels", None)
    labels = {k: str(inner.raw(k)) for k in inner.keys()} if inner is not None else {}
    for text in (code, *labels.values()):
        for word in looks_in(text)[:1]:
            reader.report("KG460", reader.place_of("code"), cue=text, word=word)
    if reader.has("when"):
        return Cue(code, read_condition(reader, "when"), None, labels)
    seen = named("n_cues", code, window=window)
    return Cue(code, ast.Compare(">=", ast.Name(seen), ast.Literal(1)), seen, labels)


def _class(reader: Reader, known: Mapping[str, Cue]) -> CueClass:
    named = dict.fromkeys(reader.texts("cues"))
    for name in named:
        if name not in known:
            reader.report("KG458", reader.place_of("cues"), cue=name, known=", ".join(known) or "–")
    return CueClass(reader.text("code"), tuple(known[n] for n in named if n in known))


def inputs(spec: Cues) -> Inputs:
    """Everything the cues rest on."""
    return Inputs(tuple(dict.fromkeys(n for c in spec.all_cues for n in reads(c.holds))))
