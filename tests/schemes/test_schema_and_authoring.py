"""The JSON Schemas for editors, and the beginnings of new schemes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.kinds.registry import kind_names
from keguan.schemes.authoring import new_scheme, templates
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids, builtin_profile, builtin_profiles
from keguan.schemes.linter import lint
from keguan.schemes.loader import load_scheme
from keguan.schemes.schema import cases_schema, export, profile_schema, scheme_schema
from tests.schemes.documents import PROFILE, PYRAMID, SOUND, TWO_QUESTIONS, changed


class _LikeEditors(yaml.SafeLoader):
    """Days stay text, as in the YAML that editors read."""


_LikeEditors.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return yaml.load(text, Loader=_LikeEditors)


def errors(schema: dict[str, Any], text: str) -> list[str]:
    return [e.message for e in Draft202012Validator(schema).iter_errors(read(text))]


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    return {"scheme": scheme_schema(), "cases": cases_schema(), "profile": profile_schema()}


def test_the_schemas_are_schemas(schemas: dict[str, dict[str, Any]]) -> None:
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("scheme_id", builtin_ids())
def test_built_in_documents_follow_the_schemas(schemas: dict[str, dict[str, Any]], scheme_id: str) -> None:
    assert errors(schemas["scheme"], builtin(scheme_id).text()) == []
    cases = builtin_cases(scheme_id)
    assert cases is not None
    assert errors(schemas["cases"], cases.text()) == []


@pytest.mark.parametrize("name", builtin_profiles())
def test_built_in_profiles_follow_the_schema(schemas: dict[str, dict[str, Any]], name: str) -> None:
    assert errors(schemas["profile"], builtin_profile(name).text()) == []


@pytest.mark.parametrize("name", SOUND)
def test_sound_documents_follow_the_schema(schemas: dict[str, dict[str, Any]], name: str) -> None:
    assert errors(schemas["scheme"], SOUND[name]) == []


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (PYRAMID, "kind: rank_share", "kind: magic"),
        (PYRAMID, "version: 1", "version: one"),
        (PYRAMID, "family: own\n", ""),
        (PYRAMID, "ties: exact", "ties: sometimes"),
        (PYRAMID, "ties: exact", "cut_by: value"),
        (PYRAMID, "code: A", "kode: A"),
        (PYRAMID, "en: VIP", "fr: VIP"),
        (PYRAMID, "scheme: own-scheme", "scheme: Own Scheme"),
        (PYRAMID, "classes:", "window: soon\nclasses:"),
        (SOUND["rules"], "measure: net_sales_12m", "measures: net_sales_12m"),
        (SOUND["rules"], "unit: days", "unite: days"),
        (SOUND["scores"], "letter: R", "letter: RR"),
        (TWO_QUESTIONS, "dimension: active", "aspect: active"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(
    schemas: dict[str, dict[str, Any]], text: str, old: str, new: str
) -> None:
    broken = changed(text, (old, new))
    assert errors(schemas["scheme"], broken)
    with pytest.raises(KeguanError):
        load_scheme(broken, "own.yaml")


def test_the_other_schemas_refuse_unknown_keys(schemas: dict[str, dict[str, Any]]) -> None:
    assert errors(schemas["profile"], changed(PROFILE, ("without:", "away:")))
    case = "cases: [{name: a, as_of: 2026-06-30, given: {items: {a: 1}}, expect: {classes: {a: A}}}]"
    assert errors(schemas["cases"], case) == []
    assert errors(schemas["cases"], changed(case, ("items: {a: 1}", "items: {a: 1}, orders: {}")))
    assert errors(schemas["cases"], changed(case, ("{classes: {a: A}}", "{}")))


def test_the_schemas_are_written_for_editors(tmp_path: Path, schemas: dict[str, dict[str, Any]]) -> None:
    paths = export(tmp_path / "schemas")
    assert [p.name for p in paths] == ["scheme.schema.json", "cases.schema.json", "profile.schema.json"]
    assert json.loads(paths[0].read_text(encoding="utf-8")) == schemas["scheme"]


def test_every_kind_has_a_beginning() -> None:
    assert templates() == kind_names()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", templates())
def test_a_new_scheme_passes_the_linter_at_once(kind: str, lang: Any) -> None:
    text = new_scheme(kind, "own-scheme", lang)
    assert lint(text) == []
    assert load_scheme(text, "own-scheme.yaml").id == "own-scheme"
    assert "#:" not in text
    assert text.count("# ") >= 8


def test_comments_are_in_the_language_asked_for_and_change_nothing() -> None:
    texts = {lang: new_scheme("rules", "own-scheme", lang) for lang in LANGUAGES}
    assert len(set(texts.values())) == 3
    assert len({load_scheme(t, "x.yaml").presentation for t in texts.values()}) == 1


@pytest.mark.parametrize(
    ("kind", "scheme_id", "code"),
    [("magic", "own", "KG416"), ("rules", "Own", "KG423"), ("rules", "rfm", "KG426")],
)
def test_a_beginning_with_a_wrong_wish_is_refused(kind: str, scheme_id: str, code: str) -> None:
    with pytest.raises(KeguanError) as caught:
        new_scheme(kind, scheme_id, "en")
    assert caught.value.problems[0].code == code
