"""The report on paper: the same page without what only a screen can do, set by WeasyPrint (extra `pdf`)."""

from __future__ import annotations

import logging
from pathlib import Path

from keguan.core.errors import fail
from keguan.core.languages import Lang
from keguan.insight.overview import Overview
from keguan.reports.html.page import render_html


def require_weasyprint() -> None:
    """Nothing when the extra is ready; KG705 with the reason when it is not (package or its system library missing)."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as wrong:
        raise fail("KG705", detail=str(wrong).splitlines()[0]) from None


def write_pdf(view: Overview, out: Path, lang: Lang) -> None:
    """Write the PDF. No address is fetched: the page has none, and the fetcher refuses all."""
    import weasyprint

    logging.getLogger("weasyprint").setLevel(
        logging.ERROR
    )  # it warns about screen-only CSS, which is meant for browsers
    document = weasyprint.HTML(string=render_html(view, lang, paper=True), url_fetcher=_refuse)
    document.write_pdf(str(out))


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a report has no outside address: {url}")
