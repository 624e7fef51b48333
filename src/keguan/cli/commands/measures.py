"""`keguan measures`: the numbers that schemes can use, with type, unit and the tables they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from keguan.cli import options
from keguan.cli.screen import Screen

if TYPE_CHECKING:
    from keguan.engine.measures.definition import Definition


def run(
    subject: options.Subject = "customer",
    search: Annotated[str | None, typer.Argument(metavar="WORD")] = None,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """List the measures of a kind of subject, all or those whose name or label holds a word."""
    from keguan.core.errors import Place, fail
    from keguan.engine.measures.definition import catalogue, subjects

    screen = Screen(lang, quiet, as_json)
    if subject not in subjects():
        raise fail("KG613", Place(field="--subject"), name=subject, known=", ".join(subjects()))
    found = [_row(d) for d in catalogue(subject).values() if not d.internal]
    if search is not None:
        found = [
            r for r in found if search.lower() in f"{r['name']} {' '.join(r['labels'].values())}".lower()
        ]
    screen.data(found)
    heads = [screen.words(f"measures.{head}") for head in ("name", "label", "type", "tables")]
    screen.table(
        heads, [(r["name"], r["labels"][screen.lang], _kind(r), ", ".join(r["needs"])) for r in found]
    )
    if any(r["windowed"] for r in found):
        screen.remark(screen.words("measures.windows"))


def _row(definition: Definition) -> dict[str, Any]:
    from keguan.engine.measures.definition import Gathered
    from keguan.engine.measures.formula import formula, without_rows
    from keguan.engine.measures.resolve import closure

    needs: dict[str, None] = {}
    for part in closure([definition.example], definition.subject):
        source = part.definition.source
        if isinstance(source, Gathered):
            needs[source.table] = None
            needs.update(dict.fromkeys(f"{source.table}.{field}" for field in part.definition.needs))
    return {
        "name": definition.pattern,
        "labels": dict(definition.labels),
        "type": definition.type,
        "unit": definition.unit,
        "windowed": definition.windowed,
        "formula": formula(definition),
        "without_rows": without_rows(definition),
        "given": definition.given,
        "needs": list(needs),
    }


def _kind(row: dict[str, Any]) -> str:
    return row["type"] if row["unit"] in (None, row["type"]) else f"{row['type']}, {row['unit']}"
