"""Rules about the document's form and the names, types and units it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from keguan.core.document import Located, Reader
from keguan.core.errors import Place, Problem
from keguan.engine.subjects import SUBJECTS
from keguan.kinds.grid.spec import Grid
from keguan.language.checker import check, nearest
from keguan.language.vocabulary import Term, Vocabulary
from keguan.language.writer import write
from keguan.schemes.conditions import conditions, local_terms, read
from keguan.schemes.document import Parameter
from keguan.schemes.effective import PROSE
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding, Severity
from keguan.schemes.linter.rule import Rule
from keguan.schemes.measures import measure
from keguan.schemes.parameters import read_parameter
from keguan.schemes.tree import list_of, mapping_of, text_of
from keguan.schemes.vocabulary import Layered


class Readable(Rule):
    """The document can be read."""

    id = "readable"


class Names(Rule):
    """Every measure, attribute and class that is named exists."""

    id = "names"
    covers = ("KG33", "KG412")

    def check(self, draft: Draft) -> Iterator[Finding]:
        yield from _checked(self.id, draft, self.covers)
        for text, place in _crossed(draft):
            parsed = read(text, place)
            for problem in check(parsed, draft.vocabulary) if parsed else ():
                yield Finding(self.id, "error", place, problem=problem)
        for name, place, optional in _measures(draft.tree):
            if name not in draft.vocabulary.terms:
                yield self._unknown(draft, name, place, optional)
        for name, place in _ties(draft.tree):
            if name not in draft.vocabulary.terms and not any(measure(name, s) for s in SUBJECTS):
                yield self._unknown(draft, name, place, False)

    def _unknown(self, draft: Draft, name: str, place: Place, optional: bool) -> Finding:
        """What the scheme can do without may come from the user's own columns, so it is a warning only."""
        values = {"name": name, "subject": draft.subject, "near": nearest(name, draft.vocabulary.terms)}
        return Finding(self.id, "warning" if optional else "error", place, values=values)


class Units(Rule):
    """What is compared or added has the same type and unit."""

    id = "units"
    covers = ("KG34", "KG35")

    def check(self, draft: Draft) -> Iterator[Finding]:
        yield from _checked(self.id, draft, self.covers)


class Parameters(Rule):
    """Every parameter is used."""

    id = "parameters"

    def check(self, draft: Draft) -> Iterator[Finding]:
        words = {w for text in _kind_texts(draft.tree) for w in re.findall(r"[a-z][a-z0-9_]*", text)}
        for name, parameter in mapping_of(mapping_of(draft.tree).get("parameters")).items():
            if name not in words:
                yield self.finding(parameter.place, name=name)


def _checked(rule: str, draft: Draft, codes: tuple[str, ...]) -> Iterator[Finding]:
    """What the checker of the language says about every condition."""
    known: Mapping[str, Term] = draft.vocabulary.terms
    top = _parameters(draft)
    parts = [p.tree for p in draft.parts()]
    for tree in [*parts, *(v for k, v in mapping_of(draft.tree).items() if k == "population")]:
        terms = Layered(local_terms(tree, top, known), known)
        for condition in conditions(tree):
            if condition.parsed is None:
                continue
            for problem in check(condition.parsed, Vocabulary(terms, draft.vocabulary.schemes)):
                if any(problem.code.startswith(c) for c in codes):
                    optional = condition.key == "when_known" and problem.code == "KG330"
                    severity: Severity = "warning" if optional else "error"
                    yield Finding(rule, severity, problem.place, problem=problem)


def _parameters(draft: Draft) -> dict[str, Parameter]:
    written = mapping_of(mapping_of(draft.tree).get("parameters"))
    unheard: list[Problem] = []  # reading the document reports them
    return {name: read_parameter(name, Reader(p, unheard)) for name, p in written.items()}


def _measures(tree: Located) -> Iterator[tuple[str, Place, bool]]:
    """Everything written under a key `measure`, and whether the scheme can do without."""
    for item in list_of(tree):
        yield from _measures(item)
    for key, value in mapping_of(tree).items():
        name = text_of(value)
        if key == "measure" and name is not None:
            yield name, value.place, "optional" in mapping_of(tree)
        elif key not in PROSE and key != "subject":
            yield from _measures(value)


def _crossed(draft: Draft) -> Iterator[tuple[str, Place]]:
    """The classes of both sides of a grid, as tests of the language."""
    for part in draft.parts():
        spec = part.dimension.spec if part.dimension else None
        if isinstance(spec, Grid):
            for key, side in (("rows", spec.rows), ("columns", spec.columns)):
                for code in side.codes:
                    yield write(side.test(code)), mapping_of(part.tree)[key].place


def _ties(tree: Located) -> Iterator[tuple[str, Place]]:
    for key in list_of(mapping_of(tree).get("tie_order")):
        yield (text_of(key) or "").partition(" ")[0], key.place


def _kind_texts(tree: Located) -> Iterator[str]:
    if isinstance(tree.value, str):
        yield tree.value
    for item in list_of(tree):
        yield from _kind_texts(item)
    for key, value in mapping_of(tree).items():
        if key not in PROSE and key != "parameters":
            yield from _kind_texts(value)
