"""One call that writes a report: the form follows the file's suffix, and the file appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from keguan.core.errors import Place, fail
from keguan.core.languages import Lang
from keguan.insight.folder import RunFolder


def _html(folder: RunFolder, draft: Path, lang: Lang) -> None:
    from keguan.insight.overview import overview
    from keguan.reports.html.page import render_html

    draft.write_text(render_html(overview(folder), lang), encoding="utf-8")


def _excel(folder: RunFolder, draft: Path, lang: Lang) -> None:
    from keguan.insight.overview import overview
    from keguan.reports.excel.workbook import write_workbook

    write_workbook(folder, overview(folder), draft, lang)


def _pdf(folder: RunFolder, draft: Path, lang: Lang) -> None:
    from keguan.insight.overview import overview
    from keguan.reports.pdf import require_weasyprint, write_pdf

    require_weasyprint()
    write_pdf(overview(folder), draft, lang)


_WRITERS: dict[str, Callable[[RunFolder, Path, Lang], None]] = {".html": _html, ".xlsx": _excel, ".pdf": _pdf}


def write_report(run_dir: Path, out: Path, lang: Lang) -> Path:
    """Write the report of the run in `run_dir` to `out` (`.html`, `.xlsx` or `.pdf`) in `lang`; returns `out`.

    An existing file is replaced only by a finished one. Raises KG506 (no run folder), KG701, KG702 (unreadable), KG703
    (unknown suffix), KG704 (cannot be written), KG705 (the extra `pdf` is missing).
    """
    writer = _WRITERS.get(out.suffix.lower())
    if writer is None:
        raise fail("KG703", Place(str(out)), suffix=out.suffix, known=", ".join(_WRITERS))
    if not out.absolute().parent.is_dir() or out.is_dir():
        raise fail("KG704", Place(str(out)), detail=str(out.parent if not out.is_dir() else out))
    draft = out.with_name(f".{out.stem}.{uuid4().hex[:12]}{out.suffix}")
    try:
        with RunFolder(run_dir) as folder:
            writer(folder, draft, lang)
        os.replace(draft, out)
    except OSError as wrong:
        raise fail("KG704", Place(str(out)), detail=wrong.strerror or str(wrong)) from None
    finally:
        draft.unlink(missing_ok=True)
    return out
