"""The report as one HTML file: no script, no outside address, light, dark and paper."""
