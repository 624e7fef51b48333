"""Measures and schemes as one graph: plan, fit, assign, audit, keep, replay, explain, compare. Knows no web."""
