"""The conditions language: one small, safe way to say who belongs where; knows neither SQL nor engines."""
