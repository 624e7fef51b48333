"""Two versions of a scheme are compared in sentences, and whether anybody can change class is never wrong."""

from __future__ import annotations

import pytest

from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.kinds.registry import kind, kind_names
from keguan.schemes import keys
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.comparison import Comparison, compare
from keguan.schemes.loader import load_scheme
from tests.schemes.documents import PYRAMID, RULES, TWO_QUESTIONS, changed

CASES = [
    (PYRAMID, [("up_to: 1%", "up_to: 2%")], "class_changed", True, "from 1% to 2%"),
    (PYRAMID, [("measure: net_sales_12m", "measure: gross_profit_12m")], "top_changed", True, "Gross profit (last 12 months)"),
    (PYRAMID, [("n_orders_total >= 1", "n_orders_total >= 3")], "population_changed", True, "Orders (all time) ≥ 3 orders"),
    (PYRAMID, [("en: VIP", "en: Top")], "class_text", False, "from VIP to Top"),
    (PYRAMID, [("version: 1", "version: 2")], "version", False, "from 1 to 2"),
    (RULES, [("recency_days > quiet_after", "recency_days >= quiet_after")], "class_changed", True, "≥ quiet_after"),
    (RULES, [("value: 180", "value: 90")], "parameter_changed", True, "from 180 days to 90 days"),
    (TWO_QUESTIONS, [("dimension: frequent", "dimension: often")], "dimension_gone", True, ""),
]  # fmt: skip


def _compared(text: str, changes: list[tuple[str, str]]) -> Comparison:
    return compare(load_scheme(text, "old.yaml"), load_scheme(changed(text, *changes), "new.yaml"))


@pytest.mark.parametrize(("text", "changes", "what", "moves", "said"), CASES)
def test_a_difference_is_said_and_told_whether_it_moves_anybody(
    text: str, changes: list[tuple[str, str]], what: str, moves: bool, said: str
) -> None:
    found = _compared(text, changes)
    assert what in [c.sentence_key for c in found.changes]
    assert found.moves is moves
    assert said in " ".join(found.sentences("en"))
    for lang in LANGUAGES:
        verdict, *sentences = found.sentences(lang)
        assert verdict == entries("comparison")["moves" if moves else "stays"][lang]
        assert sentences and not any("{" in s for s in sentences)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (RULES, ("recency_days > quiet_after", "recency_days>quiet_after")),
        (PYRAMID, ("up_to: 1%", "up_to: 0.01")),
    ],
)
def test_what_is_written_in_another_way_is_the_same(text: str, change: tuple[str, str]) -> None:
    found = _compared(text, [change])
    assert found.changes == () and found.sentences("en") == ["The two versions are the same."]


def test_classes_that_come_go_and_change_places_are_named() -> None:
    last = "  - {code: D, rest: true"
    found = _compared(PYRAMID, [(last, "  - {code: E, rest: true")])
    assert [(c.sentence_key, c.values["code"]) for c in found.changes if "code" in c.values][:2] == [
        ("class_added", "E"), ("class_gone", "D"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", builtin_ids())
def test_a_built_in_scheme_is_the_same_as_itself_and_loses_nothing_against_an_own_copy(name: str) -> None:
    source = builtin(name)
    scheme = load_scheme(source.text(), source.file)
    assert compare(scheme, scheme).changes == ()
    version = f"version: {scheme.version}"
    other = load_scheme(source.text().replace(version, "version: 99", 1), "own.yaml")
    assert [c.sentence_key for c in compare(scheme, other).changes] == ["version"]


def test_every_key_of_a_document_has_a_word() -> None:
    read = {"scheme", "version", "dimension", "dimensions_from", "parameters"}
    needed = {*keys.DOCUMENT, *keys.CLASS, *keys.DIMENSION_KEYS}
    for one in map(kind, kind_names()):
        needed |= {*one.keys, *one.class_keys}
    assert needed - read <= set(entries("comparison")["keys"])
