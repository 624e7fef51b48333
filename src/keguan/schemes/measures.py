"""The catalogue's measures, asked for safely: a subject without measures has none."""

from __future__ import annotations

from collections.abc import Mapping

from keguan.engine.measures.definition import Definition, catalogue, subjects
from keguan.engine.measures.resolve import Measure, find


def definitions(subject: str) -> Mapping[str, Definition]:
    """Every definition for a subject by base name; none for a subject nobody measures."""
    return catalogue(subject) if subject in subjects() else {}


def measure(name: str, subject: str) -> Measure | None:
    """The measure called `name` that documents may use; None when there is none."""
    found = find(name, subject) if subject in subjects() else None
    return None if found is None or found.definition.internal else found
