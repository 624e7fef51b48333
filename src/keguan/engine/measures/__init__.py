"""Measures: one value per subject, defined once as data, resolved by name, gathered into one pass per table."""
