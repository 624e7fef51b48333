"""Benches: what the product costs beside a floor or a baseline, measured again by one command each."""
