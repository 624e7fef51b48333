"""Linting a document: loaded for each of its subjects, every rule asked, every finding once."""

from __future__ import annotations

from collections.abc import Iterator

from keguan.core.document import Located
from keguan.core.errors import KeguanError, Place, Problem
from keguan.kinds.registry import kind, kind_names
from keguan.language.vocabulary import Vocabulary
from keguan.schemes.document import Scheme
from keguan.schemes.effective import effective
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.registry import READABLE, rules
from keguan.schemes.linter.rule import Rule
from keguan.schemes.loader import load_scheme
from keguan.schemes.tree import mapping_of, read_tree, text_of
from keguan.schemes.vocabulary import vocabulary as builtin_vocabulary


def lint(
    document: Scheme | str, vocabulary: Vocabulary | None = None, *, file: str = "scheme.yaml"
) -> list[Finding]:
    """Everything that is wrong with a scheme document, ordered by place.

    `vocabulary` holds the names its conditions may use; without one these are the catalogue's, for each subject the
    scheme can classify. A text is linted under the name `file`, a `Scheme` under its own.
    """
    text, name = (document.source, document.file) if isinstance(document, Scheme) else (document, file)
    try:
        tree = read_tree(text, name)
    except KeguanError as wrong:
        return [of_problem(p) for p in wrong.problems]
    if not isinstance(tree.value, dict):
        return [of_problem(Problem("KG404", tree.place, {"expected": "mapping", "found": "list"}))]
    found: dict[tuple[str, Place, str], Finding] = {}
    for draft in _drafts(tree, text, name, vocabulary):
        for one in _findings(draft):
            found.setdefault((one.rule, one.place, one.what("en")), one)
    return sorted(found.values(), key=lambda f: (f.place.line or 0, f.place.column or 0, f.rule))


def _drafts(tree: Located, text: str, file: str, vocabulary: Vocabulary | None) -> Iterator[Draft]:
    """The document once for each subject; a caller's vocabulary is that of the first."""
    first = effective(tree, [], subject=None, window=None, changes=None)
    others = [s for s in first.subjects if s != first.subject] if vocabulary is None else []
    name = text_of(mapping_of(tree).get("kind"))
    for subject in (first.subject, *others):
        in_force = effective(tree, [], subject=subject, window=None, changes=None)
        scheme, problems = _loaded(text, file, subject if subject in first.subjects else None)
        yield Draft(
            tree=in_force.tree,
            subject=subject,
            kind=kind(name) if name in kind_names() and name is not None else None,
            scheme=scheme,
            problems=problems,
            vocabulary=vocabulary or builtin_vocabulary(subject),
        )


def _loaded(text: str, file: str, subject: str | None) -> tuple[Scheme | None, tuple[Problem, ...]]:
    try:
        return load_scheme(text, file, subject=subject), ()
    except KeguanError as wrong:
        return None, tuple(wrong.problems)


def _findings(draft: Draft) -> Iterator[Finding]:
    yield from (of_problem(p) for p in draft.problems)
    for rule in rules():
        yield from rule.check(draft)


def of_problem(problem: Problem) -> Finding:
    """A problem of reading as a finding of the rule it belongs to."""
    rule = next((r for r in rules() if _covers(r, problem.code)), READABLE)
    return Finding(rule.id, "error", problem.place, problem=problem)


def _covers(rule: Rule, code: str) -> bool:
    return any(code.startswith(c) for c in rule.covers)
