"""The page: one harmless offline file that says everything in three languages."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from keguan.core.languages import LANGUAGES, Lang
from keguan.insight.findings import findings
from keguan.insight.overview import Overview
from keguan.reports import write_report
from keguan.reports.sentences import plain_sentence
from keguan.reports.words import Words
from tests.fixtures.run_folder import HOSTILE, make_run_folder

pytestmark = pytest.mark.slow

SECTIONS = [
    "findings", "leading", "concentration", "rfm", "boundaries", "schemes", "playbook", "overlap", "crossings", "quality", "fit", "provenance",
]  # fmt: skip
VOID = {"meta", "br", "input", "col", "hr", "link"}


class Reader(HTMLParser):
    """Elements in order, with balance checked, and the visible text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(scope="module")
def page(pages: dict[Lang, Path]) -> str:
    return pages["zh-Hans"].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reader(page: str) -> Reader:
    return Reader(page)


def test_nothing_points_outside(page: str, reader: Reader) -> None:
    assert "http:" not in page and "https:" not in page and "//" not in page.replace("<!doctype", "")
    for tag, attributes in reader.tags:
        assert tag not in ("script", "link", "iframe", "object", "img", "base", "form")
        href = attributes.get("href") or ""
        assert not href or href.startswith("#"), (tag, href)
        assert "src" not in attributes and "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)


def test_policy_allows_this_style_and_nothing_else(page: str, reader: Reader) -> None:
    policy = next(a["content"] for t, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    [style] = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_nasty_names_are_shown_as_written_and_do_nothing(page: str, reader: Reader) -> None:
    text = "".join(reader.text)
    shown = [name for name in HOSTILE if name in text]
    assert HOSTILE[0] in shown and len(shown) >= 3
    assert all(name not in page for name in HOSTILE if "<" in name)


def test_every_link_and_every_source_button_has_its_target(reader: Reader) -> None:
    ids = [a["id"] for _, a in reader.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    links = {(a["href"] or "")[1:] for t, a in reader.tags if t == "a" and a.get("href")}
    windows = {a["popovertarget"] for _, a in reader.tags if a.get("popovertarget")}
    assert links | windows <= set(ids)
    assert len(windows) >= 10


def test_every_section_is_there_and_in_the_contents(reader: Reader) -> None:
    found = [a.get("id") for t, a in reader.tags if t == "section"]
    assert found == SECTIONS
    links = [a["href"] for t, a in reader.tags if t == "a" and "see" not in (a.get("class") or "")]
    assert links == ["#findings", *(f"#{s}" for s in SECTIONS)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_findings_stand_first_in_every_language(
    pages: dict[Lang, Path], view: Overview, lang: Lang
) -> None:
    text = "".join(Reader(pages[lang].read_text(encoding="utf-8")).text)
    for finding in findings(view):
        assert plain_sentence(finding, Words(lang, "CNY")) in text
    assert "{" not in text and "}" not in text


def test_headings_step_down_one_at_a_time(reader: Reader) -> None:
    levels = [int(t[1]) for t, _ in reader.tags if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_pictures_have_names_and_tables_have_heads(reader: Reader) -> None:
    pictures = [a for t, a in reader.tags if t == "svg" and a.get("aria-hidden") != "true"]
    assert len(pictures) >= 14
    assert all(a.get("role") == "img" and a.get("aria-label") for a in pictures)
    assert all(a.get("scope") in ("col", "row") for t, a in reader.tags if t == "th")


def test_amounts_are_short_in_sentences_with_the_exact_one_beside(page: str, view: Overview) -> None:
    assert view.concentration is not None
    figures = Words("zh-Hans", "CNY").figures
    exact, short = figures.money(view.concentration.sales), figures.short(view.concentration.sales)
    assert "万" in short and f'title="{exact}">{short}</data>' in unescape(page)


def test_long_lists_are_capped_and_say_so(reader: Reader) -> None:
    assert re.search(r"共 \d+ 位，列出最近的 8 位。", "".join(reader.text))


@pytest.mark.slow
def test_twenty_times_the_customers_make_the_same_size_of_page(
    pages: dict[Lang, Path], tmp_path: Path
) -> None:
    large = make_run_folder(tmp_path / "run", customers=24_000)
    size = write_report(large, tmp_path / "large.html", "en").stat().st_size
    assert size < 1.2 * pages["en"].stat().st_size < 600_000


@pytest.mark.slow
def test_equal_runs_give_equal_bytes(run_dir: Path, pages: dict[Lang, Path], tmp_path: Path) -> None:
    assert write_report(run_dir, tmp_path / "again.html", "en").read_bytes() == pages["en"].read_bytes()
