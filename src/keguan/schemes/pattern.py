"""Documents whose dimensions stand in the data: one per value of a column, or one per further column of a table.

`dimensions_from` says where to look and what a dimension looks like, with places in braces for what is found there. Written
out with what was found, it is an ordinary document; a run keeps that one. Nothing here knows data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

import yaml

from keguan.core.document import Located, Reader
from keguan.core.errors import KeguanError, Problem
from keguan.core.languages import LANGUAGES
from keguan.engine.tables import logical_tables
from keguan.schemes import keys
from keguan.schemes.document import Labels
from keguan.schemes.tree import list_of, locate, mapping_of, plain, read_tree, with_keys

KEY = "dimensions_from"
EACH = "each"
BANDS = "bands"
_ANYTHING = "…"
_SOMETIMES = "n_orders_total >= 1"
"""What a condition of the data looks like where there are no data: one that may hold or not."""
PLACE = re.compile(r"\{([a-z_]+)\}")
_LONGEST = 40
SETTINGS = frozenset(
    {"values_of", "columns_of", "conditions", "texts", "most", "most_values", "opened_by", BANDS}
)

Words = Mapping[str, "str | Labels"]
"""What the places in braces say; what depends on the language by language."""


@dataclass(frozen=True)
class Pattern:
    """Where the dimensions are found. `column` None: every further column of the table is one. `conditions` and `texts`
    are columns of the same row that a dimension may use; at most `most` dimensions of `most_values` values are taken;
    `opened_by` is the flag that opens columns not everybody may see; `bands` the words for bands of numbers."""

    table: str
    column: str | None
    conditions: tuple[str, ...]
    texts: tuple[str, ...]
    most: int
    most_values: int
    opened_by: str | None
    bands: Mapping[str, Labels] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """`tags.tag`, or `customers`."""
        return self.table if self.column is None else f"{self.table}.{self.column}"


@dataclass(frozen=True)
class FoundValue:
    """One class of a dimension: its code, its label and the condition that tells it."""

    code: str
    label: str | Labels = field(hash=False)
    when: str


@dataclass(frozen=True)
class FoundDimension:
    """One dimension found. `complete`: its values take everybody, so the last is the class of all others; `restricted`:
    not everybody may see it."""

    id: str
    words: Words = field(hash=False)
    values: tuple[FoundValue, ...] = ()
    complete: bool = False
    restricted: bool = False


def slug(text: str, taken: Sequence[str] = ()) -> str:
    """A code made of a text: letters and digits of any script, small, joined by hyphens.

    >>> slug("VIP Gold!"), slug("老 客户"), slug("status", ["status"]), slug("☆")
    ('vip-gold', '老-客户', 'x-status', 'x')
    """
    plain_form = normalize("NFKC", text).lower()
    parts = re.findall(f"[{keys.LETTERS}]+", plain_form)
    found = "-".join(parts)[:_LONGEST].strip("-") or "x"
    return f"x-{found}" if found in taken else found


def read_pattern(tree: Located, problems: list[Problem]) -> Pattern | None:
    """The pattern of a document in force; None where it lists its dimensions itself. Problem: KG465."""
    written = mapping_of(tree).get(KEY)
    if written is None:
        return None
    settings = {k: v for k, v in mapping_of(written).items() if k in SETTINGS and k != BANDS}
    reader = Reader(Located(settings, written.place), problems)
    where = [reader.text(k) for k in ("values_of", "columns_of") if reader.has(k)]
    table, dot, column = (where or [""])[0].partition(".")
    known = logical_tables().get(table)
    beside = (*reader.texts("conditions", None), *reader.texts("texts", None))
    named = (column, *beside) if dot else beside
    fits = known is not None and all(n in known.canonical for n in named)
    if len(where) != 1 or not fits or bool(dot) != reader.has("values_of"):
        reader.report(
            "KG465", written.place, found=where[0] if where else "–", tables=", ".join(logical_tables())
        )
        return None
    return Pattern(
        table,
        column or None,
        tuple(reader.texts("conditions", None)),
        tuple(reader.texts("texts", None)),
        max(reader.whole("most", 60), 1),
        max(reader.whole("most_values", 20), 2),
        reader.text("opened_by", None),
        plain(mapping_of(written)[BANDS]) if BANDS in mapping_of(written) else {},
    )


def with_sample(tree: Located, pattern: Pattern) -> Located:
    """The document with one dimension that stands for those the data will have, for all that looks at documents alone."""
    words: dict[str, str | Labels] = {
        **dict.fromkeys(("value", "label", "text", *pattern.texts), _ANYTHING),
        **dict.fromkeys(("values", "scope"), quoted([_ANYTHING])),
        **dict.fromkeys(pattern.conditions, _SOMETIMES),
    }
    value = FoundValue("value", _ANYTHING, _SOMETIMES)
    one = FoundDimension(EACH, words, (value,), restricted=pattern.opened_by is not None)
    return _with_dimensions(tree, [one])


def write_out(
    text: str, file: str, found: Sequence[FoundDimension], changes: Mapping[str, Any] | None = None
) -> str:
    """The text of the ordinary document that a pattern and what was found make."""
    tree = read_tree(text, file)
    laid_over = {k: None if v is None else locate(v, tree.place) for k, v in (changes or {}).items()}
    content = plain(_with_dimensions(with_keys(tree, laid_over), found))
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def pattern_of(text: str, file: str, changes: Mapping[str, Any] | None = None) -> Pattern | None:
    """The pattern of a document that nobody has loaded yet. Raises what is wrong with it."""
    if KEY not in text and KEY not in (changes or {}):  # most documents need not be read for this
        return None
    tree = read_tree(text, file)
    if KEY not in mapping_of(tree):
        return None
    laid_over = {k: None if v is None else locate(v, tree.place) for k, v in (changes or {}).items()}
    problems: list[Problem] = []
    found = read_pattern(with_keys(tree, laid_over), problems)
    if problems:
        raise KeguanError(problems)
    return found


def quoted(values: Sequence[str]) -> str:
    """Values as the conditions language reads them behind the colon of a family.

    >>> quoted(["vip", 'the "best"'])
    '"vip"+"the ""best\"""'
    """
    return "+".join('"' + v.replace('"', '""') + '"' for v in values)


def fixed_codes(text: str, file: str) -> list[str]:
    """Codes of the classes every dimension has, so that values found are not called like them."""
    classes = mapping_of(mapping_of(read_tree(text, file)).get(KEY)).get("classes")
    return [str(mapping_of(c)["code"].value) for c in list_of(classes) if "code" in mapping_of(c)]


def band_label(text: str, file: str, form: str, **numbers: str) -> Labels:
    """The label of a band as the document words it: `below`, `between` or `above` some numbers."""
    bands = mapping_of(mapping_of(mapping_of(read_tree(text, file)).get(KEY)).get(BANDS))
    written = plain(bands[form]) if form in bands else dict.fromkeys(LANGUAGES, _ANYTHING)
    return {lang: _filled(str(written[lang]), numbers, lang) for lang in LANGUAGES}


def _with_dimensions(tree: Located, found: Sequence[FoundDimension]) -> Located:
    written = mapping_of(tree)[KEY]
    opened_by = mapping_of(written).get("opened_by")
    body = with_keys(written, dict.fromkeys(SETTINGS))
    dimensions = [_dimension(body, one, opened_by) for one in found]
    return with_keys(tree, {KEY: None, "dimensions": Located(dimensions, written.place)})


def _dimension(body: Located, found: FoundDimension, opened_by: Located | None) -> Located:
    filled = _fill(body, found.words, None)
    classes = mapping_of(filled).get("classes")
    changes: dict[str, Located | None] = {"dimension": Located(found.id, body.place)}
    if found.restricted and opened_by is not None:
        changes["opened_by"] = opened_by
    if classes is not None:
        changes["classes"] = Located(_classes(list_of(classes), found), classes.place)
    return with_keys(filled, changes)


def _classes(written: list[Located], found: FoundDimension) -> list[Located]:
    made: list[Located] = []
    for one in written:
        if EACH in mapping_of(one):
            made += [_value(one, v) for v in found.values]
        elif not found.complete or "otherwise" not in mapping_of(one):
            made.append(one)
    if found.complete and made:
        rest = {"when": None, "otherwise": Located(True, made[-1].place)}
        made[-1] = with_keys(made[-1], rest)
    return made


def _value(body: Located, value: FoundValue) -> Located:
    own = {"code": Located(value.code, body.place), "when": Located(value.when, body.place), EACH: None}
    return with_keys(_fill(body, {"text": value.label}, None), own)


def _fill(tree: Located, words: Words, lang: str | None) -> Located:
    """The tree with every place in braces that `words` knows filled in."""
    if isinstance(tree.value, dict):
        inner = {k: _fill(v, words, k if k in LANGUAGES else lang) for k, v in tree.value.items()}
        return Located(inner, tree.place)
    if isinstance(tree.value, list):
        return Located([_fill(v, words, lang) for v in tree.value], tree.place)
    if isinstance(tree.value, str):
        return Located(_filled(tree.value, words, lang), tree.place)
    return tree


def _filled(text: str, words: Words, lang: str | None) -> str:
    def said(match: re.Match[str]) -> str:
        word = words.get(match[1], match[0])
        return word if isinstance(word, str) else word[lang or "en"]

    return PLACE.sub(said, text)
