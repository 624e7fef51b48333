"""What a scheme document says once it is read: frozen, complete, and without any trace of YAML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from keguan.core.errors import Place
from keguan.kinds.base import reads
from keguan.language import ast

Labels = Mapping[str, str]
"""Language tag -> text, all three languages."""


@dataclass(frozen=True)
class Need:
    """What members of a class need, and where the sources say so (None: ours)."""

    labels: Labels = field(hash=False)
    given: str | None = None


@dataclass(frozen=True)
class ClassInfo:
    """One class as people see it, with what its members need where that is known. `given` is the place in the sources; `is_default` says its numbers are ours; `details`
    names the finer codes some members carry."""

    code: str
    labels: Labels = field(hash=False)
    given: str | None = None
    is_default: bool = False
    details: Mapping[str, Labels] = field(default_factory=dict, hash=False)
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Dimension:
    """One exclusive question: the kind's spec and its classes in the order written. `id` is None where it is the only
    one. `display` lists the codes from high to low. `closed_by` is the parameter that would open a dimension that is closed."""

    id: str | None
    labels: Labels = field(hash=False)
    spec: Any = field(hash=False)
    classes: tuple[ClassInfo, ...]
    display: tuple[str, ...]
    closed_by: str | None = None

    def label(self, code: str, lang: str) -> str:
        """What people call a class; the code where there is no such class."""
        return next((c.labels[lang] for c in self.classes if c.code == code), code)


@dataclass(frozen=True)
class Parameter:
    """A number a profile may change. `value` is None while nobody has set it; `source` is where it came from:
    `document`, `profile` or `request`. `turned` says that the bound counts where the document leaves it out, or the other way
    round: `strict` is then not the document's."""

    name: str
    value: ast.Literal | None
    unit: str | None
    strict: bool | None
    given: str | None
    is_default: bool
    source: str | None
    labels: Labels = field(default_factory=dict, hash=False)
    place: Place = field(default_factory=Place)
    turned: bool = False


@dataclass(frozen=True)
class Reference:
    """A place in the sources the scheme comes from."""

    seed: str
    line: int


@dataclass(frozen=True)
class Unique:
    """A class that at most one of all subjects with the same value of the key `per` may have."""

    code: str
    per: str
    dimension: str | None = None


@dataclass(frozen=True)
class Scheme:
    """A scheme ready to be fitted, for one subject and one window, with the profile's numbers laid in.

    `subjects` are all it can classify, `subject` the one it was loaded for. `meaning` changes when somebody could change
    class, `presentation` when anything written changes. `defaults` say what is ours. `population_known` holds further
    conditions on who takes part, dropped where the data lack what they ask for. A run that breaks a rule of `unique` is
    refused. `pattern` names where in the data its dimensions are, until they have been written out. `links` are the (attribute, name) pairs its conditions ask of the subject that the attribute points to.
    """

    id: str
    version: int
    family: str
    kind: str
    subject: str
    subjects: tuple[str, ...]
    labels: Labels = field(hash=False)
    population: ast.Node
    population_known: tuple[ast.Node, ...]
    population_labels: Labels | None = field(hash=False)
    profiles: tuple[str, ...]
    window: str
    parameters: tuple[Parameter, ...]
    dimensions: tuple[Dimension, ...]
    defaults: tuple[Labels, ...] = field(hash=False)
    references: tuple[Reference, ...]
    notices: tuple[str, ...]
    requires: tuple[str, ...]
    unique: tuple[Unique, ...]
    links: tuple[tuple[str, str], ...]
    meaning: str
    presentation: str
    file: str
    source: str = field(repr=False)
    pattern: str | None = None

    @property
    def unset_parameters(self) -> tuple[str, ...]:
        """Names of the parameters nobody has given a value; such a scheme cannot be run."""
        return tuple(p.name for p in self.parameters if p.value is None)

    def known_conditions(self, left_out: Collection[str]) -> tuple[ast.Node, ...]:
        """The further conditions on who takes part that ask for nothing of `left_out`."""
        return tuple(c for c in self.population_known if not set(reads(c)).intersection(left_out))

    def dimension(self, name: str | None) -> Dimension:
        """The dimension called `name` (None: the only one); `KeyError` when there is none."""
        for one in self.dimensions:
            if one.id == name:
                return one
        raise KeyError(name)

    def with_dimensions(self, ids: Collection[str | None]) -> Scheme:
        """The scheme with only the dimensions named."""
        return replace(self, dimensions=tuple(d for d in self.dimensions if d.id in ids))

    def column(self, dimension: Dimension) -> str:
        """The column of a dimension in a run: `rfm`, or `external-attributes.region`."""
        return self.id if dimension.id is None else f"{self.id}.{dimension.id}"
