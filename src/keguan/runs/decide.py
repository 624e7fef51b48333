"""From cuts to the one whole-number expression of a dimension: who takes part, who lacks what, then the kind's classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from keguan.core.errors import fail
from keguan.engine.linking import link_of, linked
from keguan.engine.overriding import override_of
from keguan.engine.subjects import SUBJECTS
from keguan.kinds.base import Cuts, Outcome
from keguan.kinds.registry import kind
from keguan.language import ast
from keguan.language.lower import substitute
from keguan.runs.plan import missing_matters
from keguan.schemes.document import Dimension, Scheme


@dataclass(frozen=True)
class Decision:
    """A dimension ready to be assigned: `index` reads only measures and attributes; `outcomes[i]` is what i means.

    Where people have decided otherwise for somebody, the first `computed` outcomes are the scheme's own; they come again
    in the same order for every class people may decide on. `codes` are the classes the dimension has, whether or not
    anybody can come out in them.
    """

    scheme: str
    dimension: str | None
    index: ast.Node
    outcomes: tuple[Outcome, ...]
    computed: int | None = None
    codes: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """The name of its column in `assignments.parquet`."""
        return column_name(self.scheme, self.dimension)


@dataclass(frozen=True)
class Tally:
    """Heads and exact value per outcome of one dimension, as they were counted."""

    decision: Decision
    heads: tuple[int, ...]
    values: tuple[Decimal, ...]


def overridden(decision: Decision, dimension: Dimension) -> Decision:
    """The decision with what people decided above what the scheme says: class and reason are theirs, the scheme's own
    outcome stays in the number."""
    n = len(decision.outcomes)
    chosen = ast.Name(override_of(decision.column))
    branches: list[tuple[ast.Node, ast.Node]] = [(ast.IsMissing(chosen), ast.Literal(0))]
    for place, info in enumerate(dimension.classes, 1):
        branches.append((ast.Compare("=", chosen, ast.Literal(info.code)), ast.Literal(n * place)))
    index = ast.Arithmetic("+", decision.index, ast.If(tuple(branches), ast.Literal(0)))
    outcomes = [*decision.outcomes]
    outcomes += [_decided(o, info.code) for info in dimension.classes for o in decision.outcomes]
    return replace(decision, index=index, outcomes=tuple(outcomes), computed=n)


def _decided(computed: Outcome, code: str) -> Outcome:
    """A finer detail of the scheme's own class is still true; names of missing inputs no longer matter."""
    return Outcome(code, "classified", "override", None if computed.code is None else computed.detail)


def column_name(scheme: str, dimension: str | None) -> str:
    """`value-pyramid`, or `external-attributes.region`."""
    return scheme if dimension is None else f"{scheme}.{dimension}"


Decisions = Mapping[tuple[str, str | None], Decision]


def decide(scheme: Scheme, dimension: Dimension, cuts: Cuts, subject: str, known: Decisions) -> Decision:
    """The full decision of one dimension, class tests already replaced by the decisions they ask about."""
    assignment = kind(scheme.kind).assign(dimension.spec, cuts)
    inner = resolve(assignment.index, known, subject)
    further = [resolve(c, known, subject) for c in scheme.known_conditions(cuts.get("left_out", ()))]
    branches, outcomes = _outside(resolve(scheme.population, known, subject), further)
    unknown, more = _unknown(ast.both(inner, *further), subject, len(outcomes))
    outcomes += more
    shifted = _shift(inner, len(outcomes))
    index = ast.If((*branches, *unknown), shifted) if branches or unknown else shifted
    codes = tuple(c.code for c in dimension.classes)
    return Decision(scheme.id, dimension.id, index, (*outcomes, *assignment.outcomes), codes=codes)


def resolve(node: ast.Node, known: Decisions, subject: str) -> ast.Node:
    """`node` with every class test replaced by a test of the decided number, and every question about somebody else by
    one about the columns that hold the answer."""

    def rewrite(part: ast.Node) -> ast.Node | None:
        if isinstance(part, ast.Via):
            return _of_other(part, known, subject)
        if not isinstance(part, ast.ClassTest):
            return None
        return ast.either(*(_test(ref, known) for ref in part.refs))

    return substitute(node, rewrite)


