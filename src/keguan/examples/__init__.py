"""Invented businesses to try the product on: seeded, in the tables users have. Knows tables' names, nothing of engines."""
