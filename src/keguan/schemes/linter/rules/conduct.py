"""Rules about what people may be classified by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from keguan.core.document import Located
from keguan.core.errors import Place
from keguan.core.yaml import load_plain
from keguan.kinds.looks import looks_in
from keguan.language import ast
from keguan.schemes.conditions import conditions
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.rule import Rule
from keguan.schemes.rfm import rests_on_rfm_alone
from keguan.schemes.tree import list_of, mapping_of, text_of

_ABOUT_THE_DOCUMENT = frozenset({"references", "given", "defaults", "notices", "scheme", "family", "kind"})


@cache
def _words(name: str) -> dict[str, Any]:
    source = files("keguan").joinpath("catalogue", "lint", f"{name}.yaml")
    content: dict[str, Any] = load_plain(source.read_text(encoding="utf-8"))
    return content


class Appearance(Rule):
    """Nobody is classified by outward looks."""

    id = "appearance"
    covers = ("KG460",)

    def check(self, draft: Draft) -> Iterator[Finding]:
        reported = {p.values["cue"] for p in draft.problems if p.code in self.covers}
        for text, place in _texts(draft.tree):
            for word in looks_in(text) if text not in reported else ():
                yield self.finding(place, word=word, text=text[:60])


def _texts(tree: Located) -> Iterator[tuple[str, Place]]:
    if isinstance(tree.value, str):
        yield tree.value, tree.place
    for item in list_of(tree):
        yield from _texts(item)
    for key, value in mapping_of(tree).items():
        if key not in _ABOUT_THE_DOCUMENT:
            yield from _texts(value)


class Sensitive(Rule):
    """Sensitive attributes stand behind no price."""

    id = "sensitive"

    def check(self, draft: Draft) -> Iterator[Finding]:
        lists = _words("sensitive")
        notices = [n for n in list_of(mapping_of(draft.tree).get("notices")) if text_of(n)]
        priced = [n for n in notices if set(re.split(r"[-_ ]", str(n.value))) & set(lists["price_words"])]
        used = sorted(_names_used(draft) & set(lists["attributes"]))
        for notice in priced if used else []:
            yield self.finding(notice.place, names=", ".join(used), notice=notice.value)


class RfmAlone(Rule):
    """Nobody is chosen by RFM alone."""

    id = "rfm-alone"
    severity = "warning"

    def check(self, draft: Draft) -> Iterator[Finding]:
        if draft.scheme is not None and rests_on_rfm_alone(draft.scheme):
            yield self.finding(draft.tree.place)


def _names_used(draft: Draft) -> set[str]:
    found = {n for c in conditions(draft.tree) if c.parsed for n in ast.names(c.parsed.node)}
    for part in draft.parts():
        for key in ("field", "measure"):
            found.add(text_of(mapping_of(part.tree).get(key)) or "")
    return found
