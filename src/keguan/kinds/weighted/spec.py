"""What a weighted scheme says: indicators with weights that sum to 1, and from which mean score each grade begins."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from keguan.core.document import Reader
from keguan.kinds.base import Inputs
from keguan.kinds.scoring import Score, read_score

KEYS = {
    "bins": {"type": "integer", "minimum": 2, "maximum": 10},
    "indicators": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["measure", "weight"],
            "properties": {
                "measure": {"type": "string"},
                "weight": {"type": ["string", "number"]},
                "good": {"enum": ["high", "low"]},
                "bins": {"type": "integer"},
                "optional": {
                    "type": "boolean",
                    "description": "left out when the whole data set lacks it",
                },
            },
        },
    },
}
CLASS_KEYS = {
    "from": {"type": ["string", "number"], "description": "lowest weighted score"},
    "rest": {"const": True},
}


@dataclass(frozen=True)
class Indicator:
    score: Score
    weight: Decimal
    optional: bool


@dataclass(frozen=True)
class Weighted:
    """Indicators, and grades from high to low with their lowest weighted score (None: the rest)."""

    indicators: tuple[Indicator, ...]
    grades: tuple[tuple[str, Decimal | None], ...]
    subject: str

    def known(self, names: frozenset[str] | set[str]) -> tuple[Indicator, ...]:
        """The indicators that take part when only `names` are known."""
        return tuple(i for i in self.indicators if not i.optional or i.score.measure in names)


def parse(reader: Reader) -> Weighted:
    """The indicators and grades; weights that do not sum to 1 are a problem (KG413)."""
    bins = reader.whole("bins", 5)
    indicators = tuple(_indicator(i, bins) for i in reader.items("indicators"))
    total = sum((i.weight for i in indicators), Decimal(0))
    if indicators and total != 1:
        reader.report("KG413", reader.place_of("indicators"), total=f"{total:f}")
    grades = tuple(_grade(c) for c in reader.items("classes"))
    for index, (code, low) in enumerate(grades):
        if (low is None) != (index == len(grades) - 1):
            reader.report("KG410", reader.place_of("classes"), code=code)
    return Weighted(indicators, grades, reader.text("subject", "customer"))


def _indicator(reader: Reader, bins: int) -> Indicator:
    score = read_score(reader, "measure", bins)
    return Indicator(score, reader.number("weight"), reader.flag("optional", False))


def _grade(reader: Reader) -> tuple[str, Decimal | None]:
    rest = reader.flag("rest", False)
    return reader.text("code"), None if rest else reader.number("from")


def inputs(spec: Weighted) -> Inputs:
    """Indicators, the optional ones apart."""
    required = [i.score.measure for i in spec.indicators if not i.optional]
    return Inputs(tuple(required), tuple(i.score.measure for i in spec.indicators if i.optional))
