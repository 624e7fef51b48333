"""From the text of a scheme document to a `Scheme`, or to every problem of the file with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keguan.core.document import Located, Reader
from keguan.core.errors import KeguanError, Place, Problem
from keguan.core.languages import LANGUAGES
from keguan.engine.subjects import SUBJECTS
from keguan.kinds.base import Kind, parse_at, read_condition
from keguan.kinds.registry import kind as kind_called
from keguan.kinds.registry import kind_names
from keguan.language import ast
from keguan.schemes import keys
from keguan.schemes.conditions import (
    conditions,
    ill_typed,
    known_measures,
    links,
    local_terms,
    made_harmless,
    needs_other_schemes,
)
from keguan.schemes.document import ClassInfo, Dimension, Labels, Need, Parameter, Reference, Scheme, Unique
from keguan.schemes.effective import Effective, effective
from keguan.schemes.meaning import meaning, presentation
from keguan.schemes.parameters import laid_over, read_parameter
from keguan.schemes.profile import Profile
from keguan.schemes.shape import check_keys
from keguan.schemes.tree import distinct, list_of, mapping_of, read_tree, with_keys


def load_scheme(
    text: str,
    file: str,
    *,
    subject: str | None = None,
    window: str | None = None,
    profile: Profile | None = None,
    changes: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Scheme:
    """The scheme a document describes, for one subject and window.

    `subject` None is customers where the scheme can classify them, else its first subject. `window` renames the measures
    of the document's own window. `profile` lays its values over the parameters, `parameters` lays more over those.
    `changes` replaces top-level keys (None takes one away). Raises `KeguanError` with every problem, each with its line.
    """
    tree = read_tree(text, file)
    problems: list[Problem] = []
    if not isinstance(tree.value, dict):
        raise KeguanError(Problem("KG404", tree.place, {"expected": "mapping", "found": "list"}))
    in_force = effective(tree, problems, subject=subject, window=window, changes=changes)
    scheme = _Loading(in_force, problems, file, text, profile, parameters or {}).scheme()
    if problems:
        raise KeguanError(distinct(problems))
    return scheme


@dataclass
class _Loading:
    """One document being read; problems are collected on the way."""

    document: Effective
    problems: list[Problem]
    file: str
    text: str
    profile: Profile | None
    request: Mapping[str, Any]

    def scheme(self) -> Scheme:
        reader = Reader(self.document.tree, self.problems)
        identity = self._name(reader, "scheme", keys.ID)
        parameters = self._parameters(reader, identity)
        reader.context = {
            "scheme": identity,
            "parameters": {p.name: p.value for p in parameters if p.value is not None},
            "turned": frozenset(p.name for p in parameters if p.turned),
            "subject": self.document.subject,
            "window": self.document.window,
        }
        kind = self._kind(reader)
        where, known, population_labels = self._population(reader)
        dimensions = self._dimensions(reader, kind, parameters) if kind else ()
        return Scheme(
            id=identity,
            version=self._version(reader),
            family=self._name(reader, "family", keys.ID),
            kind=kind.name if kind else "",
            subject=self.document.subject,
            subjects=self.document.subjects,
            labels=reader.labels(),
            population=where,
            population_known=known,
            population_labels=population_labels,
            profiles=tuple(reader.texts("profiles", None)),
            window=self.document.window,
            parameters=parameters,
            dimensions=dimensions,
            defaults=_defaults(reader, self.document.tree),
            references=tuple(_reference(r) for r in reader.items("references", None)),
            notices=tuple(reader.texts("notices", None)),
            requires=tuple(reader.texts("requires", None)),
            unique=self._unique(reader, dimensions),
            links=links(self.document.tree, [p.name for p in parameters]),
            meaning=meaning(self.document.tree, parameters, kind, self.document.pattern),
            presentation=presentation(self.document.tree, kind, self.document.pattern),
            file=self.file,
            source=self.text,
            pattern=self.document.pattern.name if self.document.pattern else None,
        )

    def _problem(self, number: str, place: Place, /, **values: object) -> None:
        self.problems.append(Problem(number, place, values))

    def _name(self, reader: Reader, key: str, pattern: str) -> str:
        """A name of the scheme's own making; KG423 when it has the wrong form."""
        found: str = reader.text(key)
        if found and not re.match(pattern, found):
            reader.report("KG423", reader.place_of(key), key=key, found=found)
        return found

    def _version(self, reader: Reader) -> int:
        version: int = reader.whole("version")
        if reader.has("version") and version < 1:
            reader.report("KG404", reader.place_of("version"), expected="1, 2, 3 …", found=version)
        return version

    def _parameters(self, reader: Reader, scheme: str) -> tuple[Parameter, ...]:
        inner = reader.mapping("parameters", None)
        own: list[Parameter] = []
        for name in inner.keys() if inner is not None else []:
            if not re.match(keys.NAME, name):
                reader.report("KG423", inner.place_of(name), key="parameters", found=name)
            if name in self._taken():
                self._problem("KG439", inner.place_of(name), name=name)
            own.append(read_parameter(name, inner.mapping(name)))
        theirs = self.profile.parameters.get(scheme, {}) if self.profile else {}
        return laid_over(tuple(own), theirs, self.request, scheme, self.problems)

    def _taken(self) -> set[str]:
        """Names that mean something else already: named cuts, letters of scores, measures."""
        tree = self.document.tree
        found = list(conditions(tree))
        names = {*local_terms(tree, {}, {}), *known_measures(found, self.document.subject)}
        for part in list_of(mapping_of(tree).get("dimensions")):
            names.update(local_terms(part, {}, {}))
        return names

    def _kind(self, reader: Reader) -> Kind | None:
        name = reader.text("kind")
        if name in kind_names():
            return kind_called(name)
        if reader.has("kind"):
            reader.report("KG416", reader.place_of("kind"), found=name, known=", ".join(kind_names()))
        return None

    def _population(self, reader: Reader) -> tuple[ast.Node, tuple[ast.Node, ...], Labels | None]:
        """Who takes part: what must hold, what must hold where the data know it, and how people say it."""
        inner = reader.mapping("population", None)
        if inner is None:
            return ast.TRUE, (), None
        place = inner.place_of("when_known")
        known = [parse_at(inner, t, place) for t in inner.texts("when_known", None)]
        return (
            read_condition(inner, "where", ast.TRUE),
            tuple(c for c in known if c != ast.TRUE),
            inner.labels() if inner.has("labels") else None,
        )

    def _dimensions(
        self, reader: Reader, kind: Kind, parameters: tuple[Parameter, ...]
    ) -> tuple[Dimension, ...]:
        check_keys(self.document.tree, kind, self.problems)
        tree = self._readable(parameters)
        written = mapping_of(tree).get("dimensions")
        if written is None:
            only = Reader(tree, self.problems, reader.context)
            return (self._dimension(only, kind, None, reader.labels(), parameters),)
        found = []
        for item in list_of(written):
            named = with_keys(item, {"subject": mapping_of(tree)["subject"]})
            inner = Reader(named if isinstance(item.value, dict) else item, self.problems, reader.context)
            found.append(
                self._dimension(
                    inner, kind, self._name(inner, "dimension", keys.DIMENSION), inner.labels(), parameters
                )
            )
        self._check_dimensions(reader, found, written)
        return tuple(found)

    def _unique(self, reader: Reader, dimensions: tuple[Dimension, ...]) -> tuple[Unique, ...]:
        """Rules that a class comes once per value of a key; KG404 for a class or a key that is not there."""
        codes = {d.id: [c.code for c in d.classes] for d in dimensions}
        subject_keys = SUBJECTS[self.document.subject].keys if self.document.subject in SUBJECTS else ()
        found = []
        for item in reader.items("unique", None):
            rule = Unique(item.text("code"), item.text("per"), item.text("dimension", None))
            for said, known in ((rule.code, codes.get(rule.dimension, [])), (rule.per, subject_keys)):
                if said not in known:
                    self._problem("KG404", item.place, expected=" | ".join(known) or "–", found=said)
            found.append(rule)
        return tuple(found)

    def _check_dimensions(self, reader: Reader, found: list[Dimension], written: Located) -> None:
        if not found:
            reader.report("KG404", written.place, expected="list", found="?")
        ids = [d.id for d in found]
        for name, item in zip(ids, list_of(written), strict=True):
            if name and ids.count(name) > 1:
                self._problem("KG421", item.place, code=name)
            if name in keys.RESERVED_DIMENSIONS:
                reader.report("KG424", item.place, name=name)

    def _readable(self, parameters: tuple[Parameter, ...]) -> Located:
        """The document with conditions a kind could not work with made harmless, and their problems noted."""
        tree = self.document.tree
        found = list(conditions(tree))
        known = known_measures(found, self.document.subject)
        scored = [mapping_of(tree), *map(mapping_of, list_of(mapping_of(tree).get("dimensions")))]
        has_letters = any("scores" in part for part in scored)
        terms = {**known, **local_terms(tree, {p.name: p for p in parameters}, known)}
        bad: set[Place] = set()
        for one in found:
            wrong = ill_typed(one, terms)
            if has_letters and one.key == "when" and one.parsed and needs_other_schemes(one.parsed.node):
                wrong.append(Problem("KG431", one.place, {"condition": one.text[:60]}))
            if wrong:
                self.problems.extend(wrong)
                bad.add(one.place)
        return made_harmless(tree, bad)

    def _dimension(
        self,
        reader: Reader,
        kind: Kind,
        name: str | None,
        labels: Labels,
        parameters: tuple[Parameter, ...],
    ) -> Dimension:
        classes = tuple(self._class(c) for c in reader.items("classes"))
        codes = [c.code for c in classes]
        if reader.has("classes") and not classes:
            reader.report("KG430", reader.place_of("classes"))
        for one, written in zip(classes, reader.items("classes", None), strict=False):
            if one.code and codes.count(one.code) > 1:
                self._problem("KG421", written.place, code=one.code)
        self._check_rest(reader, kind)
        display = tuple(reader.texts("display", None)) or tuple(codes)
        if sorted(display) != sorted(codes):
            reader.report(
                "KG428", reader.place_of("display"), display=", ".join(display), codes=", ".join(codes)
            )
        spec = kind.parse(reader) if classes else None
        return Dimension(name, labels, spec, classes, display, self._closed_by(reader, parameters))

    def _closed_by(self, reader: Reader, parameters: tuple[Parameter, ...]) -> str | None:
        """The parameter that must be true before a dimension is read, while it is not (KG427 where there is none)."""
        name: str | None = reader.text("opened_by", None)
        by_name = {p.name: p for p in parameters}
        if name is not None and name not in by_name:
            known = ", ".join(by_name) or "–"
            reader.report(
                "KG427", reader.place_of("opened_by"), name=name, scheme=reader.context["scheme"], known=known
            )
            return None
        value = by_name[name].value if name is not None else None
        return name if name is not None and (value is None or value.value is not True) else None

    def _class(self, reader: Reader) -> ClassInfo:
        code = reader.text("code")
        if code and not re.match(keys.CODE, code):
            self._problem("KG422", reader.place_of("code"), code=code)
        details = {d.text("code"): d.labels() for d in reader.items("details", None)}
        return ClassInfo(
            code,
            reader.labels(),
            reader.text("given", None),
            reader.flag("default", False),
            details,
            tuple(_need(n) for n in reader.items("needs", None)),
        )

    def _check_rest(self, reader: Reader, kind: Kind) -> None:
        """Kinds that have a rest need one (KG410); a class with a condition cannot be it."""
        if "rest" not in kind.class_keys or not reader.has("classes"):
            return
        classes = reader.items("classes", None)
        if classes and not any(c.has("rest") and not c.has("when") for c in classes):
            self._problem("KG410", reader.place_of("classes"), code=classes[-1].text("code", ""))


def _defaults(reader: Reader, tree: Located) -> tuple[Labels, ...]:
    """What is ours: texts in three languages, or short texts that read the same in all."""
    written = mapping_of(tree).get("defaults")
    items = list_of(written)
    plain = [i for i in items if not isinstance(i.value, dict)]
    if written is not None:
        only = with_keys(tree, {"defaults": Located(plain if items else written.value, written.place)})
        Reader(only, reader.problems).texts("defaults")
    found: list[Labels] = []
    for item in items:
        if isinstance(item.value, dict):
            holder = Reader(Located({"defaults": item}, item.place), reader.problems)
            found.append(holder.labels("defaults"))
        else:
            found.append(dict.fromkeys(LANGUAGES, str(item.value)))
    return tuple(found)


def _need(reader: Reader) -> Need:
    reader.flag("default", False)
    found = Need(reader.labels(), reader.text("given", None))
    reader.close()
    return found


def _reference(reader: Reader) -> Reference:
    found = Reference(reader.text("seed"), reader.whole("line"))
    reader.close()
    return found
