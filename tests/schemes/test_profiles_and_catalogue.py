"""Profiles, and finding documents by id or path."""

from __future__ import annotations

from pathlib import Path

import pytest

from keguan.core.errors import KeguanError
from keguan.language import ast
from keguan.schemes.catalogue import (
    builtin,
    builtin_cases,
    builtin_ids,
    builtin_profiles,
    find,
    find_profile,
    user_schemes,
)
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import load_profile
from tests.schemes.documents import PROFILE, PYRAMID, changed


def codes(text: str) -> list[str]:
    with pytest.raises(KeguanError) as caught:
        load_profile(text, "shop.yaml")
    assert all(p.place.file == "shop.yaml" and p.place.line for p in caught.value.problems)
    return [p.code for p in caught.value.problems]


def test_a_profile_says_what_holds_in_its_industry() -> None:
    profile = load_profile(PROFILE, "shop.yaml")
    assert (profile.id, profile.rfm_applicable) == ("shop", False)
    assert profile.without["other-scheme"]["en"] == "Of no use" and profile.event["zh-Hant"] == "交貨"
    assert profile.notes[0]["zh-Hant"] == "說明"
    assert profile.parameters["own-scheme"]["quiet_after"].value == ast.Literal(60, "days")


def test_a_profile_may_give_a_bare_number() -> None:
    text = changed(PROFILE, ('{value: 60 days, given: "000:81"}', "60 days"))
    assert load_profile(text, "shop.yaml").parameters["own-scheme"]["quiet_after"].value == ast.Literal(
        60, "days"
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("profile: shop", "profile: My Shop", "KG423"),
        ("profile: shop\n", "", "KG403"),
        ("en: Shop", "en: ''", "KG406"),
        ("rfm_applicable: false", "rfm_applicable: perhaps", "KG404"),
        ("value: 60 days", "value: many", "KG419"),
        ("value: 60 days, ", "", "KG403"),
        ("without:", "away:", "KG405"),
        ("en: Of no use", "en: ''", "KG406"),
        ("en: delivery", "en: ''", "KG406"),
        ("- text:", "- words:", "KG406"),
    ],
)
def test_what_is_wrong_with_a_profile_has_code_and_line(old: str, new: str, code: str) -> None:
    assert code in codes(changed(PROFILE, (old, new)))


@pytest.mark.parametrize("name", builtin_profiles())
def test_every_built_in_profile_loads_and_knows_the_parameters_of_its_schemes(name: str) -> None:
    profile = find_profile(name)
    assert profile.id == name
    for scheme_id in profile.parameters:
        source = builtin(scheme_id)
        assert load_scheme(source.text(), source.file, profile=profile).unset_parameters == ()


def test_built_in_schemes_are_found_by_id_with_their_cases() -> None:
    assert list(builtin_ids()) == sorted(builtin_ids())
    assert "value-pyramid" in builtin_ids()
    assert find("value-pyramid").file == "catalogue/schemes/value/value-pyramid.yaml"
    cases = builtin_cases("value-pyramid")
    assert cases is not None
    assert cases.file.endswith("value-pyramid.cases.yaml")
    assert not any(i.endswith(".cases") for i in builtin_ids())


def test_own_schemes_are_found_by_id_and_by_path(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "own-scheme.yaml"
    path.parent.mkdir()
    path.write_text(PYRAMID, encoding="utf-8-sig")
    (path.parent / "own-scheme.cases.yaml").write_text("cases: []", encoding="utf-8")
    assert [s.id for s in user_schemes([tmp_path])] == ["own-scheme"]
    assert find("own-scheme", [tmp_path]).text() == PYRAMID
    assert find(str(path)).text() == PYRAMID


def test_an_unknown_id_names_what_is_near() -> None:
    with pytest.raises(KeguanError, match="value-pyramid") as caught:
        find("value-pyramids")
    assert caught.value.problems[0].code == "KG425"


def test_an_id_in_two_places_is_refused(tmp_path: Path) -> None:
    (tmp_path / "value-pyramid.yaml").write_text(PYRAMID, encoding="utf-8")
    with pytest.raises(KeguanError) as caught:
        find("value-pyramid", [tmp_path])
    assert caught.value.problems[0].code == "KG426"


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(KeguanError) as caught:
        find(str(tmp_path / "none.yaml")).text()
    assert caught.value.problems[0].code == "KG425"
    (tmp_path / "gbk.yaml").write_bytes("方案: 客户\n".encode("gbk"))
    with pytest.raises(KeguanError) as caught:
        find(str(tmp_path / "gbk.yaml")).text()
    assert (caught.value.problems[0].code, caught.value.problems[0].place.line) == ("KG432", 1)
