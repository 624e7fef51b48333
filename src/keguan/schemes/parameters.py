"""The numbers a profile may change: read from the document, a profile's and a request's laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from keguan.core.document import Reader
from keguan.core.errors import KeguanError, Place, Problem
from keguan.language import ast
from keguan.language.parser import parse
from keguan.schemes.document import Parameter


def read_constant(reader: Reader, key: str, unit: str | None = None) -> ast.Literal | None:
    """The constant under `key` with its unit: `10000`, `20%`, `90 days`. Problems: KG419, or those of the language."""
    return _constant(reader.text(key), unit, reader.place_of(key), reader.problems)


def _constant(written: str, unit: str | None, place: Place, problems: list[Problem]) -> ast.Literal | None:
    if not written:
        return None
    try:
        node = parse(written, file=place.file, line=place.line or 1, column=place.column or 1)
    except KeguanError as wrong:
        problems.extend(wrong.problems)
        return None
    if not isinstance(node, ast.Literal) or (node.unit and unit and node.unit != unit):
        problems.append(Problem("KG419", place, {"found": written, "unit": unit or ""}))
        return None
    return node if node.unit or not unit else replace(node, unit=unit)


def read_parameter(name: str, reader: Reader, source: str = "document") -> Parameter:
    """One entry of `parameters`; without a value it waits for a profile's."""
    unit = reader.text("unit", None)
    found = Parameter(
        name=name,
        value=read_constant(reader, "value", unit) if reader.has("value") else None,
        unit=unit,
        strict=reader.flag("strict", None),
        given=reader.text("given", None),
        is_default=reader.flag("default", False),
        source=source if reader.has("value") else None,
        labels=reader.labels() if reader.has("labels") else {},
        place=reader.place,
    )
    reader.close()
    return found


def laid_over(
    own: tuple[Parameter, ...],
    profile: Mapping[str, Parameter],
    request: Mapping[str, Any],
    scheme: str,
    problems: list[Problem],
) -> tuple[Parameter, ...]:
    """The parameters with the profile's values, then the request's. A name the scheme does not have is KG427."""
    known = {p.name: p for p in own}
    for name, theirs in profile.items():
        if name in known:
            known[name] = _over(known[name], theirs, problems)
        else:
            problems.append(_unknown(name, scheme, known, theirs.place))
    for name, value in request.items():
        if name in known:
            known[name] = _asked(known[name], value, Place(field=f"{scheme}.{name}"), problems)
        else:
            problems.append(_unknown(name, scheme, known, Place(field=f"{scheme}.{name}")))
    return tuple(known.values())


def _asked(own: Parameter, value: Any, place: Place, problems: list[Problem]) -> Parameter:
    """The parameter with a request's value, written alone or as `{value: 5000, strict: true}`; one that cannot be read, or is
    a switch where none is or the other way round, changes nothing (KG419)."""
    strict = None
    if isinstance(value, Mapping):
        strict, value = value.get("strict"), value.get("value", "?")
    written = str(value).lower() if isinstance(value, bool) else str(value)
    literal = _constant(written, own.unit, place, problems)
    if literal is None:
        return own
    if own.value is not None and isinstance(own.value.value, bool) != isinstance(literal.value, bool):
        problems.append(Problem("KG419", place, {"found": written, "unit": own.unit or "true/false"}))
        return own
    found = replace(own, value=literal, source="request", given=None, is_default=False)
    return _bounded(found, strict, place, problems)


def _bounded(own: Parameter, strict: Any, place: Place, problems: list[Problem]) -> Parameter:
    """The parameter with another strictness; KG657 where the scheme does not say which one it has."""
    if strict is None or strict is own.strict:
        return own
    if own.strict is None or not isinstance(strict, bool):
        problems.append(Problem("KG657", place, {"name": own.name}))
        return own
    return replace(own, strict=strict, turned=not own.turned)


def _over(own: Parameter, theirs: Parameter, problems: list[Problem]) -> Parameter:
    value = theirs.value
    if value is not None and own.unit and value.unit not in (None, own.unit):
        problems.append(Problem("KG419", theirs.place, {"found": str(value.value), "unit": own.unit}))
    elif value is not None and value.unit is None:
        value = replace(value, unit=own.unit)
    found = replace(own, value=value, given=theirs.given, is_default=theirs.is_default, source="profile")
    return _bounded(found, theirs.strict, theirs.place, problems)


def _unknown(name: str, scheme: str, known: Mapping[str, Parameter], place: Place) -> Problem:
    return Problem("KG427", place, {"name": name, "scheme": scheme, "known": ", ".join(known) or "–"})
