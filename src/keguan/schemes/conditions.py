"""Every condition of a document with its place: what the loader and the linter check before a kind sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from keguan.core.document import Located
from keguan.core.errors import KeguanError, Place, Problem
from keguan.kinds.base import reads
from keguan.language import ast
from keguan.language.checker import check
from keguan.language.parser import Parsed, parse_with_places
from keguan.language.vocabulary import Term, Vocabulary
from keguan.schemes.document import Parameter
from keguan.schemes.measures import measure
from keguan.schemes.tree import list_of, mapping_of, text_of, with_keys

CONDITION_KEYS = frozenset({"when", "when_known", "where"})
_PROSE = frozenset({"labels", "references", "defaults"})


@dataclass(frozen=True)
class Condition:
    """One condition as written: its text, its place, the tree where it could be read, the key it stands under."""

    text: str
    place: Place
    key: str
    parsed: Parsed | None


def conditions(tree: Located) -> Iterator[Condition]:
    """All conditions below a part of a document, in writing order."""
    if isinstance(tree.value, list):
        for item in tree.value:
            yield from conditions(item)
    for key, value in mapping_of(tree).items():
        if key in CONDITION_KEYS:
            for item in list_of(value) or [value]:
                written = text_of(item)
                if written is not None:
                    yield Condition(written, item.place, key, read(written, item.place))
        elif key not in _PROSE:
            yield from conditions(value)


def read(text: str, place: Place) -> Parsed | None:
    """The tree of a condition; None where the language cannot read it."""
    try:
        return parse_with_places(text, place)
    except KeguanError:
        return None


def local_terms(
    tree: Located, parameters: Mapping[str, Parameter], vocabulary: Mapping[str, Term]
) -> dict[str, Term]:
    """Names a document brings itself: letters of scores, named cuts, parameters."""
    terms: dict[str, Term] = {}
    for score in list_of(mapping_of(tree).get("scores")):
        letter = (text_of(mapping_of(score).get("letter")) or "").lower()
        terms[letter] = Term(letter, "number")
    for name, cut in mapping_of(mapping_of(tree).get("cuts")).items():
        named = "" if "percentile" in mapping_of(cut) else text_of(mapping_of(cut).get("measure"))
        measured = vocabulary.get(named or "")
        terms[name] = Term(name, measured.type, measured.unit) if measured else Term(name, "number")
    for name, parameter in parameters.items():
        terms[name] = parameter_term(parameter)
    return terms


def parameter_term(parameter: Parameter) -> Term:
    """A parameter as a name of the language; without a value it is a number of its unit."""
    value = parameter.value.value if parameter.value is not None else None
    unit = parameter.value.unit if parameter.value is not None else parameter.unit
    if isinstance(value, str):
        return Term(parameter.name, "text")
    if isinstance(value, bool):
        return Term(parameter.name, "flag")
    if unit == "money":
        return Term(parameter.name, "money", "money")
    return Term(parameter.name, "date" if hasattr(value, "isoformat") else "number", unit)


def links(tree: Located, constants: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What conditions ask of others: for each `… via referred_by` the attribute with each name, `constants` left out,
    and with `@scheme` for a class."""
    asked = [
        n for c in conditions(tree) if c.parsed for n in ast.walk(c.parsed.node) if isinstance(n, ast.Via)
    ]
    pairs = [(via.link.name, name) for via in asked for name in reads(via.condition) if name not in constants]
    return tuple(dict.fromkeys(pairs))


def known_measures(found: list[Condition], subject: str) -> dict[str, Term]:
    """The catalogue's measures among the names that conditions use."""
    names = {n for c in found if c.parsed for n in ast.names(c.parsed.node)}
    measures = {n: measure(n, subject) for n in names}
    return {n: m.term() for n, m in measures.items() if m is not None}


def ill_typed(condition: Condition, terms: Mapping[str, Term]) -> list[Problem]:
    """Problems of types and units; names nobody knows yet are left to whoever has a vocabulary."""
    if condition.parsed is None:
        return []
    found = check(condition.parsed, Vocabulary(terms), place=condition.place)
    return [p for p in found if not p.code.startswith("KG33")]


def needs_other_schemes(node: ast.Node) -> bool:
    """Whether a condition can only be answered with other classes, subjects or histories at hand."""
    return any(isinstance(n, (ast.ClassTest, ast.Via, ast.HeldFor)) for n in ast.walk(node))


def made_harmless(tree: Located, bad: set[Place]) -> Located:
    """The document with the conditions at these places replaced by `true`, so that a kind can read the others."""
    if isinstance(tree.value, list):
        return Located([made_harmless(v, bad) for v in tree.value], tree.place)
    changed: dict[str, Located | None] = {}
    for key, value in mapping_of(tree).items():
        if key in CONDITION_KEYS and isinstance(value.value, str):
            changed[key] = Located("true", value.place) if value.place in bad else value
        elif key == "when_known" and isinstance(value.value, list):
            kept = [Located("true", v.place) if v.place in bad else v for v in value.value]
            changed[key] = Located(kept, value.place)
        else:
            changed[key] = made_harmless(value, bad)
    return with_keys(tree, changed) if isinstance(tree.value, dict) else tree
