"""What every kind promises, whichever it is."""

import json
import random
from typing import Any

import pytest

from keguan.core.document import Reader, load
from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.engine.measures.resolve import find
from keguan.kinds.registry import kind, kind_names
from keguan.language import ast
from keguan.language.evaluate import evaluate
from tests.fixtures.kind_documents import DOCUMENTS
from tests.fixtures.workbench import NAMES, Workbench, base, read

KINDS = pytest.mark.parametrize("name", kind_names())


def test_every_kind_is_held_to_the_contract() -> None:
    assert set(DOCUMENTS) == set(kind_names())
    with pytest.raises(KeyError):
        kind("no such kind")


@KINDS
def test_a_minimal_document_is_read_and_its_inputs_are_known_names(name: str) -> None:
    inputs = kind(name).inputs(read(name, DOCUMENTS[name]))
    assert inputs.required
    assert not set(inputs.required) & set(inputs.optional)
    names = {n for n in (*inputs.required, *inputs.optional) if not n.startswith("@")}
    assert all(find(n) is not None or n == "region" for n in names)
    assert names <= NAMES


@KINDS
@pytest.mark.parametrize(
    "text", ["", "classes: []", "classes: [1]", "measure: [a]", "classes: {a: b}", "scores: 5"]
)
def test_a_broken_document_is_a_list_of_problems_not_a_crash(name: str, text: str) -> None:
    reader = Reader(load(text, "x.yaml"), [])
    kind(name).parse(reader)
    assert reader.problems
    assert all(p.render(lang) for p in reader.problems for lang in LANGUAGES)


@KINDS
@pytest.mark.parametrize("n", [0, 1, 2, 137])
def test_everybody_gets_exactly_one_outcome_and_the_same_one_from_python(
    workbench: Workbench, name: str, n: int
) -> None:
    rows = base(n)
    alike = name == "clusters" and n < 3  # too few to tell three clusters apart
    fitted = workbench.fit(name, DOCUMENTS[name], rows)
    assert fitted.cuts["population"] <= n
    assert isinstance(fitted.cuts["ties_at_cut"], int)
    assignment = fitted.assignment()
    assert len(set(assignment.outcomes)) == len(assignment.outcomes) or name in ("scores", "grid")
    found = fitted.outcomes()
    assert set(found) == {r["customer_id"] for r in rows}
    for row in rows:
        number = evaluate(assignment.index, row)
        assert found[row["customer_id"]] == assignment.outcomes[int(str(number))]
        outcome = found[row["customer_id"]]
        assert outcome.reason == "too-little-data" if alike else outcome.status in ("classified", "proposed")


@KINDS
def test_cuts_survive_json(workbench: Workbench, name: str) -> None:
    fitted = workbench.fit(name, DOCUMENTS[name], base(90))
    again = json.loads(json.dumps(fitted.cuts))
    assert again == fitted.cuts
    assert fitted.outcomes(again) == fitted.outcomes()


@KINDS
def test_shuffled_rows_and_any_number_of_threads_give_the_same(name: str) -> None:
    seen: list[Any] = []
    for threads in (1, 2, 4):
        bench = Workbench(threads)
        rows = base(400)
        random.Random(threads).shuffle(rows)
        fitted = bench.fit(name, DOCUMENTS[name], rows)
        seen.append((json.dumps(fitted.cuts), list(fitted.outcomes().items())))
        bench.engine.close()
    assert seen[0] == seen[1] == seen[2]


@KINDS
@pytest.mark.parametrize("n", [0, 1, 60])
def test_scales_go_up_and_name_measures_the_kind_reads(workbench: Workbench, name: str, n: int) -> None:
    fitted = workbench.fit(name, DOCUMENTS[name], base(n))
    inputs = kind(name).inputs(fitted.spec)
    for scale in kind(name).scales(fitted.spec, fitted.cuts):
        assert scale.measure in (*inputs.required, *inputs.optional)
        values: list[Any] = [m.value for m in scale.marks]
        assert None not in values
        if name != "rules":
            assert values == sorted(values, reverse=not scale.descending)


@KINDS
def test_the_population_decides_who_counts(workbench: Workbench, name: str) -> None:
    rows = base(80)
    inside = ast.Compare(">=", ast.Name("n_orders_total"), ast.Literal(5))
    part = workbench.fit(name, DOCUMENTS[name], rows, population=inside)
    alone = workbench.fit(name, DOCUMENTS[name], [r for r in rows if r["n_orders_total"] >= 5])
    assert part.cuts == alone.cuts


def test_problems_carry_the_line_they_stand_on() -> None:
    with pytest.raises(KeguanError) as error:
        read(
            "bands",
            "measure: net_sales_12m\nclasses:\n  - {code: a, up_to: 200%}\n  - {code: b, rest: true}\n",
        )
    first = error.value.problems[0]
    assert (first.code, first.place.line) == ("KG404", 3)
