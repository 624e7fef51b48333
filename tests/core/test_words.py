"""Languages and texts: every wish becomes one of three languages, every sentence stands in all of them."""

from string import Formatter
from typing import Any

import pytest

from keguan.core.errors import _AREAS, KeguanError, Place, Problem, fail
from keguan.core.languages import LANGUAGES, Lang, check_language, resolve_language, system_language
from keguan.core.texts import areas, entries, text


@pytest.mark.parametrize(
    ("wish", "lang"),
    [
        ("zh_CN.UTF-8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-Hans-TW", "zh-Hans"),
        ("zh_TW.UTF-8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("ZH-HANT", "zh-Hant"),
        ("en_GB", "en"),
        ("de_DE@euro", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_wish_becomes_the_nearest_language(wish: str | None, lang: Lang) -> None:
    assert resolve_language(wish) == lang


def test_the_system_language_is_read_in_the_usual_order(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_MESSAGES", "zh_TW.UTF-8")
    assert system_language() == "zh-Hant"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert system_language() == "zh-Hant"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert system_language() == "zh-Hans"


def test_only_the_three_tags_pass_the_check() -> None:
    assert [check_language(lang) for lang in LANGUAGES] == list(LANGUAGES)
    with pytest.raises(ValueError, match="zh-TW"):
        check_language("zh-TW")


def _sentences(node: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        return [found for i, inner in enumerate(node) for found in _sentences(inner, f"{path}.{i}")]
    if set(node) & set(LANGUAGES):
        return [(path, node)]
    return [found for key, inner in node.items() for found in _sentences(inner, f"{path}.{key}")]


_DATES = ("language.values.date",)
"""English writes a day as ISO, Chinese as year, month and day."""


@pytest.mark.parametrize("area", areas())
def test_every_sentence_stands_in_three_languages_with_the_same_places(area: str) -> None:
    found = _sentences(entries(area), area)
    assert found
    for key, sentence in found:
        assert set(sentence) == set(LANGUAGES), key
        assert all(isinstance(s, str) and s.strip() for s in sentence.values()), key
        places = [{f for _, f, _, _ in Formatter().parse(s) if f is not None} for s in sentence.values()]
        assert places[0] == places[1] == places[2] or key in _DATES, key


def test_every_error_has_a_what_and_a_do_in_the_area_of_its_number() -> None:
    for area in (a for a in areas() if a.startswith("errors_")):
        for code, entry in entries(area).items():
            assert f"errors_{_AREAS[code[2]]}" == area
            assert set(entry) == {"what", "do"}, code


def test_places_are_filled_and_an_unknown_key_is_a_fault_of_ours() -> None:
    assert "r.csv" in text("errors_runs.KG506.what", "en", folder="r.csv", file="x")
    with pytest.raises(KeyError):
        text("core.no_such_sentence", "en")


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place(), ""),
        (Place("a.csv"), "a.csv"),
        (Place("a.csv", 3), "a.csv:3"),
        (Place("a.csv", 3, 7), "a.csv:3:7"),
        (Place("a.csv", 3, field="amount"), "a.csv:3 [amount]"),
        (Place(field="amount"), "amount"),
    ],
)
def test_places_are_shown_as_people_look_them_up(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_an_error_carries_every_problem_and_says_them_in_every_language() -> None:
    error = KeguanError([Problem("KG504"), Problem("KG507", Place("run"), {"subject": "客1", "near": "客2"})])
    for lang in LANGUAGES:
        lines = error.render(lang).splitlines()
        assert len(lines) == 2 and lines[1].startswith("KG507 run: ") and "客1" in lines[1]
    assert fail("KG504").problems[0].code == "KG504"
    assert error.problems[1].as_dict("en")["values"] == {"subject": "客1", "near": "客2"}
