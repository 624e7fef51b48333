"""What every kind is: a spec read from a document, questions for fitting, cuts, an assignment, and a scale to show.

A kind speaks the conditions language and named aggregates. It never sees SQL, files or other kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

from keguan.core.document import Reader
from keguan.core.errors import KeguanError, Place
from keguan.engine.aggregates import Answer, Request
from keguan.language import ast
from keguan.language.lower import decided, substitute
from keguan.language.parser import parse

Cuts = dict[str, Any]
Status = Literal["classified", "proposed", "unclassified", "not-applicable"]


@dataclass(frozen=True)
class Outcome:
    """One possible result for a subject. `reason` is a code explained in `locale/kind_<kind>.yaml`, never prose."""

    code: str | None
    status: Status
    reason: str
    detail: str | None = None


@dataclass(frozen=True)
class Assignment:
    """A whole-number expression over measures and the outcome each number stands for."""

    index: ast.Node
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Inputs:
    """Names a spec reads. A name the whole data set lacks drops what is optional; required ones refuse the scheme.

    Of `ways`, groups of optional names, the data must have all names of at least one.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    ways: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Setting:
    """What a kind is told when it is fitted: the population, the names the data have, the subject's keys."""

    population: ast.Node
    available: frozenset[str]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """One boundary on a scale: from `value` on (or only beyond it, when not `included`) lies `code`.

    Where the boundary is no class's own, `code` says what it is: `median`, `top 20%`, `bottom 33%`.
    """

    code: str
    value: ast.Value
    included: bool = True


@dataclass(frozen=True)
class Scale:
    """A measure with its boundaries from the low end to the high end; `floor` is the class below all of them."""

    measure: str
    marks: tuple[Mark, ...]
    floor: str | None
    descending: bool = True


def _no_evidence(spec: Any) -> Mapping[str, Mapping[str, str]]:
    """Most kinds rest on numbers that everybody has."""
    return {}


def _no_details(spec: Any, cuts: Cuts) -> Mapping[str, Mapping[str, str]]:
    """Most kinds have the details their document names."""
    return {}


_MODULES = {"models": "sklearn"}
"""What an extra of the package brings along."""


@dataclass(frozen=True)
class Kind:
    """One method of classifying.

    `parse` reads the kind's own keys of a scheme document; `class_keys` and `keys` name them for the JSON Schema.
    `requests` and `fit` are the two halves of fitting; `assign` turns cuts into an assignment; `scales` says what to
    draw. `evidence` names measures that only matter where there is something to count, with their labels; `details`
    has words for details that fitting found; `extra` is the extra of the package that fitting needs.
    """

    name: str
    keys: Mapping[str, Any]
    class_keys: Mapping[str, Any]
    parse: Callable[[Reader], Any]
    inputs: Callable[[Any], Inputs]
    requests: Callable[[Any, Setting], Sequence[Request]]
    fit: Callable[[Any, Setting, Sequence[Answer]], Cuts]
    assign: Callable[[Any, Cuts], Assignment]
    scales: Callable[[Any, Cuts], Sequence[Scale]]
    evidence: Callable[[Any], Mapping[str, Mapping[str, str]]] = _no_evidence
    details: Callable[[Any, Cuts], Mapping[str, Mapping[str, str]]] = _no_details
    extra: str | None = None

    @property
    def is_installed(self) -> bool:
        """Whether what fitting needs is there."""
        return self.extra is None or find_spec(_MODULES[self.extra]) is not None


def decide(branches: Sequence[tuple[ast.Node, Outcome]], otherwise: Outcome) -> Assignment:
    """The first branch that holds wins; equal outcomes share a number."""
    outcomes: list[Outcome] = []

    def number(outcome: Outcome) -> ast.Literal:
        if outcome not in outcomes:
            outcomes.append(outcome)
        return ast.Literal(outcomes.index(outcome))

    listed = tuple((condition, number(outcome)) for condition, outcome in branches)
    last = number(otherwise)
    return Assignment(ast.If(listed, last) if listed else last, tuple(outcomes))


def reads(node: ast.Node) -> list[str]:
    """What a condition needs to be known: names, and `@scheme` or `@scheme.dimension` for every question whose classes it
    asks for."""
    return [*ast.names(node), *dict.fromkeys(asked(r.scheme, r.dimension) for r in ast.class_refs(node))]


def asked(scheme: str, dimension: str | None) -> str:
    """A question of a scheme among names: `@rfm`, `@external-attributes.region`."""
    return f"@{scheme}" if dimension is None else f"@{scheme}.{dimension}"


def asked_scheme(name: str) -> str | None:
    """The scheme that a name among those a spec reads asks about; None for measures and attributes."""
    return name[1:].partition(".")[0] if name.startswith("@") else None


def read_condition(reader: Reader, key: str, default: ast.Node | None = None) -> ast.Node:
    """A condition of the language under `key`; its problems are collected with their place."""
    if not reader.has(key) and default is not None:
        return default
    written = reader.text(key)
    if not reader.has(key):
        return ast.TRUE
    return parse_at(reader, written, reader.place_of(key))


def parse_at(reader: Reader, written: str, place: Place) -> ast.Node:
    """The tree of a text written at a place, problems collected, the document's parameters filled in and what they decide
    left out."""
    try:
        node = parse(written, file=place.file, line=place.line or 1, column=place.column or 1)
        return decided(
            _filled(node, reader.context.get("parameters", {}), reader.context.get("turned", frozenset()))
        )
    except KeguanError as wrong:
        reader.problems.extend(wrong.problems)
        return ast.TRUE


_TURNED: Mapping[ast.CompareOp, ast.CompareOp] = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}


def _filled(node: ast.Node, constants: Mapping[str, ast.Literal], turned: frozenset[str]) -> ast.Node:
    """The condition with parameters replaced by their values; where a profile turned the strictness of a bound, every
    comparison with it takes the bound in or leaves it out accordingly, so that complements stay complements."""

    def fill(part: ast.Node) -> ast.Node | None:
        if isinstance(part, ast.Name):
            return constants.get(part.name)
        sides = (part.left, part.right) if isinstance(part, ast.Compare) else ()
        if isinstance(part, ast.Compare) and any(isinstance(s, ast.Name) and s.name in turned for s in sides):
            op = _TURNED.get(part.op, part.op)
            return ast.Compare(op, *(substitute(side, fill) for side in sides))
        return None

    return substitute(node, fill)
