"""What a rules scheme says: named cuts found in the population, and classes with conditions, tested in a given order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.core.document import Reader
from keguan.core.errors import Place
from keguan.kinds.base import Inputs, Status, parse_at, read_condition, reads
from keguan.kinds.scoring import Score
from keguan.language import ast

_CUT = {
    "type": "object",
    "required": ["measure"],
    "properties": {
        "measure": {"type": "string"},
        "top": {
            "type": ["string", "number"],
            "description": "lowest value of the top share",
        },
        "bottom": {
            "type": ["string", "number"],
            "description": "highest value of the bottom share",
        },
        "median": {"const": True},
        "percentile": {
            "const": True,
            "description": "the name stands for a subject's own percentile, 0 to 99",
        },
    },
}
_WAY = {
    "type": "object",
    "required": ["when"],
    "properties": {
        "when": {"type": "string"},
        "when_known": {"type": ["string", "array"]},
        "status": {"enum": ["classified", "proposed"]},
        "reason": {"type": "string"},
        "optional": {
            "type": "boolean",
            "description": "whether the way is left out where the data lack what it asks for",
        },
    },
}
KEYS = {
    "cuts": {"type": "object", "additionalProperties": _CUT},
    "order": {
        "type": "array",
        "items": {"type": "string"},
        "description": "testing order of the codes",
    },
}
CLASS_KEYS = {
    "when": {"type": "string"},
    "when_known": {
        "type": ["string", "array"],
        "description": "further conditions, dropped where the data lack them",
    },
    "also": {
        "type": "array",
        "items": _WAY,
        "description": "other ways into the class",
    },
    "details": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["code"],
            "properties": {
                "code": {"type": ["string", "number"]},
                "when": {"type": "string"},
                "when_known": {
                    "type": "string",
                    "description": "as when, dropped where the data lack what it asks for",
                },
            },
        },
    },
    "status": {"enum": ["classified", "proposed"]},
    "reason": {"type": "string"},
    "otherwise": {"const": True},
}


@dataclass(frozen=True)
class NamedCut:
    """A value found in the population: lowest of the top share, highest of the bottom share, or the median. Or the
    percentile of each subject: how many hundredths of the population have less, 0 to 99."""

    name: str
    measure: str
    side: str
    share: Decimal | None

    def percentiles(self) -> Score:
        """A percentile as a score in hundredths, which counts from 1."""
        return Score(self.name, self.measure, 100, low_is_good=False)


@dataclass(frozen=True)
class Way:
    """One way into a class: what must hold, what must hold if known, with which status and reason. An `optional` way is
    not there where the data lack what it asks for."""

    when: ast.Node
    when_known: tuple[ast.Node, ...]
    status: Status
    reason: str
    optional: bool = False

    def is_open(self, unknown: frozenset[str]) -> bool:
        """Whether the way is there when the names in `unknown` are not in the data."""
        return not (self.optional and unknown.intersection(reads(self.when)))

    def condition(self, unknown: frozenset[str]) -> ast.Node:
        """All that must hold when the names in `unknown` are not in the data."""
        kept = [c for c in self.when_known if not unknown.intersection(reads(c))]
        return ast.both(self.when, *kept)


@dataclass(frozen=True)
class Detail:
    """A finer code some members carry; an `optional` one is not there where the data lack what it asks for."""

    code: str
    when: ast.Node
    optional: bool


@dataclass(frozen=True)
class RuleClass:
    """A class with its ways in (none: the class for everybody else) and finer details."""

    code: str
    ways: tuple[Way, ...]
    details: tuple[Detail, ...]
    otherwise: bool
    reason: str

    def known_details(self, unknown: frozenset[str]) -> list[Detail]:
        """The details that are there when the names in `unknown` are not in the data."""
        return [d for d in self.details if not (d.optional and unknown.intersection(reads(d.when)))]


@dataclass(frozen=True)
class Rules:
    """The named cuts that conditions ask for, and classes in testing order."""

    cuts: tuple[NamedCut, ...]
    classes: tuple[RuleClass, ...]
    subject: str


def parse(reader: Reader) -> Rules:
    """The rules of a scheme document: exactly one class for everybody else, tested last (KG414)."""
    cuts = reader.mapping("cuts", None)
    named = tuple(_named_cut(cuts.mapping(k), k) for k in cuts.keys()) if cuts is not None else ()
    classes = [_rule_class(c) for c in reader.items("classes")]
    by_code = {c.code: c for c in classes}
    order = reader.texts("order", None) or [c.code for c in classes]
    if sorted(order) != sorted(by_code):
        reader.report(
            "KG415",
            reader.place_of("order"),
            order=", ".join(order),
            codes=", ".join(by_code),
        )
        order = list(by_code)
    if not order or [c for c in order if by_code[c].otherwise] != order[-1:]:
        reader.report("KG414", reader.place_of("classes"))
    ordered = tuple(by_code[c] for c in order)
    asked = {name for one in ordered for name in _names(one)}
    return Rules(tuple(c for c in named if c.name in asked), ordered, reader.text("subject", "customer"))


def _named_cut(reader: Reader, name: str) -> NamedCut:
    measure = reader.text("measure")
    for side in ("top", "bottom"):
        if reader.has(side):
            return NamedCut(name, measure, side, reader.share(side))
    side = "percentile" if reader.has("percentile") else "median"
    reader.flag(side)
    return NamedCut(name, measure, side, None)


def _rule_class(reader: Reader) -> RuleClass:
    code = reader.text("code")
    otherwise = reader.flag("otherwise", False)
    reason = reader.text("reason", "otherwise" if otherwise else "condition")
    ways = [] if otherwise else [_way(reader, reason)]
    ways += [_way(w, "condition") for w in reader.items("also", None)]
    details = tuple(_detail(d) for d in reader.items("details", None))
    return RuleClass(code, tuple(ways), details, otherwise, reason)


def _detail(reader: Reader) -> Detail:
    optional = reader.has("when_known")
    return Detail(reader.text("code"), read_condition(reader, "when_known" if optional else "when"), optional)


def _way(reader: Reader, reason: str) -> Way:
    place: Place = reader.place_of("when_known")
    known = tuple(parse_at(reader, t, place) for t in reader.texts("when_known", None))
    status = reader.choice("status", ("classified", "proposed"), "classified")
    return Way(
        read_condition(reader, "when"),
        known,
        "proposed" if status == "proposed" else "classified",
        reader.text("reason", reason),
        reader.flag("optional", False),
    )


def _names(one: RuleClass) -> list[str]:
    asked = [detail.when for detail in one.details]
    for way in one.ways:
        asked += [way.when, *way.when_known]
    return [name for condition in asked for name in ast.names(condition)]


def inputs(spec: Rules) -> Inputs:
    """Names in conditions are required, names only in `when_known` are optional; named cuts bring their measures."""
    cut_names = {c.name for c in spec.cuts}
    required = [c.measure for c in spec.cuts]
    optional: list[str] = []
    for one in spec.classes:
        for detail in one.details:
            (optional if detail.optional else required).extend(reads(detail.when))
        for way in one.ways:
            (optional if way.optional else required).extend(reads(way.when))
            optional += [n for c in way.when_known for n in reads(c)]
    wanted = [n for n in dict.fromkeys(required) if n not in cut_names]
    maybe = [n for n in dict.fromkeys(optional) if n not in cut_names and n not in wanted]
    return Inputs(tuple(wanted), tuple(maybe))
