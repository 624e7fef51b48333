"""What a result must be read with, in words: a notice is a code, or a code with values; the sentences stand in
`locale/notices.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keguan.core.languages import Lang
from keguan.core.texts import entries, text


def notice_text(notice: Mapping[str, Any] | str, lang: Lang) -> str:
    """A notice as a sentence; a code nobody has words for stands for itself.

    Values may be labels in three languages, or lists of anything. `told` is for tables beside the sentence, not for it.
    """
    code, values = (notice, {}) if isinstance(notice, str) else (notice["code"], notice.get("values") or {})
    if code not in entries("notices"):
        return str(code)
    said = {name: _said(value, lang) for name, value in values.items() if name != "told"}
    return text(f"notices.{code}", lang, **said)


def _said(value: Any, lang: Lang) -> str:
    if isinstance(value, Mapping):
        return str(value[lang])
    if isinstance(value, (list, tuple)):
        return text("core.list_separator", lang).join(_said(v, lang) for v in value)
    return str(value)
