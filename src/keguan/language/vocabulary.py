"""What the names in a condition may be: the vocabulary a checker is given; who fills it is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as OneOf

from keguan.language.ast import Unit

ValueType = OneOf["number", "money", "date", "text", "flag"]


@dataclass(frozen=True)
class Term:
    """One name: its type, unit, and what it is called in each language.

    `since` names the companion measure in days that says how long a flag has held, for `… for 7 days`.
    `closed` lists the only values a text may take, where they are known.
    """

    name: str
    type: ValueType
    unit: Unit | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    since: str | None = None
    closed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class SchemeTerm:
    """One scheme a class test may name: labels, and classes per dimension (None where there is only one).

    `dimensions` holds the labels of the dimensions, where there are several.
    """

    id: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    classes: Mapping[str | None, Mapping[str, Mapping[str, str]]] = field(default_factory=dict, hash=False)
    dimensions: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Vocabulary:
    """Every name and scheme a condition may use."""

    terms: Mapping[str, Term]
    schemes: Mapping[str, SchemeTerm] = field(default_factory=dict)
