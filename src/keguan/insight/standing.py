"""Any measure of a run by the classes of any of its schemes: what a class comes to, and where each subject stands in the whole.

Knows the run folder only. Subjects without a class do not take part; a missing value is not zero and counts nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keguan.core.errors import fail
from keguan.insight.folder import RunFolder, quoted
from keguan.insight.record import CLASSIFIED, SchemeRecord

if TYPE_CHECKING:
    import pyarrow as pa

_NUMERIC = ("money", "number")


def class_figures(
    folder: RunFolder, scheme: str, measure: str, over: str | None = None, dimension: str | None = None
) -> list[dict[str, Any]]:
    """One row per class, high to low: `heads`, how many have the measure `known`, its `total`, `mean` and `median`; how many
    `times` the lowest class's median this one's is; with `over`, the `ratio` of both totals where both measures are known.

    Raises KG706 for a scheme and KG707 for a measure that the run does not have.
    """
    classes = _scheme(folder, scheme, dimension)
    v = _measure(folder, measure)
    w = "NULL::DOUBLE" if over is None else _measure(folder, over)
    both = f"WHERE {v} IS NOT NULL AND {w} IS NOT NULL"
    found = folder.rows(
        f"SELECT {quoted(classes.column)}, count(*)::BIGINT, count({v})::BIGINT, sum({v}), avg({v})::DOUBLE,"
        f" median({v})::DOUBLE, sum({v}) FILTER ({both})::DOUBLE / nullif(sum({w}) FILTER ({both})::DOUBLE, 0)"
        f" FROM run WHERE {_taking_part(classes)} GROUP BY ALL"
    )
    by_code = {code: rest for code, *rest in found}
    lowest = next((by_code[c][4] for c in reversed(classes.codes) if c in by_code), None)
    return [_figure(c, by_code.get(c, [0, 0, None, None, None, None]), lowest) for c in classes.codes]


def standings(folder: RunFolder, scheme: str, measure: str, dimension: str | None = None) -> pa.Table:
    """One row per subject with the measure, best first: its keys, `class`, `value`, `rank` (equals share it), `rank_share` (rank
    over all), `share` of the total (contribution), `running_share` up to here, and `gap`: how far the value is below the mean of
    the next class up (missing in the highest class, negative above that mean).

    Raises KG706 for a scheme and KG707 for a measure that the run does not have.
    """
    classes = _scheme(folder, scheme, dimension)
    v, keys = _measure(folder, measure), ", ".join(map(quoted, folder.keys))
    above = {code: up for up, code in zip(classes.codes, classes.codes[1:], strict=False)}
    means = {f["code"]: f["mean"] for f in class_figures(folder, scheme, measure, dimension=dimension)}
    next_up = " ".join(f"WHEN ? THEN {means[up]!r}" for up in above.values() if means[up] is not None)
    asked = [code for code, up in above.items() if means[up] is not None]
    gap = f"CASE class {next_up} END - value" if next_up else "NULL::DOUBLE"
    base = (
        f"SELECT {keys}, {quoted(classes.column)} AS class, {v} AS value FROM run"
        f" WHERE {_taking_part(classes)} AND {v} IS NOT NULL"
    )
    whole = "nullif(greatest(sum(value) OVER (), 0), 0)::DOUBLE"
    running = f"sum(value) OVER (ORDER BY value DESC, {keys} ROWS UNBOUNDED PRECEDING)::DOUBLE"
    return folder.table(
        f"SELECT {keys}, class, value, rank() OVER (ORDER BY value DESC) AS rank,"
        f" rank() OVER (ORDER BY value DESC) / count(*) OVER () AS rank_share, value::DOUBLE / {whole} AS share,"
        f" {running} / {whole} AS running_share, ({gap})::DOUBLE AS gap FROM ({base}) ORDER BY value DESC, {keys}",
        asked,
    )


def _figure(code: str, of: list[Any], lowest: float | None) -> dict[str, Any]:
    heads, known, total, mean, median, ratio = of
    times = median / lowest if median is not None and lowest and lowest > 0 else None
    row = {"code": code, "heads": heads, "known": known, "total": total, "mean": mean, "median": median}
    return {**row, "times": times, "ratio": ratio}


def _taking_part(scheme: SchemeRecord) -> str:
    statuses = ", ".join(f"'{s}'" for s in CLASSIFIED)
    return f"{quoted(scheme.column + '.status')} IN ({statuses})"


def _scheme(folder: RunFolder, scheme: str, dimension: str | None) -> SchemeRecord:
    schemes = folder.record.schemes
    found = next((s for s in schemes if s.id == scheme and dimension in (None, s.dimension)), None)
    if found is None:
        raise fail("KG706", scheme=scheme, known=", ".join(s.column for s in schemes))
    return found


def _measure(folder: RunFolder, name: str) -> str:
    known = [
        m.name for m in folder.record.measures.values() if m.type in _NUMERIC and m.name in folder.columns
    ]
    if name not in known:
        raise fail("KG707", measure=name, known=", ".join(sorted(known)))
    return quoted(name)
