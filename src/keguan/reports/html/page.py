"""The whole page: head, contents, sections in reading order, and one small window per source of a number."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files

from keguan.core.languages import Lang
from keguan.insight.overview import Overview
from keguan.reports.charts.render import trusted_specs
from keguan.reports.html.masthead import masthead
from keguan.reports.html.parts import Page, Section
from keguan.reports.html.sections import (
    boundaries,
    concentration,
    crossings,
    findings,
    fit,
    leading,
    notices,
    overlap,
    playbook,
    provenance,
    quality,
    resources,
    rfm,
    satisfaction,
    schemes,
)
from keguan.reports.markup import Markup, tag
from keguan.reports.palette import DARK, FONTS, LIGHT
from keguan.reports.words import Words

_SECTIONS: tuple[Callable[[Page], Section | None], ...] = (
    findings.section, notices.section, leading.section, concentration.section, rfm.section, boundaries.section, schemes.section, playbook.section,
    resources.section, satisfaction.section, overlap.section, crossings.section, quality.section, fit.section, provenance.section,
)  # fmt: skip


def render_html(view: Overview, lang: Lang, *, paper: bool = False) -> str:
    """The report as one document without script or outside address; `paper` leaves out what only a screen can do."""
    page = Page(view, Words(lang, view.record.currency), paper)
    with trusted_specs():
        found = [s for make in _SECTIONS if (s := make(page)) is not None]
    style = stylesheet(lang)
    body = tag(
        "body",
        tag("a", page.words.t("skip"), href="#findings", class_="skip"),
        masthead(page),
        tag(
            "div",
            _contents(page, found),
            tag("main", [_section(s) for s in found], id="report"),
            class_="layout",
        ),
        tag("footer", _made_by(page)),
        None if paper else [_source_window(page, key) for key in page.sources],
    )
    title = f"{page.words.t('title')} · {page.view.record.as_of.isoformat()}"
    return "<!doctype html>\n" + tag("html", page_head(title, style), body, lang=lang) + "\n"


def stylesheet(lang: Lang) -> str:
    """The style with the tokens of both themes filled in."""
    source = files("keguan.reports").joinpath("assets", "report.css").read_text(encoding="utf-8")
    light, dark = ("".join(f"--{k}:{v};" for k, v in tokens.items()) for tokens in (LIGHT, DARK))
    return (
        source.replace("/*light*/", light)
        .replace("/*dark*/", dark)
        .replace("/*fonts*/", f"--sans:{FONTS[lang]};")
    )


def page_head(title: str, style: str) -> Markup:
    """The head of an offline page: nothing but its own style may be loaded."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy"}, content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
    )


def _contents(page: Page, found: list[Section]) -> Markup:
    items = [tag("li", tag("a", s.title, href=f"#{s.id}")) for s in found]
    return tag(
        "nav",
        tag("h2", page.words.t("contents")),
        tag("ol", items),
        aria_label=page.words.t("contents"),
        class_="contents",
    )


def _section(section: Section) -> Markup:
    return tag("section", tag("h2", section.title), section.body, id=section.id)


def _made_by(page: Page) -> Markup:
    record = page.view.record
    return tag(
        "p",
        page.words.t(
            "words.produced", version=record.version, engine=record.engine, timezone=record.timezone
        ),
    )


def _source_window(page: Page, key: str) -> Markup:
    source, words = page.sources[key], page.words
    facts = [(words.t("head.window"), source.window), (words.t("columns.basis"), source.basis)]
    listed = [[tag("dt", name), tag("dd", value)] for name, value in facts if value]
    close = tag(
        "button",
        words.t("words.close"),
        type="button",
        popovertarget=f"source-{key}",
        popovertargetaction="hide",
    )
    return tag(
        "div", tag("h3", source.name), tag("p", source.how), tag("dl", listed), close,
        id=f"source-{key}", popover=True, class_="window", role="dialog", aria_label=source.name,
    )  # fmt: skip
