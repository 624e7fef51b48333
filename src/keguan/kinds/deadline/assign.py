"""Assigning with windows: who lapsed first, then who is held where a demotion put them, then the plain conditions.

All of it is written as conditions over measures, so that the same history always gives the same class.
"""

from __future__ import annotations

from collections.abc import Iterator

from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.deadline.spec import WARNING, Deadline, TimedClass, Window, last
from keguan.language import ast

Branch = tuple[ast.Node, Outcome]


def assign(spec: Deadline, cuts: Cuts) -> Assignment:
    """Where the data do not know the class before, the plain conditions decide alone."""
    state = _State(spec, frozenset(cuts["left_out"]))
    branches: list[Branch] = []
    if state.is_known:
        branches += [
            b for place, c in enumerate(spec.classes) if c.window for b in state.lapses(place, c.window)
        ]
        branches += [b for place in range(1, len(spec.classes)) for b in state.stuck(place)]
    for one in spec.classes[:-1]:
        branches += state.plain(one)
    *_, rest = spec.classes
    branches += state.warned(rest, ast.TRUE)
    return decide(branches, Outcome(rest.code, "classified", "otherwise"))


class _State:
    """The conditions that say where somebody stands."""

    def __init__(self, spec: Deadline, unknown: frozenset[str]) -> None:
        self.spec, self.unknown = spec, unknown
        past = {spec.before.name, spec.entered.name, spec.days.name}
        self.is_known = not past & unknown

    def in_class(self, *classes: TimedClass) -> ast.Node:
        """Whether the class before is one of these."""
        return ast.OneOfValues(self.spec.before, tuple(ast.Literal(c.code) for c in classes))

    def released(self, since: ast.Node) -> ast.Node:
        """Whether something happened after a day that ends a demotion."""
        if self.spec.released.name in self.unknown:
            return ast.FALSE
        return _surely(ast.Compare(">", self.spec.released, since))

    def held(self, place: int) -> ast.Node:
        """Demoted to the class at `place`, not released since, while the conditions of a higher one hold again."""
        higher = self.spec.classes[:place]
        if not higher or self.spec.before_that.name in self.unknown:
            return ast.FALSE
        came_from = ast.OneOfValues(self.spec.before_that, tuple(ast.Literal(c.code) for c in higher))
        again = ast.either(*(c.when for c in higher if c.when is not None))
        still = ast.Not(self.released(self.spec.entered))
        return ast.both(self.in_class(self.spec.classes[place]), came_from, _surely(again), still)

    def stuck(self, place: int) -> Iterator[Branch]:
        """Demotions stick."""
        held, one = self.held(place), self.spec.classes[place]
        if held != ast.FALSE:
            yield from self.warned(one, held, "sticky")
            yield held, Outcome(one.code, "classified", "sticky")

    def lapses(self, place: int, window: Window) -> Iterator[Branch]:
        """Past the window and nothing since that ends it: the first target that holds."""
        one = self.spec.classes[place]
        higher = (ast.Not(_surely(c.when)) for c in self.spec.classes[:place] if c.when is not None)
        plain = ast.both(self.in_class(one), *higher, one.when or ast.TRUE)
        over = ast.Compare(">", self.spec.days, window.lapse)
        end = ast.Arithmetic("+", self.spec.entered, window.lapse)
        lapsed = ast.both(ast.either(plain, self.held(place)), over, ast.Not(self.released(end)))
        for target in window.targets:
            happened = self._happened(target.after)
            if happened != ast.FALSE:
                yield ast.both(lapsed, happened), Outcome(target.code, "classified", target.reason)

    def _happened(self, events: tuple[str, ...]) -> ast.Node:
        """Whether one of the events came since the class began; with none named there is nothing to wait for."""
        if not events:
            return ast.TRUE
        day = last(events)
        return ast.FALSE if day.name in self.unknown else ast.Compare(">=", day, self.spec.entered)

    def plain(self, one: TimedClass) -> Iterator[Branch]:
        """The class whose condition holds."""
        when = one.when or ast.TRUE
        yield from self.warned(one, when)
        yield when, Outcome(one.code, "classified", "condition")

    def warned(self, one: TimedClass, when: ast.Node, reason: str | None = None) -> Iterator[Branch]:
        """The same class with a warning, once it has lasted so long."""
        if one.window and one.window.warn is not None and self.is_known:
            due = ast.Compare(">=", self.spec.days, one.window.warn)
            said = reason or ("condition" if one.when is not None else "otherwise")
            yield ast.both(when, self.in_class(one), due), Outcome(one.code, "classified", said, WARNING)


def _surely(condition: ast.Node) -> ast.Node:
    """A condition that is false where it cannot be known."""
    return ast.Call("coalesce", (condition, ast.FALSE))
