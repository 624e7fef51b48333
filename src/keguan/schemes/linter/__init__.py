"""What makes a scheme document good beyond being readable: rules with findings; knows no data and no runs."""

from keguan.schemes.linter.check import lint, of_problem
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.registry import rules

__all__ = ["Finding", "lint", "of_problem", "rules"]
