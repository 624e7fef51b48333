"""What stands in a scheme document, in words: keys by name, conditions read out, measures by label.

With the `Words` of its scheme a document is read out as a page wants it: codes, parameters and cuts by what they are called,
and a sentence where the document has a mapping of keys. Without them everything is named as it is written, for comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keguan.core.errors import KeguanError
from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.engine.tables import logical_tables
from keguan.language import ast
from keguan.language.lower import substitute
from keguan.language.parser import parse
from keguan.language.vocabulary import Term, Vocabulary
from keguan.language.words import say
from keguan.schemes.conditions import CONDITION_KEYS
from keguan.schemes.document import Labels, Scheme
from keguan.schemes.measures import measure
from keguan.schemes.ruling import cut_terms
from keguan.schemes.tree import list_of, mapping_of, plain, read_tree
from keguan.schemes.vocabulary import Layered, vocabulary

_NAMED = frozenset({"measure", "measures", "tie_order", "field", "note"})
"""Keys whose values are names of measures or attributes."""
_EVENTS = frozenset({"after", "released_by"})
_AMOUNTS = frozenset({"warn", "lapse"})
"""Keys whose values are numbers or parameters."""


@dataclass(frozen=True)
class Words:
    """How names inside one document are said: terms of conditions, labels of its codes, the numbers of its parameters."""

    known: Vocabulary
    codes: Mapping[str, Labels] = field(default_factory=dict)
    numbers: Mapping[str, ast.Node] = field(default_factory=dict)
    cuts: Mapping[str, Term] = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: Scheme) -> Words:
        """The words of a scheme: its parameters by their numbers where they have some, else by name."""
        names = vocabulary(scheme.subject)
        tree = mapping_of(read_tree(scheme.source, scheme.file))
        parts = [tree, *map(mapping_of, list_of(tree.get("dimensions")))]
        cuts = {name: term for part in parts for name, term in cut_terms(part, names).items()}
        kinds = {p.name: p.value for p in scheme.parameters if p.value is not None}
        numbers = {n: v for n, v in kinds.items() if not isinstance(v.value, bool)}
        parameters = {
            p.name: Term(
                p.name, "flag" if p.name in kinds and p.name not in numbers else "number", None, p.labels
            )
            for p in scheme.parameters
        }
        codes = {c.code: c.labels for d in scheme.dimensions for c in d.classes}
        for part in parts:
            for cue in map(mapping_of, list_of(part.get("cues"))):
                if "labels" in cue:
                    codes[str(plain(cue["code"]))] = plain(cue["labels"])
        known = Vocabulary(Layered({**parameters, **cuts}, names.terms), names.schemes)
        return cls(known, codes, numbers, cuts)

    def condition(self, node: ast.Node, lang: Lang) -> str:
        """A condition or amount, with the numbers of parameters in place."""
        filled = substitute(node, lambda n: self.numbers.get(n.name) if isinstance(n, ast.Name) else None)
        return say(filled, self.known, lang)

    def code(self, code: str, lang: Lang) -> str:
        """`A · VIP`, the label alone where the code is a word, the code where it has no label."""
        label = self.codes.get(code, {}).get(lang, code)
        return f"{code} · {label}" if len(code) <= 2 and label != code else label


def key_name(key: str, lang: Lang) -> str:
    """What a key of a document is called; the key itself where it has no name."""
    known = entries("comparison")["keys"]
    return str(known[key][lang]) if key in known else key


def said(value: Any, key: str | None, lang: Lang, subject: str, words: Words | None = None) -> str:
    """A value under a key: lists and mappings with all that is in them, labels in the language."""
    if words is not None and key in _SENTENCES:
        return _SENTENCES[key](value, words, lang)
    if isinstance(value, ast.Literal):
        return say(value, vocabulary(subject), lang)
    if isinstance(value, Mapping):
        return str(value[lang]) if lang in value else _mapping(value, lang, subject, words)
    if isinstance(value, (list, tuple)):
        return _listed([said(v, key, lang, subject, words) for v in value], lang)
    if value is None:
        return text("comparison.nothing", lang)
    if isinstance(value, bool):
        return text(f"core.{'yes' if value else 'no'}", lang)
    return _single(str(value), key or "", lang, subject, words)


def condition(written: Any) -> ast.Node | None:
    """The tree of a condition; None where it cannot be read."""
    try:
        return parse(written) if isinstance(written, str) else None
    except KeguanError:
        return None


def _listed(parts: list[str], lang: Lang) -> str:
    return text("core.list_separator", lang).join(parts)


def _mapping(value: Mapping[str, Any], lang: Lang, subject: str, words: Words | None) -> str:
    parts = []
    for key, inner in value.items():
        if words is not None and key == "optional" and inner is True:
            parts.append(_item("optional", lang))
        elif words is None or key not in ("default", "reason"):
            parts.append(f"{key_name(key, lang)} {said(inner, key, lang, subject, words)}")
    return _listed(parts, lang)


def _single(value: str, key: str, lang: Lang, subject: str, words: Words | None) -> str:
    if key in _NAMED:
        return _measured(value, lang, subject)
    node = condition(value) if key in CONDITION_KEYS or (words and key in _AMOUNTS) else None
    if node is not None:
        spoken = say(node, vocabulary(subject), lang) if words is None else words.condition(node, lang)
        return spoken if words is not None else text("comparison.condition", lang, said=spoken)
    return value if words is None else _chosen(value, key, words, lang)


def _chosen(value: str, key: str, words: Words, lang: Lang) -> str:
    """A word of a closed list, by what it is called."""
    if key == "code":
        return words.code(value, lang)
    if key in _EVENTS:
        return _event(value, lang)
    if key == "status":
        return text(f"explain.status_{value}", lang)
    if key == "window" and value.removesuffix("m").isdecimal():
        return _item("window", lang, n=value.removesuffix("m"))
    found = entries("comparison")["choices"].get(key, {}).get(value)
    return value if found is None else str(found[lang])


def _measured(written: str, lang: Lang, subject: str) -> str:
    """`net_sales_12m desc` as people call it."""
    name, _, direction = written.partition(" ")
    found = measure(name, subject)
    term = None if found is not None else vocabulary(subject).terms.get(name)
    label = found.label(lang) if found is not None else term.labels[lang] if term else name
    return text(f"comparison.{direction}", lang, name=label) if direction in ("desc", "asc") else label


def _item(key: str, lang: Lang, **values: object) -> str:
    return text(f"comparison.items.{key}", lang, **values)


def _event(code: str, lang: Lang) -> str:
    found = entries("comparison")["events"].get(code)
    return code if found is None else str(found[lang])


def _lapses(value: Any, words: Words, lang: Lang) -> str:
    parts = []
    for one in value:
        to = words.code(str(one["code"]), lang)
        if one.get("after"):
            events = _listed([_event(e, lang) for e in one["after"]], lang)
            parts.append(_item("lapse_after", lang, to=to, events=events))
        else:
            parts.append(_item("lapse_else" if parts else "lapse_only", lang, to=to))
    return _item("between", lang).join(parts)


def _scores(value: Any, words: Words, lang: Lang) -> str:
    parts = []
    for one in value:
        term = words.known.terms[str(one["measure"])]
        better = "score_low" if one.get("good") == "low" else "score_high"
        parts.append(_item(better, lang, letter=one["letter"], measure=term.labels[lang]))
    return _item("between", lang).join(parts)


def _cues(value: Any, words: Words, lang: Lang) -> str:
    return _listed([words.code(str(c["code"] if isinstance(c, Mapping) else c), lang) for c in value], lang)


def _order(value: Any, words: Words, lang: Lang) -> str:
    return _item("between", lang).join(words.code(str(c), lang) for c in value)


def _decide(value: Any, words: Words, lang: Lang) -> str:
    return _item("decide", lang, **{k: value[k] for k in ("minimum", "share", "lead")})


def _indicators(value: Any, words: Words, lang: Lang) -> str:
    parts = []
    for one in value:
        label = words.known.terms[str(one["measure"])].labels[lang]
        form = "indicator_optional" if one.get("optional") else "indicator"
        parts.append(_item(form, lang, measure=label, weight=one["weight"]))
    return _listed(parts, lang)


def _unique(value: Any, words: Words, lang: Lang) -> str:
    fields = {n: f for t in logical_tables().values() for n, f in t.fields.items()}
    parts = [
        _item("unique", lang, to=words.code(str(one["code"]), lang), per=fields[one["per"]].labels[lang])
        for one in value
    ]
    return _item("between", lang).join(parts)


def _cuts(value: Any, words: Words, lang: Lang) -> str:
    parts = [
        _item("cut", lang, name=f"`{name}`", said=words.cuts[name].labels[lang])
        for name in value
        if name in words.cuts
    ]
    return _item("between", lang).join(parts)


_SENTENCES: Mapping[str | None, Callable[[Any, Words, Lang], str]] = {
    "lapse_to": _lapses,
    "scores": _scores,
    "cues": _cues,
    "order": _order,
    "decide": _decide,
    "indicators": _indicators,
    "unique": _unique,
    "cuts": _cuts,
}
