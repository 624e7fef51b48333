"""Two versions of a scheme compared, in sentences: what was added, dropped or changed, and whether anybody can change class by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keguan.core.document import as_share
from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.language.writer import Unwritable, write
from keguan.schemes.conditions import CONDITION_KEYS
from keguan.schemes.document import Scheme
from keguan.schemes.pattern import KEY as FROM_DATA
from keguan.schemes.sayings import condition, key_name, said
from keguan.schemes.tree import plain, read_tree

_TEXTS = ("labels", "given", "default", "needs")
"""What of a class people only read."""
_ONLY_READ = frozenset({"version", "family", "defaults", "references", "notices", "display", *_TEXTS})
_PARTS = frozenset({"scheme", "classes", "dimensions", "parameters", "population", FROM_DATA})
"""Top keys with sentences of their own."""
_SHARES = frozenset({"up_to", "share"})


@dataclass(frozen=True)
class Change:
    """One difference: the sentence it makes, whether it can move anybody, and what the sentence names."""

    sentence_key: str
    moves: bool
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def sentence(self, lang: Lang, subject: str = "customer") -> str:
        """The difference in words."""
        old, new = self.values.get("old"), self.values.get("new")
        if (
            isinstance(old, Mapping)
            and isinstance(new, Mapping)
            and old.get(lang) == new.get(lang) is not None
        ):
            return text("comparison.other_language", lang, code=self.values["code"])
        filled = {k: _said(k, v, self.values.get("key"), lang, subject) for k, v in self.values.items()}
        return text(f"comparison.{self.sentence_key}", lang, **filled)


@dataclass(frozen=True)
class Comparison:
    """Everything that differs. `moves` compares what decides classes as a whole, whatever its spelling."""

    old: Scheme
    new: Scheme
    changes: tuple[Change, ...]
    moves: bool

    def sentences(self, lang: Lang) -> list[str]:
        """The verdict first, then one sentence per difference."""
        verdict = "same" if not self.changes else "moves" if self.moves else "stays"
        return [
            text(f"comparison.{verdict}", lang),
            *(c.sentence(lang, self.new.subject) for c in self.changes),
        ]


def compare(old: Scheme, new: Scheme) -> Comparison:
    """What has changed from one version to another, in the order of the document."""
    before, after = (_content(s) for s in (old, new))
    changes = [
        *_keys(before, after, _PARTS | _ONLY_READ, "top", {}),
        *_keys(before.get("population") or {}, after.get("population") or {}, _ONLY_READ, "population", {}),
        *_parameters(old, new),
        *_dimensions(before, after),
        *_texts(before, after),
    ]
    return Comparison(old, new, tuple(changes), old.meaning != new.meaning)


def _content(scheme: Scheme) -> dict[str, Any]:
    found = plain(read_tree(scheme.source, scheme.file))
    if FROM_DATA in found:
        pattern = dict(found.pop(FROM_DATA))
        found["dimensions"] = [{"dimension": "…", "labels": pattern.pop("labels", {}), **pattern}]
    return dict(found)


def _keys(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    skip: frozenset[str],
    where: str,
    names: Mapping[str, Any],
) -> Iterator[Change]:
    """Keys of one mapping that were set, dropped or changed; lists of words by what came and went."""
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if key in skip or _alike(key, old, new):
            continue
        named = {**names, "key": key}
        if key == "values" and isinstance(old, list) and isinstance(new, list):
            for sentence, words in (("values_added", _less(new, old)), ("values_gone", _less(old, new))):
                if words:
                    yield Change(sentence, True, {**named, "values": words})
        elif old is None:
            yield Change(f"{where}_set", True, {**named, "new": new})
        elif new is None:
            yield Change(f"{where}_unset", True, {**named, "old": old})
        else:
            yield Change(f"{where}_changed", True, {**named, "old": old, "new": new})


def _alike(key: str, old: Any, new: Any) -> bool:
    """Equal, conditions and shares whatever their spelling."""
    if old == new:
        return True
    if key in _SHARES:
        return as_share(old) is not None and as_share(old) == as_share(new)
    return key in CONDITION_KEYS and _canonical(old) == _canonical(new)


def _canonical(written: Any) -> Any:
    node = condition(written)
    try:
        return write(node) if node is not None else written
    except Unwritable:
        return written


def _less(some: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    return [s for s in some if s not in others]


def _parameters(old: Scheme, new: Scheme) -> Iterator[Change]:
    before, after = ({p.name: p for p in s.parameters} for s in (old, new))
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        shown = {"name": (other or one).labels or name}  # type: ignore[union-attr]  # one of both is there
        if one is None or other is None:
            changed = other or one
            sentence = "parameter_added" if one is None else "parameter_gone"
            yield Change(sentence, True, {**shown, "value": changed.value if changed else None})
        elif one.value != other.value:
            yield Change("parameter_changed", True, {**shown, "old": one.value, "new": other.value})


def _dimensions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = (_by(d.get("dimensions") or [{**d, "dimension": ""}], "dimension") for d in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if name not in old or name not in new:
            labels = (new.get(name) or old[name]).get("labels", {})
            sentence = "dimension_added" if name in new else "dimension_gone"
            yield Change(sentence, True, {"dimension": labels})
            continue
        if name:
            names = {"dimension": new[name].get("labels", {})}
            skip = _PARTS | _ONLY_READ | {"dimension"}
            yield from _keys(old[name], new[name], skip, "dimension", names)
        yield from _classes(old[name], new[name])


def _classes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _by(before.get("classes") or [], "code"), _by(after.get("classes") or [], "code")
    shared = [c for c in new if c in old]
    if [c for c in old if c in new] != shared:
        yield Change("order", True, {"classes": list(new)})
    for code in dict.fromkeys([*new, *old]):
        labels = (new.get(code) or old[code]).get("labels", {})
        names = {"code": code, "label": labels}
        if code not in old or code not in new:
            yield Change("class_added" if code in new else "class_gone", True, names)
        else:
            yield from _keys(old[code], new[code], frozenset({*_TEXTS, "code"}), "class", names)


def _texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What only people read: names, sources, what is said to be ours."""
    if before.get("version") != after.get("version"):
        values = {"old": str(before.get("version")), "new": str(after.get("version"))}
        yield Change("version", False, values)
    who = [(f.get("population") or {}).get("labels") for f in (before, after)]
    if who[0] != who[1]:
        yield Change("text", False, {"key": "population"})
    for key in sorted(_ONLY_READ - {"version"}):
        if before.get(key) != after.get(key):
            yield Change("text", False, {"key": key})
    old, new = (
        {
            (d.get("dimension", ""), c.get("code")): c
            for d in f.get("dimensions") or [f]
            for c in d.get("classes") or []
        }
        for f in (before, after)
    )
    for place in (p for p in new if p in old):
        for key in _TEXTS:
            one, other = old[place].get(key), new[place].get(key)
            if one != other:
                yield Change("class_text", False, {"code": place[1], "key": key, "old": one, "new": other})


def _by(items: Sequence[Mapping[str, Any]], key: str) -> dict[str, Mapping[str, Any]]:
    return {str(i.get(key, "…")): i for i in items}


def _said(name: str, value: Any, key: Any, lang: Lang, subject: str) -> str:
    """A value of a sentence in words; under `key` its own key is named."""
    return key_name(str(value), lang) if name == "key" else said(value, key, lang, subject)
