"""Bare letters in a column of classes: A means one thing by money, another by intent, so the import asks which scheme is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args, get_type_hints

from keguan.core.errors import Place, Problem
from keguan.engine.intake import sql
from keguan.engine.intake.headers import level
from keguan.engine.intake.options import Policies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions

_BARE = "^[A-Da-dＡ-Ｄａ-ｄ](类|類|级|級|等|档|檔)?(客户|客戶)?$"
_OF_CLASSES = ("等级", "级别", "分级", "分类", "类别", "类型", "种类", "grade", "tier", "class", "rank", "category", "segment", "level",
               "kind", "type", "abc")  # fmt: skip
_NO_SCHEME = ("ask", "keep")
_TABLES = ("history", "overrides")
"""Tables whose every class is one of a scheme."""


def settle(con: duckdb.DuckDBPyConnection, staged: Staged, options: IntakeOptions) -> Iterator[Problem]:
    """Ask for the scheme of bare letters (KG470), or write it before them where the policy `letters` has answered."""
    answer = options.policies.letters
    if staged.table in _TABLES:
        yield from _unnamed(con, staged, answer)
    if not staged.mapping.table.open or answer == "keep":
        return
    for name, mapped in staged.mapping.fields.items():
        said = level(mapped.header)
        if (mapped.by == "attribute" or name == "kind") and any(word in said for word in _OF_CLASSES):
            found = _bare(con, staged, name)
            if found and answer == "ask":
                yield question(staged.raw.name, mapped.header, found)
            elif found:
                _write(con, staged, name, answer, "true")


def _bare(con: duckdb.DuckDBPyConnection, staged: Staged, name: str) -> list[str]:
    """The letters of a column that holds nothing else."""
    column = sql.name(name)
    query = (
        f"SELECT list(DISTINCT {column}::VARCHAR ORDER BY {column}::VARCHAR) FILTER ({column} IS NOT NULL) "
        f"FROM {staged.relation} "
        f"HAVING bool_and(regexp_matches({column}::VARCHAR, '{_BARE}')) FILTER ({column} IS NOT NULL)"
    )
    row = con.execute(query).fetchone()
    return list(row[0] or ()) if row else []


def _unnamed(con: duckdb.DuckDBPyConnection, staged: Staged, answer: str) -> Iterator[Problem]:
    """An earlier class or a decision without a scheme is as mute as a letter, unless it is written `scheme:class`."""
    if "class" not in staged.readings:
        return
    bare = "class IS NOT NULL AND NOT contains(class, ':')"
    if "scheme" in staged.readings:
        bare = f"scheme IS NULL AND {bare}"
    query = f"SELECT list(DISTINCT class ORDER BY class) FROM {staged.relation} WHERE {bare}"
    (found,) = con.execute(query).fetchone() or (None,)
    if found and not is_answered(answer):
        yield question(staged.raw.name, staged.mapping.fields["class"].header, found)
    elif found:
        _write(con, staged, "class", answer, bare)


def _write(con: duckdb.DuckDBPyConnection, staged: Staged, name: str, scheme: str, where: str) -> None:
    """`A类` becomes `value-pyramid:A`."""
    column = sql.name(name)
    letter = f"upper(translate(left({column}, 1), 'ＡＢＣＤａｂｃｄ', 'ABCDABCD'))"
    code = f"CASE WHEN regexp_matches({column}, '{_BARE}') THEN {letter} ELSE {column} END"
    con.execute(
        f"UPDATE {staged.relation}_rows SET {column} = {sql.text(scheme + ':')} || {code} "
        f"WHERE {column} IS NOT NULL AND {where}"
    )


def is_answered(answer: str) -> bool:
    """Whether the policy `letters` names a scheme."""
    return answer not in _NO_SCHEME


def question(source: str, header: str, found: Sequence[str]) -> Problem:
    """The question which scheme these classes of a column are of (KG470)."""
    schemes = [c for c in get_args(get_type_hints(Policies)["letters"]) if c not in _NO_SCHEME]
    shown = ", ".join(found[:6])
    values = {
        "column": header,
        "found": shown,
        "schemes": ", ".join(schemes),
        "first": f"{schemes[0]}:{found[0]}",
    }
    return Problem("KG470", Place(file=source, field=header), values)
