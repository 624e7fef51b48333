"""A scheme document read out: sentences and names where it has keys and codes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.engine.tables import logical_table
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.document import Scheme
from keguan.schemes.loader import load_scheme
from keguan.schemes.sayings import Words, key_name, said
from keguan.schemes.tree import plain, read_tree

SPOKEN = ("lapse_to", "released_by", "scores", "cues", "decide", "indicators", "unique", "cuts", "order", "also", "warn", "lapse", "ties", "window")  # fmt: skip


def read(name: str) -> tuple[Scheme, dict[str, Any]]:
    source = builtin(name)
    scheme = load_scheme(source.text(), source.file)
    return scheme, plain(read_tree(scheme.source, scheme.file))


def spoken(name: str) -> list[tuple[str, str, str]]:
    """Every value of the document that is read out, as (language, key, words)."""
    scheme, content = read(name)
    words = Words.of(scheme)
    parts = [content, *content.get("dimensions", [])]
    parts += [c for p in list(parts) for c in p.get("classes", [])]
    return [
        (lang, key, said(part[key], key, lang, scheme.subject, words))
        for part in parts
        for key in SPOKEN
        if key in part
        for lang in LANGUAGES
    ]


@pytest.mark.parametrize("name", builtin_ids())
def test_a_built_in_scheme_is_read_out_without_its_codes_and_keys(name: str) -> None:
    for lang, key, words in spoken(name):
        bare = re.sub(r"`[^`]*`", "", words)
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", bare), (key, words)
        assert lang == "en" or not re.search(r"\b(code|name|when|after|optional|letter|good)\b", bare), words
        assert key_name(key, lang) != key or lang == "en", key


def test_where_a_lapse_leads_is_a_sentence() -> None:
    scheme, content = read("lead-readiness")
    words, ready = Words.of(scheme), content["classes"][0]
    there = said(ready["lapse_to"], "lapse_to", "en", "lead", words)
    assert there.startswith(
        "D · Not yet after a refusal inside the window; B · Through a gatekeeper after a reaction, "
    )
    assert there.endswith("; otherwise D · Not yet")
    assert said(ready["warn"], "warn", "zh-Hans", "lead", words) == "7天"
    assert said(content["released_by"], "released_by", "zh-Hant", "lead", words) == "購買訊號、重新認定、引薦"


def test_scores_cues_and_what_decides_are_sentences() -> None:
    scheme, content = read("rfm")
    scored = said(content["scores"], "scores", "en", "customer", Words.of(scheme))
    assert scored.startswith("R by Days since last purchase, the less the better; F by Orders")
    scheme, content = read("disposition-four-types")
    words = Words.of(scheme)
    assert said(content["classes"][1]["cues"], "cues", "en", "customer", words).startswith(
        "halting speech, mild manner"
    )
    decides = said(content["decide"], "decide", "en", "customer", words)
    assert decides == "at least 2 cues of a class, 50% of all it has, and 20% ahead of every other class"


def test_parameters_are_said_by_number_where_they_have_one_and_by_name_where_not() -> None:
    scheme, content = read("key-account")
    also = said(content["classes"][0]["also"], "also", "en", "customer", Words.of(scheme))
    assert "≤ 90 days" in also and "Monthly spend from which an account is key" in also
    assert "Persons take part too or" in also and also.endswith("only where the data know it")


def test_every_event_the_catalogue_knows_has_a_name() -> None:
    assert set(logical_table("events").fields["event"].codes) <= set(entries("comparison")["events"])
