"""Whether the conditions of a scheme fit the attributes as these data have them: a text is no number, whatever a measure is called.

Measures are checked when a document is loaded; attributes are known only with the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from keguan.core.errors import Problem
from keguan.engine.intake.parts import Part
from keguan.engine.subjects import Subject
from keguan.language import ast
from keguan.language.vocabulary import Term, ValueType
from keguan.schemes.conditions import conditions, ill_typed, known_measures, local_terms
from keguan.schemes.document import Scheme
from keguan.schemes.tree import list_of, mapping_of, read_tree
from keguan.schemes.vocabulary import attribute_terms

if TYPE_CHECKING:
    import pyarrow as pa


def misfits(scheme: Scheme, attributes: Mapping[str, Term]) -> list[Problem]:
    """What the conditions ask of attributes that these cannot answer, each with its place in the document."""
    tree = read_tree(scheme.source, scheme.file)
    asked = [c for c in conditions(tree) if c.parsed and set(ast.names(c.parsed.node)) & set(attributes)]
    if not asked:
        return []
    parameters = {p.name: p for p in scheme.parameters}
    known = known_measures(asked, scheme.subject)
    terms = {**attributes, **known, **local_terms(tree, parameters, known)}
    for part in list_of(mapping_of(tree).get("dimensions")):
        terms.update(local_terms(part, parameters, known))
    return [problem for one in asked for problem in ill_typed(one, terms)]


def attributes_of(subject: Subject, parts: Sequence[Part]) -> dict[str, Term]:
    """The attributes of a subject with the types they have in these parts; where parts differ, none."""
    import pyarrow.parquet as pq

    found: dict[str, set[ValueType | None]] = {}
    for part in parts:
        if part.table == subject.listed_in:
            for field in pq.read_schema(part.path):
                if field.name in part.fields and field.name not in subject.keys:
                    found.setdefault(field.name, set()).add(_type(field.type))
    declared = attribute_terms(subject.name)
    return {
        name: Term(name, declared[name].type, declared[name].unit) if name in declared else Term(name, kind)
        for name, kinds in found.items()
        for kind in kinds
        if kind and len(kinds) == 1
    }


def _type(kind: pa.DataType) -> ValueType | None:
    import pyarrow as pa

    tests: tuple[tuple[ValueType, bool], ...] = (
        ("flag", pa.types.is_boolean(kind)),
        ("date", pa.types.is_date(kind) or pa.types.is_timestamp(kind)),
        ("number", pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)),
        ("text", pa.types.is_string(kind) or pa.types.is_large_string(kind)),
    )
    return next((name for name, fits in tests if fits), None)
