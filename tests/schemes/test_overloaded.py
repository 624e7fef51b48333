"""Words that mean different things in different schemes: every class named exists or is still to come, and the words are shared."""

from __future__ import annotations

import pytest

from keguan.core.languages import LANGUAGES
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.loader import load_scheme
from keguan.schemes.overloaded import Overloaded, overloaded_words, scheme_of
from keguan.schemes.pattern import fixed_codes

# Words of the sources with more than one meaning, as section 8.1 of the domain lists them.
WORDS = (
    "A、B、C、D", "普通客户", "优质客户", "中间客户", "潜在客户", "黄金", "大客户", "核心客户", "老客户", "忠诚客户", "目标客户",
    "内部客户", "小客户", "分析型、情感型", "最终客户、终端用户、消费客户、最终消费者",
)  # fmt: skip


def test_all_fifteen_words_are_there_in_three_languages() -> None:
    assert tuple(one.word["zh-Hans"] for one in overloaded_words()) == WORDS
    assert all(one.word[lang] and one.note[lang] for one in overloaded_words() for lang in LANGUAGES)


@pytest.mark.parametrize("one", overloaded_words(), ids=lambda one: one.word["en"])
def test_every_class_that_carries_a_word_exists(one: Overloaded) -> None:
    assert len({scheme_of(c) for c in one.classes}) > 1
    for reference in one.classes:
        assert scheme_of(reference) in builtin_ids()
        head, _, code = reference.partition(":")
        scheme = load_scheme(builtin(scheme_of(reference)).text(), "x.yaml")
        if scheme.pattern is not None:  # its dimensions stand in the data
            assert code in fixed_codes(builtin(scheme.id).text(), "x.yaml")
            continue
        _, _, dimension = head.partition(".")
        assert code in [c.code for c in scheme.dimension(dimension or None).classes], reference


def test_a_word_is_only_spoken_of_where_two_schemes_use_it() -> None:
    gold = next(o for o in overloaded_words() if o.word["en"] == "gold")
    assert gold.among(frozenset({"profit-metals", "rfm"})) == ()
    assert gold.among(frozenset({"profit-metals", "value-medals"})) == (
        "profit-metals:gold",
        "value-medals:gold",
    )
