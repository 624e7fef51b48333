"""The names a scheme's conditions may use: measures of the subject, attributes of its table, classes of other schemes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from keguan.engine.subjects import SUBJECTS
from keguan.engine.tables.logical import Field, logical_tables
from keguan.language.vocabulary import SchemeTerm, Term, ValueType, Vocabulary
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.document import Scheme
from keguan.schemes.loader import load_scheme
from keguan.schemes.measures import definitions, measure

_TYPES: dict[str, ValueType] = {
    "id": "text",
    "text": "text",
    "code": "text",
    "word": "text",
    "date": "date",
    "datetime": "date",
    "money": "money",
    "number": "number",
    "count": "number",
    "flag": "flag",
}
_USUAL_WINDOW = "12m"


class Names(Mapping[str, Term]):
    """Every measure of a subject under every window, and a few further terms; a family is listed under 12 months, one with
    a parameter not at all."""

    def __init__(self, subject: str, further: Mapping[str, Term]) -> None:
        self._subject = subject
        self._further = further

    def __getitem__(self, name: str) -> Term:
        if name in self._further:
            return self._further[name]
        found = measure(name, self._subject)
        if found is None:
            raise KeyError(name)
        return found.term()

    def __iter__(self) -> Iterator[str]:
        yield from self._further
        for name, definition in definitions(self._subject).items():
            if not definition.internal and definition.parameter is None and name not in self._further:
                yield f"{name}_{_USUAL_WINDOW}" if definition.windowed else name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Layered(Mapping[str, Term]):
    """Own terms over known ones, neither copied."""

    def __init__(self, own: Mapping[str, Term], known: Mapping[str, Term]) -> None:
        self._own = own
        self._known = known

    def __getitem__(self, name: str) -> Term:
        return self._own[name] if name in self._own else self._known[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (n for n in self._known if n not in self._own)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def attribute_terms(subject: str) -> dict[str, Term]:
    """Fields of the table that lists the subject: attributes every source may have."""
    listed_in = SUBJECTS[subject].listed_in if subject in SUBJECTS else None
    if listed_in is None:
        return {}
    return {f.name: _attribute(f) for f in logical_tables()[listed_in].fields.values()}


def _attribute(field: Field) -> Term:
    kind = _TYPES[field.type]
    unit = "money" if kind == "money" else None
    return Term(field.name, kind, unit, field.labels, closed=tuple(field.codes) or None)


def scheme_term(scheme: Scheme) -> SchemeTerm:
    """A scheme as something a class test may name."""
    classes = {d.id: {c.code: c.labels for c in d.classes} for d in scheme.dimensions}
    dimensions = {d.id: d.labels for d in scheme.dimensions if d.id is not None}
    return SchemeTerm(scheme.id, scheme.labels, classes, dimensions)


def vocabulary(
    subject: str = "customer", attributes: Iterable[Term] = (), schemes: Iterable[Scheme] = ()
) -> Vocabulary:
    """Measures and usual attributes of a subject, further `attributes`, the built-in schemes and further `schemes`."""
    further = {**attribute_terms(subject), **{t.name: t for t in attributes}}
    return Vocabulary(
        Names(subject, further), {**_builtin_terms(), **{s.id: scheme_term(s) for s in schemes}}
    )


def vocabulary_of(subject: str, schemes: Iterable[Scheme]) -> Vocabulary:
    """Measures and usual attributes of a subject, and only these schemes."""
    return Vocabulary(Names(subject, attribute_terms(subject)), {s.id: scheme_term(s) for s in schemes})


@cache
def _builtin_terms() -> Mapping[str, SchemeTerm]:
    found = (builtin(i) for i in builtin_ids())
    return {s.id: scheme_term(load_scheme(s.text(), s.file)) for s in found}
