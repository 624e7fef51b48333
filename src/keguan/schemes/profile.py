"""The profile of an industry: which schemes apply there and the numbers they use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keguan.core.document import Reader
from keguan.core.errors import KeguanError, Place, Problem
from keguan.schemes import keys
from keguan.schemes.document import Labels, Parameter, Reference
from keguan.schemes.parameters import read_parameter
from keguan.schemes.rfm import RFM
from keguan.schemes.tree import distinct, locate, read_tree, with_keys


@dataclass(frozen=True)
class Profile:
    """One industry (and region). `parameters` are scheme id -> name -> value; `without` are schemes that do not apply there, each
    with the reason; `event` is what people there call the day they work towards, such as the wedding."""

    id: str
    labels: Labels = field(hash=False)
    rfm_applicable: bool
    notes: tuple[Labels, ...] = field(hash=False)
    without: Mapping[str, Labels] = field(hash=False)
    event: Labels | None = field(hash=False)
    parameters: Mapping[str, Mapping[str, Parameter]] = field(hash=False)
    references: tuple[Reference, ...]
    places: Mapping[str, Place] = field(hash=False)
    file: str

    def why_off(self, scheme: str) -> Labels | None:
        """Why a scheme does not apply in this industry; None when it does."""
        if scheme == RFM and not self.rfm_applicable:
            return self.without.get(RFM) or next(iter(self.notes), self.labels)
        return self.without.get(scheme)


def load_profile(text: str, file: str) -> Profile:
    """The profile a document describes; `KeguanError` with every problem of the file."""
    problems: list[Problem] = []
    reader = Reader(read_tree(text, file), problems)
    identity = reader.text("profile")
    if identity and not re.match(keys.ID, identity):
        reader.report("KG423", reader.place_of("profile"), key="profile", found=identity)
    found = Profile(
        id=identity,
        labels=reader.labels(),
        rfm_applicable=reader.flag("rfm_applicable", True),
        notes=tuple(note.labels("text") for note in reader.items("notes", None)),
        without=_without(reader),
        event=reader.labels("event") if reader.has("event") else None,
        parameters=_parameters(reader),
        references=tuple(
            Reference(r.text("seed"), r.whole("line")) for r in reader.items("references", None)
        ),
        places=_places(reader),
        file=file,
    )
    reader.close()
    if problems:
        raise KeguanError(distinct(problems))
    return found


def _without(reader: Reader) -> dict[str, Labels]:
    """Schemes that do not apply, with the reason in three languages."""
    inner = reader.mapping("without", None)
    return {scheme: inner.labels(scheme) for scheme in inner.keys()} if inner is not None else {}


def _places(reader: Reader) -> dict[str, Place]:
    """Where each scheme is named."""
    inner = [reader.mapping(key, None) for key in ("without", "parameters")]
    return {scheme: one.place_of(scheme) for one in inner if one is not None for scheme in one.keys()}


def _parameters(reader: Reader) -> dict[str, dict[str, Parameter]]:
    schemes = reader.mapping("parameters", None)
    found: dict[str, dict[str, Parameter]] = {}
    for scheme in schemes.keys() if schemes is not None else []:
        inner = schemes.mapping(scheme)
        found[scheme] = {name: _parameter(inner, name) for name in list(inner.keys())}
    return found


def _parameter(reader: Reader, name: str) -> Parameter:
    """A value alone, or a mapping with `value` and where it comes from."""
    if isinstance(reader.raw(name), dict):
        inner = reader.mapping(name)
        if not inner.has("value"):
            inner.report("KG403", key="value")
        return read_parameter(name, inner, "profile")
    alone = with_keys(
        locate({}, reader.place_of(name)), {"value": locate(reader.raw(name), reader.place_of(name))}
    )
    return read_parameter(name, Reader(alone, reader.problems), "profile")
