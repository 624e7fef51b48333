"""What a deadline scheme says: conditions in order, the windows of classes, where who lapses goes, and what releases them.

State is never remembered here: the class before, since when, and what happened since are measures over the tables of
earlier assignments and of events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keguan.core.document import Reader
from keguan.engine.measures.resolve import named
from keguan.kinds.base import Inputs, parse_at, read_condition, reads
from keguan.language import ast

_EVENTS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_TARGET = {
    "type": "object",
    "required": ["code"],
    "properties": {
        "code": {"type": "string"},
        "after": {**_EVENTS, "description": "one of these events happened since the class began"},
        "reason": {"type": "string"},
        "otherwise": {"const": True},
    },
}
KEYS = {"released_by": {**_EVENTS, "description": "events that end a demotion when they come after it"}}
CLASS_KEYS = {
    "when": {"type": "string"},
    "otherwise": {"const": True},
    "warn": {"type": ["string", "integer"], "description": "days in the class from which a warning is given"},
    "lapse": {"type": ["string", "integer"], "description": "days in the class after which it lapses"},
    "lapse_to": {"type": "array", "items": _TARGET, "description": "where who lapses goes, tested in order"},
    "details": {"type": "array", "items": {"type": "object", "required": ["code"]}},
}
WARNING = "due"


@dataclass(frozen=True)
class Target:
    """Where somebody goes who lapsed, if one of the events happened since (none named: in any case)."""

    code: str
    after: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Window:
    """How long a class may last: a warning from `warn` days on, after `lapse` days the first target that holds."""

    warn: ast.Node | None
    lapse: ast.Node
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class TimedClass:
    """One class; without `when` it is the one for everybody else."""

    code: str
    when: ast.Node | None
    window: Window | None


@dataclass(frozen=True)
class Deadline:
    """Classes from high to low, the one for everybody else last; `scope` is the name of their history."""

    classes: tuple[TimedClass, ...]
    released_by: tuple[str, ...]
    scope: str

    @property
    def before(self) -> ast.Name:
        """The class somebody had before this run."""
        return ast.Name(named("class_before", self.scope))

    @property
    def before_that(self) -> ast.Name:
        """The class somebody had before that one."""
        return ast.Name(named("class_before_that", self.scope))

    @property
    def entered(self) -> ast.Name:
        """Since when somebody has the class before."""
        return ast.Name(named("entered_class_on", self.scope))

    @property
    def days(self) -> ast.Name:
        """For how many days."""
        return ast.Name(named("days_in_class", self.scope))

    @property
    def released(self) -> ast.Name:
        """When something last happened that ends a demotion."""
        return last(self.released_by)


def last(events: tuple[str, ...]) -> ast.Name:
    """The day of the last of some events."""
    return ast.Name(named("last_event_on", *events))


def parse(reader: Reader) -> Deadline:
    """The classes and windows of a scheme document. Problems: KG414 (no class for everybody else, tested last), KG461 (a
    window that leads nowhere)."""
    written = reader.items("classes")
    classes = tuple(_class(c) for c in written)
    if not classes or [c.code for c in classes if c.when is None] != [classes[-1].code]:
        reader.report("KG414", reader.place_of("classes"))
    codes = [c.code for c in classes]
    for one, place in zip(classes, written, strict=True):
        if one.window and not _leads_somewhere(one, codes):
            others = ", ".join(c for c in codes if c != one.code)
            reader.report("KG461", place.place_of("lapse_to"), code=one.code, known=others)
    scope = ".".join(filter(None, [reader.context.get("scheme", "own"), reader.text("dimension", None)]))
    return Deadline(classes, tuple(reader.texts("released_by")), scope)


def _leads_somewhere(one: TimedClass, codes: list[str]) -> bool:
    targets = one.window.targets if one.window else ()
    known = all(t.code in codes and t.code != one.code for t in targets)
    return known and [t for t in targets if not t.after] == list(targets[-1:]) != []


def _class(reader: Reader) -> TimedClass:
    otherwise = reader.flag("otherwise", False)
    when = None if otherwise else read_condition(reader, "when")
    return TimedClass(reader.text("code"), when, _window(reader) if reader.has("lapse") else None)


def _window(reader: Reader) -> Window:
    def days(key: str) -> ast.Node:
        return parse_at(reader, reader.text(key), reader.place_of(key))

    targets = tuple(_target(t) for t in reader.items("lapse_to"))
    return Window(days("warn") if reader.has("warn") else None, days("lapse"), targets)


def _target(reader: Reader) -> Target:
    reader.flag("otherwise", False)
    return Target(reader.text("code"), tuple(reader.texts("after", None)), reader.text("reason", "lapsed"))


def inputs(spec: Deadline) -> Inputs:
    """What the conditions ask for; without earlier assignments nothing lapses, without events nothing is released."""
    required = tuple(dict.fromkeys(n for c in spec.classes if c.when is not None for n in reads(c.when)))
    state = [spec.before.name, spec.before_that.name, spec.entered.name, spec.days.name, spec.released.name]
    state += [last(t.after).name for t in targets(spec) if t.after]
    return Inputs(required, tuple(dict.fromkeys(state)))


def targets(spec: Deadline) -> Iterator[Target]:
    """Where anybody may go who lapses."""
    for one in spec.classes:
        yield from one.window.targets if one.window else ()
