"""The rule of each class in words, from the document as written: conditions spoken, shares and bounds named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keguan.core.document import Located
from keguan.core.languages import LANGUAGES, Lang
from keguan.core.texts import text
from keguan.language import ast
from keguan.language.lower import substitute
from keguan.language.vocabulary import Term, Vocabulary
from keguan.language.words import say
from keguan.schemes.conditions import read
from keguan.schemes.document import Labels, Scheme
from keguan.schemes.tree import list_of, mapping_of, plain, read_tree
from keguan.schemes.vocabulary import Layered

_BOUNDS = ("up_to", "share", "from", "above")
_LISTS = ("values", "cues")


def class_rules(scheme: Scheme, vocabulary: Vocabulary) -> dict[tuple[str | None, str], Labels]:
    """What each class (dimension, code) asks for, in three languages; nothing for what a document leaves to its kind."""
    tree = read_tree(scheme.source, scheme.file)
    parts = list_of(mapping_of(tree).get("dimensions")) or [tree]
    found: dict[tuple[str | None, str], Labels] = {}
    for part in parts:
        written = mapping_of(part)
        name = plain(written["dimension"]) if "dimension" in written else None
        cuts = {**cut_terms(mapping_of(tree), vocabulary), **cut_terms(written, vocabulary)}
        known = Vocabulary(Layered(cuts, vocabulary.terms), vocabulary.schemes)
        for one in list_of(written.get("classes")):
            said: dict[str, str] = {lang: _said(scheme, mapping_of(one), known, lang) for lang in LANGUAGES}
            if all(said.values()):
                found[name, str(plain(mapping_of(one)["code"]))] = said
    return found


def cut_terms(part: Mapping[str, Located], vocabulary: Vocabulary) -> dict[str, Term]:
    """Named cuts as names with words: `the top 20% of net sales`."""
    found: dict[str, Term] = {}
    for name, cut in mapping_of(part.get("cuts")).items():
        written: dict[str, Any] = plain(cut)
        known = vocabulary.terms.get(str(written.get("measure")))
        side = next((s for s in ("top", "bottom", "median", "percentile") if s in written), None)
        if known is not None and side is not None:
            labels: dict[str, str] = {
                lang: _words(
                    f"cut_{side}", lang, name=known.labels.get(lang, known.name), share=written[side]
                )
                for lang in LANGUAGES
            }
            found[name] = Term(name, known.type, known.unit, labels)
    return found


def _said(scheme: Scheme, written: Mapping[str, Located], vocabulary: Vocabulary, lang: Lang) -> str:
    return text("explain.rule_and", lang).join(_pieces(scheme, written, vocabulary, lang))


def _pieces(
    scheme: Scheme, written: Mapping[str, Located], vocabulary: Vocabulary, lang: Lang
) -> Iterator[str]:
    values = {key: plain(value) for key, value in written.items()}
    condition = read(str(values["when"]), written["when"].place) if "when" in values else None
    if condition is not None:
        yield say(_with_numbers(condition.node, scheme), vocabulary, lang)
    for key in _BOUNDS:
        if key in values:
            yield _words(key, lang, value=values[key])
    for key in _LISTS:
        if isinstance(values.get(key), list):
            yield _words(key, lang, values=text("core.list_separator", lang).join(map(str, values[key])))
    if values.get("rest") is True or values.get("otherwise") is True:
        yield _words("otherwise", lang)


def _with_numbers(node: ast.Node, scheme: Scheme) -> ast.Node:
    """The condition with the parameters in force."""
    known = {p.name: p.value for p in scheme.parameters if p.value is not None}
    return substitute(node, lambda n: known.get(n.name) if isinstance(n, ast.Name) else None)


def _words(key: str, lang: Lang, **values: object) -> str:
    return text(f"explain.rule_{key}", lang, **values)
