"""Documents written by people: exact values, lines of every problem, all problems of a file at once."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.core.document import Reader, as_share, load
from keguan.core.errors import KeguanError, Problem
from keguan.core.languages import LANGUAGES


def reader(text: str) -> Reader:
    return Reader(load(text, "x.yaml"), [])


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


def test_values_keep_the_place_they_were_written_at() -> None:
    found = load("a: 1\nb:\n  - c: x\n    d: [p, q]\n", "客.yaml")
    inner = found.value["b"].value[0].value
    assert (inner["d"].place.file, inner["d"].place.line, inner["d"].place.column) == ("客.yaml", 4, 8)
    assert inner["d"].value[1].place.column == 12


def test_numbers_stay_as_written_until_asked_for() -> None:
    one = reader("n: 1.10\nt: 0012\nw: 7\nbig: 1_000.5\ns: '20%'\n")
    assert one.text("n") == "1.10"
    assert one.number("n") == Decimal("1.10") and str(one.number("n")) == "1.10"
    assert one.text("t") == "0012"
    assert one.whole("w") == 7
    assert one.number("big") == Decimal("1000.5")
    assert one.share("s") == Decimal("0.2")
    assert one.problems == []


def test_only_plain_booleans_and_null_are_read() -> None:
    one = reader("a: yes\nb: 'yes'\nc: off\nd: ~\n")
    assert one.flag("a") is True and one.text("b") == "yes" and one.flag("c") is False
    assert one.raw("d") is None


def test_every_problem_is_collected_with_its_line() -> None:
    one = reader("version: x\nflag: 3\nlist: {a: 1}\nextra: 1\n")
    assert one.whole("version") == 0
    assert one.flag("flag") is False
    assert one.items("list") == []
    assert one.text("name") == ""
    one.close()
    assert [(p.code, p.place.line) for p in one.problems] == [
        ("KG404", 1),
        ("KG404", 2),
        ("KG404", 3),
        ("KG403", 1),
        ("KG405", 4),
    ]


def test_every_problem_can_be_said_in_every_language() -> None:
    one = reader("version: x\nextra: 1\nlabels: {en: a}\n")
    one.whole("version"), one.text("name"), one.labels(), one.choice("extra", ("a", "b"))
    one.close()
    assert {"KG403", "KG404", "KG406"} <= set(codes(one.problems))
    assert all(p.render(lang) and p.as_dict(lang) for p in one.problems for lang in LANGUAGES)


def test_a_default_is_given_only_when_the_key_is_absent() -> None:
    one = reader("a: 0\n")
    assert one.whole("a", 5) == 0
    assert one.whole("b", 5) == 5
    assert one.text("c", None) is None
    assert one.mapping("d", None) is None
    assert one.items("e", None) == []
    assert one.choice("f", ("x",), "x") == "x"
    assert one.problems == []


def test_nested_readers_share_problems_and_context() -> None:
    located = load("inner: {n: x}\nlist: [{m: 1}, 5]\n", "x.yaml")
    one = Reader(located, [], {"known": 1})
    inner = one.mapping("inner")
    assert inner.context == {"known": 1}
    inner.number("n")
    assert [r.whole("m", 0) for r in one.items("list")] == [1, 0]
    assert codes(one.problems) == ["KG404", "KG404"]


def test_a_single_text_counts_as_a_list_of_one() -> None:
    assert reader("a: x\n").texts("a") == ["x"]
    assert reader("a: [x, y]\n").texts("a") == ["x", "y"]
    one = reader("a: [x, {b: c}]\n")
    assert one.texts("a") == ["x"] and codes(one.problems) == ["KG404"]


def test_close_passes_over_keys_that_others_read() -> None:
    one = reader("a: 1\nb: 2\n")
    one.whole("a")
    one.close("b")
    assert one.problems == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "KG401"),
        ("a: 1\na: 2\n", "KG402"),
        ("a: {b: 1, b: 2}\n", "KG402"),
        ("--- 1\n--- 2\n", "KG401"),
        ("a: \x01\n", "KG401"),
        ("[" * 40 + "]" * 40, "KG401"),
        ("[" * 5000, "KG401"),
    ],
)
def test_what_is_no_single_document_is_an_error_with_a_code(text: str, code: str) -> None:
    with pytest.raises(KeguanError) as error:
        load(text, "x.yaml")
    assert code in codes(list(error.value.problems))


def test_an_empty_document_is_an_empty_mapping() -> None:
    assert reader("").keys() == [] and reader("# only a word\n").keys() == []


@given(st.text(max_size=80) | st.text(alphabet="ab:-[]{}'\"\n #&*!|>1%", max_size=60))
def test_any_text_is_a_document_or_an_error_with_a_code(text: str) -> None:
    try:
        found = load(text, "x.yaml")
    except KeguanError as error:
        assert all(p.render(lang) for p in error.problems for lang in LANGUAGES)
    else:
        one = Reader(found, [])
        for key in one.keys():
            one.text(key), one.share(key), one.items(key), one.raw(key)
        assert all(p.render("en") for p in one.problems)


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_share_written_as_a_fraction_is_that_fraction_to_28_places(top: int, bottom: int) -> None:
    found = as_share(f"{top}/{bottom}")
    if top > bottom:
        assert found is None
    else:
        assert found is not None and abs(Fraction(found) - Fraction(top, bottom)) < Fraction(1, 10**28)


@given(st.decimals(0, 100, places=6))
def test_a_share_in_per_cent_is_exact(percent: Decimal) -> None:
    assert as_share(f"{percent}%") == percent / 100 == as_share(str(percent / 100))


@pytest.mark.parametrize(
    "wrong", ["", "x", "101%", "-1%", "1.5", "1/0", "nan", "inf", "-0.1", "2/1", "%", "1e400"]
)
def test_what_is_no_share_is_none(wrong: str) -> None:
    assert as_share(wrong) is None


@pytest.mark.parametrize("written", ["1", "-3.50", "+2", "1_000", "0.0001"])
def test_numbers_people_write(written: str) -> None:
    assert reader(f"n: {written}\n").number("n") == Decimal(written.replace("_", ""))


@pytest.mark.parametrize("wrong", ["1e5", ".5", "1.", "0x10", "NaN", "一", "1,000"])
def test_what_is_no_number_is_a_problem(wrong: str) -> None:
    one = reader(f"n: '{wrong}'\n")
    assert one.number("n") == 0
    assert codes(one.problems) == ["KG404"]


def test_labels_are_wanted_in_three_languages() -> None:
    full = reader("labels: {zh-Hans: 一, zh-Hant: 一, en: one}\n")
    assert full.labels() == {"zh-Hans": "一", "zh-Hant": "一", "en": "one"} and full.problems == []
    none: dict[str, Any] = reader("a: 1\n").labels()
    assert none == dict.fromkeys(LANGUAGES, "")
