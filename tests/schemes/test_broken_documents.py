"""Whatever is done to a document: it loads, or it is refused with file and line; nothing else is ever raised."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.schemes.cases import load_cases
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids, builtin_profile, builtin_profiles
from keguan.schemes.linter import lint
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import load_profile
from tests.fixtures.broken_yaml import cut_up, doubled, rebuilt, refused_with_place_or_fine
from tests.schemes.documents import SOUND

FEWER = settings(max_examples=max(settings().max_examples // 3, 20))
SCHEMES = [builtin(i).text() for i in builtin_ids()] + list(SOUND.values())
CASES = [c.text() for c in map(builtin_cases, builtin_ids()) if c]
PROFILES = [builtin_profile(i).text() for i in builtin_profiles()]


@given(cut_up(SCHEMES) | doubled(SCHEMES))
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
@given(cut_up(CASES) | rebuilt(CASES) | doubled(CASES))
def test_cases_files(text: str) -> None:
    refused_with_place_or_fine(load_cases, text)


@given(cut_up(PROFILES) | rebuilt(PROFILES) | doubled(PROFILES))
def test_profiles(text: str) -> None:
    refused_with_place_or_fine(load_profile, text)