def _of_other(via: ast.Via, known: Decisions, subject: str) -> ast.Node:
    """A condition asked of the subject `link` points to: it does not hold where there is none or nothing is known of it.
    A class knows by itself what to do where something is missing; for it the other one only has to be there."""

    def there(name: str) -> ast.Name:
        return ast.Name(linked(via.link.name, name))

    needed = [there(n) for n in ast.names(via.condition)]
    needed += [there(SUBJECTS[subject].keys[0])] if ast.class_refs(via.condition) else []
    condition = resolve(via.condition, known, subject)
    asked = substitute(condition, lambda n: there(n.name) if isinstance(n, ast.Name) else None)
    return ast.both(*(ast.Not(ast.IsMissing(n)) for n in (via.link, *needed)), asked)


def _test(ref: ast.ClassRef, known: Decisions) -> ast.Node:
    decision = known.get((ref.scheme, ref.dimension))
    numbers = [i for i, o in enumerate(decision.outcomes) if o.code == ref.code] if decision else []
    if decision is None or not (numbers or ref.code in decision.codes):
        raise fail("KG503", reference=str(ref))
    if not numbers:  # in a small population a class may have no place
        return ast.FALSE
    return ast.OneOfValues(decision.index, tuple(ast.Literal(n) for n in numbers))


def _outside(
    population: ast.Node, further: Sequence[ast.Node]
) -> tuple[list[tuple[ast.Node, ast.Node]], list[Outcome]]:
    """Branches for those who do not take part; a prospect is told from other outsiders. Who lacks what a `further`
    condition asks for is not outside: nobody knows."""
    if population == ast.TRUE and not further:
        return [], []
    may = [ast.Call("coalesce", (c, ast.TRUE)) for c in further]
    outside = ast.Not(ast.both(ast.Call("coalesce", (population, ast.FALSE)), *may))
    result: list[tuple[ast.Node, ast.Node]] = []
    outcomes: list[Outcome] = []
    if "n_orders_total" in ast.names(population):
        never = ast.both(outside, ast.Compare("=", ast.Name("n_orders_total"), ast.Literal(0)))
        result.append((never, ast.Literal(len(outcomes))))
        outcomes.append(Outcome(None, "not-applicable", "prospect"))
    result.append((outside, ast.Literal(len(outcomes))))
    outcomes.append(Outcome(None, "not-applicable", "outside-population"))
    return result, outcomes


def _unknown(
    node: ast.Node, subject: str, offset: int
) -> tuple[list[tuple[ast.Node, ast.Node]], list[Outcome]]:
    """Branches for subjects that lack an input the data have; the detail names what is missing."""
    asked = {n for part in ast.walk(node) if isinstance(part, ast.IsMissing) for n in ast.names(part)}
    own = [n for n in _decisive(node) if link_of(n) is None]  # what is not known of others lacks nobody
    names = [n for n in own if n not in asked and missing_matters(n, subject)]
    groups = [g for size in range(len(names), 0, -1) for g in combinations(names, size)]
    if len(names) > 3:
        groups = [(n,) for n in names]
    branches: list[tuple[ast.Node, ast.Node]] = []
    outcomes: list[Outcome] = []
    for group in groups:
        test = ast.both(*(ast.IsMissing(ast.Name(n)) for n in group))
        branches.append((test, ast.Literal(offset + len(outcomes))))
        outcomes.append(Outcome(None, "unclassified", "missing-input", "+".join(group)))
    return branches, outcomes


def _decisive(node: ast.Node) -> list[str]:
    """Names without which nothing can be decided: what only breaks ties in a ranking may be missing and sorts last."""
    if isinstance(node, ast.Name):
        return [node.name]
    parts = node.left[:1] if isinstance(node, ast.TupleCompare) else ast.children(node)
    return list(dict.fromkeys(n for part in parts for n in _decisive(part)))


def _shift(node: ast.Node, by: int) -> ast.Node:
    """`node + by`, written into the branches where the node is a plain choice of numbers."""
    if by == 0:
        return node
    if isinstance(node, ast.Literal) and isinstance(node.value, int):
        return ast.Literal(node.value + by)
    if isinstance(node, ast.If):
        return ast.If(tuple((c, _shift(r, by)) for c, r in node.branches), _shift(node.otherwise, by))
    return ast.Arithmetic("+", node, ast.Literal(by))
