"""The head of the page: seal, title, what the run is about, the theme switch, and four figures."""

from __future__ import annotations

from keguan.reports.html.parts import Page, source_button
from keguan.reports.markup import Child, Markup, tag
from keguan.reports.palette import LIGHT
from keguan.reports.sources import value_window

# Colours are written out for paper, where a page's style does not reach into a drawing.
_SEAL = (
    '<svg class="seal" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">'
    f'<rect x="1" y="1" width="38" height="38" rx="6" fill="{LIGHT["seal"]}"></rect>'
    f'<text x="20" y="28" text-anchor="middle" font-size="22" font-weight="700" fill="{LIGHT["surface"]}">客</text></svg>'
)


def masthead(page: Page) -> Markup:
    """The head of the page."""
    words = page.words
    title = tag("div", tag("p", words.t("brand"), class_="brand"), tag("h1", words.t("title")))
    top = tag("div", Markup(_SEAL), title, None if page.paper else _themes(page), class_="top")
    return tag("header", top, _facts(page), _figures(page))


def _themes(page: Page) -> Markup:
    words = page.words
    choices = [
        tag(
            "label",
            tag("input", type="radio", name="theme", id=f"theme-{name}", checked=name == "auto"),
            tag("span", words.t(f"theme.{name}")),
        )
        for name in ("auto", "light", "dark")
    ]
    return tag("fieldset", tag("legend", words.t("theme.name")), choices, class_="themes")


def _facts(page: Page) -> Markup:
    record, words = page.view.record, page.words
    day = record.as_of.isoformat()
    facts: list[tuple[str, str]] = [
        ("purpose", record.purpose),
        ("as_of", day if record.as_of_given else words.t("head.as_of_newest", day=day)),
    ]
    facts += [("window", value_window(page.view, words))] if page.view.value else []
    facts += [("population", words.t("head.subjects", n=words.figures.count(record.population)))]
    facts += [("currency", record.currency or words.t("head.currency_unknown"))]
    facts += [("profile", record.profile)] if record.profile else []
    return tag(
        "dl",
        [tag("div", tag("dt", words.t(f"head.{k}")), tag("dd", v)) for k, v in facts if v],
        class_="facts",
    )


def _figures(page: Page) -> Markup:
    view, words = page.view, page.words
    figures, c = words.figures, view.concentration
    cards: list[Markup] = [_figure(page, "customers", figures.count(view.record.population), "population")]
    if c is not None:
        exact = tag("data", figures.short(c.sales), value=f"{c.sales:f}", title=figures.money(c.sales))
        cards.append(_figure(page, "sales", exact, "sales"))
    if c is not None and c.top20_share is not None:
        cards.append(_figure(page, "top20", figures.share(c.top20_share), "top20"))
        share = words.t("key.for80_value", share=figures.share(c.for80_share))
        cards.append(_figure(page, "for80", share, "for80"))
    near = sum(b.n_above + b.n_below for b in view.boundaries)
    if view.boundaries:
        cards.append(_figure(page, "near", words.t("head.subjects", n=figures.count(near)), "boundary"))
    return tag("div", cards, class_="figures")


def _figure(page: Page, name: str, value: Child, source: str) -> Markup:
    label = tag("span", page.words.t(f"key.{name}"), " ", source_button(page, source), class_="label")
    return tag("div", label, tag("strong", value))
