"""Every rule by name. Adding one: a module in `rules`, one line below, its texts in `locale/lint.yaml`."""

from __future__ import annotations

from keguan.schemes.linter.rule import Rule
from keguan.schemes.linter.rules.conduct import Appearance, RfmAlone, Sensitive
from keguan.schemes.linter.rules.identity import Codes, Reserved, Unique
from keguan.schemes.linter.rules.logic import Exclusive, Exhaustive, Ordered, Reachable
from keguan.schemes.linter.rules.numbers import Shares, Strictness, Ties, Weights
from keguan.schemes.linter.rules.sources import Languages, Marked, References
from keguan.schemes.linter.rules.words import Names, Parameters, Readable, Units

READABLE = Readable()
_RULES: tuple[Rule, ...] = (
    READABLE,
    Languages(),
    References(),
    Marked(),
    Codes(),
    Unique(),
    Reserved(),
    Exhaustive(),
    Exclusive(),
    Reachable(),
    Ordered(),
    Shares(),
    Weights(),
    Ties(),
    Names(),
    Units(),
    Parameters(),
    Strictness(),
    Appearance(),
    Sensitive(),
    RfmAlone(),
)


def rules() -> tuple[Rule, ...]:
    """All rules in the order they are asked."""
    return _RULES


def rule(name: str) -> Rule:
    """The rule called `name`; `KeyError` when there is none."""
    return {r.id: r for r in _RULES}[name]
