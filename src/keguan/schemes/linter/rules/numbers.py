"""Rules about shares, weights, bounds and ties."""

from __future__ import annotations

from collections.abc import Iterator

from keguan.core.document import Located, as_share
from keguan.language import ast
from keguan.schemes.conditions import conditions
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.rule import Rule
from keguan.schemes.tree import mapping_of, text_of


class Shares(Rule):
    """The shares of the classes make 100 %."""

    id = "shares"
    covers = ("KG420",)

    def check(self, draft: Draft) -> Iterator[Finding]:
        for part in draft.parts():
            written = [mapping_of(c).get("up_to") for c in part.classes]
            last = next((w for w in reversed(written) if w is not None), None)
            if last is not None and as_share(text_of(last)) == 1 and not _is_last(part.classes, last):
                yield self.finding(last.place)


def _is_last(classes: list[Located], bound: Located) -> bool:
    return mapping_of(classes[-1]).get("up_to") is bound


class Weights(Rule):
    """The weights sum to 1."""

    id = "weights"
    covers = ("KG413",)


class Ties(Rule):
    """A ranking says what happens to equal values."""

    id = "ties"

    def check(self, draft: Draft) -> Iterator[Finding]:
        if draft.kind is None or "ties" not in draft.kind.keys:
            return
        for part in draft.parts():
            if "ties" not in mapping_of(part.tree):
                yield self.finding(part.tree.place, kind=draft.kind.name)


class Strictness(Rule):
    """A parameter that says whether its bound belongs to the class is compared that way."""

    id = "strictness"

    def check(self, draft: Draft) -> Iterator[Finding]:
        declared = {}
        for name, parameter in mapping_of(mapping_of(draft.tree).get("parameters")).items():
            strict = mapping_of(parameter).get("strict")
            if strict is not None and isinstance(strict.value, bool):
                declared[name] = strict.value
        for condition in conditions(draft.tree):
            for node in ast.walk(condition.parsed.node) if condition.parsed else ():
                for name in _compared(node):
                    if (
                        isinstance(node, ast.Compare)
                        and name in declared
                        and declared[name] != (node.op in "<>")
                    ):
                        yield self.finding(condition.place, name=name, op=node.op)


def _compared(node: ast.Node) -> list[str]:
    """Names an ordering comparison sets directly against something."""
    if not isinstance(node, ast.Compare) or node.op in ("=", "!="):
        return []
    return [n.name for n in (node.left, node.right) if isinstance(n, ast.Name)]
