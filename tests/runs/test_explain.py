"""An explanation says the class that was assigned, and every move it names is true and the nearest."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES, Lang
from keguan.engine.measures.resolve import find
from keguan.runs.decide import Decision
from keguan.runs.distance import Move, moves, outcome_number
from keguan.runs.explanation import Explanation, Number, ScaleMark, ScaleView, SchemeView
from tests.fixtures.shops import SCHEMES


def _decided(run: Run) -> list[tuple[Decision, list[tuple[str, dict[str, Any]]]]]:
    subjects = [(s, run.values_of(s)) for s in run.assignments["customer_id"].to_pylist()]
    return [(d, subjects) for d in run.decisions().values()]


@pytest.mark.slow
def test_for_everybody_and_every_scheme_it_agrees_with_the_assignment(run: Run) -> None:
    table = {r["customer_id"]: r for r in run.assignments.to_pylist()}
    for subject, row in table.items():
        explanation = run.explain(subject, lang="zh-Hans")
        assert [v.scheme for v in explanation.schemes] == list(SCHEMES)
        for view in explanation.schemes:
            found = (view.code, view.status, view.reason)
            assert found == tuple(row[f"{view.scheme}{s}"] for s in ("", ".status", ".reason"))
            expected = row[f"{view.scheme}.detail"]
            assert view.detail == (None if view.missing else expected)


@pytest.mark.slow
def test_every_move_is_true(run: Run) -> None:
    seen = 0
    for decision, subjects in _decided(run):
        for _, values in subjects:
            for move in moves(decision, values, "customer"):
                there = decision.outcomes[outcome_number(decision, {**values, move.measure: move.to})]
                assert there.code == move.code
                assert there.code != decision.outcomes[outcome_number(decision, values)].code
                assert abs(float(move.to) - float(move.value) - float(move.by)) < 1e-6
                seen += 1
    assert seen > 100


def _step(move: Move) -> Any:
    """The finest step in which the measure of a move is told: a cent, one, a tenth of a per cent."""
    if isinstance(move.to, Decimal):
        return Decimal("0.01")
    if isinstance(move.to, int):
        return 1
    measure = find(move.measure, "customer")
    return 0.001 if measure is not None and measure.definition.unit == "share" else 2e-6


@pytest.mark.slow
def test_one_step_less_changes_nothing(run: Run) -> None:
    seen = 0
    for decision, subjects in _decided(run):
        for _, values in subjects:
            here = decision.outcomes[outcome_number(decision, values)].code
            for move in moves(decision, values, "customer"):
                step = _step(move)
                less = move.to - step if move.by > 0 else move.to + step
                if (float(less) - float(move.value)) * float(move.by) <= 0:
                    continue
                there = decision.outcomes[outcome_number(decision, {**values, move.measure: less})].code
                assert there in (here, None), (decision.scheme, move)
                seen += 1
    assert seen > 50


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_can_be_said_shown_and_sent_in_every_language(run: Run, lang: Any) -> None:
    import json

    for subject in run.assignments["customer_id"].to_pylist()[::6]:
        explanation = run.explain(subject, lang=lang)
        text = explanation.text()
        assert subject in text and "None" not in text and "Decimal" not in text
        assert explanation.html().count("<section>") == len(SCHEMES)
        again = json.loads(json.dumps(explanation.as_dict()))
        assert [s["scheme"] for s in again["schemes"]] == list(SCHEMES)


def test_somebody_unknown_is_an_error_that_names_who_is_near(run: Run) -> None:
    with pytest.raises(KeguanError) as error:
        run.explain("C0011")
    assert error.value.problems[0].code == "KG507" and "C001" in str(error.value)
    assert [v.scheme for v in run.explain("C001", "valued").schemes] == ["valued"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scores_that_nobody_has_are_accounted_for(lang: Lang) -> None:
    orders = Number("n_orders_12m", dict.fromkeys(LANGUAGES, "n"), "number", "count", 0)
    marks = (ScaleMark("4", {}, 0, included=False), ScaleMark("5", {}, 3, included=False))
    explanation = Explanation("c", date(2026, 6, 30), None, (), lang=lang)
    view = replace(_view(), scales=(ScaleView(orders, "1", marks),))
    crowded = explanation.lines(view, lang)
    evenly = replace(view, scales=(ScaleView(orders, "1", (replace(marks[0], code="3"), marks[1])),))
    assert len(crowded) == len(explanation.lines(evenly, lang)) + 1
    assert any("1" in line and "4" in line and "n" in line for line in crowded[2:])


def _view() -> SchemeView:
    labels = dict.fromkeys(LANGUAGES, "RFM")
    return SchemeView(
        "rfm", None, "scores", labels, "keep", labels, "classified", "scores", None, {}, None, True, None,
        (), (), (), (), (), (),
    )  # fmt: skip
