"""The words of the catalogue: simplified is simplified, traditional is as Taiwan writes it, nobody is belittled."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.core.yaml import load_plain
from keguan.schemes.catalogue import builtin, builtin_ids, builtin_profiles

# Words of the mainland in traditional characters; Taiwan says 資料, 預設, 資訊, 品質, 帳款, 設定, 使用者, 訊息 …
NOT_TAIWANESE = (
    "數據", "默認", "信息", "質量", "賬", "設置", "軟件", "文件夾", "硬件", "增長", "高端", "中端", "低端", "行業", "計劃", "周期", "通常", "門店",
)  # fmt: skip
BELITTLING = ("垃圾", "劣质", "劣質", "junk", "worthless", "穷", "窮")


def texts(node: Any) -> Iterator[dict[str, str]]:
    """Every mapping that holds a text in the three languages."""
    if isinstance(node, dict):
        if set(node) == set(LANGUAGES):
            yield node
        for value in node.values():
            yield from texts(value)
    if isinstance(node, list):
        for value in node:
            yield from texts(value)


def documents() -> list[tuple[str, Any]]:
    profiles = files("keguan").joinpath("catalogue", "profiles")
    measures = files("keguan").joinpath("catalogue", "measures", "customer", "derived.yaml")
    return [
        *((name, load_plain(builtin(name).text())) for name in builtin_ids()),
        *(
            (p, load_plain(profiles.joinpath(f"{p}.yaml").read_text(encoding="utf-8")))
            for p in builtin_profiles()
        ),
        ("notices", entries("notices")),
        ("derived", load_plain(measures.read_text(encoding="utf-8"))),
    ]


DOCUMENTS = documents()


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[n for n, _ in DOCUMENTS])
def test_every_text_is_there_in_all_three_languages(name: str, document: Any) -> None:
    found = list(texts(document))
    assert found
    for text in found:
        assert all(str(text[lang]).strip() == text[lang] != "" for lang in LANGUAGES), text


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[n for n, _ in DOCUMENTS])
def test_characters_are_of_their_own_script(name: str, document: Any) -> None:
    """GB 2312 has no traditional characters that were simplified, Big5 no simplified ones."""
    for text in texts(document):
        text["zh-Hans"].encode("gb2312")
        text["zh-Hant"].encode("cp950")
        assert text["en"].isascii(), text["en"]


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[n for n, _ in DOCUMENTS])
def test_traditional_texts_use_the_words_of_taiwan(name: str, document: Any) -> None:
    for text in texts(document):
        foreign = [w for w in NOT_TAIWANESE if w in text["zh-Hant"]]
        assert not foreign, (foreign, text["zh-Hant"])


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[n for n, _ in DOCUMENTS])
def test_sentences_are_punctuated_as_chinese(name: str, document: Any) -> None:
    for text in texts(document):
        for lang in ("zh-Hans", "zh-Hant"):
            assert not set(text[lang]) & set(",;:()?!"), text[lang]


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[n for n, _ in DOCUMENTS])
def test_no_sentence_belittles_a_customer(name: str, document: Any) -> None:
    """The sources' harsher words may only be the quoted name of a scheme or a class."""
    sentences = document if name == "notices" else [document.get("defaults"), document.get("notes")]
    for text in texts(sentences):
        assert not [w for w in BELITTLING for lang in LANGUAGES if w in text[lang].lower()], text
