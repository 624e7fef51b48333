"""Whatever is done to a document: it loads, or it is refused with file and line; nothing else is ever raised."""

from __future__ import annotations

import re
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.schemes.cases import load_cases
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids, builtin_profile, builtin_profiles
from keguan.schemes.linter import lint
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import load_profile
from tests.schemes.documents import SOUND

FEWER = settings(max_examples=max(settings().max_examples // 3, 20))
SCHEMES = [builtin(i).text() for i in builtin_ids()] + list(SOUND.values())
CASES = [c.text() for c in map(builtin_cases, builtin_ids()) if c]
PROFILES = [builtin_profile(i).text() for i in builtin_profiles()]
PIECES = [
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "#",
    '"',
    "'",
    "\n",
    "  ",
    "&a",
    "*a",
    "!!x",
    "|",
    ">",
    "%",
    "0",
    "1e999",
    "-1",
]
PIECES += [
    "true",
    "null",
    "~",
    "and",
    "is a:b",
    "for 7 days",
    "\t",
    "客户",
    "\x00",
    "\ud7ff",
    "999999999999999999999",
    "1/0",
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    st.sampled_from(
        [
            "",
            "x",
            "100%",
            "1/3",
            "1/0",
            "1e-999999999",
            "n_orders_12m",
            "is rfm:keep",
            "true",
            "A",
            "total",
            "1 +",
        ]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.sampled_from(["A", "1", "x > 1"]), max_size=3),
    st.dictionaries(
        st.sampled_from(["code", "when", "value", "zh-Hans"]),
        st.sampled_from(["A", "1", "x > 1"]),
        max_size=3,
    ),
)


def refused_with_place_or_fine(load: Any, text: str) -> None:
    try:
        load(text, "own.yaml")
    except KeguanError as wrong:
        for problem in wrong.problems:
            assert re.fullmatch(r"KG[34]\d\d", problem.code)
            assert problem.place.file == "own.yaml"
            assert problem.place.line or problem.code == "KG401"
            assert problem.render("zh-Hans")


@st.composite
def cut_up(draw: st.DrawFn, texts: list[str]) -> str:
    """A document with pieces cut out, put in or doubled."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 30))
        piece = draw(st.sampled_from([*PIECES, text[start : start + length]]))
        text = text[:start] + piece + text[start + draw(st.sampled_from([0, length])) :]
    return text


@st.composite
def rebuilt(draw: st.DrawFn, texts: list[str]) -> str:
    """A document with values replaced, taken away or moved, still YAML."""
    content = yaml.load(draw(st.sampled_from(texts)), Loader=yaml.BaseLoader)
    for _ in range(draw(st.integers(1, 4))):
        _disturb(draw, content)
    return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))


def _disturb(draw: st.DrawFn, node: Any) -> None:
    """Walks down a random way and changes what is there."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(node[key], (dict, list)) and draw(st.booleans()):
            node = node[key]
            continue
        if draw(st.booleans()):
            node[key] = draw(VALUES)
        else:
            del node[key]
        return


@given(cut_up(SCHEMES))
def test_schemes_cut_up(text: str) -> None:
    refused_with_place_or_fine(load_scheme, text)


@FEWER
@given(rebuilt(SCHEMES))
def test_schemes_rebuilt(text: str) -> None:
    refused_with_place_or_fine(load_scheme, text)


@FEWER
@given(
    rebuilt(SCHEMES),
    st.sampled_from(["6m", "total", "prev_3m", "x"]),
    st.sampled_from(["customer", "item", "moon"]),
)
def test_schemes_rebuilt_for_another_window_and_subject(text: str, window: str, subject: str) -> None:
    refused_with_place_or_fine(lambda t, f: load_scheme(t, f, window=window, subject=subject), text)


@FEWER
@given(rebuilt(SCHEMES))
def test_linting_never_fails(text: str) -> None:
    for finding in lint(text, file="own.yaml"):
        assert finding.render("en")
        assert finding.place.line


@FEWER
@given(cut_up(CASES) | rebuilt(CASES))
def test_cases_files(text: str) -> None:
    refused_with_place_or_fine(load_cases, text)


@given(cut_up(PROFILES) | rebuilt(PROFILES))
def test_profiles(text: str) -> None:
    refused_with_place_or_fine(load_profile, text)
