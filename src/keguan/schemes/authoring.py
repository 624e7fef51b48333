"""The beginning of a new scheme: a complete document for a kind, commented in one language, to be changed by its author."""

from __future__ import annotations

import re
from importlib.resources import files

from keguan.core.errors import fail
from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.kinds.registry import kind_names
from keguan.schemes import keys
from keguan.schemes.catalogue import builtin_ids

_NOTE = re.compile(r"#:([a-z_]+)")


def templates() -> tuple[str, ...]:
    """Kinds one can start from."""
    folder = files("keguan").joinpath("schemes", "templates")
    found = {f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")}
    return tuple(n for n in kind_names() if n in found)


def new_scheme(kind: str, scheme_id: str, lang: Lang) -> str:
    """The text of a scheme `scheme_id` of a kind, with comments in `lang`; the linter has nothing to say about it.

    Raises KG416 (no such kind), KG438 (no template), KG423 (not an id), KG426 (the id of a built-in scheme).
    """
    if kind not in kind_names():
        raise fail("KG416", found=kind, known=", ".join(kind_names()))
    if kind not in templates():
        raise fail("KG438", kind=kind, known=", ".join(templates()))
    if not re.fullmatch(keys.ID, scheme_id):
        raise fail("KG423", key="scheme", found=scheme_id)
    if scheme_id in builtin_ids():
        raise fail("KG426", name=scheme_id, files=f"{scheme_id}.yaml")
    source = files("keguan").joinpath("schemes", "templates", f"{kind}.yaml")
    body = source.read_text(encoding="utf-8").replace("SCHEME_ID", scheme_id)
    return _NOTE.sub(lambda m: f"# {text(f'authoring.{m[1]}', lang)}", body)
