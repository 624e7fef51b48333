"""Rules about the classes as a whole: everybody gets exactly one, and every one can be got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from keguan.core.document import as_share
from keguan.core.errors import Place
from keguan.engine.measures.definition import Computed, Gathered
from keguan.language import ast
from keguan.language.writer import shown
from keguan.schemes.linter.draft import Draft, Part
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.ladders import empty_classes, ladder
from keguan.schemes.linter.reach import Range, can_hold
from keguan.schemes.linter.rule import Rule
from keguan.schemes.measures import measure
from keguan.schemes.tree import list_of, mapping_of, text_of


class Exhaustive(Rule):
    """Everybody gets a class: there is one for all the others."""

    id = "exhaustive"
    covers = ("KG410", "KG411", "KG414", "KG430")


class Exclusive(Rule):
    """Nobody gets two classes: no value and no condition is claimed twice."""

    id = "exclusive"
    covers = ("KG415", "KG428")

    def check(self, draft: Draft) -> Iterator[Finding]:
        for part in draft.parts():
            claimed: dict[str, str] = {}
            for one in part.classes:
                code = str(text_of(mapping_of(one).get("code")))
                for value in list_of(mapping_of(one).get("values")):
                    if claimed.setdefault(str(value.value), code) != code:
                        other = claimed[str(value.value)]
                        yield self.finding(value.place, code=code, other=other, claim=value.value)
            yield from self._same_conditions(part)

    def _same_conditions(self, part: Part) -> Iterator[Finding]:
        seen: dict[ast.Node, str] = {}
        for rung in ladder(part.dimension.spec) if part.dimension else ():
            if seen.setdefault(rung.condition, rung.code) != rung.code:
                claim = shown(rung.condition)
                yield self.finding(
                    _place_of(part, rung.code), code=rung.code, other=seen[rung.condition], claim=claim
                )


class Reachable(Rule):
    """Every class can be got by somebody: none is empty or taken by those tested before."""

    id = "reachable"

    def check(self, draft: Draft) -> Iterator[Finding]:
        if draft.scheme is None:
            return
        for part in draft.parts():
            if part.dimension is None or part.dimension.spec is None:
                continue
            for code in self._unreachable(draft, part):
                yield self.finding(_place_of(part, code), code=code)

    def _unreachable(self, draft: Draft, part: Part) -> Iterator[str]:
        spec = part.dimension.spec if part.dimension else None
        scheme = draft.scheme
        population = ast.both(scheme.population, *scheme.population_known) if scheme else ast.TRUE
        before: list[ast.Node] = []
        found = empty_classes(spec)
        doubled = set()
        for rung in ladder(spec):
            if rung.condition in before:
                doubled.add(rung.code)
            elif not can_hold(ast.both(population, rung.condition), before, _range(draft)):
                found.append(rung.code)
            before.append(rung.condition)
        yield from (c for c in dict.fromkeys(found) if c not in doubled)


def _place_of(part: Part, code: str) -> Place:
    found = [c for c in part.classes if text_of(mapping_of(c).get("code")) == code]
    return (found[0] if found else part.tree).place


def _range(draft: Draft) -> Callable[[str], Range]:
    """What the catalogue knows about the values of a name."""

    def range_of(name: str) -> Range:
        found = measure(name, draft.subject)
        if found is None:
            closed = draft.vocabulary.terms.get(name)
            return Range(values=(*closed.closed, "\0") if closed and closed.closed else ())
        source = found.definition.source
        counted = isinstance(source, Gathered) and source.aggregate == "count"
        since = isinstance(source, Computed) and source.operation in ("days_since", "months_since")
        never_missing = isinstance(source, Gathered) and source.empty == "zero"
        return Range(counted or since, counted or since, never_missing)

    return range_of


class Ordered(Rule):
    """Bounds run from high to low, shares from small to large."""

    id = "ordered"

    def check(self, draft: Draft) -> Iterator[Finding]:
        for part in draft.parts():
            yield from self._growing(part)
            yield from self._falling(part)

    def _growing(self, part: Part) -> Iterator[Finding]:
        before = Decimal(0)
        for one in part.classes:
            written = mapping_of(one).get("up_to")
            share = as_share(text_of(written)) if written is not None else None
            if written is None or share is None:
                continue
            if share <= before:
                yield self.finding(written.place, "shares", found=written.value)
            before = max(before, share)

    def _falling(self, part: Part) -> Iterator[Finding]:
        before: tuple[Decimal, bool] | None = None
        for one in part.classes:
            for key in ("from", "above"):
                written = mapping_of(one).get(key)
                bound = _number(text_of(written))
                if written is None or bound is None:
                    continue
                current = (bound, key == "above")
                if before is not None and current >= before:
                    yield self.finding(written.place, "bounds", found=written.value)
                before = current


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal((text or "x").replace("_", ""))
    except InvalidOperation:
        return None
