"""`keguan schemes`: the catalogue, and one scheme in full: classes, where each number comes from, what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keguan.cli import options
from keguan.cli.screen import Screen

if TYPE_CHECKING:
    from keguan.schemes.document import Scheme


def run(
    scheme: Annotated[str | None, typer.Argument(metavar="ID|FILE")] = None,
    profile: options.ProfileWish = None,
    json_schema: Annotated[Path | None, typer.Option("--json-schema", metavar="DIR")] = None,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """List all schemes, or show one."""
    screen = Screen(lang, quiet, as_json)
    if json_schema is not None:
        _export(screen, json_schema)
    elif scheme is None:
        _list(screen)
    else:
        _show(screen, scheme, profile)


def _export(screen: Screen, folder: Path) -> None:
    from keguan.schemes.schema import export

    files = [str(p) for p in export(folder)]
    screen.data(files)
    screen.answer(screen.words("schemes.exported", files=", ".join(files)))


def _list(screen: Screen) -> None:
    from keguan.runs.lacks import family_in_words
    from keguan.schemes.catalogue import builtin, builtin_ids
    from keguan.schemes.loader import load_scheme

    found = [load_scheme(s.text(), s.file) for s in map(builtin, builtin_ids())]
    screen.data([_summary(s) for s in found])
    heads = [
        screen.words(f"schemes.{head}") for head in ("id", "name", "family", "kind", "classes", "profiles")
    ]
    rows = [
        (
            s.id,
            s.labels[screen.lang],
            family_in_words(s.family, screen.lang),
            s.kind,
            sum(len(d.classes) for d in s.dimensions),
            ", ".join(s.profiles),
        )
        for s in sorted(found, key=lambda s: (s.family, s.id))
    ]
    screen.table(heads, rows, right=(4,))
    screen.remark(screen.words("schemes.more"))


def _summary(scheme: Scheme) -> dict[str, Any]:
    return {
        "id": scheme.id,
        "version": scheme.version,
        "labels": dict(scheme.labels),
        "family": scheme.family,
        "kind": scheme.kind,
        "subjects": list(scheme.subjects),
        "profiles": list(scheme.profiles),
        "meaning": scheme.meaning,
    }


def _show(screen: Screen, wish: str, profile: str | None) -> None:
    from keguan.runs.plan import needs
    from keguan.schemes.catalogue import find, find_profile
    from keguan.schemes.loader import load_scheme

    source = find(wish)
    scheme = load_scheme(source.text(), source.file, profile=find_profile(profile) if profile else None)
    required, optional = needs(scheme)
    screen.data({**_summary(scheme), **_details(scheme), "requires": required, "uses": optional})
    screen.answer(f"{scheme.labels[screen.lang]}  {scheme.id} ({scheme.version})", style="bold")
    screen.answer(screen.words("schemes.population", who=_who(scheme, screen)))
    if scheme.pattern is not None:
        screen.answer(screen.words("schemes.pattern", where=scheme.pattern))
    screen.answer(screen.words("schemes.requires", names=scheme.pattern or ", ".join(required)))
    if optional:
        screen.answer(screen.words("schemes.uses", names=", ".join(optional)))
    if scheme.profiles:
        screen.answer(screen.words("schemes.only", profiles=", ".join(scheme.profiles)))
    _show_classes(screen, scheme)
    _show_parameters(screen, scheme)
    _show_ours(screen, scheme)


def _who(scheme: Scheme, screen: Screen) -> str:
    """Who takes part, as the scheme words it, else its condition in words."""
    from keguan.language import ast
    from keguan.language.words import say
    from keguan.schemes.vocabulary import vocabulary

    worded = (scheme.population_labels or {}).get(screen.lang)
    condition = ast.both(scheme.population, *scheme.population_known)
    if worded:
        return worded.rstrip("。.")
    if condition == ast.TRUE:
        return screen.words("schemes.everybody")
    return say(condition, vocabulary(scheme.subject), screen.lang)


def _details(scheme: Scheme) -> dict[str, Any]:
    from keguan.language import ast
    from keguan.language.writer import write

    return {
        "population": write(ast.both(scheme.population, *scheme.population_known)),
        "dimensions": [
            {
                "dimension": d.id,
                "labels": dict(d.labels),
                "classes": [
                    {
                        "code": c.code,
                        "labels": dict(c.labels),
                        "given": c.given,
                        "default": c.is_default,
                        "needs": [{"labels": dict(n.labels), "given": n.given} for n in c.needs],
                    }
                    for c in d.classes
                ],
            }
            for d in scheme.dimensions
        ],
        "parameters": [{"name": p.name, "value": _plain(p), "source": p.source} for p in scheme.parameters],
        "defaults": [dict(d) for d in scheme.defaults],
        "references": [{"seed": r.seed, "line": r.line} for r in scheme.references],
        "notices": list(scheme.notices),
    }


def _plain(parameter: Any) -> str | None:
    return None if parameter.value is None else str(parameter.value.value)


def _show_classes(screen: Screen, scheme: Scheme) -> None:
    heads = [screen.words(f"schemes.{head}") for head in ("code", "name", "source")]
    for dimension in scheme.dimensions:
        if dimension.id is not None and scheme.pattern is None:
            screen.heading(dimension.labels[screen.lang])
        else:
            screen.answer()
        rows = [
            (c.code, c.labels[screen.lang], c.given or screen.words("schemes.ours"))
            for c in dimension.classes
        ]
        screen.table(heads, rows)
        for one in dimension.classes:
            for need in one.needs:
                words = screen.words(
                    "schemes.need", name=one.labels[screen.lang], need=need.labels[screen.lang]
                )
                screen.answer(f"· {words}")


def _show_parameters(screen: Screen, scheme: Scheme) -> None:
    if not scheme.parameters:
        return
    from keguan.language.writer import shown

    heads = [screen.words(f"schemes.{head}") for head in ("parameter", "name", "value", "source")]
    rows = [
        (
            p.name,
            p.labels.get(screen.lang, ""),
            shown(p.value) if p.value else screen.words("schemes.unset"),
            p.given or (screen.words("schemes.ours") if p.is_default else p.source or ""),
        )
        for p in scheme.parameters
    ]
    screen.answer()
    screen.table(heads, rows)


def _show_ours(screen: Screen, scheme: Scheme) -> None:
    from keguan.core.notices import notice_text

    if scheme.defaults:
        screen.heading(screen.words("schemes.defaults"))
        for ours in scheme.defaults:
            screen.answer(f"· {ours[screen.lang]}")
    for code in scheme.notices:
        screen.answer(notice_text(code, screen.lang))
    where = ", ".join(f"{r.seed}:{r.line}" for r in scheme.references)
    screen.answer()
    screen.answer(screen.words("schemes.references", where=where))
