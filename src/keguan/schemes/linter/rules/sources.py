"""Rules about where things come from and in which languages they are said."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from keguan.core.document import Located, as_share
from keguan.language import ast
from keguan.schemes.conditions import conditions
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.rule import Rule
from keguan.schemes.tree import list_of, mapping_of

_NOT_NUMBERS = frozenset({"code", "given", "default", "labels"})


class Languages(Rule):
    """Every label is there in all three languages."""

    id = "languages"
    covers = ("KG406",)


class References(Rule):
    """The scheme says where it comes from."""

    id = "references"
    severity = "warning"

    def check(self, draft: Draft) -> Iterator[Finding]:
        if not list_of(mapping_of(draft.tree).get("references")):
            yield self.finding(draft.place("references"))


class Marked(Rule):
    """Every number is marked as given by a source or as a default."""

    id = "marked"

    def check(self, draft: Draft) -> Iterator[Finding]:
        for name, parameter in mapping_of(mapping_of(draft.tree).get("parameters")).items():
            if "value" in mapping_of(parameter) and not _is_marked(parameter):
                yield self.finding(parameter.place, name=name)
        explained = bool(list_of(mapping_of(draft.tree).get("defaults")))
        for part in draft.parts():
            for one in part.classes:
                if _has_number(one) and not _is_marked(one):
                    yield self.finding(one.place, name=_named(one))
            for key, value in mapping_of(part.tree).items() if draft.kind and not explained else ():
                if draft.kind and key in draft.kind.keys and not _all_marked(value):
                    yield self.finding(value.place, name=key)


def _named(tree: Located) -> str:
    code = mapping_of(tree).get("code")
    return str(code.value) if code else ""


def _is_marked(tree: Located) -> bool:
    found = mapping_of(tree)
    return "given" in found or ("default" in found and found["default"].value is True)


def _all_marked(tree: Located) -> bool:
    """Whether every number below stands in a mapping that says where it comes from."""
    if _is_marked(tree):
        return True
    if isinstance(tree.value, str):
        return as_share(tree.value) is None and not tree.value.isdigit()
    inner = list_of(tree) or [v for k, v in mapping_of(tree).items() if k not in _NOT_NUMBERS]
    return all(_all_marked(v) for v in inner)


def _has_number(tree: Located) -> bool:
    """A number as a value, or one other than 0 in a condition."""
    written = [v for k, v in mapping_of(tree).items() if k not in _NOT_NUMBERS]
    if any(isinstance(v.value, str) and _is_number(v.value) for v in written):
        return True
    nodes = (n for c in conditions(tree) if c.parsed for n in ast.walk(c.parsed.node))
    return any(_counts(n) for n in nodes)


def _counts(node: ast.Node) -> bool:
    if not isinstance(node, ast.Literal) or isinstance(node.value, bool):
        return False
    return isinstance(node.value, (int, Decimal)) and node.value != 0


def _is_number(text: str) -> bool:
    return as_share(text) is not None or text.replace(".", "", 1).replace("_", "").lstrip("+-").isdigit()
