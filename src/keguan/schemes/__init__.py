"""Scheme documents: read, checked, hashed and described; knows kinds and measures, never runs or data."""
